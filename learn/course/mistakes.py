"""Right and wrong variants of the reference solutions, from each exercise's notes, `tests/NN_slug/exK_name.toml`.

They are what the graders are measured against: every `wrong` must be caught by the test it names, with the words it
names, and every `right` must pass. An entry changes the solution by any of::

    part = '''…'''            # the learner's part, written another way (`parts`, a list, where there are several)
    old = '''…'''             # text that stands exactly once in the solution below its docstring …
    new = '''…'''             # … and what takes its place
    edits = [['''…''', '''…'''], …]   # several of them

An entry that only a real PostgreSQL can tell from the solution says `database = "postgres"`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from learn.course.catalogue import Exercise
from learn.course.starters import split_docstring, with_parts


class EditError(ValueError):
    """An entry of an exercise's notes no longer fits its solution."""


@dataclass(frozen=True)
class Variant:
    """One entry.

    Attributes:
        why: the learner's mistake, or what is different about this solution.
        test: the test that must catch it; empty for a right one.
        says: words that the message of that test must contain.
        hint: words that the hint must contain which is shown with it; empty where that was not written down.
    """

    exercise: Exercise
    kind: Literal["wrong", "right"]
    why: str
    code: str
    test: str = ""
    says: tuple[str, ...] = ()
    hint: str = ""


def variants(exercise: Exercise, database: str = "sqlite") -> Iterator[Variant]:
    """The entries of `exercise` that are graded on `database`, wrong ones first.

    Raises:
        EditError: an entry's old text is not found, or found more than once.
    """
    for kind in ("wrong", "right"):
        for entry in exercise.metadata.get(kind, []):
            if entry.get("database", "sqlite") != database:
                continue
            code = _edited(exercise, entry)
            says = tuple(entry.get("says", ()))
            yield Variant(exercise, kind, entry["why"], code, entry.get("test", ""), says, entry.get("hint", ""))


def _edited(exercise: Exercise, entry: dict[str, Any]) -> str:
    parts = entry.get("parts") or ([entry["part"]] if "part" in entry else None)
    code = exercise.solution if parts is None else with_parts(exercise.source.read_text(encoding="utf-8"), parts)
    edits = [*entry.get("edits", []), *([(entry["old"], entry["new"])] if "old" in entry else [])]
    if parts is None and not edits:
        raise EditError(f"{exercise.number}, {entry['why']!r}: gives neither `part` nor `old` and `new`")
    task, code = split_docstring(code)
    for old, new in edits:
        if code.count(old) != 1:
            raise EditError(
                f"{exercise.number}, {entry['why']!r}: found {code.count(old)} times, must be once: {old!r}"
            )
        code = code.replace(old, new)
    return task + code
