"""The command that brings in a newer course."""

import os
from pathlib import Path
from typing import Annotated

import typer

from learn.course.files import display
from learn.door.asked import console, fail

app = typer.Typer()


@app.command()
def update(
    archive: Annotated[
        Path | None, typer.Argument(metavar="[ARCHIVE]", help="A .zip or .tar.gz that you downloaded, or its folder.")
    ] = None,
    branch: Annotated[
        str, typer.Option(metavar="REMOTE/NAME", help="The branch of git to take, if not the one that yours follows.")
    ] = "",
    older: Annotated[bool, typer.Option("--older", help="Take the archive although it is older.")] = False,
) -> None:
    """Bring in a newer course, from git or ARCHIVE. What you wrote stays."""
    from learn.setup.update import UpdateError
    from learn.setup.update import update as bring_in

    if archive is not None and (branch or not archive.exists()):
        fail("Name an archive, or a branch, not both." if branch else f"There is no file {archive}.")
    try:
        report = bring_in(archive, branch, older, lambda line: console.print(line, style="dim", markup=False))
    except UpdateError as error:
        fail(str(error), 1)
    for line in report.lines:
        console.print(line, markup=False, soft_wrap=True)
    if not report.changed:
        console.print("This is the newest course already.")
        return
    versions = f"{report.before} to {report.now}" if report.before != report.now else report.now
    console.print(
        f"The course is up to date, {versions}. Your progress and your files are as they were.", style="green"
    )
    if report.backups and os.path.exists(report.backups):
        console.print(f"What was replaced is kept in {display(report.backups)}", markup=False)
    console.print("Start the course again, with `python -m learn`, and `check all` to grade your files with new tests.")
