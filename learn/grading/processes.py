"""What an exercise's code may do with processes: it starts a bounded number, and none outlives it.

| system | ended with the exercise | signals to the grader | bound on processes |
|---|---|---|---|
| Linux, as root or in a container that may | all, by the kernel: a PID namespace | impossible | cgroup `pids` |
| Linux, as a user | all: orphans come to the grader | possible | `RLIMIT_NPROC` |
| macOS | those of its process group | possible | `RLIMIT_NPROC` |
| Windows | those of its process tree | possible | none |

`RLIMIT_NPROC` does not bind root. Where root may not make a cgroup either, only the exercise's time ends a flood.
"""

import functools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

MOST_PROCESSES = 256  # threads count too: a test client alone has up to 40
PATIENCE = 5.0  # seconds after which what the kernel does not let die is left to it

_CLONE_NEWPID = 0x20000000
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_PDEATHSIG = 1
_PIDS = Path("/sys/fs/cgroup/pids")  # version 1
_UNIFIED = Path("/sys/fs/cgroup")  # version 2


@contextmanager
def apart() -> Iterator[bool]:
    """Have the fork that is made in the block be the first process of a PID namespace; yields whether it will be.

    All that it starts then ends with it, sees no process outside, and can signal none. Elsewhere, on Linux, its
    orphans come to this process, for `end_strays` to find.
    """
    home = _leave_namespace() if sys.platform == "linux" else None
    here = os.getpid()
    try:
        yield home is not None
    finally:
        if home is not None:
            if os.getpid() == here and _libc().setns(home, _CLONE_NEWPID) != 0:
                raise OSError("the grader could not come back from the namespace of an exercise")
            os.close(home)


def _leave_namespace() -> int | None:
    """Have the next child be the first of a new namespace. Its own one, to come back to; nothing where that fails."""
    _libc().prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        home = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:  # there is no /proc
        return None
    may_come_back = _libc().setns(home, _CLONE_NEWPID) == 0  # not so where a user's own namespace is around us
    if may_come_back and _libc().unshare(_CLONE_NEWPID) == 0:
        return home
    os.close(home)
    return None


@functools.cache
def _libc() -> Any:
    import ctypes

    return ctypes.CDLL(None, use_errno=True)


def end_with_parent() -> None:
    """In a fork: have the system end it where the process that made it ends, where the system does such."""
    if sys.platform == "linux":
        _libc().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def children() -> set[int]:
    """The processes whose parent is this one, where the system says so cheaply; else none."""
    found: set[int] = set()
    with suppress(OSError):
        for task in os.listdir("/proc/self/task"):
            found.update(map(int, Path(f"/proc/self/task/{task}/children").read_text(encoding="ascii").split()))
    return found


def end_strays(known: set[int]) -> None:
    """End every child of this process that is not `known`, and the children that come to it by that."""
    deadline = time.monotonic() + PATIENCE
    while (strays := children() - known) and time.monotonic() < deadline:
        for number in (signal.SIGSTOP, signal.SIGKILL):  # all stand still before the first ends: none forks meanwhile
            for stray in strays:
                with suppress(ProcessLookupError):
                    os.kill(stray, number)
        for stray in strays:
            with suppress(ChildProcessError):
                os.waitpid(stray, 0)


def end_tree(process: "subprocess.Popen[bytes]") -> None:
    """End `process`, which was started in a session of its own, and what it started that is still in that."""
    if sys.platform == "win32":
        if process.poll() is None:  # else it is not known any more what it started
            nowhere = subprocess.DEVNULL
            command = ["taskkill", "/F", "/T", "/PID", str(process.pid)]
            subprocess.run(command, stdout=nowhere, stderr=nowhere, check=False)
    else:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def limit_processes() -> None:
    """In an exercise's process: bound how many its user has, and so it.

    It costs some milliseconds to count them: only code that somebody else has written is bounded so. It does nothing
    for root, whom the system lets have any number.
    """
    import resource

    if os.geteuid() == 0:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_NPROC)
    most = _processes_of_user() + MOST_PROCESSES
    if hard == resource.RLIM_INFINITY or most < hard:
        resource.setrlimit(resource.RLIMIT_NPROC, (most, most))


def _processes_of_user() -> int:
    """How many processes and threads there are of this user; on a system without /proc a guess that is large enough."""
    count, user = 0, os.getuid()
    try:
        for entry in os.scandir("/proc"):
            with suppress(OSError):
                if entry.name.isdecimal() and entry.stat().st_uid == user:
                    count += len(os.listdir(f"/proc/{entry.name}/task"))
    except OSError:
        return 4 * MOST_PROCESSES
    return count


class Bound:
    """Bounds the processes of `process` and of all that it starts, by a cgroup, where this user may make one.

    Use it as a context manager; `works` says whether it binds.
    """

    def __init__(self, process: int, most: int = MOST_PROCESSES) -> None:
        self.folder: Path | None = None
        for parent in (_PIDS, _UNIFIED):
            folder = parent / f"learn-{process}"
            try:
                if not (parent / "cgroup.procs").exists():
                    continue
                folder.mkdir()
                (folder / "pids.max").write_text(str(most), encoding="ascii")
                (folder / "cgroup.procs").write_text(str(process), encoding="ascii")
            except OSError:
                with suppress(OSError):
                    folder.rmdir()
                continue
            self.folder = folder
            return

    @property
    def works(self) -> bool:
        return self.folder is not None

    def end_all(self) -> None:
        """End every process in it, and remove it."""
        deadline = time.monotonic() + PATIENCE
        while self.folder is not None and time.monotonic() < deadline:
            with suppress(OSError):
                for process in (self.folder / "cgroup.procs").read_text(encoding="ascii").split():
                    with suppress(ProcessLookupError):
                        os.kill(int(process), signal.SIGKILL)
            try:
                self.folder.rmdir()
            except OSError:
                time.sleep(0.01)
            else:
                self.folder = None
