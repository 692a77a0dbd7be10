"""Remembers which content of the course's files was proven last, and says what has changed since."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

from learn.course.files import ROOT, write_whole

RECORD = ROOT / "build" / "proven.json"


class NoBase(Exception):
    """There is nothing to compare with; the message says what to do."""


def contents(root: Path = ROOT) -> dict[str, str]:
    """A digest of each file that belongs to the course, by its path.

    Raises:
        NoBase: git does not tell which these are.
    """
    listed = _git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    files = {name: root / name for name in listed if name}
    return {name: hashlib.sha256(file.read_bytes()).hexdigest() for name, file in files.items() if file.is_file()}


def remember(proven: dict[str, str], record: Path = RECORD) -> None:
    """Note that the self-check has proven this content."""
    write_whole(record, json.dumps(proven, indent=1).encode())


def changed_since_proof(record: Path = RECORD, root: Path = ROOT) -> set[str]:
    """The files that are not as they were when all of them were proven last.

    Raises:
        NoBase: that never happened here.
    """
    try:
        before: dict[str, str] = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise NoBase(
            "Nothing was proven here yet: run `python -m learn test` once, or name a revision that was proven "
            "elsewhere, for instance `python -m learn test --changed main`."
        ) from None
    now = contents(root)
    return {name for name in before.keys() | now.keys() if before.get(name) != now.get(name)}


def changed_since(revision: str, root: Path = ROOT) -> set[str]:
    """The files that are not as they are in `revision`, a name that git knows.

    Raises:
        NoBase: git knows no such revision.
    """
    try:
        committed = _git(root, "diff", "--name-only", "-z", "--no-renames", revision, "--")
    except subprocess.CalledProcessError:
        raise NoBase(f"git knows no revision {revision!r}. `git log --oneline` lists them.") from None
    untracked = _git(root, "ls-files", "-z", "--others", "--exclude-standard")
    return {name for name in f"{committed}\0{untracked}".split("\0") if name}


def _git(root: Path, *command: str) -> str:
    """What git prints.

    Raises:
        NoBase: there is no git here, or the course is no clone.
        CalledProcessError: git refused.
    """
    if not (root / ".git").exists() or not shutil.which("git"):
        raise NoBase("What has changed is known from git, and this course is no clone, or git is not installed.")
    return subprocess.run(["git", *command], cwd=root, capture_output=True, encoding="utf-8", check=True).stdout
