"""Runs the tests of one exercise in a process of its own, so that no learner's code can hurt another's verdict.

The child reports each finished test as one line of JSON, and ends with `DONE`. Where `os.fork` exists the child is
a fork of the running pytest, which has everything imported: some milliseconds. Elsewhere it is a second pytest.
The child runs in an empty working directory, which is removed afterwards with all that was left in it. It can write
nowhere else where the system has Landlock, and each line begins with a key that the child is told after it was forked.
"""

import gc
import math
import os
import secrets
import select
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from json import dumps, loads
from json.encoder import c_make_encoder, encode_basestring_ascii  # type: ignore[attr-defined]
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, ClassVar

from learn.course.surroundings import without_foreign
from learn.grading import landlock, processes

DONE = {"done": True}
SILENT = {"silent": True}  # stands in for what a child did not say in time
OVERDUE = {"overdue": True}  # stands in for what a child did not say before its time in all was up
FORGED = {"forged": True}  # stands in for what the child's grader cannot have said
LONGEST_LINE = 2**22
REPORT = "LEARN_REPORT"  # environment variable by which a spawned child knows where and how to report, in JSON

bounded = False  # whether the number of processes is bounded, which a class's grader asks for

MEBIBYTE = 2**20
LARGEST_FILE = 64 * MEBIBYTE
LARGEST_HEAP = 4096 * MEBIBYTE

Record = dict[str, Any]
Send = Callable[[Record], None]


class Fork:
    """A fork of this process that waits to be told what to do, and then does it in an empty folder of its own.

    It calls `run(send, message)`, and ends by itself where this process ends before it has told it anything. With
    `rehearse`, it has time until then: it has its memory copied, and calls that in a folder of its own.
    """

    _alive: ClassVar[set[int]] = set()

    def __init__(
        self,
        run: Callable[[Send, str], None],
        rehearse: Callable[[], None] | None = None,
        callers: frozenset[CodeType] = frozenset(),
    ) -> None:
        told, self._tell = os.pipe()
        self._hear, say = os.pipe()
        self._folder = tempfile.TemporaryDirectory(prefix="learn-", ignore_cleanup_errors=True)
        self._others = processes.children()
        with processes.apart() as self._apart:
            self._child = os.fork()
        if self._child == 0:
            os.close(self._tell)
            os.close(self._hear)
            _be_the_child(run, told, say, self._folder.name, rehearse, callers)
        self._alive.add(self._child)
        os.close(told)
        os.close(say)

    def records(self, message: str, patience: float, in_all: float = math.inf) -> Iterator[Record]:
        """Tell it `message`; yield what it sends until it is done, dies, or is silent for `patience` seconds.

        It has `in_all` seconds in all.
        """
        key = secrets.token_hex(8)
        try:
            with suppress(BrokenPipeError):  # it has died while it waited, which what it does not say tells
                os.write(self._tell, dumps({"message": message, "key": key}).encode() + b"\n")
            yield from _lines(self._hear, patience, in_all, key.encode())
        finally:
            os.close(self._tell)
            os.close(self._hear)
            for end in (os.killpg, os.kill):  # the child and what it started; it may have left its group
                with suppress(ProcessLookupError):
                    end(self._child, signal.SIGKILL)

    def clear_away(self) -> None:
        """Wait until it has ended, which takes some milliseconds, and remove its folder."""
        os.waitpid(self._child, 0)
        self._alive.discard(self._child)
        if not self._apart:
            processes.end_strays(self._others | self._alive)
        self._folder.cleanup()


def in_fork(run: Callable[[Send], None], patience: float) -> Iterator[Record]:
    """Call `run(send)` in a fork; yield what it sends until it is done, dies, or is silent for `patience` seconds."""
    fork = Fork(lambda send, _: run(send))
    try:
        yield from fork.records("", patience)
    finally:
        fork.clear_away()


def _be_the_child(
    run: Callable[[Send, str], None],
    told: int,
    say: int,
    folder: str,
    rehearse: Callable[[], None] | None,
    callers: frozenset[CodeType],
) -> None:
    try:
        os.setsid()
        processes.end_with_parent()
        _limit_resources()
        if bounded:
            processes.limit_processes()
        gc.disable()  # this process ends before its garbage matters
        if rehearse:
            _unshare_memory()
            with tempfile.TemporaryDirectory(prefix="learn-", ignore_cleanup_errors=True) as elsewhere:
                os.chdir(elsewhere)
                rehearse()
                os.chdir(folder)
        with os.fdopen(told, encoding="utf-8") as pipe:
            line = pipe.readline()
        if line:
            task = loads(line)
            send = sender(_hidden(say), task["key"].encode(), callers)
            confine(folder)
            run(send, task["message"])
            send(DONE)
        else:
            os.rmdir(folder)  # it is not needed any more, and who made the folder has ended
    finally:
        os._exit(0)  # skips all clean-up that belongs to the parent


def _unshare_memory() -> None:
    """Have this fork's memory copied now, which is otherwise done at the first write to each page of it.

    To refer to an object is to write to it: its references are counted.
    """
    gc.unfreeze()
    gc.get_objects()


def sender(descriptor: int, key: bytes, callers: frozenset[CodeType] = frozenset()) -> Send:
    """A function that writes records to `descriptor`, which are known by their `key`.

    It holds all that it uses: what a learner's code does to modules stays its own. Called by other code than
    `callers`, where there are any, it says so.
    """
    write, process, end, join, frame_of = os.write, os.getpid, os._exit, b"".join, sys._getframe
    ours, encode = process(), _encoder()

    def send(record: Record) -> None:
        if process() != ours:
            end(0)  # a copy of this process, which a learner's code has made, has nothing to report
        if callers and frame_of(1).f_code not in callers:
            record = FORGED
        data = join([key, encode(record), b"\n"])
        while data:
            data = data[write(descriptor, data) :]

    return send


def code_of(*places: object) -> Iterator[CodeType]:
    """The code of functions, and of all that is defined in them, in classes and in modules."""
    for place in places:
        if isinstance(place, (ModuleType, type)):
            own = [value for value in vars(place).values() if getattr(value, "__module__", None) == _name(place)]
            yield from code_of(*own)
        elif isinstance(place, FunctionType):
            yield from code_of(place.__code__)
        elif isinstance(place, CodeType):
            yield place
            yield from code_of(*place.co_consts)


def _name(place: ModuleType | type) -> str:
    return place.__name__ if isinstance(place, ModuleType) else place.__module__


def _encoder() -> Callable[[Record], bytes]:
    if c_make_encoder is None:
        return lambda record: dumps(record).encode()
    # What `json.dumps` comes down to, and all in C, which nobody can change from Python.
    encode: Any = c_make_encoder(None, None, encode_basestring_ascii, None, ": ", ", ", False, False, True)
    return lambda record: "".join(encode(record, 0)).encode()


def _hidden(descriptor: int) -> int:
    """`descriptor` under a number that nobody can guess, and no other pipe out of this process but its output."""
    import fcntl

    hidden = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 100 + secrets.randbelow(100))
    nothing = os.open(os.devnull, os.O_RDWR)
    shown = {os.fstat(number)[1:3] for number in (1, 2)}
    for number in map(int, os.listdir("/dev/fd")):
        with suppress(OSError):  # the one that lists them is closed by now
            if number > 2 and number != hidden and _leads_out(os.fstat(number), shown):
                os.dup2(nothing, number, inheritable=False)  # pytest's capture goes on using some
    return hidden


def _leads_out(about: os.stat_result, shown: set[tuple[int, int]]) -> bool:
    """Whether what is written there reaches another process, or one of the files in `shown`."""
    return stat.S_ISFIFO(about.st_mode) or stat.S_ISSOCK(about.st_mode) or about[1:3] in shown


def confine(folder: str) -> None:
    """Work in `folder`, with temporary files too, and write nowhere else, as far as the system can see to that."""
    os.chdir(folder)
    os.environ["TMPDIR"] = tempfile.tempdir = folder
    sys.dont_write_bytecode = True
    landlock.write_only_in(folder, "/dev")


def _limit_resources() -> None:
    """Keep a flood of output or memory from filling the learner's machine."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_DATA, (LARGEST_HEAP, LARGEST_HEAP))


def _lines(descriptor: int, patience: float, in_all: float, key: bytes) -> Iterator[Record]:
    """The records on a pipe, until it is closed, brings none for `patience` seconds, or `in_all` seconds are over."""
    buffer = b""
    end = time.monotonic() + in_all
    deadline = min(time.monotonic() + patience, end)
    while select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))[0]:
        chunk = os.read(descriptor, 65536)
        if not chunk:
            return
        *lines, buffer = (buffer + chunk).split(b"\n")
        for line in lines:
            record = _record(line, key)
            yield record
            if record in (DONE, FORGED):
                return
            deadline = min(time.monotonic() + patience, end)
        if len(buffer) > LONGEST_LINE:
            yield FORGED
            return
    yield OVERDUE if time.monotonic() >= end else SILENT


def _record(line: bytes, key: bytes) -> Record:
    """What `line` says, which must begin with `key`."""
    try:
        record = loads(line.removeprefix(key)) if line.startswith(key) else FORGED
    except (ValueError, RecursionError):
        return FORGED
    return record if isinstance(record, dict) else FORGED


def in_second_pytest(arguments: list[str], root: Path, patience: float) -> Iterator[Record]:
    """Run a second pytest with `arguments` in `root`, and yield what it reports; it gets `patience` seconds in all."""
    with tempfile.TemporaryDirectory(prefix="learn-", ignore_cleanup_errors=True) as folder:
        report = Path(folder, "report.jsonl")
        work = Path(folder, "work")
        work.mkdir()
        report.touch()
        key = secrets.token_hex(8)
        told = dumps({"file": str(report), "folder": str(work), "key": key})
        ours = {REPORT: told, "PYTHONDONTWRITEBYTECODE": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        command = [sys.executable, "-m", "pytest", "-c", str(root / "pyproject.toml")]
        silent = False
        second = subprocess.Popen(
            [*command, "--quiet", "-p", "no:cacheprovider", *arguments],
            cwd=root,
            env=without_foreign() | ours,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # so that what it started can be ended with it
        )
        try:
            second.wait(patience)
        except subprocess.TimeoutExpired:
            silent = True
        finally:
            processes.end_tree(second)
        for line in report.read_bytes().splitlines():
            yield _record(line, key.encode())
        if silent:
            yield SILENT


def from_first_pytest(callers: frozenset[CodeType]) -> Callable[[Callable[[Send], None]], None] | None:
    """In the second pytest: a function that calls another with what sends, in the folder that the first has made."""
    if REPORT not in os.environ:
        return None
    told = loads(os.environ.pop(REPORT))

    def call(run: Callable[[Send], None]) -> None:
        out = os.open(told["file"], os.O_WRONLY | os.O_APPEND)
        send = sender(out, told["key"].encode(), callers)
        confine(told["folder"])
        run(send)
        send(DONE)
        os._exit(0)

    return call
