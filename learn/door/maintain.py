"""The commands for maintainers."""

from typing import Annotated

import typer

from learn.course.files import ROOT, display
from learn.door.asked import What, console, fail, select

app = typer.Typer()


@app.command()
def build() -> None:
    """Regenerate starters, notebook cells and the site."""
    from learn.pages import build as builder

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
    from learn.upkeep.self_check import self_check

    raise typer.Exit(self_check(console, arguments or []))


@app.command()
def benchmark() -> None:
    """Measure the promised speeds, as ratios in one run."""
    from learn.upkeep.benchmark import benchmark as measure

    measure(console)


@app.command()
def mutation(what: What = None) -> None:
    """Measure the graders: mutate the solutions they pass."""
    from learn.upkeep.mutation import measure

    raise typer.Exit(measure(console, select(what or "all")))


@app.command()
def lock() -> None:
    """Lock the newest versions that are allowed, with hashes."""
    from learn.upkeep.lock import lock as lock_requirements

    raise typer.Exit(lock_requirements(ROOT))
