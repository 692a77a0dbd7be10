"""The course's git repository, where it is one: what is upstream, and how the learner's commits and it become one."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from learn.course.files import ROOT

BUSY = ["MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply"]
NOBODY = {"GIT_AUTHOR_NAME": "learn update", "GIT_AUTHOR_EMAIL": "learn@localhost"}
NOBODY |= {"GIT_COMMITTER_NAME": "learn update", "GIT_COMMITTER_EMAIL": "learn@localhost"}


class GitError(Exception):
    """Git cannot do it; the message says why and what to do."""


def is_repository() -> bool:
    """Whether the course is a git repository, and not just in one, or without git."""
    try:
        return Path(_git("rev-parse", "--show-toplevel")).samefile(ROOT)
    except (GitError, OSError):
        return False


def refuse_if_busy() -> None:
    """Raise a `GitError` where an update would mix with what git is in the middle of."""
    folder = Path(ROOT, _git("rev-parse", "--git-dir"))
    if any((folder / name).exists() for name in BUSY):
        raise GitError(
            "Git is in the middle of a merge or a rebase, perhaps of a `git pull`. Take it back, with "
            "`git merge --abort` or `git rebase --abort`, and run the same command again"
        )
    staged = set(_git("diff", "--cached", "--name-only", "-z").split("\0"))
    both = sorted((staged & set(_git("diff", "--name-only", "-z").split("\0"))) - {""})
    if both:
        raise GitError(
            f"You have staged a version of {both[0]} that is not what the file holds. Commit it, or `git add` it"
        )


def fetch(branch: str) -> str:
    """Fetch `branch` of a remote, or what the present branch follows. Returns its newest commit."""
    if not branch:
        try:
            branch = _git("rev-parse", "--abbrev-ref", "@{upstream}")
        except GitError:
            raise GitError(
                "This branch follows none of a remote. Name where the course comes from, for instance "
                "`python -m learn update --branch origin/main`, or give a downloaded archive"
            ) from None
    remote, _, name = branch.partition("/")
    if remote not in _git("remote").split():
        raise GitError(f"{branch} is no branch of a remote. Name one like origin/main")
    _git("fetch", "--quiet", remote, f"+refs/heads/{name}:refs/remotes/{branch}")
    return _git("rev-parse", f"refs/remotes/{branch}^{{commit}}")


def base(commit: str) -> str:
    """The newest commit that HEAD has in common with `commit`; empty where there is none."""
    try:
        return _git("merge-base", "HEAD", commit)
    except GitError:
        return ""


def followed() -> str:
    """The commit that the present branch follows, as it was fetched last; empty where it follows none."""
    try:
        return _git("rev-parse", "@{upstream}^{commit}")
    except GitError:
        return ""


def head() -> str:
    """The commit that the present branch leads to."""
    return _git("rev-parse", "HEAD")


def time_of(commit: str) -> int:
    """When `commit` was made, in seconds."""
    return int(_git("show", "--no-patch", "--format=%ct", commit))


def export(commit: str, folder: Path) -> None:
    """Write the files of `commit` into `folder`, as git writes them when it checks them out."""
    folder.mkdir(parents=True)
    index = {"GIT_INDEX_FILE": str(folder.with_name(f"{folder.name}.index"))}
    _git("read-tree", commit, environment=index)
    _git("checkout-index", "--all", f"--prefix={folder}/", environment=index)


def changed_since(commit: str) -> list[str]:
    """The paths of what the learner has committed since."""
    return [path for path in _git("diff", "--name-only", "--no-renames", "-z", commit, "HEAD").split("\0") if path]


def merged(commit: str, common: str, keep: dict[str, str], workshop: Path) -> str:
    """A commit that has the learner's and `commit` for parents: the files of `commit`, but the learner's in `keep`.

    `keep` gives where in it each of those paths comes to lie. Nothing else is changed. The learner's branch leads to
    `commit` itself where nothing was committed since `common`.
    """
    if head() == common:
        return commit
    index = {"GIT_INDEX_FILE": str(workshop / "index")}
    _git("read-tree", commit, environment=index)
    for path, place in keep.items():
        if entry := _git("ls-tree", "HEAD", "--", path):
            mode, _, blob = entry.partition("\t")[0].split()
            _git("update-index", "--add", "--cacheinfo", f"{mode},{blob},{place}", environment=index)
    tree = _git("write-tree", environment=index)
    try:
        _git("var", "GIT_COMMITTER_IDENT")
        who: Mapping[str, str] = {}
    except GitError:
        who = NOBODY
    return _git("commit-tree", tree, "-p", head(), "-p", commit, "-m", "Bring in a newer course", environment=who)


def adopt(commit: str) -> None:
    """Have the present branch, and the index, be at `commit`; the files stay as they are."""
    _git("read-tree", commit)
    try:
        _git("update-ref", "-m", "learn update", "HEAD", commit)
    except GitError:
        _git("read-tree", "HEAD")
        raise
    _git("update-index", "-q", "--refresh", fails=False)


def _git(*arguments: str, fails: bool = True, environment: Mapping[str, str] = {}) -> str:
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=ROOT,
            env=os.environ | {"GIT_TERMINAL_PROMPT": "0"} | dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=False,
        )
    except OSError as error:
        raise GitError("Git is not installed here") from error
    if fails and done.returncode != 0:
        raise GitError(f"git {arguments[0]}: {done.stderr.strip() or f'it ended with status {done.returncode}'}")
    return done.stdout.strip("\n")
