"""The commands for maintainers."""

from typing import Annotated

import typer

from learn.course.files import ROOT, display
from learn.door.asked import What, console, fail, select

app = typer.Typer()


@app.command()
def build() -> None:
    """Regenerate starters, notebook cells and the site."""
    from learn.course.derived import derive
    from learn.pages.build import BuildError, build_site
    from learn.pages.figures import write_figures

    kept = derive()
    write_figures()
    for file in kept:
        console.print(f"{display(file)} holds somebody's work, which is left as it is.", style="yellow", markup=False)
    if kept:
        console.print("To begin one again, keeping what is there: python -m learn reset 2.3", style="yellow")
    try:
        build_site(console)
    except BuildError as error:
        fail(str(error), 1)
    raise typer.Exit(1 if kept else 0)


@app.command()
def test(
    arguments: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[WHAT] [-- PYTEST OPTIONS]",
            help="A lesson (2) or an exercise (2.3), in all its faces; with --changed, the revision to compare with.",
        ),
    ] = None,
    changed: Annotated[
        bool,
        typer.Option("--changed", help="Prove what a change can affect: since all was proven last, or since WHAT."),
    ] = False,
) -> None:
    """Prove the whole course, or a part: for maintainers and CI."""
    from learn.upkeep.proof import NoBase
    from learn.upkeep.self_check import prove, prove_changed

    what, *options = arguments if arguments and not arguments[0].startswith("-") else ["", *(arguments or [])]
    if changed:
        try:
            raise typer.Exit(prove_changed(console, what, options))
        except NoBase as problem:
            fail(str(problem))
    if what:
        select(what)
    raise typer.Exit(prove(console, what, options))


@app.command()
def benchmark(
    kinds: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[speed|setup|pages|lighthouse|self_check]…",
            help="Only these. Without: all but self_check, which takes longest and has the machine to itself.",
        ),
    ] = None,
) -> None:
    """Measure the promised speeds, and write down what the pages show of them."""
    from learn.upkeep.benchmark import KINDS
    from learn.upkeep.benchmark import benchmark as measure

    for kind in kinds or []:
        if kind not in KINDS:
            fail(f"There is no measurement {kind!r}. There are {', '.join(KINDS)}.")
    raise typer.Exit(measure(console, kinds or [kind for kind in KINDS if kind != "self_check"]))


@app.command()
def mutation(what: What = None) -> None:
    """Measure the graders: mutate the solutions they pass, and write down what the pages show."""
    from learn.upkeep.mutation import measure

    raise typer.Exit(measure(console, select(what or "all")))


@app.command()
def lock() -> None:
    """Lock the newest versions that are allowed, with hashes."""
    from learn.upkeep.lock import lock as lock_requirements

    raise typer.Exit(lock_requirements(ROOT))
