"""What the learner has reached: which exercises passed, with which text, and how many hints were taken.

Kept in `.learn/progress.json`, beside the backups that `reset` makes. Losing it loses no work: it is rebuilt by
grading.
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from learn.course.catalogue import Exercise, exercises
from learn.course.files import ROOT, display, write_whole
from learn.grading.verdict import Verdict

HOME = ROOT / ".learn"


class ProgressLost(Exception):
    """The progress file could not be read; the message says where it was put."""


@dataclass
class Record:
    """Progress in one exercise.

    Attributes:
        passed: SHA-256 of the file that passed, empty before.
        hints: how many rungs of the ladder were shown.
    """

    passed: str = ""
    hints: int = 0


@dataclass
class Progress:
    """Progress in all exercises, by their numbers."""

    records: dict[str, Record] = field(default_factory=dict)
    file: Path = HOME / "progress.json"

    @classmethod
    def load(cls, file: Path = HOME / "progress.json") -> "Progress":
        """Read `file`; where there is none, nothing has been done yet.

        Raises:
            ProgressLost: the file is damaged. It was renamed, so that the next call starts from nothing.
        """
        try:
            data = json.loads(file.read_text(encoding="utf-8"))
            return cls({str(number): Record(**record) for number, record in data["exercises"].items()}, file)
        except FileNotFoundError:
            return cls(file=file)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            aside = file.with_name(f"progress.damaged-{datetime.now():%Y%m%d-%H%M%S}.json")
            try:
                file.rename(aside)
            except OSError as trouble:
                raise ProgressLost(f"{display(file)} cannot be read ({trouble.strerror})") from error
            raise ProgressLost(f"{display(file)} was damaged, and is kept as {display(aside)}") from error

    def of(self, exercise: Exercise) -> Record:
        """The record of `exercise`, made at the first question."""
        return self.records.setdefault(exercise.number, Record())

    def note(self, exercise: Exercise, verdict: Verdict) -> None:
        """Remember a verdict on the learner's file."""
        record = self.of(exercise)
        if verdict.passed:
            record.passed = digest(exercise.file)
        if verdict.hint and verdict.hint == exercise.hints()[0]:
            record.hints = max(record.hints, 1)  # the verdict has shown it

    def take_hint(self, exercise: Exercise) -> int:
        """Climb one rung of the ladder of hints. Returns how many rungs have been shown, this one included."""
        record = self.of(exercise)
        record.hints = min(record.hints + 1, len(exercise.hints()))
        return record.hints

    def is_solved(self, exercise: Exercise) -> bool:
        """Whether the learner's file, as it is now, is the one that passed."""
        passed = self.of(exercise).passed
        return bool(passed) and passed == digest(exercise.file)

    def next_unsolved(self, after: Exercise | None = None) -> Exercise | None:
        """The first unsolved exercise after `after`, then from the start; none where all are solved."""
        course = exercises()
        start = course.index(after) + 1 if after else 0
        return next((one for one in course[start:] + course[:start] if not self.is_solved(one)), None)

    def save(self) -> str:
        """Write the file whole or not at all. Returns what went wrong, in a line for the learner, or nothing."""
        data = {"version": 1, "exercises": {number: asdict(record) for number, record in self.records.items()}}
        draft = self.file.with_suffix(".new")
        try:
            self.file.parent.mkdir(exist_ok=True)
            draft.write_text(json.dumps(data, indent=1), encoding="utf-8")
            draft.replace(self.file)
        except OSError as error:
            return f"Your progress could not be saved ({error.strerror}: {display(self.file)}). Your files are safe."
        return ""


def digest(file: Path) -> str:
    """SHA-256 of a file, empty where it cannot be read."""
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return ""


def back_up(file: Path) -> Path:
    """Copy `file` into `.learn/backups/` under a name that says when, and return the copy."""
    content = file.read_bytes()
    folder = HOME / "backups" / file.parent.name
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{file.stem}-{datetime.now():%Y%m%d-%H%M%S}"
    for number in range(1000):
        copy = folder / f"{stem}{f'-{number}' if number else ''}{file.suffix}"
        try:
            with open(copy, "xb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
        except FileExistsError:
            continue
        return copy
    raise OSError(f"{display(folder)} holds too many backups of {file.name}")


def reset(exercise: Exercise) -> Path | None:
    """Put the starter in place of the learner's file. Returns the backup of what was there, if it differed.

    Raises:
        OSError: the backup or the starter could not be written; the learner's file is as it was.
    """
    starter = exercise.starter.encode()
    differs = exercise.file.is_file() and exercise.file.read_bytes() != starter
    copy = back_up(exercise.file) if differs else None
    write_whole(exercise.file, starter)
    return copy
