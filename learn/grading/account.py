"""What a process that runs a learner's code says of its tests, believed only as far as it can be true.

That process shares its memory with the learner's code, so nothing that comes from it is taken on trust: each record has
one of the shapes below, and tests come once, in the order in which they were collected before any such code ran.
"""

from collections.abc import Callable
from math import isfinite
from typing import Any

from learn.course.words import visible
from learn.grading import isolation
from learn.grading.verdict import Result, Status

Record = dict[str, Any]

TEXTS = ("message", "called", "got", "expected", "output", "details")
TEST: dict[str, Any] = {"test": str, "status": str, "seconds": float, "line": int | None, **dict.fromkeys(TEXTS, str)}
SHAPES: list[dict[str, Any]] = [TEST, {"digest": str}, {"mark": str}, {"tampered": str}, {"control": str}]
ENDED = (Status.PASSED, Status.FAILED, Status.BROKEN, Status.MISSING, Status.TIMEOUT, Status.NOT_RUN)
MOST = 100_000  # characters of a text, several times what an honest record has
MOST_MARKS = 20

FORGED = "something other than the grader reported on this file: its code writes where only the grader may"


class Account:
    """Takes the records of a run of `tests`, by name, after which a control must have failed where there is one."""

    def __init__(self, tests: list[str], control: bool) -> None:
        self.tests = tests
        self.needs_control = control
        self.results: list[Result] = []
        self.seconds: dict[str, float] = {}
        self.digest: str | None = None  # of the text that the tests are run on
        self.marks: list[str] = []
        self.tampered = ""
        self.control: str | None = None
        self.silent = self.overdue = False
        self.done = False
        self.stopped = False  # by a test, so that none was run after it

    def take(self, record: object) -> None:
        """Note one record."""
        if record in (isolation.SILENT, isolation.OVERDUE):
            self.silent = True
            self.overdue = record == isolation.OVERDUE
        elif self.done or not _fits(record):
            self.tampered = self.tampered or FORGED
        elif record == isolation.DONE:
            self.done = True
        else:
            assert isinstance(record, dict)
            self._note(record)

    def _note(self, record: Record) -> None:
        if "digest" in record and self.digest is None and not self.results:  # it comes before any code is run
            self.digest = record["digest"]
        elif "mark" in record:
            mark = visible(record["mark"])
            if mark not in self.marks and len(self.marks) < MOST_MARKS:
                self.marks.append(mark)
        elif "tampered" in record:
            self.tampered = self.tampered or visible(record["tampered"])
        elif "control" in record and self.control is None and len(self.results) == len(self.tests):
            self.control = record["control"]
        elif "test" in record and self.tests[len(self.results) :][:1] == [record["test"]] and record["status"] in ENDED:
            texts = {key: visible(record[key]) for key in TEXTS}
            status = Status(record["status"])
            self.results.append(Result(record["test"], status, line=record["line"], **texts))
            self.seconds[record["test"]] = record["seconds"]
        else:
            self.tampered = self.tampered or FORGED

    def close(self, unfinished: Callable[[str], Result]) -> list[Result]:
        """The result of each test; `unfinished` words that of one that went on for too long."""
        self.stopped = any(result.status is Status.TIMEOUT for result in self.results)
        for name in self.tests[len(self.results) :]:
            if self.silent and not self.stopped:
                result = unfinished(name)
            elif self.stopped:
                result = _not_run(name)
            else:
                message = "your code ended the Python process in the middle of the test"
                result = Result(name, Status.FAILED, message)
            self.stopped = True
            self.results.append(result)
        if not self.tampered and all(result.status is Status.PASSED for result in self.results):
            self.tampered = self._without_proof()
        return self.results

    def _without_proof(self) -> str:
        """Why it is not believed that all tests passed; empty where it is."""
        if self.needs_control and self.control != Status.FAILED:
            return "a test that must fail did not fail after this file was run: its code changes what grades it"
        return "" if self.done else "the grader was ended before it was done with this file"


def close(accounts: list[Account], unfinished: Callable[[str], Result]) -> list[Result]:
    """The results of runs whose tests follow one another, as if they were of one run of all the tests."""
    results: list[Result] = []
    stopped = False
    for account in accounts:
        own = account.close(unfinished)
        results += [_not_run(result.name) for result in own] if stopped else own
        stopped = stopped or account.stopped
    if tampered := next((account.tampered for account in accounts if account.tampered), ""):
        for result in results:
            if result.status is Status.PASSED:
                result.status, result.message = Status.TAMPERED, tampered
    return results


def _not_run(name: str) -> Result:
    return Result(name, Status.NOT_RUN, "not run: an earlier test did not finish")


def _fits(record: object) -> bool:
    """Whether `record` has one of the shapes that the grader's own have."""
    if record == isolation.DONE:
        return True
    if not isinstance(record, dict):
        return False
    shape = next((shape for shape in SHAPES if shape.keys() == record.keys()), None)
    if shape is None or any(not isinstance(record[key], kind) for key, kind in shape.items()):
        return False
    if any(isinstance(value, str) and len(value) > MOST for value in record.values()):
        return False
    seconds, line = record.get("seconds", 0.0), record.get("line")
    return isfinite(seconds) and seconds >= 0 and not isinstance(line, bool) and (line is None or line > 0)
