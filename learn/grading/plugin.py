"""The pytest plugin that turns test files into graders: its options, and the fixtures that graders take.

It chooses whose file is graded (`asked.py`), runs each exercise apart with a time limit (`runner.py`), words the
failures for learners (`explain.py`), and keeps the verdicts (`gradebook.py`). All of pytest's own options keep working.
`tests/conftest.py` loads it.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
from fastapi import FastAPI

from learn.checks.api import Api
from learn.checks.mismatch import require
from learn.grading.asked import database_of, exercise_graded_by, learner_file
from learn.grading.gradebook import Gradebook
from learn.grading.loading import load
from learn.grading.runner import Runner

if TYPE_CHECKING:
    from sqlalchemy import Engine


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("AI Deployment Mastery")
    group.addoption("--solutions", action="store_true", help="grade the reference solutions, not lessons/")
    group.addoption("--submission", metavar="DIR", help="grade the files in DIR, a folder laid out like lessons/")
    group.addoption("--file", metavar="FILE", help="grade FILE as the one exercise selected")
    group.addoption("--limit", type=float, metavar="SECONDS", help="how long a test may take (default: 5)")
    group.addoption("--budget", type=float, metavar="SECONDS", help="how long an exercise may take in all")
    group.addoption(
        "--database",
        choices=["sqlite", "postgres"],
        default="sqlite",
        help="what to grade on where the exercise is not about SQLite itself (default: %(default)s)",
    )
    group.addoption("--sql", action="store_true", help="print the SQL that the learner's code sends")
    group.addoption("--full", action="store_true", help="show tracebacks whole, frames of graders and libraries too")
    group.addoption(
        "--isolation",
        choices=["fork", "spawn", "off"],
        default="fork" if hasattr(os, "fork") else "spawn",
        help="how each exercise gets a process of its own (default: %(default)s)",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("file") and not Path(config.getoption("file")).exists():
        raise pytest.UsageError(f"--file {config.getoption('file')}: there is no such file")
    if config.getoption("submission") and not Path(config.getoption("submission")).is_dir():
        raise pytest.UsageError(f"--submission {config.getoption('submission')}: there is no such folder")
    config.pluginmanager.register(Gradebook(config), "learn-gradebook")
    if config.getoption("database") == "postgres":
        _have_postgres(config)
    if not hasattr(config, "workerinput") and config.pluginmanager.hasplugin("dsession"):
        return  # pytest-xdist: the workers run the tests, and this process only keeps the verdicts
    config.pluginmanager.register(Runner(config), "learn-runner")


def _have_postgres(config: pytest.Config) -> None:
    from learn.checks import database  # SQLAlchemy is slow to import, and most exercises do without

    running = contextlib.ExitStack()
    try:
        running.enter_context(database.postgres())
    except database.NoDatabase as error:
        raise pytest.UsageError(str(error)) from error
    config.add_cleanup(running.close)


@pytest.fixture
def exercise(request: pytest.FixtureRequest) -> ModuleType:
    """The learner's module, imported afresh for this test."""
    return load(exercise_graded_by(request.node), learner_file(request.config, exercise_graded_by(request.node)))


@pytest.fixture
def api(exercise: ModuleType) -> Iterator[Api]:
    """An HTTP client on the learner's `app`."""
    app = getattr(exercise, "app", None)
    require(
        isinstance(app, FastAPI),
        called="The file",
        got="has no `app`" if app is None else f"has an `app` that is a {type(app).__name__}",
        expected="`app = FastAPI()` at its top level",
    )
    assert isinstance(app, FastAPI)
    with Api(app) as client:
        yield client


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Iterator["Engine"]:
    """An engine on a new, empty database, which is gone after the test. On SQLite it enforces foreign keys."""
    from learn.checks import database

    with database.fresh(database_of(request.config, exercise_graded_by(request.node))) as url:
        engine = database.engine_on(url)
        yield engine
        engine.dispose()
