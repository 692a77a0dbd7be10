"""Which files make up a course folder, and what is in them. Uses the standard library only."""

import fnmatch
import hashlib
import json
import os
from collections.abc import Collection, Iterator
from pathlib import Path

from learn.course.files import HOME, ROOT, write_whole

RECORD = HOME / "course.json"  # the course as it was brought here
FOLDERS = ["learn", "lessons", "notebooks", "site", "solutions", "tests"]
# What lies in the folder of a course and is no part of it, as in .gitignore
NOT_OURS = [".git", ".venv*", ".learn", "build", "__pycache__", ".ipynb_checkpoints", ".*_cache", "*.db", ".env"]
NOT_OURS += ["__MACOSX", "._*", ".DS_Store", "*.new"]


def is_ours(path: str) -> bool:
    """Whether a file at `path`, with slashes, can be part of a course."""
    return not any(fnmatch.fnmatchcase(part, pattern) for part in path.split("/") for pattern in NOT_OURS)


def files_in(root: Path) -> Iterator[str]:
    """The paths of the files of the course in `root`, with slashes; links are among them, and not followed."""
    for folder, folders, names in os.walk(root):
        prefix = "" if Path(folder) == root else Path(folder).relative_to(root).as_posix() + "/"
        yield from (prefix + name for name in names if is_ours(name))
        yield from (prefix + name for name in folders if is_ours(name) and Path(folder, name).is_symlink())
        folders[:] = [name for name in folders if is_ours(name) and not Path(folder, name).is_symlink()]


def state(file: Path) -> str:
    """SHA-256 of what is in `file`, or where it leads if it is a link; empty where nothing is.

    Raises:
        OSError: it cannot be read.
    """
    if file.is_symlink():
        return f"-> {os.readlink(file)}"
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""


def inventory(root: Path, known: Collection[str] = ()) -> dict[str, str]:
    """The state of each file of the course in `root`: of what is `known`, and of all that lies where a course's lie.

    Raises:
        OSError: one of them cannot be read.
    """
    wanted = (path for path in files_in(root) if path in known or _lies_in_course(path))
    return {path: state(root / path) for path in wanted}


def _lies_in_course(path: str) -> bool:
    top, _, rest = path.partition("/")
    return not rest or top in FOLDERS or top.startswith(".")


def record_first() -> None:
    """Remember what the course is like at its first start, but for `lessons/`, where somebody may have begun."""
    if not RECORD.exists():
        record({path: known for path, known in inventory(ROOT).items() if not path.startswith("lessons/")})


def record(course: dict[str, str]) -> None:
    """Remember what the course is like as it was brought here."""
    write_whole(RECORD, json.dumps(course, indent=0).encode())


def updated_last() -> int:
    """When the course was brought here, or was updated last, as a number that only compares."""
    return RECORD.stat().st_mtime_ns if RECORD.exists() else 0


def recorded() -> dict[str, str] | None:
    """What the course was like as it was brought here, if that is known."""
    try:
        course = json.loads(RECORD.read_bytes())
        return {str(path): str(known) for path, known in course.items()}
    except (OSError, ValueError, AttributeError, RecursionError):
        return None
