"""Cuts a page and a notebook into parts, with at most one exercise in each, and puts parts in, out, and in order.

A part begins at a heading of the second level, and ends with its exercise. So an exercise takes along what leads to
it, and parts without one stay where they are.
"""

import json
import re
from collections.abc import Callable
from typing import Any, TypeVar

Part = TypeVar("Part", str, list[Any])
NumberOf = Callable[[Part], str]

INCLUDE = re.compile(r'^--8<-- "exercises/(?P<number>[\d.]+)\.md"$', re.MULTILINE)
MAGIC = "%%exercise "
LAST = "## Pitfalls"  # where a page's own closing begins


def page_parts(text: str) -> list[str]:
    """The parts of a page; joined, they are the page."""
    parts, fenced, ended = [""], False, False
    for line in text.splitlines(keepends=True):
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        if not fenced and (line.startswith("## ") or (ended and line.strip())):
            parts.append("")
            ended = False
        parts[-1] += line
        ended = ended or bool(INCLUDE.match(line.rstrip("\n")))
    return parts


def page_number(part: str) -> str:
    """The number of the exercise in a page's part; empty where it has none."""
    found = INCLUDE.search(part)
    return found["number"] if found else ""


def notebook_parts(text: str) -> list[list[Any]]:
    """The cells of a notebook's JSON, part by part."""
    parts: list[list[Any]] = [[]]
    ended = False
    for cell in json.loads(text)["cells"]:
        heading = cell["cell_type"] == "markdown" and "".join(cell["source"]).startswith("## ")
        if heading or ended:
            parts.append([])
        parts[-1].append(cell)
        ended = bool(notebook_number([cell]))
    return parts


def notebook_number(part: list[Any]) -> str:
    """The number of the exercise in a notebook's part; empty where it has none."""
    for cell in part:
        first = "".join(cell["source"]).partition("\n")[0]
        if cell["cell_type"] == "code" and first.startswith(MAGIC):
            return str(first.removeprefix(MAGIC).split()[0])
    return ""


def with_cells(text: str, parts: list[list[Any]]) -> str:
    """A notebook's JSON with the cells of `parts` for its own."""
    content = json.loads(text) | {"cells": [cell for part in parts for cell in part]}
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def in_order(parts: list[Part], number: NumberOf[Part], order: list[str]) -> list[Part]:
    """`parts`, those with an exercise in `order`; as they are, where some exercise is missing."""
    held = {number(part): part for part in parts if number(part)}
    if sorted(held) != sorted(order):
        return parts
    following = iter(order)
    return [held[next(following)] if number(part) else part for part in parts]


def place_for(parts: list[Part], number: NumberOf[Part], before: str, otherwise: int) -> int:
    """Where a new part goes that follows exercise `before`; `otherwise` where there is no such part."""
    places = [place for place, part in enumerate(parts) if before and number(part) == before]
    return places[0] + 1 if places else otherwise


def page_end(parts: list[str]) -> int:
    """Where a page's own closing begins."""
    places = [place for place, part in enumerate(parts) if part.startswith(LAST)]
    return places[0] if places else len(parts)
