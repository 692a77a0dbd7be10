"""Ends a test that does not finish, and finds the learner's line that it was in."""

import asyncio
import gc
import math
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any


class Watchdog:
    """Watches over the tests of one exercise from a thread of its own.

    Once a test has taken `seconds`, `expired` is called there with the line of `file` that is being run; it should end
    the process. Code that never lets go of the interpreter keeps the thread from running: whoever started the process
    must watch that too.
    """

    def __init__(self, seconds: float, file: Path, expired: Callable[[int | None], None]) -> None:
        self.seconds, self.file, self.expired = seconds, file, expired
        self.deadline = math.inf
        self.over = threading.Event()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch for as long as the block runs."""
        thread = threading.Thread(target=self._watch, daemon=True)
        self.restart()
        thread.start()
        try:
            yield
        finally:
            self.over.set()
            thread.join()

    def restart(self) -> None:
        """A test begins: it has all of the time."""
        self.deadline = time.monotonic() + self.seconds

    def _watch(self) -> None:
        while not self.over.wait(self.deadline - time.monotonic()):
            if time.monotonic() >= self.deadline:
                self.expired(current_line(self.file))
                return


def current_line(file: Path) -> int | None:
    """The line of `file` that some thread is running, else the one that some task is waiting at."""
    for frame in sys._current_frames().values():
        for step, line in traceback.walk_stack(frame):
            if step.f_code.co_filename == str(file):
                return line
    tasks = [item for item in gc.get_objects() if isinstance(item, asyncio.Task) and not item.done()]
    lines = [frame.f_lineno for task in tasks for frame in _awaiting(task.get_coro()) if _in(frame, file)]
    return lines[-1] if lines else None


def is_running(file: Path) -> bool:
    """Whether code in `file` is what called us, however indirectly."""
    return any(frame.f_code.co_filename == str(file) for frame, _ in traceback.walk_stack(None))


def _awaiting(coroutine: Any) -> Iterator[FrameType]:
    """The frames of a suspended coroutine, outermost first."""
    while coroutine is not None:
        frame = getattr(coroutine, "cr_frame", None)
        if frame is not None:
            yield frame
        coroutine = getattr(coroutine, "cr_await", None)


def _in(frame: FrameType, file: Path) -> bool:
    return frame.f_code.co_filename == str(file)
