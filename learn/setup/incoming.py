"""Unpacks a course that was downloaded, and believes nothing of it: neither its paths, nor that it is whole."""

import ast
import gzip
import os
import re
import shutil
import stat
import tarfile
import tomllib
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Protocol

from learn.course.files import ROOT
from learn.course.inventory import files_in, is_ours

LARGEST = 500 * 2**20  # bytes of all files
MOST = 20_000  # files
NEEDED = [
    "README.md",
    "pyproject.toml",
    "requirements.txt",
    "mkdocs.yml",
    "learn/__main__.py",
    "learn/setup/environment.py",
]

Entry = tuple[str, bool, Callable[[], IO[bytes]]]  # path, whether its file can be executed, what opens it


class Readable(Protocol):
    """What bytes can be read from."""

    def read(self, size: int = -1, /) -> bytes: ...


class NoCourse(Exception):
    """What was named cannot be brought in; the message says why."""


def unpack(source: Path, folder: Path) -> None:
    """Put the course in `source`, a .zip, a .tar.gz or a folder, into the empty `folder`.

    Raises:
        NoCourse: it is none, is damaged, or holds what no course holds.
        OSError: it cannot be read, or not be written here.
    """
    damaged = f"{source} is damaged, or only half of it was downloaded. Download it again"
    try:
        if source.is_dir():
            if ROOT.is_relative_to(source.resolve()) or source.resolve().is_relative_to(ROOT):
                raise NoCourse(f"{source} is this course itself, or lies in it. Name the newer one")
            _write(_in_folder(source), folder)
        elif zipfile.is_zipfile(source):
            with zipfile.ZipFile(source) as archive:
                _write(_in_zip(archive), folder)
        elif _is_gzip(source):
            plain = folder.with_name("archive.tar")
            with gzip.open(source) as packed, plain.open("wb") as out:  # to its end, where its checksum is
                _copy(packed, out, LARGEST)
            with tarfile.open(plain, "r:") as tar:
                _write(_in_tar(tar), folder)
            plain.unlink()
        elif source.suffix in (".zip", ".gz", ".tgz") and source.is_file():
            raise NoCourse(damaged)
        else:
            raise NoCourse(f"{source} is neither a .zip, nor a .tar.gz, nor a folder")
    except (zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise NoCourse(damaged) from error
    except (RuntimeError, NotImplementedError) as error:  # a password, or a compression that Python lacks
        raise NoCourse(f"{source} cannot be unpacked: {error}") from error
    prove(folder, str(source))


def _is_gzip(source: Path) -> bool:
    with source.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def _in_folder(folder: Path) -> Iterator[Entry]:
    for path in files_in(folder):
        mode = (folder / path).lstat().st_mode
        _refuse_unless(stat.S_ISREG(mode), path)
        yield path, bool(mode & stat.S_IXUSR), lambda path=path: (folder / path).open("rb")  # type: ignore[misc]


def _in_zip(archive: zipfile.ZipFile) -> Iterator[Entry]:
    for member in archive.infolist():
        mode = member.external_attr >> 16
        if not member.is_dir() and _check(member.orig_filename):
            _refuse_unless(stat.S_IFMT(mode) in (0, stat.S_IFREG), member.filename)
            yield member.orig_filename, bool(mode & stat.S_IXUSR), lambda member=member: archive.open(member)  # type: ignore[misc]


def _in_tar(archive: tarfile.TarFile) -> Iterator[Entry]:
    for member in archive:
        if not member.isdir() and _check(member.name):
            content = archive.extractfile(member) if member.isreg() else None
            _refuse_unless(content is not None, member.name)
            yield member.name, bool(member.mode & stat.S_IXUSR), lambda content=content: content  # type: ignore[misc]


def _check(path: str) -> bool:
    """Whether the file at `path` of an archive is to be unpacked; a path that leads elsewhere is an error."""
    parts = path.split("/")
    _refuse_unless(not any(character in path for character in "\\:\0") and ".." not in parts and parts[0] != "", path)
    return is_ours(path)


def _refuse_unless(sound: bool, path: str) -> None:
    if not sound:
        raise NoCourse(
            f"It holds {path!r}, a link or a path as no course has. Download it from where the course is kept"
        )


def _write(entries: Iterable[Entry], folder: Path) -> None:
    """Write the entries into `folder`, without the one folder that all of them may lie in."""
    unpacked = folder.with_name("unpacked")
    left, seen = LARGEST, set[str]()
    for path, executable, opened in entries:
        clean = "/".join(part for part in path.split("/") if part not in ("", "."))
        _refuse_unless(clean.casefold() not in seen, path)
        seen.add(clean.casefold())
        if len(seen) > MOST:
            raise NoCourse("It holds more files than any course")
        file = unpacked / clean
        file.parent.mkdir(parents=True, exist_ok=True)
        with opened() as content, file.open("xb") as out:
            left -= _copy(content, out, left)
        if executable:
            file.chmod(0o755)
    unpacked.mkdir(exist_ok=True)
    inside = list(unpacked.iterdir())
    if len(inside) == 1 and inside[0].is_dir():
        os.rename(inside[0], folder)
        unpacked.rmdir()
    else:
        os.rename(unpacked, folder)


def _copy(source: Readable, out: IO[bytes], most: int) -> int:
    """Copy no more than `most` bytes. Returns how many it were."""
    copied = 0
    while chunk := source.read(2**20):
        copied += len(chunk)
        if copied > most:
            raise NoCourse("It is larger than any course")
        out.write(chunk)
    return copied


def prove(folder: Path, name: str) -> None:
    """Look whether `folder` holds this course, all of it.

    Raises:
        NoCourse: it does not.
    """
    try:
        project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]["name"]
    except (OSError, ValueError, KeyError, TypeError):
        project = ""
    if project != tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["name"]:
        raise NoCourse(f"{name} is not this course")
    sources = sorted((folder / "solutions").glob("[0-9][0-9]_*/*.py"))
    needed = [*NEEDED]
    for source in sources or [folder / "solutions" / "01" / "main.py"]:
        lesson = source.parent.name
        needed += [f"solutions/{lesson}/main.py", f"lessons/{lesson}/{source.name}", f"notebooks/{lesson}.ipynb"]
        needed += [f"site/lessons/{lesson}.md"]
        if re.match(r"ex\d+_", source.name):
            needed += [f"tests/{lesson}/test_{source.name}", f"tests/{lesson}/{source.stem}.toml"]
    missing = [path for path in needed if not (folder / path).is_file()]
    if missing:
        raise NoCourse(f"{name} is not complete: it lacks {missing[0]}. Download it again")
    for file in [*(folder / "learn").rglob("*.py"), *sources]:
        try:
            ast.parse(file.read_bytes())
        except (SyntaxError, ValueError):
            path = file.relative_to(folder).as_posix()
            raise NoCourse(f"{name} is damaged: {path} is no program. Download it again") from None


def version(folder: Path) -> str:
    """The version of the course in `folder`."""
    return str(tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"].get("version", "0"))


def clear(folder: Path) -> None:
    """Have an empty place for `folder` and what is unpacked beside it."""
    shutil.rmtree(folder.parent, ignore_errors=True)
    folder.parent.mkdir(parents=True)
