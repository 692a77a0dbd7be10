"""Ends a test that does not finish, from inside: there is no second thread to do it.

While a test runs, Python reports each step of the learner's file that could be part of a loop. Once the time is up the
next such step raises. What never comes back to the learner's file is ended from outside, with the whole worker.
"""

import math
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from types import CodeType
from typing import Any

import noloop
import pytest

from learn.course import Exercise
from learn.grading.plugin import RESULT, did_not_finish
from learn.grading.watchdog import current_line
from learn.verdict import Result, Status

TOOL = sys.monitoring.DEBUGGER_ID
EVENTS = sys.monitoring.events
_sleep = time.sleep


class TimeUp(BaseException):
    """The test has had its time. No `except Exception` of a learner's stops it."""


class Deadline:
    """A pytest plugin that gives each test the exercise's limit, and tells `begun` when it begins."""

    def __init__(self, exercise: Exercise, begun: Callable[[str], object]) -> None:
        self.exercise = exercise
        self.begun = begun
        self.test = ""
        self.end = math.inf
        self.expired: Result | None = None

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch for as long as the block runs."""
        sys.monitoring.use_tool_id(TOOL, "deadline")
        sys.monitoring.register_callback(TOOL, EVENTS.PY_START, self._started)
        sys.monitoring.register_callback(TOOL, EVENTS.JUMP, self._stepped)
        sys.monitoring.set_events(TOOL, EVENTS.PY_START)
        before = time.sleep, noloop.stuck
        time.sleep, noloop.stuck = self._sleep, self._expire  # type: ignore[assignment]
        try:
            yield
        finally:
            time.sleep, noloop.stuck = before
            sys.monitoring.free_tool_id(TOOL)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Start the clock of a test, unless an earlier one did not finish."""
        self.end = math.inf
        if self.expired:
            pytest.skip("an earlier test did not finish")
        self.begun(item.name)
        self.test, self.end = item.name, time.monotonic() + self.exercise.limit

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Word the end of a test as the grader in the terminal does."""
        report = yield
        if self.expired:
            not_run = Result(item.name, Status.NOT_RUN, "not run: an earlier test did not finish")
            setattr(report, RESULT, vars(self.expired if item.name == self.expired.name else not_run))
        return report

    def _started(self, code: CodeType, _offset: int) -> Any:
        """A function begins: one of the learner's is watched, all others never again."""
        if code.co_filename != str(self.exercise.file):
            return sys.monitoring.DISABLE
        sys.monitoring.set_local_events(TOOL, code, EVENTS.JUMP)
        return self._stepped()

    def _stepped(self, *_: object) -> None:
        if time.monotonic() > self.end:
            self._expire()

    def _sleep(self, seconds: float) -> None:
        """In place of `time.sleep`: no longer than there is time for."""
        left = self.end - time.monotonic()
        _sleep(max(0.0, min(seconds, left)))
        if seconds > left:
            self._expire()

    def _expire(self) -> None:
        self.end = math.inf  # what cleans up after the test may take its time
        if self.expired is None:
            self.expired = did_not_finish(
                self.test, self.exercise.limit, self.exercise.file, current_line(self.exercise.file)
            )
        raise TimeUp
