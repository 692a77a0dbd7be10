"""The reference solutions pass their graders, every starter is untouched, and neither warns."""

import contextlib
import io
import os
import runpy
import subprocess
import sys
import warnings
from pathlib import Path

import fastapi.testclient  # noqa: F401  imported before starters are run in forks of this process
import pytest

from learn.course.catalogue import Exercise, Lesson, exercises, lessons
from learn.course.files import ROOT
from learn.grading.isolation import Send, in_fork

PATIENCE = 20  # seconds


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", *arguments]
    # As from a shell: without what this pytest, or a grading in this process, says to its children.
    said = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    return subprocess.run(command, cwd=ROOT, env=said, capture_output=True, text=True, check=False)


def test_plain_pytest_passes_the_solutions_with_warnings_as_errors(chosen: list[Exercise]) -> None:
    graders = [str(exercise.grader) for exercise in chosen]
    done = python("-m", "pytest", "--solutions", "-W", "error", "-p", "no:cacheprovider", *graders)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(" passed ") >= len(chosen) > 0


@pytest.mark.parametrize("option", ["--isolation=spawn", "-n2"], ids=["without forks", "in parallel"])
def test_it_does_so_in_other_ways(option: str) -> None:
    graders = str(exercises()[0].grader.parent)  # one lesson shows it
    done = python("-m", "pytest", "--solutions", "-W", "error", option, "-p", "no:cacheprovider", graders)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("exercise", exercises(), ids=lambda exercise: exercise.number)
def test_a_starter_imports_without_a_warning(exercise: Exercise) -> None:
    def run(send: Send) -> None:
        send({"said": said_by(exercise.file)})

    said = next(in_fork(run, PATIENCE)).get("said", "the import did not finish")
    if expected := exercise.metadata["starter"].get("warns"):  # the warning is what the learner is to repair
        assert expected in said
    else:
        assert said == ""


def said_by(file: Path) -> str:
    """What a program prints, and the first warning or error that it ends in."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out), warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            runpy.run_path(str(file))
        except Exception as error:
            out.write(f"{type(error).__name__}: {error}")
    return out.getvalue()


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.slug)
def test_an_app_describes_itself_without_a_warning(lesson: Lesson) -> None:
    program = f"import runpy; app = runpy.run_path({str(lesson.app)!r})['app']; assert app.openapi()['paths']"
    done = python("-c", program)
    assert done.returncode == 0, done.stderr
    assert not done.stderr
