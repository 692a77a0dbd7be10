"""Watch mode, `check` and grading everything, each compared with bare pytest in the same minutes."""

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

from learn.course.catalogue import Exercise, exercises, select
from learn.course.pristine import pristine_copy
from learn.pages.measured import Figures

ROUNDS = 7
PATIENCE = 60  # seconds


def seconds(action: Callable[[], object]) -> float:
    """How long `action` takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


class Bench:
    """A pristine copy of the course, in which commands are timed."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        self.environment = os.environ | {"LEARN_SETUP": "off", "PYTHONPATH": str(home), "NO_COLOR": "1"} | environment

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


def measure_terminal() -> Figures:
    """By what is done: bare pytest's seconds, the course's, and the ratio."""
    with tempfile.TemporaryDirectory(prefix="learn-") as folder:
        bench = Bench(pristine_copy(Path(folder)))
        [one], [checkpoint] = select("2.3"), select("9.8")
        bench.bare_pytest(one)  # compiles what the rest finds compiled
        bench.bare_pytest(checkpoint)
        return {
            "watch": _watch_compared(bench, one),
            "watch_checkpoint": _watch_compared(bench, checkpoint),
            "check": _check_compared(bench, one),
            "all": _all_compared(bench),
        }


def _watch_compared(bench: Bench, exercise: Exercise) -> Figures:
    watch = Watch(bench, exercise)
    theirs, ours = [], []
    for _ in range(ROUNDS):
        ours.append(seconds(watch.save))
        theirs.append(seconds(lambda: bench.bare_pytest(exercise)))
    watch.close()
    return _compared(theirs, ours)


def _check_compared(bench: Bench, exercise: Exercise) -> Figures:
    theirs, ours = [], []
    for _ in range(ROUNDS):
        ours.append(seconds(lambda: bench.run("learn", "check", exercise.number)))
        theirs.append(seconds(lambda: bench.bare_pytest(exercise)))
    return _compared(theirs, ours)


def _all_compared(bench: Bench) -> Figures:
    ours = [seconds(lambda: bench.run("learn", "check", "all", "--solutions"))]
    theirs = [sum(seconds(partial(bench.bare_pytest, one, "--solutions")) for one in exercises())]
    return _compared(theirs, ours)


def _compared(theirs: list[float], ours: list[float]) -> Figures:
    """The medians, and the median of the ratios of neighbours in time."""
    ratio = statistics.median(their / our for their, our in zip(theirs, ours, strict=True))
    return {"theirs": statistics.median(theirs), "ours": statistics.median(ours), "ratio": ratio}
