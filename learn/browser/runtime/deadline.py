"""Ends a test that does not finish, from inside: there is no second thread to do it.

Python reports each step of the learner's file that could be part of a loop. Once the time is up the
next such step raises. What never comes back to the learner's file is ended from outside, with the whole worker.
"""

import math
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from types import CodeType

import noloop
import pytest

from learn.course.catalogue import Exercise
from learn.grading import loading
from learn.grading.reports import RESULT, did_not_finish
from learn.grading.verdict import Result, Status
from learn.grading.watchdog import current_line

TOOL = sys.monitoring.DEBUGGER_ID
EVENTS = sys.monitoring.events
_sleep = time.sleep
_code = loading._code


class TimeUp(BaseException):
    """The test has had its time. No `except Exception` of a learner's stops it."""


class Deadline:
    """A pytest plugin that gives each test the exercise's limit."""

    def __init__(self) -> None:
        sys.monitoring.use_tool_id(TOOL, "deadline")  # for good: to give it back makes Python look at all code anew
        sys.monitoring.register_callback(TOOL, EVENTS.PY_START, self._stepped)
        sys.monitoring.register_callback(TOOL, EVENTS.JUMP, self._stepped)
        self.end = math.inf
        self.compiled = self._compiled  # one object for good: what grades is compared with what it was

    @contextmanager
    def watching(self, exercise: Exercise, begun: Callable[[str], object]) -> Iterator[None]:
        """Watch over the tests of `exercise` for as long as the block runs; each is told to `begun` when it begins."""
        self.exercise, self.begun = exercise, begun
        self.test, self.end = "", math.inf
        self.expired: Result | None = None
        before = time.sleep, noloop.stuck, loading._code
        time.sleep, noloop.stuck, loading._code = self._sleep, self._expire, self.compiled  # type: ignore[assignment]
        try:
            yield
        finally:
            self.end = math.inf
            time.sleep, noloop.stuck, loading._code = before

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

    def _compiled(self, source: bytes, name: str) -> CodeType:
        """In place of `loading._code`: code that reports its steps."""
        code = _code(source, name)
        watched = [code]
        while watched:
            part = watched.pop()
            sys.monitoring.set_local_events(TOOL, part, EVENTS.PY_START | EVENTS.JUMP)
            watched += [constant for constant in part.co_consts if isinstance(constant, CodeType)]
        return code

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
