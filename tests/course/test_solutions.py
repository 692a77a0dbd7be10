"""The reference solutions pass their graders, every starter is untouched, and neither warns."""

import subprocess
import sys

import pytest

from learn.course import ROOT, Exercise, Lesson, exercises, lessons


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_plain_pytest_passes_the_solutions_with_warnings_as_errors() -> None:
    done = python("-m", "pytest", "--solutions", "-W", "error", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(" passed ") >= len(exercises()) > 0


def test_it_does_so_without_forks() -> None:
    graders = str(exercises()[0].grader.parent)  # a pytest for each exercise takes long: one lesson shows it
    done = python("-m", "pytest", "--solutions", "-W", "error", "--isolation=spawn", "-p", "no:cacheprovider", graders)
    assert done.returncode == 0, done.stdout + done.stderr


def test_plain_pytest_passes_them_in_parallel() -> None:
    done = python("-m", "pytest", "--solutions", "-W", "error", "-n2", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("exercise", exercises(), ids=lambda exercise: exercise.number)
def test_a_starter_imports_without_a_warning(exercise: Exercise) -> None:
    done = python("-c", f"import runpy; runpy.run_path({str(exercise.file)!r})")
    assert not done.stdout
    if expected := exercise.metadata["starter"].get("warns"):  # the warning is what the learner is to repair
        assert expected in done.stderr.splitlines()[-1]
        return
    assert done.returncode == 0, done.stderr
    assert not done.stderr


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.slug)
def test_an_app_describes_itself_without_a_warning(lesson: Lesson) -> None:
    program = f"import runpy; app = runpy.run_path({str(lesson.app)!r})['app']; assert app.openapi()['paths']"
    done = python("-c", program)
    assert done.returncode == 0, done.stderr
    assert not done.stderr
