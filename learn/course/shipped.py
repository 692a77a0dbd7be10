"""Which files are the course's own: every starter, app and notebook that it has ever shipped.

`shipped.txt` lists their digests. `learn build` adds to it and takes nothing away. So whatever is in the list is no
learner's work, whichever version of the course it comes from; and whatever is not is somebody's work, whether git
knows it or not.
"""

import functools
import hashlib
from collections.abc import Iterable
from pathlib import Path

from learn.course.files import ROOT, write_whole

LIST = Path("learn", "course", "shipped.txt")


def fingerprint(content: bytes) -> str:
    """SHA-256 of a text, the same whichever line ends it was saved with."""
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def is_shipped(content: bytes) -> bool:
    """Whether the course has ever shipped a file like this."""
    return fingerprint(content) in shipped(ROOT)


def shipped(root: Path) -> frozenset[str]:
    """The digests of all that the course in `root` has ever shipped."""
    file = root / LIST
    return _digests(file, file.stat().st_mtime_ns) if file.exists() else frozenset()


@functools.cache
def _digests(file: Path, changed: int) -> frozenset[str]:  # noqa: ARG001  `changed` makes a new version a new key
    return frozenset(line.partition(" ")[0] for line in file.read_text(encoding="utf-8").splitlines())


def ship(files: Iterable[tuple[str, bytes]]) -> None:
    """Add to the list, by their paths in the course, files that are shipped from now on."""
    text = (ROOT / LIST).read_text(encoding="utf-8") if (ROOT / LIST).exists() else ""
    known = shipped(ROOT)
    new = {f"{fingerprint(content)} {path}" for path, content in files if fingerprint(content) not in known}
    if new:
        lines = sorted({*text.splitlines(), *new}, key=lambda line: line.partition(" ")[::-1])
        write_whole(ROOT / LIST, "".join(f"{line}\n" for line in lines).encode())
