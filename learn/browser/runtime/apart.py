"""Runs the reader's code for console and examples: what it prints is sent on, what it changes is put right."""

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import noloop

LARGEST_OUTPUT = 50_000  # characters, after which a program that prints without end is heard no more


class Said(io.TextIOBase):
    """What a program prints, on its way to the page, which gets it line by line."""

    def __init__(self) -> None:
        self.room = LARGEST_OUTPUT
        self.line_is_open = False

    def write(self, text: str) -> int:
        """Send `text` on, as far as there is room for it."""
        if self.room > 0:
            rest = "\n… the rest is not shown\n" if len(text) > self.room else ""
            sys.__stdout__.write(text[: self.room] + rest)  # type: ignore[union-attr]
            self.room -= len(text)
            self.line_is_open = not text.endswith("\n")
        return len(text)

    def end(self) -> None:
        """Send on what does not end in a new line, which the page would wait for."""
        if self.line_is_open:
            self.write("\n")


@contextlib.contextmanager
def apart(folder: Path) -> Iterator[None]:
    """Run the block in `folder`, outside of the browser's event loop."""
    environment, path = dict(os.environ), list(sys.path)
    os.chdir(folder)
    said = Said()
    try:
        with noloop.detached(), contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            yield
    finally:
        said.end()
        os.chdir("/")
        os.environ.clear()
        os.environ.update(environment)
        sys.path[:] = path
