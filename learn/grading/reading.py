"""Reads a file that somebody else wrote: a plain one of a sensible size, and nothing else."""

import os
import stat
from pathlib import Path

LARGEST = 2**20  # bytes; the longest solution of the course has a hundredth of that

_KINDS = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFDIR: "a folder",
    stat.S_IFLNK: "a link",
}
# A named pipe is opened without waiting for a writer. Windows has no such flag, and no such files.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)


class Refused(Exception):
    """It is not read; the message says why, and follows the file's name."""


def read(file: Path, largest: int = LARGEST) -> bytes:
    """What stands in `file`.

    Raises:
        Refused: it is no plain file, is longer than `largest` bytes, or cannot be read.
        FileNotFoundError: there is none.
    """
    try:
        refuse_unless_plain(os.stat(file), largest)
        descriptor = os.open(file, _FLAGS)
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        raise Refused(f"cannot be read: {getattr(error, 'strerror', None) or error}") from error
    with os.fdopen(descriptor, "rb") as opened:
        refuse_unless_plain(os.fstat(descriptor), largest)
        try:
            content = opened.read(largest + 1)
        except OSError as error:
            raise Refused(f"cannot be read: {error.strerror}") from error
    if len(content) > largest:
        raise Refused(_too_long(len(content), largest))
    return content


def refuse_unless_plain(status: os.stat_result, largest: int) -> None:
    """Raise `Refused` unless a file of that `status` is one that `read` reads."""
    if not stat.S_ISREG(status.st_mode):
        kind = _KINDS.get(stat.S_IFMT(status.st_mode), "of a special kind")
        raise Refused(f"is {kind}, but should be a plain file")
    if status.st_size > largest:
        raise Refused(_too_long(status.st_size, largest))


def _too_long(length: int, largest: int) -> str:
    return f"is longer than {largest // 2**20} MB" if length > largest else ""
