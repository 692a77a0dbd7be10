"""Runs the tests of one exercise in a process of its own, so that no learner's code can hurt another's verdict.

The child reports each finished test as one line of JSON, and ends with `DONE`. Where `os.fork` exists the child is
a fork of the running pytest, which has everything imported: some milliseconds. Elsewhere it is a second pytest.
The child runs in an empty working directory, which is removed afterwards with all that was left in it.
"""

import gc
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from json import dumps, loads  # bound here: what a learner's code does to the module json stays its own
from pathlib import Path
from typing import Any

DONE = {"done": True}
SILENT = {"silent": True}  # stands in for what a child did not say in time
REPORT_FILE = "LEARN_REPORT_FILE"  # environment variable by which a spawned child knows where to report

MEBIBYTE = 2**20
LARGEST_FILE = 64 * MEBIBYTE
LARGEST_HEAP = 4096 * MEBIBYTE

Record = dict[str, Any]
Send = Callable[[Record], None]


class Fork:
    """A fork of this process that waits to be told what to do, and then does it in an empty folder of its own.

    It calls `run(send, message)`, and ends by itself where this process ends before it has told it anything. With
    `ahead`, it has time to prepare until then.
    """

    def __init__(self, run: Callable[[Send, str], None], ahead: bool = False) -> None:
        told, self._tell = os.pipe()
        self._hear, say = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            os.close(self._tell)
            os.close(self._hear)
            _be_the_child(run, told, say, ahead)
        os.close(told)
        os.close(say)

    def records(self, message: str, patience: float) -> Iterator[Record]:
        """Tell it `message`; yield what it sends until it is done, dies, or is silent for `patience` seconds."""
        with tempfile.TemporaryDirectory(prefix="learn-", ignore_cleanup_errors=True) as folder:
            try:
                with suppress(BrokenPipeError):  # it has died while it waited, which what it does not say tells
                    _write(self._tell, {"folder": folder, "message": message})
                yield from _lines(self._hear, patience)
            finally:
                os.close(self._tell)
                os.close(self._hear)
                with suppress(ProcessLookupError):
                    os.killpg(self._child, signal.SIGKILL)  # the child, and whatever it started
                os.waitpid(self._child, 0)


def in_fork(run: Callable[[Send], None], patience: float) -> Iterator[Record]:
    """Call `run(send)` in a fork; yield what it sends until it is done, dies, or is silent for `patience` seconds."""
    return Fork(lambda send, _: run(send)).records("", patience)


def _be_the_child(run: Callable[[Send, str], None], told: int, say: int, ahead: bool) -> None:
    try:
        os.setsid()
        _limit_resources()
        gc.disable()  # this process ends before its garbage matters
        if ahead:
            _unshare_memory()
        with os.fdopen(told, encoding="utf-8") as pipe:
            line = pipe.readline()
        if line:
            task = loads(line)
            os.chdir(task["folder"])
            run(lambda record: _write(say, record), task["message"])
            _write(say, DONE)
    finally:
        os._exit(0)  # skips all clean-up that belongs to the parent


def _unshare_memory() -> None:
    """Have this fork's memory copied now, which is otherwise done at the first write to each page of it.

    To refer to an object is to write to it: its references are counted.
    """
    gc.unfreeze()
    gc.get_objects()


def _write(descriptor: int, record: Record) -> None:
    data = dumps(record).encode() + b"\n"
    while data:
        data = data[os.write(descriptor, data) :]


def _limit_resources() -> None:
    """Keep a flood of output or memory from filling the learner's machine."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_DATA, (LARGEST_HEAP, LARGEST_HEAP))


def _lines(descriptor: int, patience: float) -> Iterator[Record]:
    """The records that arrive on a pipe, until it is closed or silent for `patience` seconds."""
    buffer = b""
    deadline = time.monotonic() + patience
    while select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))[0]:
        chunk = os.read(descriptor, 65536)
        if not chunk:
            return
        *lines, buffer = (buffer + chunk).split(b"\n")
        for line in lines:
            try:
                yield loads(line)
            except ValueError:  # the child's code wrote to our pipe
                return
            if line == dumps(DONE).encode():
                return
        deadline = time.monotonic() + patience
    yield SILENT


def in_second_pytest(arguments: list[str], root: Path, patience: float) -> Iterator[Record]:
    """Run a second pytest with `arguments`, and yield what it reports; it gets `patience` seconds in all."""
    with tempfile.TemporaryDirectory(prefix="learn-", ignore_cleanup_errors=True) as folder:
        report = Path(folder, "report.jsonl")
        work = Path(folder, "work")
        work.mkdir()
        report.touch()
        environment = os.environ | {REPORT_FILE: str(report), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "pytest", "--rootdir", str(root), "-c", str(root / "pyproject.toml")]
        silent = False
        try:
            subprocess.run(
                [*command, "--quiet", "-p", "no:cacheprovider", *arguments],
                cwd=work,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=patience,
                check=False,
            )
        except subprocess.TimeoutExpired:
            silent = True
        for line in report.read_text(encoding="utf-8").splitlines():
            yield loads(line)
        if silent:
            yield SILENT
