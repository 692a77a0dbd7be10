"""The commands for a learner at work."""

from pathlib import Path
from typing import Annotated

import typer

from learn.course.files import display
from learn.door.asked import (
    OneExercise,
    What,
    changing_progress,
    console,
    errors,
    fail,
    load_progress,
    select,
    select_one,
    warn,
)

app = typer.Typer()


@app.command()
def watch(what: What = None) -> None:
    """Grade at each save, and obey single keys.

    n next, h hint, l list, c check all, r reset, s solution, q quit.
    """
    from learn.desk.watch import watch as run_watch

    first = select(what)[0] if what else None
    raise typer.Exit(run_watch(console, first))


@app.command()
def hint(what: OneExercise) -> None:
    """Show the next rung of an exercise's ladder of hints."""
    from learn.desk.render import show_hints

    exercise = select_one(what)
    with changing_progress() as progress:
        shown = progress.take_hint(exercise)
    show_hints(console, exercise, shown)


@app.command()
def solution(
    what: OneExercise,
    show: Annotated[bool, typer.Option("--show", help="Show it although the exercise is not solved.")] = False,
) -> None:
    """Show the solution of an exercise, after a pass."""
    from learn.desk import render

    exercise = select_one(what)
    if not show and not load_progress().is_solved(exercise):
        number = exercise.number
        fail(f"{number} is not solved yet. `python -m learn hint {number}` helps; `--show` shows it anyway.", 1)
    render.show(console, render.solution(exercise))


@app.command()
def status() -> None:
    """Show your progress, lesson by lesson."""
    from learn.desk.render import show, status_table

    show(console, status_table(load_progress()))


@app.command()
def reset(what: OneExercise) -> None:
    """Bring a starter back; your file is kept as a backup."""
    from learn.desk.backup import reset as put_starter

    exercise = select_one(what)
    try:
        copy = put_starter(exercise)
    except OSError as error:
        fail(f"{display(exercise.file)} was not reset, and is as it was: {error.strerror or error}.", 1)
    with changing_progress() as progress:
        progress.forget(exercise)
    console.print(f"{display(exercise.file)} is the starter again.", markup=False)
    if copy:
        console.print(f"What was there is kept as {display(copy)}", markup=False)


@app.command(name="export")
def export_work(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it, for instance my-course.json.")],
) -> None:
    """Write what you have done to one file, which `import` reads, and the site too."""
    from learn.desk.transfer import exported

    try:
        with file.open("x", encoding="utf-8", newline="\n") as out:
            out.write(exported(load_progress()))
    except FileExistsError:
        fail(f"{file} is there already, and is left as it is. Choose another name.")
    except OSError as error:
        fail(f"{file} could not be written: {error.strerror}.")
    console.print(f"Your work is in {file}", markup=False)


@app.command(name="import")
def import_work(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `export`, or the site, wrote.")],
) -> None:
    """Take over what you did elsewhere, and grade it. Files of yours that differ are kept as backups."""
    from learn.desk.regrade import regrade
    from learn.desk.render import tally
    from learn.desk.transfer import TransferError, read, take_over
    from learn.grading.run import GraderError

    try:
        entries = read(file)
        changes = take_over(entries, warn)
    except TransferError as error:
        fail(f"{error}.")
    except OSError as error:
        fail(f"{error.filename or file}: {error.strerror or error}.")
    for change in changes:
        kept = f"; your own is kept as {display(change.backup)}" if change.backup else ""
        console.print(f"{change.exercise.number}  {display(change.exercise.file)}{kept}", markup=False)
    console.print(f"{len(changes)} of {len(entries)} exercises were taken over; the others were the same already.")
    if not entries:
        return
    console.print("What counts is the verdict here: they are graded now.")
    try:
        verdicts = regrade([entry.exercise for entry in entries], errors, warn)
    except GraderError as error:
        fail(str(error), 1)
    for entry, verdict in zip(entries, verdicts, strict=True):
        if entry.passed and not verdict.passed:
            number = verdict.exercise
            console.print(f"{number} is {verdict.status} here, though {file} says that it passed.", markup=False)
    console.print(tally(verdicts))
