"""What Windows does otherwise is tried here: exercises in a second pytest in place of a fork, and output in cp1252.

A sample of the matrix of every lesson is graded so: a solution, a mistake that must be caught, and another right way.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from learn.course.catalogue import Exercise, Lesson, lessons
from learn.course.files import ROOT
from learn.course.mistakes import Variant, variants

NARROW = {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0", "LC_ALL": "C"}


def sample(lesson: Lesson) -> tuple[Exercise, list[Variant]]:
    """An exercise of `lesson` that has both kinds of entry, and the first of each."""
    for exercise in reversed(lesson.exercises):
        kinds = {variant.kind: variant for variant in reversed(list(variants(exercise)))}
        if len(kinds) == 2:
            return exercise, list(kinds.values())
    raise LookupError(f"{lesson.slug} has no exercise with a wrong and a right entry")


def graded_by_spawn(exercise: Exercise, text: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    file = folder / "learner file.py"
    file.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--isolation=spawn", f"--file={file}"]
    return subprocess.run(
        [*command, str(exercise.grader)], cwd=ROOT, env=os.environ | NARROW, capture_output=True, check=False
    )


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.slug)
def test_a_sample_of_every_lesson_is_graded_as_on_windows(lesson: Lesson, tmp_path: Path) -> None:
    exercise, entries = sample(lesson)
    solved = graded_by_spawn(exercise, exercise.solution, tmp_path)
    assert solved.returncode == 0, solved.stdout.decode("cp1252")
    for entry in entries:
        done = graded_by_spawn(exercise, entry.code, tmp_path)
        printed = done.stdout.decode("cp1252")
        assert "Traceback" not in printed and "INTERNALERROR" not in printed, printed
        if entry.kind == "right":
            assert done.returncode == 0, f"{entry.why}\n{printed}"
        else:
            assert done.returncode == 1, f"{entry.why}\n{printed}"
            assert re.search(rf"^FAILED .*::{re.escape(entry.test)}", printed, re.MULTILINE), printed


def test_a_class_is_graded_where_there_is_no_fork(tmp_path: Path) -> None:
    """Python without `os.fork`, which is what Windows has, grades a class; its output is cp1252."""
    [exercise, *_] = lessons()[0].exercises
    for learner, text in (("ada", exercise.solution), ("ben", "while True:\n    pass\n")):
        file = tmp_path / "class" / learner / exercise.lesson.slug / exercise.file.name
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text("import os\ndel os.fork\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "learn", "check", "1.1", "--submission", str(tmp_path / "class")],
        cwd=ROOT,
        env=os.environ | NARROW | {"PYTHONPATH": str(site), "LEARN_SETUP": "off"},
        capture_output=True,
        check=False,
    )
    printed = done.stdout.decode("cp1252")
    assert [line.split()[1:3] for line in printed.splitlines() if "1.1" in line] == [
        ["1.1", "passed"],
        ["1.1", "timeout"],
    ]
    assert done.returncode == 1
