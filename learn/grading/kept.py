"""Puts the course's files back that a learner's code has changed, where the system does not keep it from doing so."""

from pathlib import Path

from learn.course.files import ROOT, display, write_whole
from learn.grading import landlock

KEPT = ("tests", "solutions", "learn", "pyproject.toml")

Look = dict[Path, tuple[int, int, int]]  # each file, and when it was written, how long it is, and which one it is


class Kept:
    """The course's files as they were before any code of a learner's was run; nothing where the system keeps them."""

    def __init__(self, root: Path = ROOT) -> None:
        self.root = root
        self.look: Look = {} if landlock.version() >= landlock.NEEDED else self._look()
        self.content = {file: file.read_bytes() for file in self.look}

    def _look(self) -> Look:
        found: Look = {}
        for name in KEPT:
            place = self.root / name
            for file in [place] if place.is_file() else sorted(place.rglob("*")):
                if file.is_file() and "__pycache__" not in file.parts:
                    about = file.stat()
                    found[file] = about.st_mtime_ns, about.st_size, about.st_ino
        return found

    def put_back(self) -> str:
        """Put back what was changed, and take away what was added. The name of the first such file, or nothing."""
        if not self.look:
            return ""
        now = self._look()
        if now == self.look:
            return ""
        added = now.keys() - self.look.keys()
        changed = [file for file, before in self.content.items() if file not in now or file.read_bytes() != before]
        for file in added:
            file.unlink()
        for file in changed:
            write_whole(file, self.content[file])
        self.look = self._look()
        return next((display(file) for file in sorted([*added, *changed])), "")
