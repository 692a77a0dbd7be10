"""Measures the graders with mutmut's mutation operators.

Each learner's part of each solution is changed in every small way that mutmut knows, and graded. A mutant that no
test notices survived: either a test is missing, or the mutant does the same as the solution. The latter is listed
in the exercise's notes, with the reason::

    [[equivalent]]
    mutant = "the change, as this command prints it"
    reason = "why no request can tell the difference"

What was found is written down, by exercise, and the pages show it.
"""

import difflib
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import libcst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators
from rich.console import Console
from rich.progress import track

from learn.course.catalogue import Exercise
from learn.course.catalogue import exercises as all_exercises
from learn.grading.warm import WarmGrader
from learn.pages import measured

_PART = re.compile(r"# region solution\n(.*?)# endregion", re.DOTALL)


@dataclass(frozen=True)
class Mutant:
    """One changed solution; `change` shows its lines before and after."""

    exercise: Exercise
    code: str
    change: str


def mutants(exercise: Exercise) -> Iterator[Mutant]:
    """Every mutant of the learner's part of the solution, annotations and decorators included."""
    source = exercise.source.read_text(encoding="utf-8")
    lines = {line for part in _PART.finditer(source) for line in _lines(source, part)}
    wrapper = MetadataWrapper(libcst.parse_module(source))
    seen = {source}
    for node, position in wrapper.resolve(PositionProvider).items():
        if position.start.line not in lines:
            continue
        for kind, operator in mutation_operators:
            for changed in operator(node) if isinstance(node, kind) else ():
                module = wrapper.module.deep_replace(node, changed)
                assert isinstance(module, libcst.Module)
                if module.code not in seen:
                    seen.add(module.code)
                    yield Mutant(exercise, module.code, _change(source, module.code))


def _lines(source: str, part: re.Match[str]) -> range:
    """The numbers of the lines that the learner's part takes up, from 1."""
    return range(source.count("\n", 0, part.start(1)) + 1, source.count("\n", 0, part.end(1)) + 1)


def _change(before: str, after: str) -> str:
    """What changed, on one line: `limit <= 100 → limit < 100`."""
    lines = list(difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm=""))[3:]
    removed = " ".join(line[1:].strip() for line in lines if line.startswith("-"))
    added = " ".join(line[1:].strip() for line in lines if line.startswith("+"))
    return f"{removed} → {added}"


def survivors(exercise: Exercise, grader: WarmGrader) -> tuple[int, list[str]]:
    """How many mutants `exercise` has, and the changes that its grader did not notice."""
    count, unnoticed = 0, []
    with tempfile.TemporaryDirectory(prefix="learn-") as folder:
        file = Path(folder, exercise.file.name)
        for mutant in mutants(exercise):
            count += 1
            file.write_text(mutant.code, encoding="utf-8")
            [verdict] = grader.grade([exercise], file=str(file))
            if verdict.passed:
                unnoticed.append(mutant.change)
    return count, unnoticed


def measure(console: Console, exercises: list[Exercise]) -> int:
    """Mutate the solutions, print the score and every survivor that is not explained. Returns the exit status."""
    total = killed = explained = 0
    trouble: list[str] = []
    with WarmGrader() as grader:
        for exercise in track(exercises, "Mutating the solutions", console=console, transient=True):
            known = {entry["mutant"] for entry in exercise.metadata.get("equivalent", [])}
            count, unnoticed = survivors(exercise, grader)
            _record(exercise, count, count - len(unnoticed), sum(change in known for change in unnoticed))
            total += count
            killed += count - len(unnoticed)
            explained += sum(change in known for change in unnoticed)
            trouble += [f"{exercise.number}  survived  {change}" for change in unnoticed if change not in known]
            trouble += [
                f"{exercise.number}  explained, but does not survive  {change}" for change in known - set(unnoticed)
            ]
            console.print(f"{exercise.number:<5} {count - len(unnoticed)} of {count} mutants killed")
    for line in trouble:
        console.print(line, style="red", markup=False, soft_wrap=True)
    equivalent = f", {explained} survivors listed as equivalent" if explained else ""
    share = 100 * killed / (total - explained) if total > explained else 0
    console.print(f"{killed} of {total} mutants killed{equivalent}: {share:.1f} % of those that can be noticed.")
    return 1 if trouble or not total else 0


def _record(exercise: Exercise, count: int, killed: int, explained: int) -> None:
    """Write down what was found of `exercise`, beside what is known of those that there are besides."""
    before = measured.read("mutation")
    known = before.figures if before else {}
    known[exercise.number] = {
        "date": measured.today(),
        "mutants": count,
        "killed": killed,
        "equivalent": explained,
    }
    names = [name for one in all_exercises() for name in (one.number, one.lesson.slug)]
    measured.record("mutation", {name: known[name] for name in names if name in known})
