"""What the learner has reached: which exercises passed, with which text, and how many hints were taken.

Kept in `.learn/progress.json`, beside the backups. Losing it loses no work: it is rebuilt by grading.

Watch mode, notebooks and other terminals write it at the same time. So nobody keeps it in memory: to change it is to
take a lock, read it, and write it whole. One file under a lock, because a learner can read it, a reader needs no lock,
what is damaged is one file, and the system takes the lock away from a process that is killed. With a file for each
exercise, two changes of the same exercise would still need the lock; SQLite would need it too, and a second remedy.
"""

import hashlib
import json
import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from learn.course.catalogue import Exercise, exercises
from learn.course.files import HOME, display, locked, write_whole
from learn.grading.verdict import Verdict

FILE = HOME / "progress.json"
VERSION = 2  # version 1 had the exercises by their numbers, which change when the course grows
LARGEST = 4 * 2**20  # bytes
PATIENCE = 10  # seconds to wait for another program that is writing

Say = Callable[[str], object]


class ProgressLost(Exception):
    """The progress file cannot be used; the message says why."""


@dataclass
class Record:
    """Progress in one exercise.

    Attributes:
        passed: SHA-256 of the text that passed, empty before.
        hints: how many rungs of the ladder were shown.
    """

    passed: str = ""
    hints: int = 0


@dataclass
class Progress:
    """Progress in all exercises, as it was when it was read. `changing` gives one that is kept."""

    records: dict[str, Record] = field(default_factory=dict)

    def of(self, exercise: Exercise) -> Record:
        """The record of `exercise`, made at the first question."""
        return self.records.setdefault(exercise.key, Record())

    def note(self, exercise: Exercise, verdict: Verdict) -> None:
        """Remember a verdict. What passed is the text that was graded, not what lies in the learner's file by now."""
        record = self.of(exercise)
        if verdict.passed:
            record.passed = verdict.digest
        if verdict.hint and verdict.hint == exercise.hints()[0]:
            record.hints = max(record.hints, 1)  # the verdict has shown it

    def forget(self, exercise: Exercise) -> None:
        """Begin `exercise` again."""
        self.records.pop(exercise.key, None)

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
        start = course.index(after) + 1 if after in course else 0
        return next((one for one in course[start:] + course[:start] if not self.is_solved(one)), None)


def load(say: Say) -> Progress:
    """The progress as it is now. A damaged file is set aside and rebuilt by grading, which `say` is told."""
    try:
        return _read()
    except ProgressLost:
        pass  # some systems refuse to read a file that is just being written
    try:
        with _alone():
            return _read()
    except OSError:
        return Progress()  # nothing can be kept here, which `changing` says
    except ProgressLost as lost:
        return _rebuild(str(lost), say)


@contextmanager
def changing(say: Say) -> Iterator[Progress]:
    """The progress as it is now, for the block to change while everybody else waits.

    Where it cannot be kept, the block does its work all the same, and `say` is told.
    """
    progress, trouble = load(say), ""  # repairs first what is damaged: that takes too long to have others wait
    with ExitStack() as alone:
        try:
            alone.enter_context(_alone())
            progress = _read()
        except (OSError, ProgressLost) as error:
            trouble = _reason(error)
        before = _as_json(progress)
        yield progress
        try:
            if not trouble and _as_json(progress) != before:
                write_whole(FILE, _as_json(progress))
        except OSError as error:
            trouble = _reason(error)
    if trouble:
        say(f"Your progress could not be saved ({trouble}: {display(FILE)}). Your files are safe.")


def _alone() -> AbstractContextManager[None]:
    """Nobody else changes the progress meanwhile."""
    waiting = "Another program is saving your progress: waiting for it …"
    return locked(FILE.with_suffix(".lock"), waiting, say_after=1, patience=PATIENCE)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


# The file


def _as_json(progress: Progress) -> bytes:
    known = {key: asdict(record) for key, record in sorted(progress.records.items()) if record != Record()}
    return json.dumps({"version": VERSION, "exercises": known}, indent=1).encode() + b"\n"


def _read() -> Progress:
    """What the file says; where there is none, nothing has been done yet.

    Raises:
        ProgressLost: it is damaged, or cannot be read.
    """
    try:
        if not stat.S_ISREG(FILE.stat().st_mode):  # nor wait for what is written into a pipe
            raise ProgressLost(f"{display(FILE)} is not a file")
        with FILE.open("rb") as source:
            content = source.read(LARGEST + 1)
    except (FileNotFoundError, NotADirectoryError):
        if FILE.is_symlink():
            raise ProgressLost(f"{display(FILE)} leads nowhere") from None
        return Progress()
    except OSError as error:
        raise ProgressLost(f"{display(FILE)} cannot be read ({error.strerror})") from error
    try:
        _expect(len(content) <= LARGEST)
        data = json.loads(content, parse_constant=_damaged)
        _expect(isinstance(data, dict) and data.get("version") in (1, VERSION) and isinstance(data["exercises"], dict))
        records = {key: _record(value) for key, value in data["exercises"].items()}
    except (ValueError, KeyError, RecursionError) as error:
        raise ProgressLost(f"{display(FILE)} is damaged") from error
    if data["version"] == 1:
        keys = {exercise.number: exercise.key for exercise in exercises()}
        records = {keys[number]: record for number, record in records.items() if number in keys}
    return Progress(records)


def _record(value: Any) -> Record:
    _expect(isinstance(value, dict))
    passed, hints = value.get("passed"), value.get("hints")
    _expect(isinstance(passed, str) and re.fullmatch("([0-9a-f]{64})?", passed) is not None)
    _expect(type(hints) is int and 0 <= hints <= 1000)
    return Record(passed, hints)


def _expect(sound: bool) -> None:
    if not sound:
        raise ValueError("no progress looks like this")


def _damaged(constant: str) -> NoReturn:
    raise ValueError(constant)


def _rebuild(reason: str, say: Say) -> Progress:
    """Grade what was begun, then set the damaged file aside and write a new one; in this order, for it may be ended."""
    from learn.grading.run import GraderError  # slow to import, and seldom needed
    from learn.grading.warm import WarmGrader

    say(f"{reason}. Your progress is rebuilt by grading your files …")
    begun = [
        exercise for exercise in exercises() if digest(exercise.file) not in ("", _sha256(exercise.starter.encode()))
    ]
    verdicts: list[Verdict] = []
    try:
        with WarmGrader() as grader:
            verdicts = grader.grade(begun) if begun else []
    except GraderError as error:
        say(str(error))
    progress = Progress()
    try:
        with _alone():
            try:
                progress = _read()  # another program may have been faster
            except ProgressLost:
                say(f"What could not be used is kept as {display(_set_aside())}")
            for exercise, verdict in zip(begun if verdicts else [], verdicts, strict=True):
                progress.note(exercise, verdict)
            write_whole(FILE, _as_json(progress))
    except OSError as error:
        say(f"{display(FILE)} could not be set aside: {_reason(error)}.")
    return progress


def _set_aside() -> Path:
    stem = f"progress.damaged-{datetime.now():%Y%m%d-%H%M%S}"
    names = [f"{stem}.json", *(f"{stem}-{number}.json" for number in range(1, 1000))]
    aside = next(FILE.with_name(name) for name in names if not os.path.lexists(FILE.with_name(name)))
    return FILE.rename(aside)


def digest(file: Path) -> str:
    """SHA-256 of a file, empty where it cannot be read."""
    try:
        return _sha256(file.read_bytes())
    except OSError:
        return ""


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
