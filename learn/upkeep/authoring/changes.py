"""What was done, for whoever asked; and how files are renamed and taken away, so that nothing is lost."""

import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from learn.course.files import ROOT, display
from learn.desk.backup import back_up


class AuthoringError(Exception):
    """It cannot be done; nothing was changed. The message is one line that says what to do."""


@dataclass
class Changes:
    """What was done.

    Attributes:
        made: new files.
        changed: files with another content.
        removed: files that are gone.
        renamed: files under another name, old and new.
        kept: files of which somebody's own text was kept, and where.
        doubtful: what looks like a reference and was left for a person: file, place in it, and the text.
        notes: what else a person should know.
    """

    made: list[Path] = field(default_factory=list)
    changed: list[Path] = field(default_factory=list)
    removed: list[Path] = field(default_factory=list)
    renamed: list[tuple[Path, Path]] = field(default_factory=list)
    kept: list[tuple[Path, Path]] = field(default_factory=list)
    doubtful: list[tuple[Path, str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """All of it, a line each, for the screen."""
        moved = {new for _, new in self.renamed}
        changed = sorted({*self.changed} - {*self.made} - moved)
        return [
            *(f"made     {display(file)}" for file in self.made),
            *(f"removed  {display(file)}" for file in self.removed),
            *(f"renamed  {line}" for line in self._renamed()),
            *(f"changed  {display(file)}" for file in changed),
            *(f"kept     {display(file)}, as it was, in {display(copy)}" for file, copy in self.kept),
        ]

    def _renamed(self) -> list[str]:
        """The renamed files, those of one exercise on one line."""
        together: dict[str, list[str]] = {}
        for old, new in self.renamed:
            stems = f"{old.parent.name}/{old.stem.removeprefix('test_')} → {new.stem.removeprefix('test_')}"
            together.setdefault(stems, []).append(display(new).partition("/")[0])
        return [f"{stems} in {', '.join(places)}" for stems, places in together.items()]


def write(file: Path, text: str) -> None:
    """Write `text`, with the line ends of the repository on every system."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="\n")


def rename(old: Path, new: Path) -> None:
    """Rename a file; where git has it, in git too."""
    if has_git() and not _git("ls-files", "--error-unmatch", display(old)).returncode:
        done = _git("mv", display(old), display(new))
        if not done.returncode:
            return
    old.rename(new)


def remove(file: Path, changes: Changes) -> None:
    """Take a file away; a copy is kept of what git does not have as it is."""
    if not has_git() or uncommitted([file]):
        changes.kept.append((file, back_up(file)))
    file.unlink()
    changes.removed.append(file)


def uncommitted(files: list[Path]) -> list[Path]:
    """Those of `files` that git does not have as they are; none where there is no git."""
    return [file for file in files if has_git() and _git("status", "--porcelain", "--", display(file)).stdout]


def has_git() -> bool:
    """Whether the course lies in a clone."""
    return (ROOT / ".git").exists() and shutil.which("git") is not None


def _git(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
