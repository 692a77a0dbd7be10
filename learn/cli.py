"""The command line: each command reads what it was asked, and leaves the work to the module that knows it.

What takes long to import is imported in the command that needs it.
"""

import json
import sys
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

import typer
from rich.console import Console

from learn import course
from learn.course import ROOT, Exercise, Lesson, display
from learn.progress import Progress, ProgressLost

app = typer.Typer(
    help="AI Deployment Mastery: read, run, and be graded. Without a command: set up, serve the site and "
    "JupyterLab, and watch the next exercise.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

# Where nobody sized a terminal, lines may be long: programs and logs read them.
WIDTH = None if sys.stdout.isatty() else 160
console = Console(highlight=False, width=WIDTH)
errors = Console(highlight=False, width=WIDTH, stderr=True)

What = Annotated[str | None, typer.Argument(metavar="[WHAT]", help="A lesson (2), an exercise (2.3), or all.")]
OneExercise = Annotated[str, typer.Argument(metavar="EXERCISE", help="An exercise, for instance 2.3.")]


def main() -> None:
    """Run the command line; a broken pipe (`learn status | head`) and Ctrl-C end it quietly."""
    try:
        app(prog_name="python -m learn")
    except BrokenPipeError:
        raise SystemExit(141) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def fail(message: str, status: int = 2) -> NoReturn:
    """Say what is wrong and what to do, and end."""
    errors.print(message, style="red", markup=False)
    raise typer.Exit(status)


def select(what: str) -> list[Exercise]:
    """The exercises that `what` names."""
    try:
        return course.select(what)
    except course.UnknownExercise as error:
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


def load_progress() -> Progress:
    """The learner's progress; where its file was damaged, rebuilt by grading."""
    try:
        return Progress.load()
    except ProgressLost as lost:
        from learn.grading.run import grade

        errors.print(f"{lost}. Your progress is rebuilt by grading your files …", style="yellow", markup=False)
        progress = Progress()
        for exercise, verdict in zip(course.exercises(), grade(course.exercises()), strict=True):
            progress.note(exercise, verdict)
        save_progress(progress)
        return progress


def save_progress(progress: Progress) -> None:
    """Save, or say why that failed: no reason to withhold a verdict."""
    if trouble := progress.save():
        errors.print(trouble, style="yellow", markup=False)


@app.callback(invoke_without_command=True)
def start(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        from learn.start import start_everything

        raise typer.Exit(start_everything(console, load_progress()))


@app.command()
def check(
    what: What = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON: an object, or a list for several.")] = False,
    file: Annotated[Path | None, typer.Option(metavar="FILE", help="Grade FILE as the exercise.")] = None,
    solutions: Annotated[bool, typer.Option("--solutions", help="Grade the reference solutions.")] = False,
    submission: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Grade DIR: laid out like lessons/, or a folder of such, one a learner."),
    ] = None,
    junitxml: Annotated[Path | None, typer.Option(metavar="FILE", help="Write JUnit XML too.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Show tracebacks whole.")] = False,
    database: Annotated[
        Literal["sqlite", "postgres"], typer.Option(help="Grade on a real PostgreSQL, where that makes sense.")
    ] = "sqlite",
    sql: Annotated[bool, typer.Option("--sql", help="Show the SQL that your code sends.")] = False,
) -> None:
    """Grade your code: the next unsolved exercise, or WHAT."""
    from learn.grading.run import GraderError, grade
    from learn.render import show_verdicts

    if submission is not None:
        return check_submissions(select(what or "all"), submission, as_json, junitxml)
    if file is not None and not file.is_file():
        fail(f"There is no file {file}.")
    own = file is None and not solutions
    progress = load_progress() if own else None
    if what:
        exercises = [select_one(what)] if file else select(what)
    elif file or solutions:
        fail("Say which exercise, for instance: python -m learn check 2.3")
    else:
        assert progress is not None
        following = progress.next_unsolved()
        if following is None:
            console.print("All exercises are solved.", style="bold green")
            return None
        exercises = [following]
    try:
        one = str(file.resolve()) if file else None
        verdicts = grade(exercises, solutions=solutions, file=one, full=full, database=database, sql=sql)
    except GraderError as error:
        fail(str(error))
    if progress is not None:
        for exercise, verdict in zip(exercises, verdicts, strict=True):
            progress.note(exercise, verdict)
        save_progress(progress)
    if junitxml:
        write_junit(junitxml, {"": verdicts})
    if as_json:
        several = len(select(what)) > 1 if what else False
        records = [verdict.as_json() for verdict in verdicts]
        print_json(records if several else records[0])
    else:
        show_verdicts(console, verdicts, sql=sql)
        if progress is not None and len(verdicts) == 1 and verdicts[0].passed and (on := progress.next_unsolved()):
            console.print(f"Next: {on.number}, {on.title}, in {display(on.file)}", markup=False)
    raise typer.Exit(0 if all(verdict.passed for verdict in verdicts) else 1)


def check_submissions(exercises: list[Exercise], folder: Path, as_json: bool, junitxml: Path | None) -> None:
    """Grade each learner's folder apart."""
    from learn.grading.run import GraderError
    from learn.render import headline, tally
    from learn.submissions import NoSubmissions, grade_submissions

    results = {}
    try:
        for learner, verdicts in grade_submissions(folder, exercises):
            results[learner] = verdicts
            if not as_json:
                console.print(learner or str(folder), style="bold", markup=False)
                for verdict in verdicts:
                    console.print(headline(verdict))
                console.print(tally(verdicts), "\n")
    except (NoSubmissions, GraderError) as error:
        fail(str(error))
    if junitxml:
        write_junit(junitxml, results)
    if as_json:
        print_json(
            [
                {"learner": learner, "verdicts": [verdict.as_json() for verdict in verdicts]}
                for learner, verdicts in results.items()
            ]
        )
    everything = [verdict for verdicts in results.values() for verdict in verdicts]
    raise typer.Exit(0 if all(verdict.passed for verdict in everything) else 1)


def write_junit(file: Path, results: dict[str, Any]) -> None:
    """Write `file`, or say why that failed."""
    from learn import junit

    try:
        junit.write(file, results)
    except OSError as error:
        fail(f"{file} could not be written: {error.strerror}.")


def print_json(data: Any) -> None:
    """Print `data` for other programs: no colour, no wrapping."""
    print(json.dumps(data, indent=2, ensure_ascii=False))


@app.command()
def watch(what: What = None) -> None:
    """Grade at each save, and obey single keys.

    n next, h hint, l list, c check all, r reset, s solution, q quit.
    """
    from learn.watch import watch as run_watch

    first = select(what)[0] if what else None
    raise typer.Exit(run_watch(console, load_progress(), first))


@app.command()
def hint(what: OneExercise) -> None:
    """Show the next rung of an exercise's ladder of hints."""
    from learn.render import show_hints

    exercise, progress = select_one(what), load_progress()
    show_hints(console, exercise, progress)
    save_progress(progress)


@app.command()
def solution(
    what: OneExercise,
    show: Annotated[bool, typer.Option("--show", help="Show it although the exercise is not solved.")] = False,
) -> None:
    """Show the solution of an exercise, after a pass."""
    from learn import render

    exercise = select_one(what)
    if not show and not load_progress().is_solved(exercise):
        number = exercise.number
        fail(f"{number} is not solved yet. `python -m learn hint {number}` helps; `--show` shows it anyway.", 1)
    render.show(console, render.solution(exercise))


@app.command()
def status() -> None:
    """Show your progress, lesson by lesson."""
    from learn.render import show, status_table

    show(console, status_table(load_progress()))


@app.command()
def reset(what: OneExercise) -> None:
    """Bring a starter back; your file is kept as a backup."""
    from learn.progress import reset as put_starter

    exercise, progress = select_one(what), load_progress()
    try:
        copy = put_starter(exercise)
    except OSError as error:
        fail(f"{display(exercise.file)} was not reset, and is as it was: {error.strerror or error}.", 1)
    progress.records.pop(exercise.number, None)
    save_progress(progress)
    console.print(f"{display(exercise.file)} is the starter again.", markup=False)
    if copy:
        console.print(f"What was there is kept as {display(copy)}", markup=False)


@app.command(name="export")
def export_work(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it, for instance my-course.json.")],
) -> None:
    """Write what you have done to one file, which `import` reads, and the site too."""
    from learn.transfer import exported

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
    """Take over what you did elsewhere. Files of yours that differ are kept as backups."""
    from learn.transfer import TransferError, read, take_over

    progress = load_progress()
    try:
        entries = read(file)
        changes = take_over(entries, progress)
    except TransferError as error:
        fail(f"{error}.")
    except OSError as error:
        fail(f"{error.filename or file}: {error.strerror or error}.")
    save_progress(progress)
    for change in changes:
        kept = f"; your own is kept as {display(change.backup)}" if change.backup else ""
        console.print(f"{change.exercise.number}  {display(change.exercise.file)}{kept}", markup=False)
    console.print(f"{len(changes)} of {len(entries)} exercises were taken over; the others were the same already.")


@app.command()
def run(
    what: Annotated[str, typer.Argument(metavar="WHAT", help="A lesson (2), or an exercise (2.3).")],
    port: Annotated[int, typer.Option(help="The next free port is taken where this one is in use.")] = 8000,
) -> None:
    """Run the app of a lesson or exercise, anew at each save."""
    from learn.start import run_app

    found = select(what)
    file = found[0].file if len(found) == 1 else found[0].file.with_name("main.py")
    raise typer.Exit(run_app(console, file, port))


@app.command()
def site(
    port: Annotated[int, typer.Option(help="The next free port is taken where this one is in use.")] = 8080,
) -> None:
    """Build the site and serve it until Ctrl-C."""
    from learn.start import serve_site

    raise typer.Exit(serve_site(console, port))


@app.command()
def notebook(what: Annotated[str | None, typer.Argument(metavar="[LESSON]", help="Open its notebook.")] = None) -> None:
    """Start JupyterLab, opened at a lesson's notebook."""
    from learn.start import serve_notebooks

    raise typer.Exit(serve_notebooks(console, select_lesson(what) if what else None))


@app.command()
def build() -> None:
    """Regenerate starters, notebook cells and the site."""
    from learn import build as builder

    try:
        kept = builder.build_all(console)
    except builder.BuildError as error:
        fail(str(error), 1)
    for file in kept:
        console.print(f"{display(file)} has changes that are not committed, and is left as it is.", style="yellow")
    raise typer.Exit(1 if kept else 0)


@app.command()
def test(
    arguments: Annotated[list[str] | None, typer.Argument(metavar="[PYTEST OPTIONS]", help="After --.")] = None,
) -> None:
    """Prove the whole course: for maintainers and CI."""
    from learn.maintenance import self_check

    raise typer.Exit(self_check(console, arguments or []))


@app.command()
def benchmark() -> None:
    """Measure the promised speeds, as ratios in one run."""
    from learn.benchmark import benchmark as measure

    measure(console)


@app.command()
def mutation(what: What = None) -> None:
    """Measure the graders: mutate the solutions they pass."""
    from learn.mutation import measure

    raise typer.Exit(measure(console, select(what or "all")))


@app.command()
def lock() -> None:
    """Lock the newest versions that are allowed, with hashes."""
    from learn.maintenance import lock as lock_requirements

    raise typer.Exit(lock_requirements(ROOT))
