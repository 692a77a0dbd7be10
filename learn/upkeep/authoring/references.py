"""How a text names an exercise, and how it reads when the exercise has another number. Text in, text out.

Only what is sure to be a reference is rewritten. A bare `2.5` may be a version, a latency or a bound: it is left, and
listed for a person to look at.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_NUMBER = r"(?<![\w.])\d{1,2}\.\d{1,2}(?!\.?\d)"
_COMMANDS = "check|watch|hint|solution|reset|run|mutation|test|remove|move"
_SURE = rf"""
    (?P<before>
        [Ee]xercises?\s+            # as in exercises 9.2 and 9.3
      | %%exercise\s                # the notebook's magic
      | learn\ (?:{_COMMANDS})\ (?:--\S+\ )*
      | (?<=["`])check\         # the end of a command that is shown
      | [✓✗○…]\                     # a verdict
      | exercises/                  # the page's include
      | "exercise":\ " | "exercises":\ \{{"  # JSON
      | (?<=\s)\((?=[\d., ]+\))     # in brackets, and nothing else there: (6.1, 6.4)
    )
    (?P<numbers>{_NUMBER}(?:(?:,\ and|,\ or|,|\ and|\ or)\ {_NUMBER})*)
    (?!\ to\ \d)                    # a range is left for a person
  | (?P<anchor>exercise-)(?P<lesson>\d+)-(?P<index>\d+)\b
  | (?P<quote>["'])(?P<quoted>{_NUMBER})(?P=quote)
  | (?P<folder>\b\d\d_\w+/)?(?<![a-z])(?P<test>test_)?(?P<stem>ex\d+_\w+)
"""
_REFERENCE = re.compile(_SURE, re.VERBOSE)
# Where a program's line has one of these words, a number in quotes is an exercise.
_OF_EXERCISES = re.compile(r"check|exercise|hint|number|passed|reset|select|solution|watch", re.IGNORECASE)


@dataclass(frozen=True)
class Renaming:
    """What becomes of numbers and file names in one lesson.

    Attributes:
        slug: the lesson's folder.
        numbers: the new number of each exercise, by its old one; empty for one that is gone.
        stems: the same for the names of their files, such as `ex5_route_order`.
        unique: those of the names that no other lesson has.
    """

    slug: str
    numbers: Mapping[str, str]
    stems: Mapping[str, str]
    unique: frozenset[str]


@dataclass
class Rewritten:
    """A text with its references rewritten, and the lines that may hold more of them, each with its number."""

    text: str
    doubtful: list[tuple[str, str]] = field(default_factory=list)


def rewrite(text: str, renaming: Renaming, *, in_lesson: bool, program: bool) -> Rewritten:
    """`text` as it reads afterwards.

    Args:
        text: what a file holds.
        renaming: what becomes of the numbers.
        in_lesson: whether a file name without its folder means this lesson's file.
        program: whether a number in quotes may be an exercise.
    """
    names = [*renaming.numbers, *(number.replace(".", "-") for number in renaming.numbers), *renaming.stems]
    if not any(name in text for name in names):
        return Rewritten(text)  # most files: to look closer takes long
    done: list[range] = []  # the places that were understood, whether or not they changed

    def number(old: str) -> str:
        return renaming.numbers.get(old) or old

    def replaced(found: re.Match[str]) -> str:
        whole = found[0]
        if found["numbers"]:
            gone = any(renaming.numbers.get(one) == "" for one in re.findall(_NUMBER, found["numbers"]))
            new = found["before"] + re.sub(_NUMBER, lambda one: number(one[0]), found["numbers"])
        elif found["anchor"]:
            gone = renaming.numbers.get(f"{found['lesson']}.{found['index']}") == ""
            new = found["anchor"] + number(f"{found['lesson']}.{found['index']}").replace(".", "-")
        elif found["quoted"]:
            gone = not (program and _OF_EXERCISES.search(_line(text, found.start())))
            new = whole if gone else f"{found['quote']}{number(found['quoted'])}{found['quote']}"
        else:
            stem, folder = found["stem"], found["folder"] or ""
            known = folder == f"{renaming.slug}/" or (not folder and (in_lesson or stem in renaming.unique))
            gone = not known or renaming.stems.get(stem) == ""
            new = whole if gone else f"{folder}{found['test'] or ''}{renaming.stems.get(stem) or stem}"
        if not gone:
            done.append(range(*found.span()))
        return new

    new = _REFERENCE.sub(replaced, text)
    starts = [
        found.start()
        for found in re.finditer(rf"{_NUMBER}|\bexercise-\d+-\d+|ex\d+_\w+", text)
        if _is_of(renaming, found[0], in_lesson)
        and not any(found.start() in place for place in done)
        and not _is_value(text, found)
    ]
    lines = {text.count("\n", 0, start) + 1: _line(text, start).strip() for start in starts}
    return Rewritten(new, [(str(number), line) for number, line in sorted(lines.items())])


def _is_value(text: str, found: re.Match[str]) -> bool:
    """Whether a number is surely a measure or an item of data: `timeout=2.5`, `[1, 2.5]`, `2.5 ms`."""
    before, after = text[max(0, found.start() - 8) : found.start()], text[found.end() : found.end() + 8]
    item = before.endswith(", ") and not re.search(r"\d\.\d+, $", before)
    return bool(
        item
        or re.search(r"""[=\[:]["']?$|["']: $""", before)
        or re.match(r" ?(s|ms|MB|kB|µs|times|×|%|e\d+)(?!\w)", after)
    )


def _is_of(renaming: Renaming, found: str, in_lesson: bool) -> bool:
    if found.startswith("exercise-"):
        found = found.removeprefix("exercise-").replace("-", ".")
    return found in renaming.numbers or (found in renaming.stems and (in_lesson or found in renaming.unique))


def _line(text: str, place: int) -> str:
    end = text.find("\n", place)
    return text[text.rfind("\n", 0, place) + 1 : end if end >= 0 else len(text)]


def recount(text: str, lesson: int, old: int, new: int, *, own: bool) -> str:
    """`text` with the sentences that say how far a lesson's numbers go; `own`: it is the lesson's page."""
    text = text.replace(f"has {lesson}.1 to {lesson}.{old}.", f"has {lesson}.1 to {lesson}.{new}.")
    return re.sub(rf"(`ex1_…`\s+to\s+`ex){old}(_…`)", rf"\g<1>{new}\g<2>", text) if own else text
