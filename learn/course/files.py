"""Where the course lies on this machine, and how its files are written: whole, or not at all.

Uses the standard library only: the set-up needs it before there is an environment.
"""

import errno
import hashlib
import math
import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from learn.course.words import visible

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / ".learn"  # what the tool keeps for the learner: progress, backups, logs
UPDATING = HOME / "update" / "journal.json"  # there while an update changes the course, or was killed in the middle


def display(path: Path) -> str:
    """`path` as a learner would type it: relative to the course folder where it lies inside it."""
    return visible(path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path))


def digest_of(paths: Iterable[Path]) -> str:
    """A digest of the files at `paths`, and of those in the folders among them; what tools keep there is left out."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        for file in [path] if path.is_file() else sorted(path.rglob("*")):
            parts = file.relative_to(ROOT).parts
            if file.is_file() and not any(part.startswith((".", "__pycache__")) for part in parts):
                digest.update(f"{file.relative_to(ROOT)}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def write_whole(file: Path, content: bytes) -> None:
    """Write `file` whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}.new")  # another program may write the same file
    try:
        draft.write_bytes(content)
        replace(draft, file)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def replace(draft: Path, file: Path) -> None:
    """Put `draft` in the place of `file`. Windows refuses that while somebody reads the file, which takes a moment."""
    for _ in range(50 if os.name == "nt" else 0):
        try:
            draft.replace(file)
            return
        except PermissionError:
            time.sleep(0.02)
    draft.replace(file)


@contextmanager
def locked(lock: Path, waiting: str, say_after: float = 0, patience: float = math.inf) -> Iterator[None]:
    """Keep a second terminal `waiting`, which says so. The system lets go even where this process is killed.

    It says so after some seconds, and waits no longer than `patience`.

    Raises:
        TimeoutError: the other one still holds it.
    """
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as file:
        started = time.monotonic()
        said = False
        while not _take(file):
            waited = time.monotonic() - started
            if waited >= patience:
                raise TimeoutError(errno.ETIMEDOUT, f"another program holds {display(lock)}")
            if waited >= say_after and not said:
                print(waiting, file=sys.stderr, flush=True)
                said = True
            time.sleep(0.01)
        yield


def _take(file: IO[str]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError as error:
        if error.errno not in (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP):  # a disk that has no locks
            raise
    return True
