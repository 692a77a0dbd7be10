"""How a test's result travels in pytest's reports, which its own options and pytest-xdist hand on."""

from pathlib import Path
from typing import Literal

import pytest

from learn.course.files import display
from learn.grading.asked import exercise_graded_by, learner_file
from learn.grading.explain import in_words, line_of
from learn.grading.verdict import Result, Status

RESULT = "learn_result"  # attribute of a test report that carries its Result


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


def report_of(item: pytest.Item, outcome: Literal["failed", "skipped"], result: Result) -> pytest.TestReport:
    """A report of a test that did not come to report for itself."""
    file = display(learner_file(item.config, exercise_graded_by(item)))
    longrepr = in_words(result, file) if outcome == "failed" else (file, 0, result.message)
    report = pytest.TestReport(item.nodeid, item.location, dict.fromkeys(item.keywords, 1), outcome, longrepr, "call")
    setattr(report, RESULT, vars(result))
    return report


def result_of(report: pytest.TestReport) -> Result:
    """What `report` says, as a result; of a passed phase that it passed."""
    record = getattr(report, RESULT, None)
    result = Result(**record) if record else Result(report.nodeid.rpartition("::")[2], Status.PASSED)
    result.status = Status(result.status)
    result.output = report.capstdout
    return result
