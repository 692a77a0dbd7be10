"""Turns what went wrong in a test into words for the learner, with the line to look at."""

from pathlib import Path

from learn.checks.mismatch import Mismatch, in_a_line
from learn.grading.loading import STOPS, BrokenFile, MissingFile, line_in
from learn.grading.verdict import Result, Status


def explain(name: str, error: BaseException, file: Path) -> Result:
    """The result of test `name`, which ended with `error` while it graded `file`."""
    result = Result(name, Status.FAILED, line=line_in(error, file))
    if isinstance(error, BrokenFile):
        result.status = Status.MISSING if isinstance(error, MissingFile) else Status.BROKEN
        result.line, result.message = error.line, str(error)
    elif isinstance(error, Mismatch):
        result.called, result.got, result.expected = error.called, error.got, error.expected
        result.message = str(error)
        if result.line is None and error.function and error.function[0] == str(file):
            result.line = _line_of_def(file, error.function[1])
    elif isinstance(error, AssertionError) and str(error):
        result.message = str(error).split("\nassert ")[0]
    elif isinstance(error, SystemExit):
        result.message = f"your code ended the program: SystemExit({error.code!r}). Take out the call of exit"
    elif isinstance(error, STOPS):
        result.message = (
            f"your code raised {in_a_line(error)}, which ends the test. Only one that runs to its end counts"
        )
    elif result.line is not None:
        result.message = f"your code raised {in_a_line(error)}"
    else:
        result.message = f"the grader could not go on: {in_a_line(error)}"
    result.code = line_of(file, result.line)
    return result


def _line_of_def(file: Path, first: int) -> int:
    """The line with `def` of the function whose decorators begin at line `first`."""
    lines = _lines(file)
    found = (
        number for number, line in enumerate(lines[first - 1 :], first) if line.lstrip().startswith(("def ", "async "))
    )
    return next(found, first)


def _lines(file: Path) -> list[str]:
    """The lines of `file` as Python counts them: a form feed, for instance, ends none."""
    return file.read_text(encoding="utf-8", errors="replace").split("\n")


def line_of(file: Path, number: int | None) -> str:
    """The text of a line of `file`, or nothing where there is none."""
    try:
        lines = _lines(file)
    except OSError:
        return ""
    return lines[number - 1].strip() if number and number <= len(lines) else ""


def in_words(result: Result, file: str) -> str:
    """A failed result as plain text over several lines: called, got, expected, where."""
    lines = [result.message]
    if result.called:
        lines = [result.called, f"  {result.got}", f"  expected {result.expected}"]
    if result.line:
        lines += [f"  at {file}:{result.line}", f"    {result.code}"]
    return "\n".join(lines)
