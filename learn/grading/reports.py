"""How a test's result travels in pytest's reports, which its own options and pytest-xdist hand on."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import pytest

from learn.course.files import display
from learn.grading.asked import exercise_graded_by, learner_file
from learn.grading.explain import in_words, line_of
from learn.grading.verdict import Result, Status

LONGEST_OUTPUT = 4000  # characters that are kept of what a test prints
RESULT = "learn_result"  # attribute of a test report that carries its Result
MARKS = "learn_marks"  # and what is marked about the file
DIGEST = "learn_digest"  # and the digest of its text


def shorten(text: str, limit: int = LONGEST_OUTPUT) -> str:
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


def report_of(
    item: pytest.Item, result: Result, digest: str, seconds: float = 0.0, marks: Sequence[str] = ()
) -> pytest.TestReport:
    """What pytest is told of a test that was run elsewhere, or not at all."""
    file = display(learner_file(item.config, exercise_graded_by(item)))
    outcome: Literal["passed", "failed", "skipped"] = "failed"
    longrepr: str | tuple[str, int, str] | None = "\n\n".join(filter(None, [in_words(result, file), result.details]))
    if result.status is Status.PASSED:
        outcome, longrepr = "passed", None
    elif result.status in (Status.UNTOUCHED, Status.NOT_RUN):
        outcome, longrepr = "skipped", (file, 0, result.message)
    words: dict[str, Literal[1]] = dict.fromkeys(item.keywords, 1)
    sections = [("Captured stdout call", result.output)] if result.output else []
    report = pytest.TestReport(
        item.nodeid, item.location, words, outcome, longrepr, "call", sections=sections, duration=seconds
    )
    setattr(report, RESULT, vars(result) | {"status": result.status.value})  # pytest-xdist sends plain types only
    setattr(report, MARKS, list(marks))
    setattr(report, DIGEST, digest)
    return report


def result_of(report: pytest.TestReport) -> Result:
    """What `report` says, as a result."""
    result = Result(**vars(report)[RESULT])
    result.status = Status(result.status)
    return result
