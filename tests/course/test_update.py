"""A newer course comes under one that a learner has worked in, and nothing that the learner wrote is lost."""
# long: one command; what it takes, refuses and survives is tried on the same courses

import gzip
import io
import os
import shutil
import stat
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pexpect  # type: ignore[import-untyped]
import pytest

from learn.course.catalogue import exercises
from learn.course.derived import committed_files
from learn.course.files import ROOT
from learn.course.inventory import files_in, inventory

FIRST, SECOND, THIRD = (f"lessons/{one.lesson.slug}/{one.file.name}" for one in exercises()[:3])
MINE = "# my work\n"
Learn = Callable[..., subprocess.CompletedProcess[str]]


def copy_course(folder: Path) -> Path:
    """A copy of this course, with nothing begun."""
    for path in files_in(ROOT):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, folder / path)
    for file, text in committed_files():
        (folder / file.relative_to(ROOT)).write_text(text, encoding="utf-8", newline="\n")
    return folder


def edit(root: Path, path: str, old: str, new: str) -> None:
    text = (root / path).read_text(encoding="utf-8")
    assert old in text
    (root / path).write_text(text.replace(old, new), encoding="utf-8", newline="\n")


def append(root: Path, path: str, text: str) -> None:
    (root / path).write_text(read(root, path) + text, encoding="utf-8", newline="\n")


def make_newer(root: Path) -> None:
    """A newer version: the first two exercises are mended, a page goes, one comes."""
    edit(root, "pyproject.toml", 'version = "0.1.0"', 'version = "0.2.0"')
    for path in (FIRST, SECOND):
        edit(root, path, '"""Exercise', '"""Mended exercise')
        edit(root, path.replace("lessons", "solutions"), '"""Exercise', '"""Mended exercise')
    edit(root, "requirements.txt", "#", "# newer\n#")
    edit(root, "learn/__init__.py", "The course tool", "The newer course tool")
    (root / "site" / "reference" / "faq.md").unlink()
    (root / "site" / "reference" / "new.md").write_text("new\n", encoding="utf-8")
    done = python(root, "from learn.course.derived import derive; assert not derive()")
    assert done.returncode == 0, done.stderr


def work_in(root: Path) -> None:
    """What a learner does: some exercises, a change to the course, and files of her own."""
    for path in (FIRST, THIRD):
        (root / path).write_text(MINE, encoding="utf-8")
    append(root, "solutions/02_parameters/main.py", "# my note\n")
    (root / "notes.md").write_text(MINE, encoding="utf-8")
    (root / "lessons" / "01_hello_world" / "helper.py").write_text(MINE, encoding="utf-8")


def environment(root: Path) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV", "GIT_"))}
    return clean | {
        "LEARN_SETUP": "off",
        "PYTHONPATH": str(root),
        "NO_COLOR": "1",
        "COLUMNS": "200",
        "PYTHONDONTWRITEBYTECODE": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "HOME": str(root.parent),
    }


def python(root: Path, program: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", program]
    return subprocess.run(command, cwd=root, env=environment(root), capture_output=True, text=True, check=False)


def learn(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "learn", *arguments]
    done = subprocess.run(command, cwd=root, env=environment(root), capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def git(root: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *arguments]
    done = subprocess.run(command, cwd=root, env=environment(root), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def read(root: Path, path: str) -> str:
    return (root / path).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course as it is, in git."""
    root = copy_course(tmp_path_factory.mktemp("old") / "course")
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "add", "--all", "--force")
    git(root, "commit", "--quiet", "--message=The course")
    return root


@pytest.fixture(scope="module")
def new(old: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A newer course, in git."""
    root = tmp_path_factory.mktemp("new") / "course"
    git(old.parent, "clone", "--quiet", str(old), str(root))
    make_newer(root)
    git(root, "add", "--all", "--force")
    git(root, "commit", "--quiet", "--message=Newer")
    return root


@pytest.fixture(scope="module")
def archive(new: Path) -> Path:
    """The newer course as it is published."""
    file = new.parent / "course-0.2.0.zip"
    git(new, "archive", "--format=zip", "--prefix=course-0.2.0/", f"--output={file}", "HEAD")
    return file


@pytest.fixture
def clone(old: Path, new: Path, tmp_path: Path) -> Path:
    """A learner's clone, which follows what is newer by now."""
    root = tmp_path / "mine"
    git(tmp_path, "clone", "--quiet", str(old), str(root))
    git(root, "remote", "set-url", "origin", str(new))
    return root


@pytest.fixture
def unpacked(old: Path, tmp_path: Path) -> Path:
    """A learner's course that was downloaded, without git, and was started once."""
    root = tmp_path / "mine"
    shutil.copytree(old, root, ignore=shutil.ignore_patterns(".git"))
    done = python(root, "from learn.course.inventory import record_first; record_first()")
    assert done.returncode == 0, done.stderr
    return root


def expect_updated(root: Path, new: Path, done: subprocess.CompletedProcess[str]) -> None:
    """The newer course, and under it all that `work_in` did."""
    assert done.returncode == 0, done.stderr
    assert read(root, "pyproject.toml") == read(new, "pyproject.toml")
    assert read(root, "learn/__init__.py") == read(new, "learn/__init__.py")
    assert not (root / "site" / "reference" / "faq.md").exists()
    assert read(root, "site/reference/new.md") == "new\n"
    assert [read(root, path) for path in (FIRST, THIRD, "notes.md", "lessons/01_hello_world/helper.py")] == [MINE] * 4
    assert read(root, SECOND) == read(new, SECOND)
    lines = done.stdout.splitlines()
    assert [line for line in lines if line.startswith("lessons/")] == [
        f"{FIRST} is yours, and stays. The course's own has changed: it is .learn/new-starters/{FIRST}. "
        "Compare the two, or begin again with `python -m learn reset 1.1`."
    ]
    assert read(root, f".learn/new-starters/{FIRST}") == read(new, FIRST)
    [named] = [line for line in lines if line.startswith("solutions/")]
    assert "had changes of yours" in named
    kept = named.rpartition("Yours is ")[2].rstrip(".")
    assert "# my note" in read(root, kept)
    assert read(root, "solutions/02_parameters/main.py") == read(new, "solutions/02_parameters/main.py")
    assert not (root / ".learn" / "update").exists()
    expected = inventory(new) | {path: inventory(root)[path] for path in (FIRST, THIRD)}
    assert {path: known for path, known in inventory(root).items() if path in expected} == expected


def test_a_clone_is_updated_from_git(clone: Path, new: Path) -> None:
    work_in(clone)
    expect_updated(clone, new, learn(clone, "update"))
    changed = {line.split()[1] for line in git(clone, "status", "--porcelain", "--untracked-files=all").splitlines()}
    assert changed == {FIRST, THIRD, "notes.md", "lessons/01_hello_world/helper.py"}
    assert git(clone, "rev-parse", "HEAD") == git(new, "rev-parse", "HEAD")
    assert "Already up to date" in git(clone, "pull")
    assert "newest course already" in learn(clone, "update").stdout


def test_committed_work_is_merged(clone: Path, new: Path) -> None:
    work_in(clone)
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--message=My work")
    mine = git(clone, "rev-parse", "HEAD")
    (clone / THIRD).write_text(MINE + "# not committed\n", encoding="utf-8")
    done = learn(clone, "update")
    assert read(clone, THIRD) == MINE + "# not committed\n"
    (clone / THIRD).write_text(MINE, encoding="utf-8")
    expect_updated(clone, new, done)
    assert git(clone, "status", "--porcelain") == ""
    assert git(clone, "log", "-1", "--format=%P").split() == [mine, git(new, "rev-parse", "HEAD")]
    assert git(clone, "show", f"HEAD:{FIRST}") == MINE.strip()
    assert "Already up to date" in git(clone, "pull")


@pytest.mark.parametrize("form", ["zip", "tar.gz", "folder"])
def test_a_download_is_updated_from_a_download(
    unpacked: Path, new: Path, archive: Path, tmp_path: Path, form: str
) -> None:
    source = archive
    if form == "tar.gz":
        source = tmp_path / "course.tar.gz"
        git(new, "archive", "--format=tar.gz", "--prefix=course/", f"--output={source}", "HEAD")
    elif form == "folder":
        source = tmp_path / "downloaded"
        shutil.copytree(new, source)
    work_in(unpacked)
    done = learn(unpacked, "update", str(source))
    edit(unpacked, "learn/course/released.txt", read(unpacked, "learn/course/released.txt"), "$Format:%ct$\n")
    expect_updated(unpacked, new, done)
    assert learn(unpacked, "check", "1.2", "--json").returncode == 1
    if os.name == "posix":
        assert (unpacked / ".ci" / "run").stat().st_mode & stat.S_IXUSR


def test_where_nobody_knows_how_the_course_was_all_is_kept(unpacked: Path, archive: Path) -> None:
    (unpacked / ".learn" / "course.json").unlink()
    work_in(unpacked)
    (unpacked / "tests" / "mine.py").write_text(MINE, encoding="utf-8")
    notebook = next((unpacked / "notebooks").glob("*.ipynb"))
    edit(unpacked, f"notebooks/{notebook.name}", "cells", "cells ")
    before = {path: (unpacked / path).read_bytes() for path in inventory(unpacked)}
    done = learn(unpacked, "update", str(archive))
    assert done.returncode == 0, done.stderr
    assert f"notebooks/{notebook.name} is yours, and stays." in done.stdout
    [backups] = (unpacked / ".learn" / "backups").glob("update-*")
    for path, content in before.items():
        present = (unpacked / path).read_bytes() if (unpacked / path).exists() else b""
        assert content in (present, (backups / path).read_bytes() if (backups / path).exists() else None), path
    assert "tests/mine.py is no longer part of the course" in done.stdout


def test_work_follows_an_exercise_that_has_another_number(clone: Path, new: Path, tmp_path: Path) -> None:
    upstream = tmp_path / "upstream"
    git(tmp_path, "clone", "--quiet", str(new), str(upstream))
    names = [path.rpartition("/")[2].removesuffix(".py") for path in (FIRST, SECOND)]
    swapped = [names[1].replace("ex2", "ex1"), names[0].replace("ex1", "ex2")]
    for folder, form in (("lessons", "{}.py"), ("solutions", "{}.py"), ("tests", "{}.toml"), ("tests", "test_{}.py")):
        lesson = upstream / folder / "01_hello_world"
        (lesson / form.format(names[0])).rename(lesson / form.format(swapped[1]))
        (lesson / form.format(names[1])).rename(lesson / form.format(swapped[0]))
    git(upstream, "add", "--all")
    git(upstream, "commit", "--quiet", "--message=Another order")
    git(clone, "remote", "set-url", "origin", str(upstream))
    git(clone, "config", "user.name", "B")
    git(clone, "config", "user.email", "b@example.org")
    (clone / FIRST).write_text(MINE, encoding="utf-8")
    git(clone, "commit", "--quiet", "--all", "--message=My work")
    done = learn(clone, "update")
    place = f"lessons/01_hello_world/{swapped[1]}.py"
    assert done.returncode == 0, done.stderr
    assert f"{FIRST} is yours. It is {place} now." in done.stdout
    assert read(clone, place) == MINE
    assert not (clone / FIRST).exists()
    assert git(clone, "status", "--porcelain") == ""


def test_an_exercise_that_goes_leaves_the_learners_work(clone: Path, new: Path, tmp_path: Path) -> None:
    upstream = tmp_path / "upstream"
    git(tmp_path, "clone", "--quiet", str(new), str(upstream))
    (upstream / THIRD).unlink()
    (upstream / THIRD.replace("lessons", "solutions")).unlink()
    git(upstream, "commit", "--quiet", "--all", "--message=Less")
    git(clone, "remote", "set-url", "origin", str(upstream))
    (clone / THIRD).write_text(MINE, encoding="utf-8")
    done = learn(clone, "update")
    assert f"{THIRD} is yours, and stays. The course no longer has it." in done.stdout
    assert read(clone, THIRD) == MINE


def test_a_download_needs_to_be_named(unpacked: Path) -> None:
    assert "is no clone" in learn(unpacked, "update").stderr


def test_a_merge_in_the_middle_is_said(clone: Path) -> None:
    work_in(clone)
    git(clone, "commit", "--quiet", "--all", "--message=My work")
    with pytest.raises(AssertionError):
        git(clone, "pull", "--no-rebase")
    done = learn(clone, "update")
    assert done.returncode == 1
    assert "`git merge --abort`" in " ".join(done.stderr.split())
    git(clone, "merge", "--abort")
    assert learn(clone, "update").returncode == 0
    assert read(clone, FIRST) == MINE


def test_a_branch_that_follows_none_is_said(clone: Path, new: Path) -> None:
    git(clone, "switch", "--quiet", "--create", "mine")
    done = learn(clone, "update")
    assert "learn update --branch origin/main" in " ".join(done.stderr.split())
    assert learn(clone, "update", "--branch", "origin/main").returncode == 0
    assert read(clone, SECOND) == read(new, SECOND)


# What is refused


def with_member(archive: Path, file: Path, name: str, content: bytes = b"x", mode: int = 0) -> Path:
    """The archive with one file more."""
    shutil.copy(archive, file)
    with zipfile.ZipFile(file, "a") as out:
        member = zipfile.ZipInfo(name)
        member.external_attr = mode << 16
        out.writestr(member, content)
    return file


def tar_with(file: Path, new: Path, member: tarfile.TarInfo) -> Path:
    git(new, "archive", "--format=tar", "--prefix=course/", f"--output={file}.tar", "HEAD")
    with tarfile.open(f"{file}.tar", "a") as out:
        out.addfile(member, io.BytesIO(b"x" * member.size))
    file.write_bytes(gzip.compress(Path(f"{file}.tar").read_bytes()))
    return file


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname, made.size = kind, link, 1 if kind == tarfile.REGTYPE else 0
    return made


def text(file: Path, content: bytes) -> Path:
    file.write_bytes(content)
    return file


def less(archive: Path, file: Path, left_out: str) -> Path:
    """The archive without the files whose path holds those words."""
    with zipfile.ZipFile(archive) as whole, zipfile.ZipFile(file, "w") as out:
        for one in whole.infolist():
            if left_out not in one.filename:
                out.writestr(one, whole.read(one))
    return file


def other_version(archive: Path, file: Path, name: str) -> Path:
    with zipfile.ZipFile(archive) as whole, zipfile.ZipFile(file, "w") as out:
        for one in whole.infolist():
            content = whole.read(one)
            if one.filename.endswith("/pyproject.toml"):
                content = content.replace(b'version = "0.2.0"', f'version = "{name}"'.encode())
            out.writestr(one, content)
    return file


@dataclass
class Given:
    """What a bad archive is made from, and where it is to lie."""

    archive: Path
    file: Path
    new: Path

    @property
    def zip(self) -> Path:
        return self.file.with_suffix(".zip")


def with_link(folder: Path) -> Path:
    (folder / "site" / "link.md").symlink_to("/etc/passwd")
    return folder


Make = Callable[[Given], Path]
REFUSED: dict[str, tuple[Make, str]] = {
    "no archive": (lambda given: text(given.file, b"hello"), "neither a .zip"),
    "an empty zip": (lambda given: text(given.zip, b""), "damaged"),
    "half a zip": (
        lambda given: text(given.zip, given.archive.read_bytes()[: given.archive.stat().st_size // 2]),
        "damaged",
    ),
    "a zip without its end": (lambda given: text(given.zip, given.archive.read_bytes()[:-100]), "damaged"),
    "a zip with a hole": (
        lambda given: text(
            given.file, given.archive.read_bytes()[:90_000] + b"\0" * 9000 + given.archive.read_bytes()[99_000:]
        ),
        "",
    ),
    "half a tar": (
        lambda given: text(
            given.file, (whole := tar_with(given.file, given.new, member("course/x")).read_bytes())[: len(whole) // 2]
        ),
        "damaged",
    ),
    "a tar without its end": (
        lambda given: text(given.file, tar_with(given.file, given.new, member("course/x")).read_bytes()[:-4]),
        "damaged",
    ),
    "another course": (lambda given: less(given.archive, given.file, "pyproject.toml"), "is not this course"),
    "a page of the download": (lambda given: text(given.zip, b"<html>Sign in</html>"), "damaged"),
    "without graders": (lambda given: less(given.archive, given.file, "/tests/03"), "not complete: it lacks tests/03"),
    "without lessons": (lambda given: less(given.archive, given.file, "/lessons/"), "not complete: it lacks lessons/"),
    "zip slip": (lambda given: with_member(given.archive, given.file, "course-0.2.0/../../escaped.txt"), "escaped.txt"),
    "an absolute path": (lambda given: with_member(given.archive, given.file, "/escaped.txt"), "escaped.txt"),
    "a path of Windows": (lambda given: with_member(given.archive, given.file, "..\\escaped.txt"), "escaped.txt"),
    "a drive": (lambda given: with_member(given.archive, given.file, "C:/escaped.txt"), "escaped.txt"),
    "a link in a zip": (
        lambda given: with_member(
            given.archive, given.file, "course-0.2.0/site/link.md", b"/etc/passwd", stat.S_IFLNK | 0o777
        ),
        "link.md",
    ),
    "a file twice": (lambda given: with_member(given.archive, given.file, "course-0.2.0/README.MD"), "README.MD"),
    "a link in a tar": (
        lambda given: tar_with(given.file, given.new, member("course/site/link.md", tarfile.SYMTYPE, "/etc/passwd")),
        "link.md",
    ),
    "a hard link": (
        lambda given: tar_with(
            given.file, given.new, member("course/site/link.md", tarfile.LNKTYPE, "course/README.md")
        ),
        "link.md",
    ),
    "a device": (
        lambda given: tar_with(given.file, given.new, member("course/site/device", tarfile.CHRTYPE)),
        "site/device",
    ),
    "tar slip": (lambda given: tar_with(given.file, given.new, member("../escaped.txt")), "escaped.txt"),
    "a folder of links": (
        lambda given: with_link(shutil.copytree(given.new, given.file)),
        "link.md",
    ),
    "an older version": (
        lambda given: other_version(given.archive, given.file, "0.0.9"),
        "is version 0.0.9 of the course",
    ),
    "nothing": (lambda given: given.file, "There is no file"),
}


@pytest.fixture(scope="module")
def refusing(old: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A learner's course that nothing of what it is given changes."""
    root = tmp_path_factory.mktemp("refusing") / "mine"
    shutil.copytree(old, root, ignore=shutil.ignore_patterns(".git"))
    work_in(root)
    return root


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_refused_changes_nothing(refusing: Path, new: Path, archive: Path, tmp_path: Path, kind: str) -> None:
    make, words = REFUSED[kind]
    source = make(Given(archive, tmp_path / "given", new))
    before = all_files(refusing.parent, tmp_path)
    done = learn(refusing, "update", str(source))
    assert done.returncode in (1, 2)
    assert words in " ".join(done.stderr.split())
    assert len(done.stderr.splitlines()) <= 3
    assert all_files(refusing.parent, tmp_path) == before


def all_files(*folders: Path) -> dict[Path, bytes]:
    """What lies there, but for locks."""
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"]
    return {path: path.read_bytes() for path in files}


def test_an_older_course_is_taken_if_one_says_so(unpacked: Path, archive: Path, tmp_path: Path) -> None:
    older = other_version(archive, tmp_path / "older.zip", "0.0.9")
    assert learn(unpacked, "update", str(older), "--older").returncode == 0
    assert 'version = "0.0.9"' in read(unpacked, "pyproject.toml")


def test_an_archive_of_the_same_version_without_what_is_new_is_older(unpacked: Path, old: Path, archive: Path) -> None:
    first = old.parent / "first.zip"
    git(old, "archive", "--format=zip", f"--output={first}", "HEAD")
    assert learn(unpacked, "update", str(archive)).returncode == 0
    edit(unpacked, "pyproject.toml", 'version = "0.2.0"', 'version = "0.1.0"')
    done = learn(unpacked, "update", str(first))
    assert done.returncode == 1
    assert "`--older` takes it" in " ".join(done.stderr.split())


# What goes wrong in the middle


def test_what_fails_in_the_middle_leaves_all_as_it_was(unpacked: Path, archive: Path) -> None:
    work_in(unpacked)
    (unpacked / "site" / "reference" / "new.md").mkdir()  # where a new file is to lie
    before = inventory(unpacked)
    done = learn(unpacked, "update", str(archive))
    assert done.returncode == 1
    assert "new.md" in done.stderr
    assert inventory(unpacked) == before
    assert "Lesson" in learn(unpacked, "status").stdout


KILLED = """
import os, signal, sys
from learn.setup import repository, swap
def killed_at(number, act):
    calls = []
    def call(*arguments):
        calls.append(arguments)
        if len(calls) == number:
            os.kill(os.getpid(), getattr(signal, 'SIGKILL', signal.SIGTERM))
        return act(*arguments)
    return call
swap._put = killed_at({puts}, swap._put)
if not {puts}:
    repository.adopt = killed_at(1, repository.adopt)
sys.argv = ["learn", "update"]
from learn.door.cli import main
main()
"""


@pytest.mark.parametrize("puts", [1, 4, 0], ids=["at the first file", "between", "when all is in place"])
def test_what_is_killed_in_the_middle_is_taken_back_at_the_next_start(clone: Path, puts: int) -> None:
    work_in(clone)
    before, head = inventory(clone), git(clone, "rev-parse", "HEAD")
    done = python(clone, KILLED.format(puts=puts))
    assert done.returncode != 0 and not done.stderr
    assert (inventory(clone) != before) == (puts != 1)
    if puts == 0:
        (clone / SECOND).write_text("# written since\n", encoding="utf-8")
    done = learn(clone, "status")
    assert "An update of the course was interrupted." in done.stderr
    assert inventory(clone) == before
    assert git(clone, "rev-parse", "HEAD") == head
    if puts == 0:
        kept = done.stderr.partition("is kept as ")[2].split("\n")[0]
        assert read(clone, kept) == "# written since\n"
    assert learn(clone, "update").returncode == 0


def test_it_works_while_watch_mode_runs(unpacked: Path, archive: Path) -> None:
    child = pexpect.spawn(
        sys.executable,
        ["-m", "learn", "watch", "1.1"],
        cwd=unpacked,
        env=environment(unpacked),
        timeout=60,
        encoding="utf-8",
        dimensions=(40, 200),
    )
    try:
        child.expect("untouched.*q quit")
        (unpacked / FIRST).write_text(exercises()[0].solution, encoding="utf-8")
        child.expect("passed.*q quit")
        assert learn(unpacked, "update", str(archive)).returncode == 0
        (unpacked / FIRST).write_text("app = (\n", encoding="utf-8")
        child.expect("broken.*q quit")
        child.expect("The course was updated meanwhile. Press q")
        child.send("q")
        child.expect(pexpect.EOF)
    finally:
        child.close(force=True)
