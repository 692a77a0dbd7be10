"""Ends a test that does not finish, and finds the learner's line that it was in."""

import asyncio
import faulthandler
import gc
import os
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

GRACE = 2.0  # seconds after which code that never lets go of the interpreter is ended without a line


@contextmanager
def time_limit(seconds: float, file: Path, expired: Callable[[int | None], None]) -> Iterator[None]:
    """Call `expired` with the line of `file` being run once the block has taken `seconds`.

    `expired` is called in another thread, and should end the process.
    """
    timer = threading.Timer(seconds, lambda: expired(current_line(file)))
    timer.daemon = True
    timer.start()
    with open(os.devnull, "w") as nowhere:
        faulthandler.dump_traceback_later(seconds + GRACE, exit=True, file=nowhere)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()
            timer.cancel()


def current_line(file: Path) -> int | None:
    """The line of `file` that some thread is running, else the one that some task is waiting at."""
    for frame in sys._current_frames().values():
        for step, line in traceback.walk_stack(frame):
            if step.f_code.co_filename == str(file):
                return line
    tasks = [item for item in gc.get_objects() if isinstance(item, asyncio.Task) and not item.done()]
    lines = [frame.f_lineno for task in tasks for frame in _awaiting(task.get_coro()) if _in(frame, file)]
    return lines[-1] if lines else None


def _awaiting(coroutine: Any) -> Iterator[FrameType]:
    """The frames of a suspended coroutine, outermost first."""
    while coroutine is not None:
        frame = getattr(coroutine, "cr_frame", None)
        if frame is not None:
            yield frame
        coroutine = getattr(coroutine, "cr_await", None)


def _in(frame: FrameType, file: Path) -> bool:
    return frame.f_code.co_filename == str(file)
