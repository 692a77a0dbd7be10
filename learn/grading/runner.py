"""Runs the tests of each exercise in a process of its own, with a time limit, and replays what it said in pytest."""

from collections.abc import Callable, Iterator
from json import dumps, loads
from pathlib import Path
from typing import Any, Literal

import pytest

from learn.course.catalogue import Exercise, exercise_of_grader
from learn.course.files import display
from learn.grading import inside, isolation
from learn.grading.account import Account
from learn.grading.asked import OPTIONS, exercise_graded_by, is_untouched, learner_file, limit_of
from learn.grading.explain import line_of
from learn.grading.inside import Inside, control_of
from learn.grading.reports import did_not_finish, report_of
from learn.grading.verdict import Result, Status

CALLERS = frozenset(isolation.code_of(inside, isolation))  # the code that may report
GRACE = 5  # seconds after which a child that says nothing, not even that its time is up, is ended


class Runner:
    """Runs the tests of each exercise in a process of its own and replays their reports here."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.isolation: Literal["fork", "spawn", "off"] = config.getoption("isolation")
        self.reports: dict[str, list[pytest.TestReport]] = {}
        self.waiting: dict[Exercise, isolation.Fork] = {}
        self.ended: list[isolation.Fork] = []
        self.inside = Inside(config)
        config.pluginmanager.register(self.inside, "learn-inside")
        self.second = isolation.from_first_pytest(CALLERS)  # where this is a second pytest, which reports to a first

    def fork_ahead(self, items: list[pytest.Item]) -> None:
        """Have a fork wait that will run `items`, the tests of one exercise, with the options of that time."""
        exercise = exercise_graded_by(items[0])
        self.waiting[exercise] = self._fork(exercise, items, lambda: self.inside.rehearse(exercise, items[0]))

    def clear_away(self) -> None:
        """Clear away the forks that have ended. Nobody need wait for that who waits for the reports."""
        while self.ended:
            self.ended.pop().clear_away()

    def pytest_sessionfinish(self) -> None:
        self.clear_away()

    def _fork(
        self, exercise: Exercise, items: list[pytest.Item], rehearse: Callable[[], None] | None = None
    ) -> isolation.Fork:
        self.inside.prepare(items)

        def run(send: isolation.Send, options: str) -> None:
            vars(self.config.option).update(loads(options))
            self.inside.run(send, exercise, items, apart=True)

        return isolation.Fork(run, rehearse, CALLERS)

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
        if is_untouched(self.config, exercise):
            message = f"not begun: {display(file)} is still the starter"
            untouched = [Result(item.name, Status.UNTOUCHED, message) for item in items]
            return {item.nodeid: [report_of(item, one)] for item, one in zip(items, untouched, strict=True)}

        account = Account([item.name for item in items], control=control_of(exercise, items) is not None)
        for record in self._records(exercise, items):
            account.take(record)
        results = account.close(lambda name: Result(name, Status.TIMEOUT))
        seconds = account.seconds + [0.0] * len(results)
        reports = {}
        for item, result, took in zip(items, results, seconds, strict=False):
            reports[item.nodeid] = [report_of(item, self._placed(result, exercise, file), took, account.marks)]
        return reports

    def _placed(self, result: Result, exercise: Exercise, file: Path) -> Result:
        """`result` with the text of its line, and, of a test that did not finish, with words."""
        if result.status is Status.TIMEOUT:
            placed = did_not_finish(result.name, limit_of(self.config, exercise), file, result.line)
            placed.output = result.output
            return placed
        result.code = line_of(file, result.line)
        return result

    def _records(self, exercise: Exercise, items: list[pytest.Item]) -> Iterator[isolation.Record]:
        patience = limit_of(self.config, exercise) + GRACE
        if self.second:
            self.inside.prepare(items)
            self.second(lambda send: self.inside.run(send, exercise, items, apart=True))
        if self.isolation == "off":
            here: list[Any] = []
            self.inside.prepare(items)
            self.inside.run(here.append, exercise, items, apart=False)
            return iter([*here, isolation.DONE])
        if self.isolation == "fork":
            self.clear_away()
            fork = self.waiting.pop(exercise, None) or self._fork(exercise, items)
            self.ended.append(fork)
            return fork.records(dumps({name: self.config.getoption(name) for name in OPTIONS}), patience)
        root = self.config.rootpath
        arguments = ["--isolation=spawn", *(f"{item.path.relative_to(root)}::{item.name}" for item in items)]
        arguments += ["--solutions"] if self.config.getoption("solutions") else []
        arguments += [f"--limit={limit_of(self.config, exercise)}"]
        arguments += [f"--database={self.config.getoption('database')}"]
        arguments += ["--sql"] if self.config.getoption("sql") else []
        arguments += ["--full"] if self.config.getoption("full") else []
        if not self.config.getoption("solutions"):
            arguments += ["--file", str(learner_file(self.config, exercise))]
        return isolation.in_second_pytest(arguments, root, patience * len(items) + 20)
