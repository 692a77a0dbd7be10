"""What grading an exercise results in: one shape for the terminal, the notebook, the browser and other tools."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """How an exercise, or one test of it, stands. The worst of its tests' is the exercise's."""

    UNTOUCHED = "untouched"
    PASSED = "passed"
    FAILED = "failed"
    BROKEN = "broken"
    TIMEOUT = "timeout"
    MISSING = "missing"  # there is no file
    TAMPERED = "tampered"  # the learner's code changed what grades it, so that nothing it said counts
    NOT_RUN = "not run"


SYMBOLS = {
    Status.PASSED: "✓",
    Status.FAILED: "✗",
    Status.BROKEN: "✗",
    Status.TIMEOUT: "⧖",
    Status.TAMPERED: "!",
    Status.UNTOUCHED: "○",
    Status.MISSING: "-",
    Status.NOT_RUN: "-",
}
_GRAVITY = [
    Status.TAMPERED,
    Status.BROKEN,
    Status.TIMEOUT,
    Status.FAILED,
    Status.MISSING,
    Status.UNTOUCHED,
    Status.NOT_RUN,
]


@dataclass
class Result:
    """The outcome of one test. `message` is complete in itself; the other parts are the same in pieces.

    Attributes:
        called, got, expected: what was called, what came back, what was expected.
        line: line of the learner's file to look at, from 1.
        code: the text of that line.
        output: what the learner's code printed.
        details: the traceback with all its frames, for `--full`.
    """

    name: str
    status: Status
    message: str = ""
    called: str = ""
    got: str = ""
    expected: str = ""
    line: int | None = None
    code: str = ""
    output: str = ""
    details: str = ""


@dataclass
class Verdict:
    """How an exercise stands, test by test.

    Attributes:
        marks: what the file does that no solution needs, for a person to look at; no verdict by itself.
        digest: SHA-256 of the text that was graded, which may not be what the file holds by now; empty without one.
    """

    exercise: str
    title: str
    status: Status
    seconds: float
    tests: list[Result] = field(default_factory=list)
    hint: str = ""
    page: str = ""
    file: str = ""
    marks: list[str] = field(default_factory=list)
    digest: str = ""

    @property
    def passed(self) -> bool:
        return self.status is Status.PASSED

    @property
    def first_failure(self) -> Result | None:
        """The result to show the learner."""
        return next((test for test in self.tests if test.status is self.status and not self.passed), None)

    def as_json(self) -> dict[str, Any]:
        """The verdict in JSON; empty parts of a result are left out, and so are marks where there are none."""
        record = asdict(self)
        if not self.marks:
            del record["marks"]
        record["seconds"] = round(self.seconds, 3)
        record["tests"] = [
            {name: value for name, value in test.items() if value not in ("", None)} for test in record["tests"]
        ]
        return record

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> "Verdict":
        tests = [Result(**test | {"status": Status(test["status"])}) for test in record["tests"]]
        return cls(**record | {"status": Status(record["status"]), "tests": tests})


def overall(statuses: list[Status]) -> Status:
    """The status of an exercise whose tests have `statuses`."""
    return next((status for status in _GRAVITY if status in statuses), Status.PASSED if statuses else Status.NOT_RUN)
