"""The command that grades: a learner's own files, one file, the solutions, or what a class handed in."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from learn.course.catalogue import Exercise
from learn.course.files import display
from learn.door.asked import What, changing_progress, console, fail, load_progress, select, select_one

app = typer.Typer()


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
    from learn.desk.render import show_verdicts
    from learn.grading.run import GraderError, grade

    if submission is not None:
        return check_submissions(select(what or "all"), submission, as_json, junitxml)
    if file is not None and not file.is_file():
        fail(f"There is no file {file}.")
    own = file is None and not solutions
    if what:
        exercises = [select_one(what)] if file else select(what)
    elif file or solutions:
        fail("Say which exercise, for instance: python -m learn check 2.3")
    else:
        following = load_progress().next_unsolved()
        if following is None:
            console.print("All exercises are solved.", style="bold green")
            return None
        exercises = [following]
    try:
        one = str(file.resolve()) if file else None
        verdicts = grade(exercises, solutions=solutions, file=one, full=full, database=database, sql=sql)
    except GraderError as error:
        fail(str(error))
    if own:
        with changing_progress() as progress:
            for exercise, verdict in zip(exercises, verdicts, strict=True):
                progress.note(exercise, verdict)
    if junitxml:
        write_junit(junitxml, {"": verdicts})
    if as_json:
        several = len(select(what)) > 1 if what else False
        records = [verdict.as_json() for verdict in verdicts]
        print_json(records if several else records[0])
    else:
        show_verdicts(console, verdicts, sql=sql)
        if own and len(verdicts) == 1 and verdicts[0].passed and (on := progress.next_unsolved()):
            console.print(f"Next: {on.number}, {on.title}, in {display(on.file)}", markup=False)
    raise typer.Exit(0 if all(verdict.passed for verdict in verdicts) else 1)


def check_submissions(exercises: list[Exercise], folder: Path, as_json: bool, junitxml: Path | None) -> None:
    """Grade each learner's folder apart."""
    from learn.desk.render import headline, tally
    from learn.grading.run import GraderError
    from learn.grading.submissions import NoSubmissions, grade_submissions

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
    from learn.grading import junit

    try:
        junit.write(file, results)
    except OSError as error:
        fail(f"{file} could not be written: {error.strerror}.")


def print_json(data: Any) -> None:
    """Print `data` for other programs: no colour, no wrapping, and in ASCII where the output is not UTF-8."""
    narrow = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    print(json.dumps(data, indent=2, ensure_ascii=narrow))
