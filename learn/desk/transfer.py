"""Carries a learner's work between the browser and the terminal, as one JSON file::

    {"course": "ai-deployment-mastery", "version": 1,
     "exercises": {"2.3": {"file": "the whole file", "passed": true, "hints": 1}}}

The pages' programs read and write the same (`learn/browser/page/transfer.js`). A file from elsewhere is not trusted: it
names exercises, never paths, nothing of it is run, and whatever it replaces is kept.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from learn.course.catalogue import Exercise, exercises
from learn.course.files import write_whole
from learn.desk.progress import Progress, back_up

COURSE, VERSION = "ai-deployment-mastery", 1
LARGEST = 8 * 2**20  # bytes of the whole
LARGEST_FILE = 256 * 2**10  # characters of one exercise


class TransferError(Exception):
    """The file cannot be used; the message says why."""


@dataclass(frozen=True)
class Entry:
    """What a file holds of one exercise."""

    exercise: Exercise
    text: str
    passed: bool
    hints: int


@dataclass(frozen=True)
class Change:
    """An exercise that was taken over, and where the learner's own file is kept, if there was one."""

    exercise: Exercise
    backup: Path | None


def exported(progress: Progress) -> str:
    """All that the learner has begun."""
    found: dict[str, Any] = {}
    for exercise in exercises():
        try:
            text = exercise.file.read_bytes().decode()
        except (OSError, ValueError):  # not there, or no text
            continue
        if text != exercise.starter:
            hints = progress.of(exercise).hints
            found[exercise.number] = {"file": text, "passed": progress.is_solved(exercise), "hints": hints}
    content = {"course": COURSE, "version": VERSION, "exercises": found}
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def read(file: Path) -> list[Entry]:
    """The entries of `file`, every one of them sound.

    Raises:
        TransferError: it is no export of this course.
        OSError: it cannot be read.
    """
    with file.open("rb") as source:
        content = source.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise TransferError(f"{file} is larger than any export of this course")
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        raise TransferError(f"{file} is not JSON, as an export is") from None
    if not isinstance(data, dict) or data.get("course") != COURSE or not isinstance(data.get("exercises"), dict):
        raise TransferError(f"{file} is not an export of this course")
    if data.get("version") != VERSION:
        raise TransferError(f"{file} was made by another version of the course. Update the older of the two")
    known = {exercise.number: exercise for exercise in exercises()}
    return [_entry(known[number], value) for number, value in data["exercises"].items() if number in known]


def _entry(exercise: Exercise, value: Any) -> Entry:
    text = value.get("file") if isinstance(value, dict) else None
    if not isinstance(text, str) or len(text) > LARGEST_FILE or "\0" in text:
        raise TransferError(f"The file's entry for {exercise.number} holds no program")
    try:
        text.encode()
    except UnicodeEncodeError:  # half a character
        raise TransferError(f"The file's entry for {exercise.number} is no text") from None
    hints = value.get("hints", 0)
    sound = isinstance(hints, int) and not isinstance(hints, bool)
    hints = min(max(hints, 0), len(exercise.hints())) if sound else 0
    return Entry(exercise, text, value.get("passed") is True, hints)


def take_over(entries: list[Entry], progress: Progress) -> list[Change]:
    """Put the entries' files in place. A learner's file that differs is kept as a backup.

    Raises:
        OSError: a backup or a file could not be written; the files after it are as they were.
    """
    return [change for entry in entries if (change := _take_over(entry, progress))]


def _take_over(entry: Entry, progress: Progress) -> Change | None:
    exercise, content = entry.exercise, entry.text.encode()
    before = exercise.file.read_bytes() if exercise.file.is_file() else None
    record = progress.of(exercise)
    record.hints = max(record.hints, entry.hints)
    if entry.passed:
        record.passed = hashlib.sha256(content).hexdigest()
    if before == content:
        return None
    backup = back_up(exercise.file) if before not in (None, exercise.starter.encode()) else None
    write_whole(exercise.file, content)
    return Change(exercise, backup)
