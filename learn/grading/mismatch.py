"""The one way in which a grader says that something is not as the task says."""

import errno
import json
from typing import Any


class Mismatch(AssertionError):
    """What was called, what came back, and what was expected: each a phrase in plain words.

    Attributes:
        function: file and first line of the function that answered, where it is known.
    """

    def __init__(self, called: str, got: str, expected: str, function: tuple[str, int] | None = None) -> None:
        super().__init__(f"{called} {got}; expected {expected}")
        self.called, self.got, self.expected, self.function = called, got, expected, function


def require(condition: bool, *, called: str, got: str, expected: str) -> None:
    """Fail with a `Mismatch` unless `condition` holds."""
    if not condition:
        raise Mismatch(called, got, expected)


def show(value: Any, limit: int = 160) -> str:
    """`value` as a learner would write it, at most `limit` characters: JSON where it is JSON, else its repr."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        text = repr(value)
    if len(text) <= limit:
        return text
    size = f"a list of {len(value)}: " if isinstance(value, list) else ""
    return f"{size}{text[: limit - len(size) - 1]}…"


def first_line(error: BaseException, limit: int = 300) -> str:
    """The error's message on one line, at most `limit` characters."""
    if isinstance(error, OSError) and error.errno == errno.EFBIG:
        return "the program printed or wrote more than it may: is there an endless loop?"
    if "reading from stdin while output is captured" in str(error):
        return "the program waits for input, and nobody is there to type: take out `input()`"
    text = " ".join(str(error).split())
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
