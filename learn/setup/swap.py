"""Replaces many files of the course: all of them, or none.

First each file that will go is copied into a folder of backups. Then a journal is written that says what is about to
happen; with it, all can be taken back, even by the next start of the course after this process was killed. Last come
the changes, and the journal is deleted. The folder of backups stays. Uses the standard library only.
"""

import contextlib
import json
import os
import shutil
import sys
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from learn.course.files import HOME, ROOT, UPDATING, display, locked, replace, write_whole
from learn.course.inventory import state
from learn.setup import repository

STAGE = UPDATING.parent  # where a newer course is made ready
TOOL = "learn"  # a folder that is exchanged whole: half of it would not run


class SavedMeanwhile(Exception):
    """A file is no longer what it was when its change was planned; the message names it."""


@dataclass(frozen=True)
class Change:
    """What becomes of one file: it is written from `source`, or removed where there is none.

    Attributes:
        before: the state of what is there now.
    """

    path: str
    source: Path | None
    before: str


def updating() -> AbstractContextManager[None]:
    """One update at a time; it ends with its process."""
    return locked(HOME / "update.lock", "Another terminal is updating the course: waiting for it …")


def swap(changes: list[Change], tool: Path | None, backups: Path, commit: str = "") -> None:
    """Make `changes`, and put the folder `tool` in the place of the course's tool. What goes is kept in `backups`.

    `commit` is where git's present branch leads, if that will change too. To go back afterwards, `take_back`.

    Raises:
        SavedMeanwhile, OSError: it could not be done, and all is as it was.
    """
    for change in changes:
        if change.before:
            copy = backups / change.path
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / change.path, copy, follow_symlinks=False)
            _expect(copy, change)
    backups.mkdir(parents=True, exist_ok=True)
    files = [[change.path, change.before, state(change.source) if change.source else ""] for change in changes]
    journal = {"backups": str(backups.relative_to(HOME)), "files": files, "commit": commit}
    write_whole(UPDATING, json.dumps(journal).encode())
    try:
        for change in changes:
            _expect(ROOT / change.path, change)
            _put(change.source, ROOT / change.path)
        if tool is not None:
            os.rename(ROOT / TOOL, backups / TOOL)
            os.rename(tool, ROOT / TOOL)
    except BaseException:
        take_back()
        raise


def done() -> None:
    """All has been changed, for good."""
    UPDATING.unlink(missing_ok=True)
    shutil.rmtree(STAGE, ignore_errors=True)


def take_back_interrupted() -> None:
    """At the start of the course: if an update was killed midway, make everything what it was before."""
    if not UPDATING.exists():
        return
    with updating():
        if UPDATING.exists():
            take_back()
            print("An update of the course was interrupted. All is as it was before.", file=sys.stderr, flush=True)


def take_back() -> None:
    """Make everything what it was before the swap that the journal tells of."""
    journal: dict[str, Any] = json.loads(UPDATING.read_bytes())
    backups = HOME / journal["backups"]
    if (backups / TOOL).is_dir():
        if (ROOT / TOOL).exists():
            os.rename(ROOT / TOOL, STAGE / "tool-taken-back")
        os.rename(backups / TOOL, ROOT / TOOL)
    for path, before, after in journal["files"]:
        present = state(ROOT / path)
        if present == before:
            continue
        if present not in ("", after):  # somebody has written here since
            kept = backups / "written-since" / path
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / path, kept, follow_symlinks=False)
            print(f"What was written to {path} meanwhile is kept as {display(kept)}", file=sys.stderr, flush=True)
        _put(backups / path if before else None, ROOT / path)
    if journal["commit"]:
        repository.adopt(journal["commit"])
    done()


def _expect(file: Path, change: Change) -> None:
    if state(file) != change.before:
        raise SavedMeanwhile(change.path)


def _put(source: Path | None, file: Path) -> None:
    """Write `file` whole from `source`, or remove it, with the folders that are empty then."""
    if source is None:
        file.unlink(missing_ok=True)
        for folder in file.parents:
            if folder == ROOT:
                break
            with contextlib.suppress(OSError):  # it is not empty
                folder.rmdir()
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}.new")
    try:
        shutil.copy(source, draft, follow_symlinks=False)
        replace(draft, file)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
