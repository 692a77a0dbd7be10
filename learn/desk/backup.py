"""Keeps what a learner wrote before something else takes its place."""

import os
from datetime import datetime
from pathlib import Path

from learn.course.catalogue import Exercise
from learn.course.files import HOME, display, write_whole


def back_up(file: Path) -> Path:
    """Copy `file` into `.learn/backups/` under a name that says when, and return the copy."""
    content = file.read_bytes()
    folder = HOME / "backups" / file.parent.name
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{file.stem}-{datetime.now():%Y%m%d-%H%M%S}"
    for number in range(1000):
        copy = folder / f"{stem}{f'-{number}' if number else ''}{file.suffix}"
        try:
            with open(copy, "xb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
        except FileExistsError:
            continue
        return copy
    raise OSError(f"{display(folder)} holds too many backups of {file.name}")


def reset(exercise: Exercise) -> Path | None:
    """Put the starter in place of the learner's file. Returns the backup of what was there, if it differed.

    Raises:
        OSError: the backup or the starter could not be written; the learner's file is as it was.
    """
    starter = exercise.starter.encode()
    differs = exercise.file.is_file() and exercise.file.read_bytes() != starter
    copy = back_up(exercise.file) if differs else None
    write_whole(exercise.file, starter)
    return copy
