"""Grades what a class handed in."""

import re
from collections.abc import Iterator
from pathlib import Path

from learn.course.catalogue import Exercise
from learn.grading.verdict import Verdict
from learn.grading.warm import WarmGrader

_LESSON = re.compile(r"\d\d_\w+")


class NoSubmissions(Exception):
    """The folder holds nothing to grade; the message says what it should look like."""


def find(folder: Path) -> dict[str, Path]:
    """The submissions in `folder`, by learner.

    `folder` holds a folder for each learner, laid out like `lessons/`; or is itself laid out so, and is then one
    submission by a learner without a name.

    Raises:
        NoSubmissions: there is no such folder, or nothing in it looks like a submission.
    """
    if not folder.is_dir():
        raise NoSubmissions(f"There is no folder {folder}.")
    folders = sorted(entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    if any(_LESSON.fullmatch(entry.name) for entry in folders):
        return {"": folder}
    if not folders:
        raise NoSubmissions(
            f"{folder} holds no submissions: put a folder for each learner there, laid out like lessons/."
        )
    return {entry.name: entry for entry in folders}


def grade_submissions(folder: Path, exercises: list[Exercise]) -> Iterator[tuple[str, list[Verdict]]]:
    """Each learner's name and verdicts, as they are reached."""
    submissions = find(folder)
    with WarmGrader() as grader:
        for learner, submission in submissions.items():
            yield learner, grader.grade(exercises, submission=str(submission.resolve()))
