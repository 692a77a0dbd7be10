"""The one way in which a grader says that something is not as the task says."""

import errno
import json
import re
from collections.abc import Iterable
from typing import Any
from warnings import WarningMessage

from pydantic import ValidationError

ADDRESS = re.compile(r" at 0x[0-9A-Fa-f]+")  # where an object lies in memory, which tells a learner nothing


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


class MissingName(Mismatch, AttributeError):
    """The learner's file lacks a name that the task asks for."""

    def __init__(self, name: str) -> None:
        super().__init__("The file", f"has no `{name}`", f"`{name}` at its top level")


def require_no_warning(recorded: Iterable[WarningMessage]) -> None:
    """Fail where something warned: the code works, but it is not today's way.

    A grader records with pytest's `recwarn`, named before `exercise` where the import is to be watched too.
    """
    for warning in recorded:
        said = f"{warning.category.__name__}: {first_line(warning.message)}"
        raise Mismatch("Using the file", f"warned {said}", "no warning: what warns is outdated, and will stop to work")


def show(value: Any, limit: int = 160) -> str:
    """`value` as a learner would write it, at most `limit` characters: JSON where it is JSON, else its repr."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        text = _repr(value)
    if len(text) <= limit:
        return text
    size = f"a list of {len(value)}: " if isinstance(value, list) else ""
    return f"{size}{text[: limit - len(size) - 1]}…"


def show_python(value: Any, limit: int = 160) -> str:
    """`value` as Python writes it, at most `limit` characters; SQLAlchemy's engines and connections by their kind."""
    if type(value).__module__.startswith("sqlalchemy.") and type(value).__name__ in ("Engine", "Connection"):
        return type(value).__name__.lower()  # their repr holds the address of a file or an object
    text = value.__name__ if isinstance(value, type) else _repr(value)
    size = f"a list of {len(value)}: " if isinstance(value, list) and len(text) > limit else ""
    return text if len(text) <= limit else f"{size}{text[: limit - len(size) - 1]}…"


def _repr(value: Any) -> str:
    return ADDRESS.sub("", repr(value))


def in_a_line(error: BaseException) -> str:
    """The kind of `error` and its message: `ValueError: too long`."""
    return f"{type(error).__name__}: {first_line(error)}".removesuffix(": ")


def first_line(error: BaseException | str, limit: int = 300) -> str:
    """The message of `error` on one line, at most `limit` characters."""
    if isinstance(error, OSError) and error.errno == errno.EFBIG:
        return "the program printed or wrote more than it may: is there an endless loop?"
    if "reading from stdin while output is captured" in str(error):
        return "the program waits for input, and nobody is there to type: take out `input()`"
    if isinstance(error, ValidationError):
        items = error.errors(include_url=False, include_context=False, include_input=False)
        text = "; ".join(f"{'.'.join(map(str, item['loc'])) or 'the whole'}: {item['msg']}" for item in items)
    else:
        text = ADDRESS.sub("", " ".join(str(error).split()))
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
