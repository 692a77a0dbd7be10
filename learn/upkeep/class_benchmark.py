"""Measures how fast a class is graded, beside the tools that teachers of Python use most: otter-grader and nbgrader.

All three grade the same hand-ins: the solutions of lesson 1 by several learners. And they run the same tests: the cells
of the other two call the functions of the course's own graders. Each grades from the command line, start-up included.
Both are installed in environments of their own, in a temporary folder.
"""

import inspect
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from learn.course.catalogue import Exercise, exercises, select
from learn.course.files import ROOT

TOOLS = {"otter": "otter-grader>=7,<8", "nbgrader": "nbgrader>=0.9,<0.10"}
NEEDED = ["fastapi", "httpx2", "pydantic", "pytest", "ipykernel"]  # by the hand-ins, the graders, and who runs them
LEARNERS = 5
ROUNDS = 3
ASSIGNMENT = "lesson1"


class CannotMeasure(Exception):
    """The other tools cannot be had here; the message says why."""


@dataclass
class Spent:
    """Seconds: on the clock, and of the processor, by all that was started."""

    wall: float
    processor: float


def measure_class() -> dict[str, float]:
    """Seconds a submission of each tool, and how often the course's own go into theirs, on the clock and in work done.

    Raises:
        CannotMeasure: the other tools cannot be installed, or do not pass what is right.
    """
    with tempfile.TemporaryDirectory(prefix="learn-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        programs = {tool: _install(home, tool) for tool in TOOLS}
        grade: dict[str, Callable[[], object]] = {
            "course": _course(home / "course"),
            "otter": _otter(home / "otter", programs["otter"]),
            "nbgrader": _nbgrader(home / "nbgrader", programs["nbgrader"]),
        }
        for run in grade.values():
            run()  # imports what the rest finds compiled
        rounds = [{tool: _spent(run) for tool, run in grade.items()} for _ in range(ROUNDS)]
    figures = {f"{tool}_a_submission": median(one[tool].wall for one in rounds) / LEARNERS for tool in grade}
    for tool in TOOLS:
        figures[f"{tool}_ratio"] = median(one[tool].wall / one["course"].wall for one in rounds)
        figures[f"{tool}_processor_ratio"] = median(one[tool].processor / one["course"].processor for one in rounds)
    return figures


def measure_large_class(learners: int = 30) -> dict[str, float]:
    """Seconds that a class takes in which each of `learners` hands in every exercise, solved."""
    with tempfile.TemporaryDirectory(prefix="learn-", ignore_cleanup_errors=True) as folder:
        _hand_in(Path(folder), exercises(), learners)
        spent = _spent(lambda: _check("all", Path(folder)))
    return {"class_seconds": spent.wall, "class_processor_seconds": spent.processor, "class_learners": float(learners)}


def _spent(run: Callable[[], object]) -> Spent:
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    run()
    wall, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Spent(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def _run(command: list[str], folder: Path) -> str:
    """Run `command` in `folder`; what it printed.

    Raises:
        CannotMeasure: it failed.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "VIRTUAL_ENV"))}
    environment["PATH"] = (
        f"{Path(command[0]).parent}{os.pathsep}{environment.get('PATH', '')}"  # nbgrader calls alembic
    )
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    if done.returncode:
        raise CannotMeasure(f"{command[0]} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def _install(home: Path, tool: str) -> Path:
    """An environment with `tool` in it; the folder of its programs."""
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if uv is None:
        raise CannotMeasure("There is no uv here, which installs the other tools.")
    environment = home / f"{tool}-environment"
    _run([uv, "venv", "--quiet", "--python", sys.executable, str(environment)], home)
    programs = environment / ("Scripts" if os.name == "nt" else "bin")
    _run([uv, "pip", "install", "--quiet", "--python", str(programs / "python"), TOOLS[tool], *NEEDED], home)
    return programs


# The same hand-ins


def _hand_in(folder: Path, what: list[Exercise], learners: int) -> None:
    for number in range(learners):
        for exercise in what:
            file = folder / f"learner{number:02}" / exercise.lesson.slug / exercise.file.name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(exercise.solution, encoding="utf-8")


def _course(folder: Path) -> Callable[[], object]:
    lesson = select("1")
    _hand_in(folder, lesson, LEARNERS)
    return lambda: _check("1", folder)


def _check(what: str, folder: Path) -> None:
    printed = _run([sys.executable, "-m", "learn", "check", what, "--submission", str(folder), "--json"], ROOT)
    verdicts = [verdict for entry in json.loads(printed) for verdict in entry["verdicts"]]
    assert verdicts and all(verdict["status"] == "passed" for verdict in verdicts)


# The same tests, as cells of notebooks


def _test_cell(exercise: Exercise) -> str:
    """A cell that runs the tests of the course's grader on the `app` that is defined in the notebook."""
    return inspect.cleandoc(f"""
        import runpy, sys, types
        from concurrent.futures import ThreadPoolExecutor
        sys.path.insert(0, {str(ROOT)!r})
        from learn.checks.api import Api
        def run():
            for name, test in runpy.run_path({str(exercise.grader)!r}).items():
                if name.startswith("test_"):
                    namespace = dict(source)
                    exec(code, namespace)
                    with Api(namespace["app"]) as api:
                        own = types.SimpleNamespace(**namespace)
                        needs = test.__code__.co_varnames[: test.__code__.co_argcount]
                        test(**{{need: api if need == "api" else own for need in needs}})
        ThreadPoolExecutor(1).submit(run).result()  # in this one, the notebook's event loop runs
    """)


def _solution_cell(exercise: Exercise) -> str:
    return f"code = {exercise.solution!r}\nsource = {{'__name__': {exercise.name!r}}}\n"


def _notebook(cells: list[tuple[str, dict[str, Any]]]) -> str:
    return json.dumps(
        {
            "cells": [
                {
                    "cell_type": "code",
                    "id": f"cell-{number}",
                    "execution_count": None,
                    "outputs": [],
                    "metadata": metadata,
                    "source": source,
                }
                for number, (source, metadata) in enumerate(cells)
            ],
            "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )


# otter-grader: each submission with `otter run`, which does without a container


def _otter(folder: Path, programs: Path) -> Callable[[], object]:
    tests = folder / "tests"
    tests.mkdir(parents=True)
    lesson = select("1")
    for exercise in lesson:
        body = "\n".join(f"    {line}" for line in _test_cell(exercise).splitlines())
        own = f"def test_it(code_{exercise.index}, source_{exercise.index}):\n"
        own += f"    code, source = code_{exercise.index}, source_{exercise.index}\n{body}\n"
        text = "from otter.test_files import test_case\n\nOK_FORMAT = False\n"
        text += f"name = 'q{exercise.index}'\npoints = 1\n\n\n@test_case(points=1)\n{own}"
        (tests / f"q{exercise.index}.py").write_text(text, encoding="utf-8")
    _run([str(programs / "otter"), "generate", "-t", "tests", "-o", "autograder.zip", "--no-environment"], folder)
    cells: list[tuple[str, dict[str, Any]]] = []
    for exercise in lesson:
        names = f"code_{exercise.index}, source_{exercise.index} = code, source\n"
        cells.append((_solution_cell(exercise) + names, {}))
    submissions = [folder / f"learner{number:02}.ipynb" for number in range(LEARNERS)]
    for submission in submissions:
        submission.write_text(_notebook(cells), encoding="utf-8")

    def grade() -> None:
        for submission in submissions:
            out = folder / submission.stem
            out.mkdir(exist_ok=True)
            command = [str(programs / "otter"), "run", "-a", "autograder.zip", "-o", str(out), submission.name]
            _run(command, folder)
            results = json.loads((out / "results.json").read_text(encoding="utf-8"))
            if sum(test.get("score", 0) for test in results["tests"]) < len(lesson):
                raise CannotMeasure(f"otter-grader does not pass what is right: {results}")

    return grade


# nbgrader: all submissions with one `nbgrader autograde`


def _nbgrader(folder: Path, programs: Path) -> Callable[[], object]:
    cells: list[tuple[str, dict[str, Any]]] = []
    for exercise in select("1"):
        solution: dict[str, Any] = {
            "grade": False,
            "locked": False,
            "solution": True,
            "task": False,
            "schema_version": 3,
        }
        test: dict[str, Any] = {
            "grade": True,
            "locked": True,
            "solution": False,
            "task": False,
            "schema_version": 3,
            "points": 1,
        }
        solution |= {"grade_id": f"answer-{exercise.index}"}
        test |= {"grade_id": f"test-{exercise.index}"}
        cells += [(_solution_cell(exercise), {"nbgrader": solution}), (_test_cell(exercise), {"nbgrader": test})]
    source = folder / "source" / ASSIGNMENT / "lesson.ipynb"
    source.parent.mkdir(parents=True)
    source.write_text(_notebook(cells), encoding="utf-8")
    (folder / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'course'\n"
        f"c.CourseDirectory.root = {str(folder)!r}\nc.ClearSolutions.enforce_metadata = False\n",
        encoding="utf-8",
    )
    nbgrader = str(programs / "nbgrader")
    _run([nbgrader, "generate_assignment", ASSIGNMENT, "--create", "--force"], folder)
    for number in range(LEARNERS):
        handed_in = folder / "submitted" / f"learner{number:02}" / ASSIGNMENT / "lesson.ipynb"
        handed_in.parent.mkdir(parents=True)
        handed_in.write_text(_notebook(cells), encoding="utf-8")

    def grade() -> None:
        _run([nbgrader, "autograde", ASSIGNMENT, "--force"], folder)
        _run([nbgrader, "export", "--to", "grades.csv"], folder)
        rows = (folder / "grades.csv").read_text(encoding="utf-8").splitlines()
        place = rows[0].split(",").index("score")
        if len(rows) != LEARNERS + 1 or any(float(row.split(",")[place]) < len(select("1")) for row in rows[1:]):
            raise CannotMeasure("nbgrader does not pass what is right:\n" + "\n".join(rows))

    return grade


def main() -> None:
    """Measure, and print as JSON."""
    print(json.dumps(measure_class() | measure_large_class(), indent=2))


if __name__ == "__main__":
    main()
