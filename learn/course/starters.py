"""Derives what a learner sees from the reference solution.

A source in `solutions/` marks the part that the learner is to write, and holds, right below it and commented out,
the text that takes its place in the starter::

    # region solution
    return {"status": "ok"}
    # endregion
    # region starter
    # return {}
    # endregion

Editors fold these regions. A file may hold several such pairs; a starter part may be empty. Apart from them,
`--8<-- [start:name]` and `--8<-- [end:name]` lines, which name regions for the site's pages, are dropped.

All functions here are pure: text in, text out.
"""

import ast
import re
from collections.abc import Callable

_PART = re.compile(
    r"^(?P<indent>[ ]*)# region solution\n(?P<solution>.*?)^(?P=indent)# endregion\n"
    r"\s*?^(?P=indent)# region starter\n(?P<starter>.*?)^(?P=indent)# endregion\n",
    re.MULTILINE | re.DOTALL,
)
_SNIPPET_MARK = re.compile(r"^[ ]*# --8<-- \[(?:start|end):\w+\]\n", re.MULTILINE)
_LEFTOVER = re.compile(r"^[ ]*# (?:region|endregion)\b.*$", re.MULTILINE)


class MarkError(ValueError):
    """The marks in a source do not pair up."""


def starter_text(source: str) -> str:
    """The file that the learner starts from.

    Raises:
        MarkError: the source's marks do not pair up.
    """
    return _derive(source, _uncomment)


def solution_text(source: str) -> str:
    """The solution without its marks: what a learner is shown after a pass.

    Raises:
        MarkError: the source's marks do not pair up.
    """
    return _derive(source, lambda part: part["solution"])


def with_parts(source: str, parts: list[str]) -> str:
    """The solution with the learner's parts, in order, replaced by `parts`.

    Raises:
        MarkError: the source has another number of parts.
    """
    if len(parts) != len(_PART.findall(source)):
        raise MarkError(f"the source has {len(_PART.findall(source))} parts, but {len(parts)} were given")
    replacement = iter(parts)
    return _derive(source, lambda _: next(replacement).strip("\n") + "\n")


def split_docstring(text: str) -> tuple[str, str]:
    """A module's text in two: its docstring, which is the task, and the code below."""
    first = ast.parse(text).body[0]
    lines = text.splitlines(keepends=True)
    return "".join(lines[: first.end_lineno]), "".join(lines[first.end_lineno :])


def _derive(source: str, replace: Callable[[re.Match[str]], str]) -> str:
    text = _PART.sub(replace, _SNIPPET_MARK.sub("", source))
    if leftover := _LEFTOVER.search(text):
        line = source[: source.find(leftover[0])].count("\n") + 1
        raise MarkError(f"line {line}: `{leftover[0].strip()}` has no partner")
    return re.sub(r"\n{4,}", "\n\n\n", text).rstrip("\n") + "\n"


def _uncomment(part: re.Match[str]) -> str:
    """The starter half of `part`, one level of comment removed."""
    lines = []
    for line in part["starter"].splitlines(keepends=True):
        code = line.removeprefix(part["indent"])
        if code.strip() and not code.startswith("#"):
            raise MarkError(f"a starter holds only comments, but has `{code.strip()}`")
        code = code.removeprefix("#").removeprefix(" ")
        lines.append(part["indent"] + code if code.strip() else "\n")
    return "".join(lines)
