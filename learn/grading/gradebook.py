"""Keeps the verdicts of a session of pytest."""

import pytest

from learn.course.catalogue import Exercise, exercise_of_grader
from learn.course.files import display
from learn.grading.asked import learner_file
from learn.grading.reports import DIGEST, MARKS, result_of
from learn.grading.verdict import SYMBOLS, Result, Status, Verdict, overall


class Gradebook:
    """Keeps the verdicts of a session; with pytest-xdist, in the process that the workers report to."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self.results: dict[Exercise, dict[str, Result]] = {}
        self.seconds: dict[Exercise, float] = {}
        self.marks: dict[Exercise, list[str]] = {}
        self.digests: dict[Exercise, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        exercise = exercise_of_grader(self.config.rootpath / report.nodeid.partition("::")[0])
        if exercise is None:
            return
        results = self.results.setdefault(exercise, {})
        self.seconds[exercise] = self.seconds.get(exercise, 0.0) + report.duration
        result = result_of(report)
        results[result.name] = result
        self.marks[exercise] = getattr(report, MARKS)
        self.digests[exercise] = getattr(report, DIGEST)

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
            marks=self.marks[exercise],
            digest=self.digests[exercise],
        )
        if verdict.status is Status.FAILED and verdict.first_failure:
            begun = any(test.status is Status.PASSED for test in tests)
            failure = verdict.first_failure
            verdict.hint = exercise.first_hint(failure.name, failure.message, begun)
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
            for mark in verdict.marks:
                terminalreporter.write_line(f"        to look at: {mark}")
            if verdict.hint:
                terminalreporter.write_line(f"        hint: {verdict.hint}")
