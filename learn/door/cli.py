"""The command line as a whole. What takes long to import is imported in the command that needs it."""

import typer

from learn.door import author, check, hand_ins, maintain, serve, update, work
from learn.door.asked import console

app = typer.Typer(
    help="AI Deployment Mastery: read, run, and be graded. Without a command: set up, serve the site and "
    "JupyterLab, and watch the next exercise.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for commands in (check, hand_ins, work, serve, update, author, maintain):
    app.add_typer(commands.app)


def main() -> None:
    """Run the command line; a broken pipe (`learn status | head`) and Ctrl-C end it quietly."""
    try:
        app(prog_name="python -m learn")
    except BrokenPipeError:
        raise SystemExit(141) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


@app.callback(invoke_without_command=True)
def start(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        from learn.door.start import start_everything

        raise typer.Exit(start_everything(console))
