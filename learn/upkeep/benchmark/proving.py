"""How long the self-check takes: of the largest lesson, and of everything."""

import subprocess
import sys
import time

from learn.course.catalogue import lessons
from learn.course.files import ROOT
from learn.pages.measured import Figures
from learn.upkeep.benchmark.trouble import CannotMeasure


def measure_self_check() -> Figures:
    """Seconds.

    Raises:
        CannotMeasure: it failed, and may have stopped early.
    """
    largest = max(lessons(), key=lambda lesson: len(lesson.exercises))
    return {"lesson": _seconds_of(str(largest.number)), "all": _seconds_of()}


def _seconds_of(*what: str) -> float:
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "learn", "test", *what], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        raise CannotMeasure(f"`learn test {' '.join(what)}` failed, so its time says nothing.")
    return time.perf_counter() - start
