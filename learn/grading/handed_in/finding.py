"""Tells the learners of a class apart, by the names in a folder of hand-ins."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from learn.course import catalogue
from learn.grading.words import visible_name

# How learning platforms name what they let a teacher download. What follows is the learner's own file's name.
_MOODLE = re.compile(r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)(?:_(?P<file>.*))?", re.DOTALL)
_CANVAS = re.compile(r"(?P<name>[^_]+)_(?:LATE_)?(?P<id>\d+)_\d+_(?P<file>.+)", re.DOTALL)
# What operating systems leave in folders.
_LITTER = {"__MACOSX", "Thumbs.db", "desktop.ini", "__pycache__"}
ARCHIVES = {".zip"}
OTHER_ARCHIVES = {".7z", ".bz2", ".gz", ".rar", ".tar", ".tgz", ".xz"}


class NoSubmissions(Exception):
    """The folder holds nothing to grade; the message says what it should look like."""


@dataclass(frozen=True)
class HandIn:
    """What one learner handed in.

    Attributes:
        learner: the name, unlike any other in the class; empty where there is but one, without a name.
        paths: folders, archives and single files, each of which may hold exercises.
        identity: the number that the learning platform knows the learner by, where a name tells it.
        names: of each single file, the name that the learner gave it.
    """

    learner: str
    paths: tuple[Path, ...]
    identity: str = ""
    names: dict[Path, str] = field(default_factory=dict, compare=False, hash=False)


def is_litter(name: str) -> bool:
    """Whether a file or folder of that name is nobody's work."""
    return name.startswith(".") or name in _LITTER


def find(folder: Path) -> tuple[list[HandIn], list[str]]:
    """The hand-ins in `folder`, by learner, and a word on each thing in it that is none.

    Raises:
        NoSubmissions: there is no such folder, or nothing in it is a hand-in.
    """
    if not folder.is_dir():
        raise NoSubmissions(f"There is no folder {folder}.")
    try:
        entries = sorted(entry for entry in folder.iterdir() if not is_litter(entry.name))
    except OSError as error:
        raise NoSubmissions(f"{folder} cannot be read: {error.strerror}.") from error
    if is_one_hand_in(entries):
        return [HandIn("", (folder,))], []
    found: dict[tuple[str, str], HandIn] = {}
    strays = []
    for entry in entries:
        name, identity, file = _name(entry)
        if not name:
            strays.append(f"{visible_name(entry.name)} is no learner's, and is left out")
            continue
        known = found.get((name, identity), HandIn(name, (), identity))
        names = known.names | ({entry: file} if file else {})
        found[name, identity] = replace(known, paths=(*known.paths, entry), names=names)
    if not found:
        raise NoSubmissions(
            f"{folder} holds no submissions: put a folder for each learner there, laid out like lessons/."
        )
    return _told_apart(found.values()), strays


def is_one_hand_in(entries: Iterable[Path]) -> bool:
    """Whether a folder with these `entries` is one learner's: it is laid out like `lessons/`, or holds exercises."""
    slugs = {lesson.slug for lesson in catalogue.lessons()}
    files = {exercise.file.name for exercise in catalogue.exercises()}
    folders = [entry for entry in entries if entry.is_dir()]
    if any(folder.name == "lessons" or folder.name in slugs for folder in folders):
        return True
    return not folders and any(entry.name in files for entry in entries)


def _name(entry: Path) -> tuple[str, str, str]:
    """Whose `entry` is: a name, a number where there is one, and how the learner named the file, if it is one.

    The name is empty where it is nobody's. A link that leads nowhere is somebody's: the report says what it is.
    """
    if platform := _MOODLE.fullmatch(entry.name) or _CANVAS.fullmatch(entry.name):
        return visible_name(platform["name"]), platform["id"], platform["file"] or ""
    if entry.is_dir() or (entry.is_symlink() and not entry.exists()):
        return visible_name(entry.name), "", ""
    if entry.suffix.lower() in ARCHIVES | OTHER_ARCHIVES:
        return visible_name(entry.stem), "", ""
    return "", "", ""


def _told_apart(found: Iterable[HandIn]) -> list[HandIn]:
    """`found`, each learner by a name of its own: two of one name by the platform's number, else by what they are."""
    by_name: dict[str, list[HandIn]] = {}
    for hand_in in found:
        by_name.setdefault(hand_in.learner, []).append(hand_in)
    apart: dict[str, HandIn] = {}
    for name, same in by_name.items():
        for hand_in in same:
            own = name if len(same) == 1 else f"{name} ({hand_in.identity or visible_name(hand_in.paths[0].name)})"
            while own in apart:
                own += "'"
            apart[own] = replace(hand_in, learner=own)
    return [apart[name] for name in sorted(apart)]
