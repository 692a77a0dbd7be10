"""The commands for whoever writes exercises."""

from typing import TYPE_CHECKING, Annotated

import typer

from learn.course import catalogue
from learn.course.catalogue import Lesson
from learn.course.files import display
from learn.door.asked import OneExercise, console, fail, select_one

if TYPE_CHECKING:
    from learn.upkeep.authoring.changes import Changes
    from learn.upkeep.authoring.exercises import Kind

app = typer.Typer()


@app.command()
def add(
    where: Annotated[str, typer.Argument(metavar="LESSON", help="2 or 02_parameters; a new one: 10_orm_models.")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="What its file is called, for instance cookie.")],
    title: Annotated[str, typer.Option(help='Its title, "Read a cookie"; the name unless given.')] = "",
    at: Annotated[int | None, typer.Option(metavar="N", help="Which one it is to be; the last unless given.")] = None,
    kind: Annotated[
        str | None,
        typer.Option(metavar="app|model|database", help="What it is about; as most of its lesson unless given."),
    ] = None,
    lesson_title: Annotated[str, typer.Option(help="For a new lesson: its title; as planned unless given.")] = "",
) -> None:
    """Make a new exercise: whole, graded and on its page, for you to rewrite.

    It writes source, grader, notes and starter, a section on the lesson's page, and two cells in its notebook. All
    of it passes the self-check at once, so you change a working thing. A lesson that is not there yet is begun.
    """
    from learn.upkeep.authoring.changes import AuthoringError
    from learn.upkeep.authoring.exercises import add as add_exercise
    from learn.upkeep.authoring.lessons import begin

    chosen = _kind(kind)
    lesson = _lesson(where)
    try:
        if lesson is None:
            changes = begin(where, lesson_title, name, title, chosen)
        else:
            changes = add_exercise(lesson, name, title, at, chosen)
    except AuthoringError as error:
        fail(str(error))
    _show(changes)
    [made] = [one for one in catalogue.exercises() if one.name.partition("_")[2] == name and one.source in changes.made]
    console.print(
        f"\nNext: write {display(made.source)}, then its grader and notes, then its section and cell.\n"
        f"  python -m learn build            page, starter and notebook follow\n"
        f"  python -m learn test {made.number:<12}all that is asked of an exercise, in all its faces",
        markup=False,
    )


@app.command()
def remove(
    what: OneExercise,
    force: Annotated[bool, typer.Option("--force", "--yes", help="Even where git lacks changes.")] = False,
) -> None:
    """Take an exercise away, with all that belongs to it; those behind it move up."""
    from learn.upkeep.authoring.changes import AuthoringError
    from learn.upkeep.authoring.exercises import remove_exercise

    try:
        changes = remove_exercise(select_one(what), force)
    except AuthoringError as error:
        fail(str(error), 1)
    _show(changes)
    _next()


@app.command()
def move(
    what: OneExercise,
    to: Annotated[str, typer.Argument(metavar="NUMBER", help="Its new number, of the same lesson, for instance 2.2.")],
) -> None:
    """Give an exercise another number; those between make room.

    Files, page, notebook and every sure reference follow. What may be one is listed for you to look at.
    """
    from learn.upkeep.authoring.changes import AuthoringError
    from learn.upkeep.authoring.exercises import move as move_exercise

    exercise = select_one(what)
    lesson, _, index = to.partition(".")
    if lesson != str(exercise.lesson.number) or not index.isdecimal():
        fail(f"{to!r} is no number in lesson {exercise.lesson.number}: an exercise stays in its lesson.")
    try:
        changes = move_exercise(exercise, int(index))
    except AuthoringError as error:
        fail(str(error))
    _show(changes)
    _next()


def _lesson(where: str) -> Lesson | None:
    """The lesson that `where` names; none where it names one that is to be begun."""
    for lesson in catalogue.lessons():
        if where in (lesson.slug, str(lesson.number), f"{lesson.number:02}"):
            return lesson
    if "_" not in where:
        fail(f"There is no lesson {where!r}. To begin one, give its folder's name, for instance 10_orm_models.")
    return None


def _kind(asked: str | None) -> "Kind | None":
    for kind in ("app", "model", "database"):
        if asked == kind:
            return kind
    if asked is not None:
        fail(f"--kind {asked!r}: choose app, model or database.")
    return None


def _show(changes: "Changes") -> None:
    for line in changes.lines():
        console.print(line, markup=False)
    if changes.doubtful:
        console.print(
            "\nLeft for you to look at. These may speak of an exercise whose number has changed:", style="bold"
        )
    for file, place, text in changes.doubtful:
        console.print(f"  {display(file)}:{place}  {text[:100]}", markup=False)
    for note in changes.notes:
        console.print(note, style="yellow", markup=False)
    if not changes.lines():
        console.print("It has that number already: nothing was changed.")


def _next() -> None:
    console.print(
        "\nNext: read `git diff`, then `python -m learn build` and `python -m learn test --changed`, and commit.\n"
        "A learner's own file keeps its old name: say in CHANGELOG.md what became of the numbers.",
        markup=False,
    )
