"""Grades exercises in this process and returns their verdicts."""

import contextlib
import io
import os
from collections.abc import Sequence

import pytest

from learn.course.catalogue import Exercise
from learn.course.files import ROOT
from learn.course.surroundings import foreign
from learn.grading.gradebook import Gradebook
from learn.grading.verdict import Verdict

# What grading does not use of pytest. Each plugin costs about a millisecond a session.
_UNUSED = "cacheprovider doctest faulthandler junitxml legacypath nose pastebin setuponly setupplan stepwise unittest"
_UNUSED += " threadexception unraisableexception"  # these collect all garbage at the end, several times


Option = str | bool | float | None


class GraderError(Exception):
    """pytest itself could not run; the message is what it printed."""


class _Witness:
    """Remembers the session's gradebook."""

    gradebook: Gradebook

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        gradebook = session.config.pluginmanager.get_plugin("learn-gradebook")
        assert isinstance(gradebook, Gradebook)
        self.gradebook = gradebook


def grade(exercises: list[Exercise], plugins: Sequence[object] = (), **options: Option) -> list[Verdict]:
    """The verdicts of `exercises`; `options` are those of the plugin, for instance `solutions=True`.

    Raises:
        GraderError: a grader does not import, or an option is wrong.
    """
    witness = _Witness()
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output), contextlib.chdir(ROOT):
        status = pytest.main([*configuration(**options), *graders(exercises)], plugins=[witness, *plugins])
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise GraderError(output.getvalue().strip())
    return witness.gradebook.verdicts()


def configuration(**options: Option) -> list[str]:
    """The arguments for a pytest that grades; `options` are those of the plugin."""
    for name in foreign():
        del os.environ[name]
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # other installed plugins only cost time
    arguments = ["-c", str(ROOT / "pyproject.toml"), "--quiet", "--assert=plain"]
    arguments += [f"-pno:{plugin}" for plugin in _UNUSED.split()]
    arguments += [f"--{name}" if value is True else f"--{name}={value}" for name, value in options.items() if value]
    return arguments


def graders(exercises: list[Exercise]) -> list[str]:
    """The test files of `exercises`, as arguments for a pytest in `ROOT`, whose own name may hold a `[`."""
    return [str(exercise.grader.relative_to(ROOT)) for exercise in exercises]
