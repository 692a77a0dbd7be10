"""Runs the tests of each exercise in a process of its own, with a time limit, and replays what it said in pytest."""

import functools
import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from json import dumps, loads
from pathlib import Path
from typing import Any, Literal

import pytest

from learn.course.catalogue import Exercise, exercise_of_grader
from learn.course.files import display
from learn.grading import inside, isolation
from learn.grading.account import Account, close
from learn.grading.asked import OPTIONS, exercise_graded_by, is_untouched, learner_file, limit_of
from learn.grading.explain import line_of
from learn.grading.inside import Inside
from learn.grading.kept import Kept
from learn.grading.reports import did_not_finish, report_of
from learn.grading.verdict import Result, Status

CALLERS = frozenset(isolation.code_of(inside, isolation))  # the code that may report
ENOUGH = 6  # tests of an exercise that are worth a second process
GRACE = 5  # seconds after which a child that says nothing, not even that its time is up, is ended

Part = tuple[list[pytest.Item], isolation.Fork]


class Runner:
    """Runs the tests of each exercise in a process of its own and replays their reports here."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.isolation: Literal["fork", "spawn", "off"] = config.getoption("isolation")
        self.reports: dict[str, list[pytest.TestReport]] = {}
        self.waiting: dict[Exercise, list[Part]] = {}
        self.ended: list[isolation.Fork] = []
        self.kept: Kept | None = None
        self.inside = Inside(config)
        config.pluginmanager.register(self.inside, "learn-inside")
        self.second = isolation.from_first_pytest(CALLERS)  # where this is a second pytest, which reports to a first

    def fork_ahead(self, items: list[pytest.Item]) -> None:
        """Have forks wait that will run `items`, the tests of one exercise, with the options of that time.

        There are two where there are two processors and tests enough: somebody will wait for their verdict.
        """
        exercise = exercise_graded_by(items[0])
        self.inside.prepare(exercise, items)
        middle = (len(items) + 1) // 2 if len(items) >= ENOUGH and (os.cpu_count() or 1) > 1 else len(items)
        halves = [half for half in (items[:middle], items[middle:]) if half]
        self.waiting[exercise] = [(half, self._fork(exercise, half, ahead=True)) for half in halves]

    def clear_away(self) -> None:
        """Clear away the forks that have ended. Nobody need wait for that who waits for the reports."""
        while self.ended:
            self.ended.pop().clear_away()

    def pytest_sessionfinish(self) -> None:
        self.clear_away()

    def _fork(self, exercise: Exercise, items: list[pytest.Item], ahead: bool = False) -> isolation.Fork:
        def run(send: isolation.Send, options: str) -> None:
            vars(self.config.option).update(loads(options))
            self.inside.run(send, exercise, items, apart=True)

        rehearse = functools.partial(self.inside.rehearse, exercise, items[0]) if ahead else None
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
            starter = hashlib.sha256(exercise.starter.encode()).hexdigest()
            return {item.nodeid: [report_of(item, one, starter)] for item, one in zip(items, untouched, strict=True)}

        if exercise not in self.waiting:
            self.inside.prepare(exercise, items)
        self.kept = self.kept or Kept()
        accounts = self._accounts(exercise, items)
        if changed := self.kept.put_back():
            accounts[0].tampered = f"the file changes the course's own files: {changed}, which was put back"
        results = close(accounts, lambda name: Result(name, Status.TIMEOUT))
        digests = {account.digest or "" for account in accounts}
        digest = digests.pop() if len(digests) == 1 else ""  # saved between two that read it: neither text was graded
        if any(account.overdue for account in accounts):
            in_all = f"{self._in_all(exercise, items):g} s"
            for result in results:
                if result.status is Status.TIMEOUT and result.line is None:
                    result.message = f"the time for the exercise in all, {in_all}, was up in the middle of this test"
        marks = list(dict.fromkeys(mark for account in accounts for mark in account.marks))
        seconds = {name: took for account in accounts for name, took in account.seconds.items()}
        reports = {}
        for item, result in zip(items, results, strict=True):
            placed = self._placed(result, exercise, file)
            reports[item.nodeid] = [report_of(item, placed, digest, seconds.get(item.name, 0.0), marks)]
        return reports

    def _placed(self, result: Result, exercise: Exercise, file: Path) -> Result:
        """`result` with the text of its line, and, of a test that did not finish, with words."""
        if result.status is Status.TIMEOUT and not result.message:
            placed = did_not_finish(result.name, limit_of(self.config, exercise), file, result.line)
            placed.output = result.output
            return placed
        result.code = line_of(file, result.line)
        return result

    def _accounts(self, exercise: Exercise, items: list[pytest.Item]) -> list[Account]:
        """What is said by the processes that run `items`, each by one that runs a part of them."""
        if self.isolation != "fork":
            return [self._account(items, self._records(exercise, items))]
        self.clear_away()
        parts = self.waiting.pop(exercise, None) or [(items, self._fork(exercise, items))]
        self.ended += [fork for _, fork in parts]
        options = dumps({name: self.config.getoption(name) for name in OPTIONS})
        patience = limit_of(self.config, exercise) + GRACE
        in_all = self._in_all(exercise, items)
        said = [(part, fork.records(options, patience, in_all)) for part, fork in parts]
        if len(said) == 1:
            return [self._account(*said[0])]  # in this thread, which Ctrl-C reaches
        with ThreadPoolExecutor(len(said)) as listeners:
            return list(listeners.map(lambda part: self._account(*part), said))

    def _account(self, items: list[pytest.Item], records: Iterator[isolation.Record]) -> Account:
        account = Account([item.name for item in items], control=self.inside.control is not None)
        for record in records:
            account.take(record)
        return account

    def _records(self, exercise: Exercise, items: list[pytest.Item]) -> Iterator[isolation.Record]:
        """What is said by the one process that runs `items`, where it is no fork."""
        if self.second:
            self.second(lambda send: self.inside.run(send, exercise, items, apart=True))
        if self.isolation == "off":
            here: list[Any] = []
            self.inside.run(here.append, exercise, items, apart=False)
            return iter([*here, isolation.DONE])
        root = self.config.rootpath
        arguments = ["--isolation=spawn", *(f"{item.path.relative_to(root)}::{item.name}" for item in items)]
        arguments += ["--solutions"] if self.config.getoption("solutions") else []
        arguments += [f"--limit={limit_of(self.config, exercise)}"]
        arguments += [f"--database={self.config.getoption('database')}"]
        arguments += ["--sql"] if self.config.getoption("sql") else []
        arguments += ["--full"] if self.config.getoption("full") else []
        if not self.config.getoption("solutions"):
            arguments += ["--file", str(learner_file(self.config, exercise))]
        return isolation.in_second_pytest(arguments, root, self._in_all(exercise, items) + 20)

    def _in_all(self, exercise: Exercise, items: list[pytest.Item]) -> float:
        """How many seconds all `items`, the tests of `exercise`, may take together."""
        return float(self.config.getoption("budget") or limit_of(self.config, exercise) * len(items) + GRACE)
