"""Derives what is committed from the sources: the starters and apps in `lessons/`, and the notebooks' exercise cells.

Learners edit them. So a file that holds changes which neither git nor an earlier build knows is somebody's work, and
is left alone.
"""

import hashlib
import json
import shutil
import subprocess
from collections.abc import Collection, Iterator
from pathlib import Path

from learn.course.catalogue import exercises, lessons
from learn.course.files import HOME, ROOT, write_whole
from learn.course.starters import solution_text

MAGIC = "%%exercise "
KNOWN = "derived.json"  # in `.learn/`: digests of what was written here


def derive(ours: Collection[Path] = ()) -> list[Path]:
    """Write all of them. Returns the files that were left alone because somebody changed them; `ours` nobody has."""
    return [file for file, text in committed_files() if not _write_derived(file, text, file in ours)]


def untouched() -> set[Path]:
    """Those of them that hold nobody's changes, whether or not they are up to date."""
    return {file for file, text in committed_files() if not _holds_work(file, text.encode(), _known())}


def committed_files() -> Iterator[tuple[Path, str]]:
    """The derived files that are committed, and what they should hold."""
    for exercise in exercises():
        yield exercise.file, exercise.starter
    for lesson in lessons():
        yield ROOT / "lessons" / lesson.slug / "main.py", solution_text(lesson.app.read_text(encoding="utf-8"))
        if lesson.notebook.exists():
            yield lesson.notebook, with_starters(lesson.notebook.read_text(encoding="utf-8"))


def with_starters(notebook: str) -> str:
    """A notebook's JSON, its exercise cells holding today's starters."""
    content = json.loads(notebook)
    by_number = {exercise.number: exercise for exercise in exercises()}
    for cell in content["cells"]:
        first = "".join(cell["source"]).partition("\n")[0]
        if cell["cell_type"] == "code" and first.startswith(MAGIC):
            number = first.removeprefix(MAGIC).split()[0]
            cell["source"] = f"{first}\n{by_number[number].starter}".rstrip("\n").splitlines(keepends=True)
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _write_derived(file: Path, text: str, ours: bool) -> bool:
    """Write `file` unless it holds somebody's changes. Returns whether it now is as it should be."""
    known = _known()
    content = text.encode()
    if not ours and _holds_work(file, content, known):
        return False
    if not file.exists() or file.read_bytes() != content:
        write_whole(file, content)
    known.add(hashlib.sha256(content).hexdigest())
    HOME.mkdir(exist_ok=True)
    (HOME / KNOWN).write_text(json.dumps(sorted(known)), encoding="utf-8")
    return True


def _known() -> set[str]:
    """The digests of what was written here before."""
    file = HOME / KNOWN
    return set(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else set()


def _holds_work(file: Path, content: bytes, known: set[str]) -> bool:
    """Whether `file` holds what is neither `content` nor was written by an earlier build nor is in git."""
    if not file.exists() or file.read_bytes() == content:
        return False
    return hashlib.sha256(file.read_bytes()).hexdigest() not in known and not _is_committed(file)


def _is_committed(file: Path) -> bool:
    """Whether git has `file` exactly as it is."""
    if shutil.which("git") is None:
        return False
    command = ["git", "ls-files", "--error-unmatch", str(file)]
    tracked = subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0
    same = ["git", "diff", "--quiet", "HEAD", "--", str(file)]
    return tracked and subprocess.run(same, cwd=ROOT, capture_output=True, check=False).returncode == 0
