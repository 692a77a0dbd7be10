"""Writes reports to the files that were asked for: whole at any moment, whatever ends the grading."""

import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

from learn.course.files import write_whole
from learn.door.asked import console, fail

WRITING = 0.05  # the part of the time that may go into writing reports while grading goes on

ReportOption = Annotated[
    list[str] | None,
    typer.Option(
        "--report",
        metavar="KIND=FILE",
        help="Write a report too: json, junit, csv, moodle, canvas, gradescope or classroom. May be given again.",
    ),
]


@dataclass
class Reports:
    """The files to write, each with its format's name."""

    files: list[tuple[str, Path]]
    _next: float = field(default=0.0, init=False)

    @classmethod
    def asked(cls, reports: list[str] | None, junitxml: Path | None = None) -> "Reports":
        """What the options ask for; ends with a line on one that is wrong."""
        from learn.grading.formats import FORMATS

        files = [("junit", junitxml)] if junitxml else []
        for report in reports or []:
            kind, _, name = report.partition("=")
            if kind not in FORMATS or not name:
                kinds = ", ".join(FORMATS)
                fail(f"--report {report}: write KIND=FILE, for instance csv=grades.csv. The kinds are {kinds}.")
            files.append((kind, Path(name)))
        for _, file in files:
            if file.is_dir() or not file.absolute().parent.is_dir():
                fail(f"{file} could not be written: there is no such folder, or it is one.")
        return cls(files)

    def refuse_unless_single(self, learners: int) -> None:
        """End with a line where a format that holds one learner is asked for on several."""
        from learn.grading.formats import FORMATS

        for kind, file in self.files:
            if FORMATS[kind].single and learners != 1:
                fail(f"--report {kind}={file}: it holds one learner, and there are {learners}. Grade each apart.")

    def keep(self, entries: Iterable[Any]) -> None:
        """Write `entries`, those so far, unless that was done just now: writing takes a small part of the time."""
        begin = time.monotonic()
        if self.files and begin >= self._next:
            self.write(entries)
            self._next = time.monotonic() + (time.monotonic() - begin) / WRITING

    def write(self, entries: Iterable[Any]) -> None:
        """Write all, each whole or not at all; ends with a line where that fails, the others being written."""
        from learn.grading.formats import FORMATS

        entries = list(entries)
        trouble = []
        for kind, file in self.files:
            try:
                write_whole(file, FORMATS[kind].document(entries).encode("utf-8", "backslashreplace"))
            except OSError as error:
                trouble.append(f"{file} could not be written: {error.strerror}.")
        if trouble:
            fail("\n".join(trouble))


def print_utf8(text: str) -> None:
    """Print `text` for other programs, whatever this terminal's encoding."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    sys.stdout.flush()


@contextmanager
def progress_on(errors: Any, what: str, total: int) -> Iterator[Any]:
    """A function that counts one of `total` done; standard error shows it: a bar with the time left, or plain lines."""
    if errors.is_terminal:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("left"))
        shown = Progress(*columns, console=errors, transient=True, redirect_stdout=console.is_terminal)
        with shown:
            task = shown.add_task("", total=total)
            yield lambda: shown.advance(task)
        return
    yield _PlainProgress(errors, what, total)


class _PlainProgress:
    """A line on how far it is, now and then."""

    EVERY = 10.0  # seconds
    ENOUGH = 10  # before that many are done, nobody knows how long the rest takes

    def __init__(self, errors: Any, what: str, total: int) -> None:
        self.errors, self.what, self.total = errors, what, total
        self.done = 0
        self.begin = self.said = time.monotonic()

    def __call__(self) -> None:
        self.done += 1
        now = time.monotonic()
        if now - self.said >= self.EVERY and self.ENOUGH <= self.done < self.total:
            self.said = now
            left = (now - self.begin) / self.done * (self.total - self.done)
            self.errors.print(f"{self.what} {self.done} of {self.total}, about {left:.0f} s left", markup=False)


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
