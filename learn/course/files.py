"""Where the course lies on this machine, and how its files are written: whole, or not at all.

Uses the standard library only: the set-up needs it before there is an environment.
"""

import hashlib
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from learn.course.words import visible

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / ".learn"  # what the tool keeps for the learner: progress, backups, logs


def display(path: Path) -> str:
    """`path` as a learner would type it: relative to the course folder where it lies inside it."""
    return visible(path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path))


def digest_of(paths: Iterable[Path]) -> str:
    """A digest of the files at `paths`, and of those in the folders among them."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        for file in [path] if path.is_file() else sorted(path.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts and ".ipynb_checkpoints" not in file.parts:
                digest.update(f"{file.relative_to(ROOT)}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def write_whole(file: Path, content: bytes) -> None:
    """Write `file` whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.new")
    try:
        draft.write_bytes(content)
        draft.replace(file)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


@contextmanager
def locked(lock: Path, waiting: str) -> Iterator[None]:
    """Keep a second terminal `waiting`, which says so. The system lets go even where this process is killed."""
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as file:
        if not _take(file):
            print(waiting, file=sys.stderr, flush=True)
            while not _take(file):
                time.sleep(0.1)
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
    return True
