"""What a session of pytest was asked to grade, from its options: whose file, on what, for how long."""

from pathlib import Path

import pytest

from learn.course.catalogue import Exercise, exercise_of_grader
from learn.grading.reading import Refused, read

OPTIONS = ("solutions", "submission", "file", "limit", "budget", "database", "sql", "full")  # what a grading depends on


def learner_file(config: pytest.Config, exercise: Exercise) -> Path:
    """The file that is graded as `exercise`."""
    if one := config.getoption("file"):
        return Path(str(config.invocation_params.dir), one).resolve()
    if config.getoption("solutions"):
        return exercise.source
    if folder := config.getoption("submission"):
        return Path(str(config.invocation_params.dir), folder).resolve() / exercise.lesson.slug / exercise.file.name
    return exercise.file


def is_untouched(config: pytest.Config, exercise: Exercise) -> bool:
    """Whether the learner has not begun: the file is the starter, byte for byte."""
    if config.getoption("file") or config.getoption("solutions"):
        return False
    try:
        return read(learner_file(config, exercise)) == exercise.starter.encode()
    except (OSError, Refused):
        return False


def limit_of(config: pytest.Config, exercise: Exercise) -> float:
    """How many seconds a test of `exercise` may take."""
    return float(config.getoption("limit") or exercise.limit)


def database_of(config: pytest.Config, exercise: Exercise) -> str:
    """What `exercise` is graded on."""
    asked = str(config.getoption("database"))
    return asked if asked in exercise.databases else "sqlite"


def exercise_graded_by(item: pytest.Item) -> Exercise:
    exercise = exercise_of_grader(item.path)
    assert exercise is not None, f"{item.nodeid} grades no exercise"
    return exercise
