"""Measures the speeds that the course promises, always as ratios in one run: machines differ, and are noisy.

What is measured is what a learner sees: whole commands from outside, and watch mode through a terminal, from the
save to the verdict on the screen.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pexpect  # type: ignore[import-untyped]
from rich.console import Console
from rich.table import Table

from learn.course import Exercise, exercises
from learn.notebooks import pristine_copy

ROUNDS = 7
PATIENCE = 60  # seconds


def seconds(action: Callable[[], object]) -> float:
    """How long `action` takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


class Bench:
    """A pristine copy of the course, in which commands are timed."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = os.environ | {"LEARN_SETUP": "off", "PYTHONPATH": str(home), "NO_COLOR": "1"}

    def run(self, *command: str) -> None:
        """Run `python -m command` to its end; its verdict does not matter."""
        nowhere = subprocess.DEVNULL
        command = (sys.executable, "-m", *command)
        subprocess.run(command, cwd=self.home, env=self.environment, stdout=nowhere, stderr=nowhere, check=False)

    def bare_pytest(self, exercise: Exercise, *options: str) -> None:
        """A bare pytest of the exercise's test file."""
        self.run("pytest", f"tests/{exercise.lesson.slug}/{exercise.grader.name}", *options)

    def file(self, exercise: Exercise) -> Path:
        """The copy of the learner's file."""
        return self.home / "lessons" / exercise.lesson.slug / exercise.file.name


class Watch:
    """Watch mode in a terminal of its own."""

    def __init__(self, bench: Bench, exercise: Exercise) -> None:
        self.file = bench.file(exercise)
        self.text = exercise.solution
        self.number = 0
        self.terminal = pexpect.spawn(
            sys.executable,
            ["-m", "learn", "watch", exercise.number],
            cwd=bench.home,
            env=bench.environment,
            timeout=PATIENCE,
        )
        self.terminal.expect("q quit")
        self.save()

    def save(self) -> None:
        """Save the file and wait for the verdict on it."""
        self.number += 1
        self.file.write_text(f"{self.text}\n# save {self.number}\n", encoding="utf-8")
        self.terminal.expect("passed")
        self.terminal.expect("q quit")

    def close(self) -> None:
        """End watch mode."""
        self.terminal.send("q")
        self.terminal.expect(pexpect.EOF)
        self.terminal.close()


def benchmark(console: Console) -> None:
    """Measure and print a table."""
    with tempfile.TemporaryDirectory(prefix="learn-") as folder:
        bench = Bench(pristine_copy(Path(folder)))
        exercise = next(one for one in exercises() if one.number == "2.3")
        table = Table(box=None, header_style="bold", pad_edge=False)
        for heading in ("", "bare pytest", "the course", "ratio", "budget"):
            table.add_column(heading, justify="left" if not heading else "right")
        with console.status("Measuring …"):
            _compare_watch(table, bench, exercise)
            _compare_check(table, bench, exercise)
            _compare_all(table, bench)
        console.print(table)


def _row(table: Table, what: str, theirs: list[float], ours: list[float], budget: str) -> None:
    """Add the medians, and the median of the ratios of neighbours in time."""
    ratio = statistics.median(their / our for their, our in zip(theirs, ours, strict=True))
    medians = (f"{statistics.median(times):.3f} s" for times in (theirs, ours))
    table.add_row(what, *medians, f"{ratio:.1f} times", budget)


def _compare_watch(table: Table, bench: Bench, exercise: Exercise) -> None:
    watch = Watch(bench, exercise)
    theirs, ours = [], []
    for _ in range(ROUNDS):
        ours.append(seconds(watch.save))
        theirs.append(seconds(lambda: bench.bare_pytest(exercise)))
    watch.close()
    _row(table, "save to verdict in watch mode", theirs, ours, "at least 20 times")


def _compare_check(table: Table, bench: Bench, exercise: Exercise) -> None:
    theirs, ours = [], []
    for _ in range(ROUNDS):
        ours.append(seconds(lambda: bench.run("learn", "check", exercise.number)))
        theirs.append(seconds(lambda: bench.bare_pytest(exercise)))
    _row(table, f"learn check {exercise.number}, cold", theirs, ours, "at least 1 time")


def _compare_all(table: Table, bench: Bench) -> None:
    ours = [seconds(lambda: bench.run("learn", "check", "all", "--solutions"))]
    theirs = [sum(seconds(partial(bench.bare_pytest, one, "--solutions")) for one in exercises())]
    _row(table, f"grading all {len(exercises())} solutions", theirs, ours, "at least 5 times")
