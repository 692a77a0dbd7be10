"""The pytest plugin that turns test files into graders.

It chooses whose file is graded, runs each exercise apart with a time limit, words the failures for learners, and
keeps the verdicts. All of pytest's own options keep working. `tests/conftest.py` loads it.
"""

import contextlib
import functools
import os
import traceback
from collections.abc import Generator, Iterator
from json import dumps, loads
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal

import pytest
from _pytest.runner import runtestprotocol
from fastapi import FastAPI

from learn.checks.api import Api
from learn.checks.mismatch import require
from learn.course.catalogue import Exercise, exercise_of_grader
from learn.course.files import display
from learn.grading import isolation
from learn.grading.explain import explain, in_words, line_of
from learn.grading.loading import load
from learn.grading.verdict import SYMBOLS, Result, Status, Verdict, overall
from learn.grading.watchdog import Watchdog, is_running

if TYPE_CHECKING:
    from sqlalchemy import Engine

GRACE = 5  # seconds after which a child that says nothing, not even that its time is up, is ended
# How the environment variables begin that exercises read: those that a learner has set change no verdict.
OWN_VARIABLES = ("LANTERN_", "PROVIDER_KEY")
OPTIONS = ("solutions", "submission", "file", "limit", "database", "sql", "full")  # what a grading depends on
RESULT = "learn_result"  # attribute of a test report that carries its Result


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("AI Deployment Mastery")
    group.addoption("--solutions", action="store_true", help="grade the reference solutions, not lessons/")
    group.addoption("--submission", metavar="DIR", help="grade the files in DIR, a folder laid out like lessons/")
    group.addoption("--file", metavar="FILE", help="grade FILE as the one exercise selected")
    group.addoption("--limit", type=float, metavar="SECONDS", help="how long a test may take (default: 5)")
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
        return learner_file(config, exercise).read_bytes() == exercise.starter.encode()
    except OSError:
        return False


def limit_of(config: pytest.Config, exercise: Exercise) -> float:
    """How many seconds a test of `exercise` may take."""
    return float(config.getoption("limit") or exercise.limit)


def database_of(config: pytest.Config, exercise: Exercise) -> str:
    """What `exercise` is graded on."""
    asked = str(config.getoption("database"))
    return asked if asked in exercise.databases else "sqlite"


@pytest.fixture
def exercise(request: pytest.FixtureRequest) -> ModuleType:
    """The learner's module, imported afresh for this test."""
    return load(_exercise_of(request.node), learner_file(request.config, _exercise_of(request.node)))


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

    with database.fresh(database_of(request.config, _exercise_of(request.node))) as url:
        engine = database.engine_on(url)
        yield engine
        engine.dispose()


def _exercise_of(item: pytest.Item) -> Exercise:
    exercise = exercise_of_grader(item.path)
    assert exercise is not None, f"{item.nodeid} grades no exercise"
    return exercise


class Runner:
    """Runs the tests of each exercise in a process of its own and replays their reports here."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.isolation: Literal["fork", "spawn", "off"] = config.getoption("isolation")
        self.reports: dict[str, list[pytest.TestReport]] = {}
        self.waiting: dict[Exercise, isolation.Fork] = {}

    def fork_ahead(self, items: list[pytest.Item]) -> None:
        """Have a fork wait that will run `items`, the tests of one exercise, with the options of that time."""
        exercise = _exercise_of(items[0])
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
                item.nodeid: [_report(item, "skipped", Result(item.name, Status.UNTOUCHED, message))] for item in items
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
                report = _report(item, "failed", did_not_finish(item.name, limit, file, record["line"]))
                report.sections.append(("Captured stdout call", record["output"]))
                reports[item.nodeid] = [report]

        timed_out = any(_result(report).status is Status.TIMEOUT for group in reports.values() for report in group)
        for item in items:
            if item.nodeid in finished:
                continue
            if silent:
                result = did_not_finish(item.name, limit, file, None)
                reports[item.nodeid] = [_report(item, "failed", result)]
                silent, timed_out = False, True
            elif timed_out:
                result = Result(item.name, Status.NOT_RUN, "not run: an earlier test did not finish")
                reports[item.nodeid] = [_report(item, "skipped", result)]
            else:
                message = "your code ended the Python process in the middle of the test"
                reports[item.nodeid] = [_report(item, "failed", Result(item.name, Status.FAILED, message))]
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


def shorten(text: str, limit: int = 4000) -> str:
    """`text`, its middle left out where it is longer than `limit` characters."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]}\n… {len(text) - limit} characters left out …\n{text[-half:]}"


def did_not_finish(name: str, limit: float, file: Path, line: int | None) -> Result:
    """The result of a test that was ended in `line` of `file`, its time being up."""
    message = f"it did not finish within {limit:g} s: an endless loop, or a wait for something that never comes"
    code = line_of(file, line)
    if "uvicorn.run(" in code:
        message = (
            '`uvicorn.run` starts a server and never ends: take it out, or put it under `if __name__ == "__main__":`'
        )
    return Result(name, Status.TIMEOUT, message, line=line, code=code)


def _report(item: pytest.Item, outcome: Literal["failed", "skipped"], result: Result) -> pytest.TestReport:
    """A report of a test that did not come to report for itself."""
    file = display(learner_file(item.config, _exercise_of(item)))
    longrepr = in_words(result, file) if outcome == "failed" else (file, 0, result.message)
    report = pytest.TestReport(item.nodeid, item.location, dict.fromkeys(item.keywords, 1), outcome, longrepr, "call")
    setattr(report, RESULT, vars(result))
    return report


def _result(report: pytest.TestReport) -> Result:
    """What `report` says, as a result; of a passed phase that it passed."""
    record = getattr(report, RESULT, None)
    result = Result(**record) if record else Result(report.nodeid.rpartition("::")[2], Status.PASSED)
    result.status = Status(result.status)
    result.output = report.capstdout
    return result


class Gradebook:
    """Keeps the verdicts of a session; with pytest-xdist, in the process that the workers report to."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.results: dict[Exercise, dict[str, Result]] = {}
        self.seconds: dict[Exercise, float] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        exercise = exercise_of_grader(self.config.rootpath / report.nodeid.partition("::")[0])
        if exercise is None:
            return
        results = self.results.setdefault(exercise, {})
        self.seconds[exercise] = self.seconds.get(exercise, 0.0) + report.duration
        result = _result(report)
        known = results.get(result.name)
        if known is None or known.status is Status.PASSED:
            results[result.name] = result

    def verdicts(self) -> list[Verdict]:
        """The verdicts so far, in the course's order."""
        return [
            self._verdict(exercise) for exercise in sorted(self.results, key=lambda one: (one.lesson.slug, one.index))
        ]

    def _verdict(self, exercise: Exercise) -> Verdict:
        tests = list(self.results[exercise].values())
        verdict = Verdict(
            exercise=exercise.number,
            title=exercise.title,
            status=overall([test.status for test in tests]),
            seconds=self.seconds[exercise],
            tests=tests,
            page=exercise.page,
            file=display(learner_file(self.config, exercise)),
        )
        if verdict.status is Status.FAILED and verdict.first_failure:
            begun = any(test.status is Status.PASSED for test in tests)
            verdict.hint = exercise.first_hint(verdict.first_failure.name, begun)
        elif verdict.status is Status.TIMEOUT:
            verdict.hint = exercise.timeout_hint
        return verdict

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Succeed only where everything that was asked for is passed; a skipped test is not."""
        if session.exitstatus == pytest.ExitCode.OK and not all(verdict.passed for verdict in self.verdicts()):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        verdicts = self.verdicts()
        if verdicts:
            terminalreporter.section("exercises")
        for verdict in verdicts:
            symbol = SYMBOLS[verdict.status]
            terminalreporter.write_line(f"{symbol} {verdict.exercise:5} {verdict.status:10} {verdict.title}")
            if verdict.hint:
                terminalreporter.write_line(f"        hint: {verdict.hint}")
