"""Runs in the page's worker: the programs in the text, which the reader may change and run in place."""

import json
import tempfile
import traceback
import warnings
from pathlib import Path

from apart import apart

FILE = "program.py"  # the name under which a program knows itself


def run(text: str, _begun: object) -> str:
    """Run `text` as a program; what it prints goes to the page. Returns the line it failed in, or null, as JSON.

    Warnings are printed, and of an exception the last line of its traceback: what the pages show.
    """
    line = None
    with tempfile.TemporaryDirectory() as folder, apart(Path(folder)), warnings.catch_warnings():
        warnings.simplefilter("default")
        warnings.showwarning = lambda message, category, *_: print(f"{category.__name__}: {message}")
        try:
            exec(compile(text, FILE, "exec", dont_inherit=True), {"__name__": "__main__"})
        except (Exception, SystemExit) as error:
            print(traceback.format_exception_only(error)[-1].rstrip())
            line = _line(error)
    return json.dumps(line)


def _line(error: BaseException) -> int | None:
    """The deepest line of the program that `error` passed through."""
    if isinstance(error, SyntaxError) and error.filename == FILE:
        return error.lineno
    lines = [line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == FILE]
    return lines[-1] if lines else None
