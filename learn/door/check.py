"""The command that grades: a learner's own files, one file, the solutions, or what a class handed in."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from learn.course.files import display
from learn.door.asked import What, changing_progress, console, fail, load_progress, select, select_one
from learn.door.hand_ins import Asked, check_submissions
from learn.door.reports import ReportOption, Reports, cores

app = typer.Typer()


@app.command()
def check(
    what: What = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON: an object, or a list for several.")] = False,
    file: Annotated[Path | None, typer.Option(metavar="FILE", help="Grade FILE as the exercise.")] = None,
    solutions: Annotated[bool, typer.Option("--solutions", help="Grade the reference solutions.")] = False,
    submission: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Grade DIR or DIR.zip: laid out like lessons/, or with such a folder for each learner."
        ),
    ] = None,
    report: ReportOption = None,
    junitxml: Annotated[Path | None, typer.Option(metavar="FILE", help="Write JUnit XML: --report junit=FILE.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Show tracebacks whole.")] = False,
    database: Annotated[
        Literal["sqlite", "postgres"], typer.Option(help="Grade on a real PostgreSQL, where that makes sense.")
    ] = "sqlite",
    sql: Annotated[bool, typer.Option("--sql", help="Show the SQL that your code sends.")] = False,
    shard: Annotated[
        str | None, typer.Option(metavar="PART/PARTS", help="With --submission: grade this part of the class, as 2/8.")
    ] = None,
    budget: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            min=1,
            help="With --submission: for one learner in all; an exercise gets a fifth of it. [300]",
        ),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="With --submission: how many learners at once. [the number of cores]")
    ] = None,
) -> None:
    """Grade your code: the next unsolved exercise, or WHAT."""
    from learn.desk.render import show_verdicts
    from learn.grading.run import GraderError, grade

    _refuse_contradictions(
        {"--submission": submission is not None, "--file": file is not None, "--solutions": solutions},
        {"--shard": shard, "--budget": budget, "--jobs": jobs},
    )
    reports = Reports.asked(report, junitxml)
    if submission is not None:
        from learn.grading.handed_in.pool import BUDGET

        options = {"database": database, "full": full, "sql": sql}
        exercises = select(what or "all")
        return check_submissions(
            Asked(exercises, submission, as_json, reports, options, budget or BUDGET, jobs or cores(), shard or "1/1")
        )
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
    if reports.files:
        from learn.grading.entry import Entry, made_visible

        reports.write([Entry("", [made_visible(verdict) for verdict in verdicts])])
    if as_json:
        several = len(select(what)) > 1 if what else False
        records = [verdict.as_json() for verdict in verdicts]
        print_json(records if several else records[0])
    else:
        show_verdicts(console, verdicts, sql=sql)
        if own and len(verdicts) == 1 and verdicts[0].passed and (on := progress.next_unsolved()):
            console.print(f"Next: {on.number}, {on.title}, in {display(on.file)}", markup=False)
    raise typer.Exit(0 if all(verdict.passed for verdict in verdicts) else 1)


def _refuse_contradictions(whose: dict[str, bool], class_only: dict[str, object]) -> None:
    """End with a line where options contradict each other, so that none is dropped without a word."""
    given = [option for option, asked in whose.items() if asked]
    if len(given) > 1:
        fail(f"{' and '.join(given)} each say whose code to grade: give one of them.")
    if not whose["--submission"]:
        for option, value in class_only.items():
            if value is not None:
                fail(f"{option} is for a class: give --submission with it.")


def print_json(data: Any) -> None:
    """Print `data` for other programs: no colour, no wrapping, and in ASCII where the output is not UTF-8."""
    narrow = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    print(json.dumps(data, indent=2, ensure_ascii=narrow))
