"""The commands that serve something until Ctrl-C."""

from typing import Annotated

import typer

from learn.door.asked import console, select, select_lesson

app = typer.Typer()


@app.command()
def run(
    what: Annotated[str, typer.Argument(metavar="WHAT", help="A lesson (2), or an exercise (2.3).")],
    port: Annotated[int, typer.Option(help="The next free port is taken where this one is in use.")] = 8000,
) -> None:
    """Run the app of a lesson or exercise, anew at each save."""
    from learn.door.start import run_app

    found = select(what)
    file = found[0].file if len(found) == 1 else found[0].file.with_name("main.py")
    raise typer.Exit(run_app(console, file, port))


@app.command()
def site(
    port: Annotated[int, typer.Option(help="The next free port is taken where this one is in use.")] = 8080,
) -> None:
    """Build the site and serve it until Ctrl-C."""
    from learn.door.start import serve_site

    raise typer.Exit(serve_site(console, port))


@app.command()
def notebook(what: Annotated[str | None, typer.Argument(metavar="[LESSON]", help="Open its notebook.")] = None) -> None:
    """Start JupyterLab, opened at a lesson's notebook."""
    from learn.door.start import serve_notebooks

    raise typer.Exit(serve_notebooks(console, select_lesson(what) if what else None))
