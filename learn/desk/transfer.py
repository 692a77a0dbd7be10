"""Carries a learner's work between the browser and the terminal, as one JSON file::

    {"course": "ai-deployment-mastery", "version": 1,
     "exercises": {"2.3": {"file": "the whole file", "passed": true, "hints": 1}}}

The pages' programs read and write the same (`learn/browser/page/transfer.js`). A file from elsewhere is not trusted: it
names exercises, never paths, whatever it replaces is kept, and `passed` is what it says, not what counts: that is the
verdict on the text here. `learn/desk/regrade.py` asks for it.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from learn.course.catalogue import Exercise, exercises
from learn.course.files import write_whole
from learn.course.shipped import is_shipped
from learn.desk.backup import back_up
from learn.desk.progress import Progress, Say, changing

COURSE, VERSION = "ai-deployment-mastery", 1
LARGEST = 8 * 2**20  # bytes of the whole
LARGEST_FILE = 256 * 2**10  # characters of one exercise


class TransferError(Exception):
    """The file cannot be used; the message says why."""


@dataclass(frozen=True)
class Entry:
    """What a file holds of one exercise, and whether it says that this passes."""

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


def take_over(entries: list[Entry], say: Say) -> list[Change]:
    """Put the entries' files in place. A learner's file that differs is kept as a backup.

    `say` is told where the number of hints cannot be kept.

    Raises:
        OSError: a backup or a file could not be written; the files after it are as they were.
    """
    changes = [change for entry in entries if (change := _take_over(entry))]
    with changing(say) as progress:
        for entry in entries:
            record = progress.of(entry.exercise)
            record.hints = max(record.hints, entry.hints)
    return changes


def _take_over(entry: Entry) -> Change | None:
    exercise, content = entry.exercise, entry.text.encode()
    before = exercise.file.read_bytes() if exercise.file.is_file() else None
    if before == content:
        return None
    backup = back_up(exercise.file) if before is not None and not is_shipped(before) else None
    write_whole(exercise.file, content)
    return Change(exercise, backup)
