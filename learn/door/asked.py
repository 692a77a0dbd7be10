"""What every command has in common: how it reads what was asked, and how it says what is wrong with that."""

import sys
from contextlib import AbstractContextManager
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from learn.course import catalogue
from learn.course.catalogue import Exercise, Lesson
from learn.desk import progress
from learn.desk.progress import Progress

# Where nobody sized a terminal, lines may be long: programs and logs read them.
WIDTH = None if sys.stdout.isatty() else 160
console = Console(highlight=False, width=WIDTH)
errors = Console(highlight=False, width=WIDTH, stderr=True)

What = Annotated[str | None, typer.Argument(metavar="[WHAT]", help="A lesson (2), an exercise (2.3), or all.")]
OneExercise = Annotated[str, typer.Argument(metavar="EXERCISE", help="An exercise, for instance 2.3.")]


def fail(message: str, status: int = 2) -> NoReturn:
    """Say what is wrong and what to do, and end."""
    errors.print(message, style="red", markup=False)
    raise typer.Exit(status)


def select(what: str) -> list[Exercise]:
    """The exercises that `what` names."""
    try:
        return catalogue.select(what)
    except catalogue.UnknownExercise as error:
        fail(str(error))


def select_one(what: str) -> Exercise:
    """The one exercise that `what` names."""
    found = select(what)
    if len(found) != 1:
        fail(f"{what} names {len(found)} exercises. Name one of them, for instance {found[0].number}.")
    return found[0]


def select_lesson(what: str) -> Lesson:
    """The lesson that `what` names, or that holds the exercise it names."""
    return select(what)[0].lesson


def warn(message: str) -> None:
    """Say what went wrong, where that is no reason to end."""
    errors.print(message, style="yellow", markup=False)


def load_progress() -> Progress:
    """The learner's progress as it is now."""
    return progress.load(warn)


def changing_progress() -> AbstractContextManager[Progress]:
    """The learner's progress, for the block to change."""
    return progress.changing(warn)
