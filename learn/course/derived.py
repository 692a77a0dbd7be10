"""Derives what is committed from the sources: the starters and apps in `lessons/`, and the notebooks' exercise cells.

Learners edit them, and may have committed what they wrote. So only what the course has once shipped is replaced;
`learn/course/shipped.py` knows that. All else is somebody's work, and is left alone.
"""

import json
from collections.abc import Collection, Iterator
from pathlib import Path

from learn.course.catalogue import exercises, lessons
from learn.course.files import ROOT, write_whole
from learn.course.shipped import is_shipped, ship
from learn.course.starters import solution_text

MAGIC = "%%exercise "


def derive(ours: Collection[Path] = ()) -> list[Path]:
    """Write all of them. Returns the files left alone, for there is somebody's work in them; not in `ours`."""
    files = list(committed_files())
    ship((file.relative_to(ROOT).as_posix(), text.encode()) for file, text in files)
    kept = [file for file, text in files if not _write_derived(file, text.encode(), file in ours)]
    notebooks = [lesson.notebook for lesson in lessons()]
    return kept + [notebook for notebook in notebooks if not _fill_notebook(notebook, notebook in ours)]


def untouched() -> set[Path]:
    """Those of them that hold nobody's work, whether or not they are up to date."""
    starters = {file for file, text in committed_files() if not _holds_work(file, text.encode())}
    return starters | {lesson.notebook for lesson in lessons() if _filled(lesson.notebook, False)[1]}


def committed_files() -> Iterator[tuple[Path, str]]:
    """The files in `lessons/`, and what they should hold."""
    for exercise in exercises():
        yield exercise.file, exercise.starter
    for lesson in lessons():
        yield ROOT / "lessons" / lesson.slug / "main.py", solution_text(lesson.app.read_text(encoding="utf-8"))


def with_starters(notebook: str, ours: bool = False) -> tuple[str, bool]:
    """A notebook's JSON, with today's starter in each exercise cell that held one, and whether all of them now do.

    In one that is `ours`, no cell holds somebody's work.

    Raises:
        ValueError, KeyError, TypeError: it is no notebook.
    """
    content = json.loads(notebook)
    starters = {exercise.number: exercise.starter for exercise in exercises()}
    changed, complete = False, True
    for cell in content["cells"]:
        first, _, text = "".join(cell["source"]).partition("\n")
        starter = starters.get(first.removeprefix(MAGIC).partition(" ")[0], "").rstrip("\n")
        if cell["cell_type"] != "code" or not first.startswith(MAGIC) or not starter or text == starter:
            continue
        if not ours and text.strip() and not is_shipped(f"{text}\n".encode()):
            complete = False
            continue
        cell["source"] = f"{first}\n{starter}".splitlines(keepends=True)
        changed = True
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n" if changed else notebook), complete


def _write_derived(file: Path, content: bytes, ours: bool) -> bool:
    """Write `file` unless there is somebody's work in it. Returns whether it now is as it should be."""
    if not ours and _holds_work(file, content):
        return False
    if not file.exists() or file.read_bytes() != content:
        write_whole(file, content)
    return True


def _holds_work(file: Path, content: bytes) -> bool:
    """Whether `file` holds what is neither `content` nor was ever shipped."""
    try:
        present = file.read_bytes()
    except FileNotFoundError:
        return False
    except OSError:  # a folder in its place, for instance
        return True
    return present != content and not is_shipped(present)


def _fill_notebook(notebook: Path, ours: bool) -> bool:
    """Put today's starters into `notebook`, but over nobody's work. Returns whether it now holds all of them."""
    filled, complete = _filled(notebook, ours)
    if filled and filled != notebook.read_bytes():
        write_whole(notebook, filled)
    return complete


def _filled(notebook: Path, ours: bool) -> tuple[bytes, bool]:
    """As `with_starters`, of a file, which may be missing, or no notebook: then nothing is to be written."""
    try:
        text, complete = with_starters(notebook.read_bytes().decode(), ours)
    except FileNotFoundError:
        return b"", True
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return b"", False
    return text.encode(), complete
