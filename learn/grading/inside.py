"""What happens in the process that runs a learner's code: its tests, one by one, each told of as it ends."""

import contextlib
import os
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable, Generator
from pathlib import Path
from time import monotonic  # bound here: what a learner's code does to the module stays its own
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from learn.course.catalogue import Exercise, exercise_of_grader
from learn.grading.asked import learner_file, limit_of
from learn.grading.explain import explain
from learn.grading.intact import Seal, lets_pass
from learn.grading.loading import BrokenFile, begin, code_of
from learn.grading.observed import names_for_a_person, observe
from learn.grading.reports import RESULT, shorten
from learn.grading.verdict import Result, Status
from learn.grading.watchdog import Watchdog, is_running

# How the environment variables begin that exercises read: those that a learner has set change no verdict.
OWN_VARIABLES = ("LANTERN_", "PROVIDER_KEY")
REACHES_IN = "the file reaches into what grades it"

Send = Callable[[dict[str, Any]], None]


class Inside:
    """A pytest plugin that runs the tests of an exercise and sends a record of each."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.seal = Seal()
        self.functions: dict[str, Any] = {}  # of each test, as it was collected
        self.ended: set[str] = set()  # the tests whose function returned
        self.changed: Callable[[bool], str] = lambda _: ""
        self.change = ""  # what had changed when a test ended
        self.control: pytest.Item | None = None  # the test that the starter is known to fail

    def prepare(self, exercise: Exercise, items: list[pytest.Item]) -> None:
        """Remember how everything is that grades `items`, all tests of it, before any code of a learner's is run."""
        modules = {item.module.__name__: item.module for item in items if isinstance(item, pytest.Function)}
        self.changed = self.seal.take().with_graders(modules.values()).watch()
        self.functions = {item.nodeid: item.function for item in items if isinstance(item, pytest.Function)}
        self.ended, self.change = set(), ""
        known = exercise.metadata.get("starter", {}).get("test", "")
        self.control = next((item for item in items if item.name.partition("[")[0] == known), None)

    def rehearse(self, exercise: Exercise, item: pytest.Item) -> None:
        """Run `item` on the solution, and the control: what is done only once is done before there is a file to grade.

        It is for a process that has been made ahead.
        """
        self.config.option.solutions, self.config.option.tbstyle = True, "value"
        self._run_one(item, None)
        self.changed(True)
        self._run_control(lambda _: None, exercise)
        sys.modules.pop(exercise.name, None)

    def run(self, send: Send, exercise: Exercise, items: list[pytest.Item], apart: bool) -> None:
        """Run `items`, some or all tests of `exercise`, and then the control; `apart` in a process of its own."""
        file = learner_file(self.config, exercise)
        send({"digest": begin(file)})
        running = ""
        started = monotonic()

        def expired(line: int | None) -> None:
            seconds = monotonic() - started
            result = Result(running, Status.TIMEOUT, line=line, output=self._captured())
            send(_record(result, seconds) if running else {"control": Status.TIMEOUT})
            os._exit(1)

        watchdog = Watchdog(limit_of(self.config, exercise), file, expired)
        with contextlib.ExitStack() as around:
            environment = around.enter_context(pytest.MonkeyPatch.context())
            for name in [name for name in os.environ if name.upper().startswith(OWN_VARIABLES)]:
                environment.delenv(name)
            # What pytest says of a failure takes it ten milliseconds, and nobody reads it.
            environment.setattr(self.config.option, "tbstyle", "value")
            if apart:
                self._leave_failures_to_the_parent()
                around.enter_context(watchdog.watching())
            if self.config.getoption("sql"):
                from learn.lab.sql import sql_shown

                around.enter_context(sql_shown(lambda: is_running(file)))
            with contextlib.suppress(BrokenFile):  # which the tests will say
                for mark in names_for_a_person(code_of(exercise, file)):
                    send({"mark": mark})
            if apart:
                observe(file, lambda kind, what: send({kind: what}))
            all_passed = True
            for item, following in zip(items, [*items[1:], None], strict=True):
                running, started = item.name, monotonic()
                watchdog.restart()
                result = self._run_one(item, following)
                if change := self.change or self.changed(following is None):
                    send({"tampered": f"{REACHES_IN}: {change} is not what it was"})
                all_passed = all_passed and result.status is Status.PASSED
                send(_record(result, monotonic() - started))
            running = ""
            watchdog.restart()
            if all_passed:
                self._run_control(send, exercise)

    def _leave_failures_to_the_parent(self) -> None:
        """Forget plugins that report a failure where it happens, as VS Code's does: from this process they cannot."""
        for said in self.config.hook.pytest_exception_interact.get_hookimpls():
            if not said.function.__module__.startswith(("_pytest.", "learn.")):
                self.config.pluginmanager.unregister(said.plugin)

    def _run_control(self, send: Send, exercise: Exercise) -> None:
        """Run a test that must fail: the one that the starter is known to fail, on the starter."""
        if wrong := lets_pass():
            send({"tampered": f"{REACHES_IN}: {wrong} lets everything pass"})
        if self.control:
            with tempfile.TemporaryDirectory(prefix="learn-") as folder:
                file = Path(folder, exercise.file.name)
                file.write_text(exercise.starter, encoding="utf-8")
                with pytest.MonkeyPatch.context() as here, warnings.catch_warnings():
                    here.setattr(self.config.option, "file", str(file))
                    # A starter may warn when it is imported, which is to end nothing, whatever pytest was asked.
                    here.setattr(self.config.known_args_namespace, "pythonwarnings", [])
                    warnings.simplefilter("ignore")
                    status = self._run_one(self.control, None).status
            send({"control": status})

    def _run_one(self, item: pytest.Item, following: pytest.Item | None) -> Result:
        self.ended.discard(item.nodeid)
        output = ""
        try:
            reports = runtestprotocol(item, log=False, nextitem=following)
            results = [Result(**vars(report)[RESULT]) for report in reports if RESULT in vars(report)]
            output = shorten(reports[-1].capstdout)
        except BaseException as error:  # pytest would end with it
            results = [explain(item.name, error, learner_file(self.config, _exercise(item)))]
            with contextlib.suppress(BaseException):
                item.session._setupstate.teardown_exact(None)
        unsaid = Result(item.name, Status.FAILED, "the test did not run to its end")
        passed = Result(item.name, Status.PASSED)
        result = results[0] if results else passed if item.nodeid in self.ended else unsaid
        result.status, result.output = Status(result.status), output
        return result

    def _captured(self) -> str:
        """What the test has printed so far."""
        manager = self.config.pluginmanager.get_plugin("capturemanager")
        return shorten("".join(manager.read_global_capture())) if manager else ""

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        """Call the function that was collected, and note that it came to its end."""
        if pyfuncitem.nodeid not in self.functions:
            return None
        names = pyfuncitem._fixtureinfo.argnames
        self.functions[pyfuncitem.nodeid](**{name: pyfuncitem.funcargs[name] for name in names})
        self.ended.add(pyfuncitem.nodeid)
        self.change = self.change or self.changed(False)  # now: to take down fixtures runs code of the learner's again
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Word whatever ended a phase of a test in another way than by its end."""
        report = yield
        exercise = exercise_of_grader(item.path)
        if exercise is None or call.excinfo is None:
            return report
        result = explain(item.name, call.excinfo.value, learner_file(self.config, exercise))
        if self.config.getoption("full"):
            result.details = "".join(traceback.format_exception(call.excinfo.value))
        report.outcome = "failed"
        setattr(report, RESULT, vars(result))
        return report


def _exercise(item: pytest.Item) -> Exercise:
    exercise = exercise_of_grader(item.path)
    assert exercise is not None
    return exercise


def _record(result: Result, seconds: float) -> dict[str, Any]:
    """`result` as `learn.grading.account` takes it."""
    parts = ("message", "called", "got", "expected", "line", "output", "details")
    return {"test": result.name, "status": result.status, "seconds": seconds} | {
        name: getattr(result, name) for name in parts
    }
