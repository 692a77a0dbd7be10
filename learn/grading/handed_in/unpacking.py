"""Opens the archives that learners hand in: no file lands outside, and no bomb fills the disk."""

import stat
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from learn.grading.handed_in.finding import ARCHIVES, is_litter
from learn.grading.reading import LARGEST, Refused

LARGEST_ARCHIVE = 64 * 2**20  # bytes, packed
LARGEST_CONTENT = 128 * 2**20  # bytes, unpacked
MOST_FILES = 20_000
_ENCRYPTED = 0x1


@dataclass(frozen=True)
class LeftOut:
    """A file that was not unpacked, by its path in the archive, and why; that follows its name."""

    path: PurePosixPath
    why: str


def unpack(archive: Path, folder: Path) -> list[LeftOut]:
    """Write what `archive` holds into `folder`, and return what was left out.

    Raises:
        Refused: it is no archive that can be unpacked; the message says why, and follows its name.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            return _extract(opened, folder)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise Refused(f"is not a zip file, or is damaged: {error}") from error
    except (OSError, ValueError, RuntimeError, NotImplementedError) as error:
        raise Refused(f"cannot be unpacked: {error}") from error


def _extract(archive: zipfile.ZipFile, folder: Path) -> list[LeftOut]:
    members = [member for member in archive.infolist() if not any(is_litter(part) for part in _names(member))]
    if len(members) > MOST_FILES:
        raise Refused(f"holds more than {MOST_FILES} files")
    left_out, room = [], LARGEST_CONTENT
    for member in members:
        largest = LARGEST_ARCHIVE if _path(member).suffix.lower() in ARCHIVES else LARGEST
        if why := _unfit(member, largest):
            left_out.append(LeftOut(_path(member), why))
        elif not member.is_dir():
            room -= _write(archive, member, folder, min(room, largest))
    return left_out


def _path(member: zipfile.ZipInfo) -> PurePosixPath:
    """Where `member` is in the archive; some programs for Windows write it with backslashes."""
    path = PurePosixPath(member.filename.replace("\\", "/"))
    return PurePosixPath(*(part for part in path.parts if part != "."))


def _names(member: zipfile.ZipInfo) -> list[str]:
    return [part for part in _path(member).parts if part != ".."]


def _unfit(member: zipfile.ZipInfo, largest: int) -> str:
    """Why `member` is not unpacked; empty where it is."""
    path = _path(member)
    kind = stat.S_IFMT(member.external_attr >> 16)
    if path.is_absolute() or ".." in path.parts or ":" in member.filename:
        return "would land outside of what was handed in"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a link or a special file"
    if member.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if member.file_size > largest:
        return f"is longer than {largest // 2**20} MB"
    return ""


def _write(archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path, room: int) -> int:
    """Unpack `member`, which has at most `room` bytes, whatever it says of itself; how many there were."""
    target = folder.joinpath(*_path(member).parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(member) as source:
        content = source.read(room + 1)
    if len(content) > room:
        raise Refused("unpacks to more than it may")
    target.write_bytes(content)
    return len(content)
