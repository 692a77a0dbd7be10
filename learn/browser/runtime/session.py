"""One pytest that grades again and again: to start one takes longer than most gradings.

This uses private parts of pytest, whose version is locked; tests/course/test_in_page.py holds it to the verdicts that
whole sessions give in the terminal.
"""

import contextlib
import io
from collections.abc import Callable, Iterator
from typing import TypeVar

import deadline
import pytest
from _pytest.capture import CaptureManager
from _pytest.config import _prepareconfig
from _pytest.fixtures import FixtureFunctionDefinition

from learn.course.catalogue import Exercise
from learn.course.files import ROOT
from learn.grading.gradebook import Gradebook
from learn.grading.run import GraderError, configuration, graders
from learn.grading.runner import Runner
from learn.grading.verdict import Verdict

T = TypeVar("T")


def _has_fixtures(plugin: object) -> bool:
    return any(isinstance(value, FixtureFunctionDefinition) for value in vars(plugin).values())


class Grader:
    """A pytest that has read its settings and has its plugins; each grading is a new session of it."""

    def __init__(self) -> None:
        self.said = io.StringIO()  # why pytest could not run
        self.watch = deadline.Deadline()
        with self._quiet():
            arguments = [*configuration(isolation="off", capture="sys"), str(ROOT / "tests")]
            self.config = _prepareconfig(arguments, [self.watch])
            self.config._do_configure()
            self.plugins = self.config.pluginmanager
            self.capture = self._plugin("capturemanager", CaptureManager)
            self.capture.stop_global_capturing()
        self.gradebook = self._plugin("learn-gradebook", Gradebook)
        self.runner = self._plugin("learn-runner", Runner)
        self.plugins.unregister(name="terminalreporter")  # nobody reads its report
        self.plugins.register(self)
        # Each session looks for fixtures in all plugins that were ever registered: leave only those that have any.
        self.history = self.plugins.hook.pytest_plugin_registered._call_history or []
        self.history[:] = [entry for entry in self.history if _has_fixtures(entry[0]["plugin"])]
        self.known = len(self.history)

    def _plugin(self, name: str, kind: type[T]) -> T:
        plugin = self.plugins.get_plugin(name)
        assert isinstance(plugin, kind)
        return plugin

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note why a grader does not import."""
        if report.failed:
            self.said.write(str(report.longrepr))

    @contextlib.contextmanager
    def _quiet(self) -> Iterator[None]:
        self.said.seek(0)
        self.said.truncate()
        with contextlib.redirect_stdout(self.said), contextlib.redirect_stderr(self.said):
            yield

    def grade(self, exercise: Exercise, asked: bool, begun: Callable[[str], object]) -> Verdict:
        """The verdict on the learner's file; a starter is not run unless `asked` for.

        Raises:
            GraderError: the grader does not import.
        """
        self.gradebook.forget()
        self.runner.reports.clear()
        self.config.option.file = str(exercise.file) if asked else None
        self.config.args = [str(ROOT / grader) for grader in graders([exercise])]
        with self._quiet(), self.watch.watching(exercise, begun):
            self._run()
        if not (verdicts := self.gradebook.verdicts()):
            raise GraderError(self.said.getvalue().strip())
        return verdicts[0]

    def _run(self) -> None:
        session = pytest.Session.from_config(self.config)
        session.exitstatus = pytest.ExitCode.OK
        self.capture.start_global_capturing()
        self.capture.suspend_global_capture()
        try:
            self.config.hook.pytest_sessionstart(session=session)
            self.config.hook.pytest_collection(session=session)
            self.config.hook.pytest_runtestloop(session=session)
        except (session.Failed, pytest.UsageError) as error:
            self.said.write(str(error))
        finally:
            self.config.hook.pytest_sessionfinish(session=session, exitstatus=session.exitstatus)
            self.capture.stop_global_capturing()
            for name in ("session", "funcmanage"):
                self.plugins.unregister(name=name)
            del self.history[self.known :]
