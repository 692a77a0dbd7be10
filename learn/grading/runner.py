"""Runs the tests of each exercise in a process of its own, with a time limit, and replays their reports in pytest."""

import contextlib
import functools
import os
import traceback
from collections.abc import Generator, Iterator
from json import dumps, loads
from typing import Any, Literal

import pytest
from _pytest.runner import runtestprotocol

from learn.course.catalogue import Exercise, exercise_of_grader
from learn.course.files import display
from learn.grading import isolation
from learn.grading.asked import OPTIONS, exercise_graded_by, is_untouched, learner_file, limit_of
from learn.grading.explain import explain, in_words
from learn.grading.reports import RESULT, did_not_finish, report_of, result_of, shorten
from learn.grading.verdict import Result, Status
from learn.grading.watchdog import Watchdog, is_running

GRACE = 5  # seconds after which a child that says nothing, not even that its time is up, is ended
# How the environment variables begin that exercises read: those that a learner has set change no verdict.
OWN_VARIABLES = ("LANTERN_", "PROVIDER_KEY")


class Runner:
    """Runs the tests of each exercise in a process of its own and replays their reports here."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.isolation: Literal["fork", "spawn", "off"] = config.getoption("isolation")
        self.reports: dict[str, list[pytest.TestReport]] = {}
        self.waiting: dict[Exercise, isolation.Fork] = {}

    def fork_ahead(self, items: list[pytest.Item]) -> None:
        """Have a fork wait that will run `items`, the tests of one exercise, with the options of that time."""
        exercise = exercise_graded_by(items[0])
        self.waiting[exercise] = self._fork(exercise, items, ahead=True)

    def _fork(self, exercise: Exercise, items: list[pytest.Item], ahead: bool = False) -> isolation.Fork:
        def run(send: isolation.Send, options: str) -> None:
            vars(self.config.option).update(loads(options))
            self._run_here(send, exercise=exercise, items=items)

        return isolation.Fork(run, ahead)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        exercise = exercise_of_grader(item.path)
        if exercise is None:
            return None
        if item.nodeid not in self.reports:
            group = [other for other in item.session.items if other.path == item.path]
            self.reports |= self._run(exercise, group)
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for report in self.reports[item.nodeid]:
            item.ihook.pytest_runtest_logreport(report=report)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    def _run(self, exercise: Exercise, items: list[pytest.Item]) -> dict[str, list[pytest.TestReport]]:
        """The reports of all `items`, which are the tests of `exercise`."""
        file = learner_file(self.config, exercise)
        limit = limit_of(self.config, exercise)
        if is_untouched(self.config, exercise):
            message = f"not begun: {display(file)} is still the starter"
            return {
                item.nodeid: [report_of(item, "skipped", Result(item.name, Status.UNTOUCHED, message))]
                for item in items
            }

        run = functools.partial(self._run_here, exercise=exercise, items=items)
        reports: dict[str, list[pytest.TestReport]] = {item.nodeid: [] for item in items}
        finished: set[str] = set()
        silent = False
        for record in self._records(exercise, items, run):
            if "finished" in record:
                finished.add(record["finished"])
                reports[record["finished"]] = [
                    self.config.hook.pytest_report_from_serializable(config=self.config, data=data)
                    for data in record["reports"]
                ]
            silent = silent or record == isolation.SILENT
            if "timeout" in record:
                item = next(item for item in items if item.nodeid == record["timeout"])
                finished.add(item.nodeid)
                report = report_of(item, "failed", did_not_finish(item.name, limit, file, record["line"]))
                report.sections.append(("Captured stdout call", record["output"]))
                reports[item.nodeid] = [report]

        timed_out = any(result_of(report).status is Status.TIMEOUT for group in reports.values() for report in group)
        for item in items:
            if item.nodeid in finished:
                continue
            if silent:
                result = did_not_finish(item.name, limit, file, None)
                reports[item.nodeid] = [report_of(item, "failed", result)]
                silent, timed_out = False, True
            elif timed_out:
                result = Result(item.name, Status.NOT_RUN, "not run: an earlier test did not finish")
                reports[item.nodeid] = [report_of(item, "skipped", result)]
            else:
                message = "your code ended the Python process in the middle of the test"
                reports[item.nodeid] = [report_of(item, "failed", Result(item.name, Status.FAILED, message))]
                timed_out = True
        return reports

    def _records(self, exercise: Exercise, items: list[pytest.Item], run: Any) -> Iterator[isolation.Record]:
        patience = limit_of(self.config, exercise) + GRACE
        if self.isolation == "off":
            here: list[isolation.Record] = []
            run(here.append)
            return iter(here)
        if isolation.REPORT_FILE in os.environ:  # this is the second pytest
            with open(os.environ[isolation.REPORT_FILE], "a", encoding="utf-8") as out:
                run(lambda record: print(dumps(record), file=out, flush=True))
            return iter([])
        if self.isolation == "fork":
            fork = self.waiting.pop(exercise, None) or self._fork(exercise, items)
            return fork.records(dumps({name: self.config.getoption(name) for name in OPTIONS}), patience)
        arguments = ["--isolation=spawn", *(f"{item.path}::{item.name}" for item in items)]
        arguments += ["--solutions"] if self.config.getoption("solutions") else []
        arguments += [f"--limit={limit_of(self.config, exercise)}"]
        arguments += [f"--database={self.config.getoption('database')}"]
        arguments += ["--sql"] if self.config.getoption("sql") else []
        arguments += ["--full"] if self.config.getoption("full") else []
        if not self.config.getoption("solutions"):
            arguments += ["--file", str(learner_file(self.config, exercise))]
        return isolation.in_second_pytest(arguments, self.config.rootpath, patience * len(items) + 20)

    def _run_here(self, send: isolation.Send, *, exercise: Exercise, items: list[pytest.Item]) -> None:
        current = ""

        def expired(line: int | None) -> None:
            send({"timeout": current, "line": line, "output": self._captured()})
            os._exit(1)

        file = learner_file(self.config, exercise)
        watchdog = Watchdog(limit_of(self.config, exercise), file, expired)
        with contextlib.ExitStack() as around:
            environment = around.enter_context(pytest.MonkeyPatch.context())
            for name in [name for name in os.environ if name.upper().startswith(OWN_VARIABLES)]:
                environment.delenv(name)
            if self.isolation != "off":
                around.enter_context(watchdog.watching())
            if self.config.getoption("sql"):
                from learn.lab.sql import sql_shown

                around.enter_context(sql_shown(lambda: is_running(file)))
            for item, following in zip(items, [*items[1:], None], strict=True):
                current = item.nodeid
                watchdog.restart()
                reports = runtestprotocol(item, log=False, nextitem=following)
                for report in reports:
                    report.sections = [(name, shorten(text)) for name, text in report.sections]
                serializable = self.config.hook.pytest_report_to_serializable
                data = [serializable(config=self.config, report=report) for report in reports]
                send({"finished": item.nodeid, "reports": data})

    def _captured(self) -> str:
        """What the test has printed so far."""
        manager = self.config.pluginmanager.get_plugin("capturemanager")
        return shorten("".join(manager.read_global_capture())) if manager else ""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        exercise = exercise_of_grader(item.path)
        if exercise is None or not report.failed or call.excinfo is None:
            return report
        file = learner_file(self.config, exercise)
        result = explain(item.name, call.excinfo.value, file)
        if self.config.getoption("full"):
            result.details = "".join(traceback.format_exception(call.excinfo.value))
            report.longrepr = f"{in_words(result, display(file))}\n\n{result.details}"
        else:
            report.longrepr = in_words(result, display(file))
        setattr(report, RESULT, vars(result))
        return report
