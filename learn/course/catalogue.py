"""What the course consists of: lessons, exercises, and where each of their files lives.

Nothing is registered anywhere. A lesson is a folder `solutions/NN_slug/`, an exercise is a file `exK_name.py` in it,
and every other path follows from those two names.
"""

import ast
import difflib
import functools
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from learn.course.files import ROOT
from learn.course.starters import solution_text, starter_text

LIMIT_SECONDS = 5  # that one test may take, unless its exercise's notes say otherwise


class UnknownExercise(LookupError):
    """No lesson or exercise goes by that name; the message names the nearest that does."""


def _docstring(path: Path) -> tuple[str, str]:
    """The first line of a module's docstring, after its label (`Exercise 2.3: `), and the rest."""
    docstring = ast.get_docstring(ast.parse(path.read_bytes())) or ""
    headline, _, body = docstring.partition("\n")
    return headline.partition(": ")[2].rstrip("."), body.strip()


@functools.cache
def _metadata(path: Path, changed: int) -> dict[str, Any]:  # noqa: ARG001  `changed` makes a new version a new key
    return tomllib.loads(path.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Lesson:
    """One numbered lesson, for instance `02_parameters`."""

    slug: str

    @property
    def number(self) -> int:
        return int(self.slug.partition("_")[0])

    @property
    def title(self) -> str:
        return _docstring(self.app)[0]

    @property
    def app(self) -> Path:
        """The lesson's runnable app, as maintained; the learner's copy has the same name in `lessons/`."""
        return ROOT / "solutions" / self.slug / "main.py"

    @property
    def page(self) -> Path:
        return ROOT / "site" / "lessons" / f"{self.slug}.md"

    @property
    def notebook(self) -> Path:
        return ROOT / "notebooks" / f"{self.slug}.ipynb"

    @functools.cached_property
    def exercises(self) -> list["Exercise"]:
        sources = (ROOT / "solutions" / self.slug).glob("ex*_*.py")
        return sorted((Exercise(self, source.stem) for source in sources), key=lambda exercise: exercise.index)


@dataclass(frozen=True)
class Exercise:
    """One exercise: the file `{name}.py` in `solutions/`, `lessons/`, and its grader in `tests/`."""

    lesson: Lesson
    name: str

    @property
    def index(self) -> int:
        return int(self.name.partition("_")[0].removeprefix("ex"))

    @property
    def number(self) -> str:
        return f"{self.lesson.number}.{self.index}"

    @property
    def key(self) -> str:
        """Its name without numbers, for instance `parameters/paging`: it stays when the exercise is moved."""
        return f"{self.lesson.slug.partition('_')[2]}/{self.name.partition('_')[2]}"

    @property
    def title(self) -> str:
        return _docstring(self.source)[0]

    @property
    def task(self) -> str:
        """What to build, in Markdown: the module's docstring without its headline."""
        return _docstring(self.source)[1]

    @property
    def source(self) -> Path:
        """The reference solution, from which the starter is derived."""
        return ROOT / "solutions" / self.lesson.slug / f"{self.name}.py"

    @property
    def file(self) -> Path:
        """The learner's file."""
        return ROOT / "lessons" / self.lesson.slug / f"{self.name}.py"

    @property
    def grader(self) -> Path:
        return ROOT / "tests" / self.lesson.slug / f"test_{self.name}.py"

    @property
    def page(self) -> str:
        """Address of the exercise on the site, relative to its root."""
        return f"lessons/{self.lesson.slug}/#{self.anchor}"

    @property
    def anchor(self) -> str:
        return f"exercise-{self.number.replace('.', '-')}"

    @property
    def starter(self) -> str:
        return starter_text(self.source.read_text(encoding="utf-8"))

    @property
    def solution(self) -> str:
        return solution_text(self.source.read_text(encoding="utf-8"))

    @property
    def notes(self) -> Path:
        """The file with what is known of it: hints, limits, and the mistakes that its grader must catch."""
        return self.grader.with_name(f"{self.name}.toml")

    @property
    def metadata(self) -> dict[str, Any]:
        """What stands in its notes."""
        return _metadata(self.notes, self.notes.stat().st_mtime_ns) if self.notes.exists() else {}

    @property
    def databases(self) -> list[str]:
        """What it can be graded on: "sqlite", "postgres"."""
        databases: list[str] = self.metadata.get("databases", ["sqlite"])
        return databases

    def hints(self) -> list[str]:
        """The ladder of hints, from a question to nearly the answer."""
        return list(self.metadata.get("hints", []))

    def first_hint(self, failing_test: str, message: str, begun: bool) -> str:
        """The hint to show with a failure: the one for what its `message` says, where there is one.

        Else it is, for somebody who has `begun`, that of the failing test, if it has one. Before, it is the first rung
        of the ladder, which is about how to begin.
        """
        test = failing_test.partition("[")[0]
        for entry in [*self.metadata.get("hints_for", []), *common_hints()]:
            if entry.get("test", test) == test and re.search(entry["seen"], message):
                return str(entry["hint"])
        own = self.metadata.get("test_hints", {}).get(test, "")
        return str(own) if begun else next(iter(self.hints()), "")

    @property
    def timeout_hint(self) -> str:
        """The hint to show where it did not finish; empty unless that is a likely mistake."""
        return str(self.metadata.get("timeout_hint", ""))

    @property
    def limit(self) -> float:
        """Seconds that one test of this exercise may take."""
        return float(self.metadata.get("limit_seconds", LIMIT_SECONDS))


@functools.cache
def lessons() -> list[Lesson]:
    """All lessons, in order."""
    return [Lesson(folder.name) for folder in sorted((ROOT / "solutions").glob("[0-9][0-9]_*"))]


def reread() -> None:
    """Look at the files anew: lessons or exercises were made, renamed or removed."""
    lessons.cache_clear()
    exercise_of_grader.cache_clear()


def common_hints() -> list[dict[str, Any]]:
    """Hints for what may go wrong in any exercise: each has a `hint`, and what is `seen` of the mistake."""
    file = ROOT / "tests" / "hints.toml"
    hints: list[dict[str, Any]] = _metadata(file, file.stat().st_mtime_ns).get("hints_for", [])
    return hints


def exercises() -> list[Exercise]:
    """All exercises, in order."""
    return [exercise for lesson in lessons() for exercise in lesson.exercises]


def select(what: str) -> list[Exercise]:
    """The exercises that `what` names: `all`, a lesson (`2`) or an exercise (`2.3`).

    Raises:
        UnknownExercise: nothing goes by that name.
    """
    if what == "all":
        return exercises()
    wanted = what.strip().removesuffix(".py")
    chosen = [
        exercise
        for exercise in exercises()
        if wanted in (exercise.number, exercise.name, str(exercise.lesson.number), exercise.lesson.slug)
        or wanted == f"{exercise.lesson.number:02}"
    ]
    if chosen:
        return chosen
    if not lessons():
        raise UnknownExercise(
            "This folder holds no exercises: `solutions/` is missing or empty. Clone the course again."
        )
    raise UnknownExercise(
        f"There is no lesson or exercise {what!r}. {_nearest(wanted)} `python -m learn status` lists them all."
    )


def _nearest(wanted: str) -> str:
    """What there is that comes nearest to `wanted`, which there is not."""
    number = wanted.partition(".")[0]
    for lesson in lessons():
        if number.isdecimal() and int(number) == lesson.number:
            return f"Lesson {lesson.number} has {lesson.exercises[0].number} to {lesson.exercises[-1].number}."
    if number.isdecimal():
        return f"There are lessons {lessons()[0].number} to {lessons()[-1].number}."
    known = [lesson.slug for lesson in lessons()] + [exercise.name for exercise in exercises()]
    nearest = difflib.get_close_matches(wanted, known, n=1, cutoff=0.5)
    return f"Did you mean {nearest[0]!r}?" if nearest else "A lesson is named like 2, an exercise like 2.3."


@functools.cache
def exercise_of_grader(path: Path) -> Exercise | None:
    """The exercise that the test file at `path` grades, if it grades one."""
    if not path.name.startswith("test_ex") or path.parent.parent != ROOT / "tests":
        return None
    exercise = Exercise(Lesson(path.parent.name), path.stem.removeprefix("test_"))
    return exercise if exercise.source.exists() else None
