"""What GitHub Classroom's reporting action reads from a step of a workflow, before it is encoded in base64."""

import json

from learn.grading.entry import Entry
from learn.grading.formats.gradescope import story
from learn.grading.verdict import Status, Verdict

LONGEST = 400  # characters
_STATUSES = {Status.PASSED: "pass", Status.BROKEN: "error"}


def document(entries: list[Entry]) -> str:
    """The report on the one learner in `entries`: an exercise is one test, worth one point where it is passed.

    The action shares `max_score` out evenly among the tests, so that they must be worth the same.
    """
    [entry] = entries
    tests = [
        {
            "name": f"{verdict.exercise} {verdict.title}",
            "status": _STATUSES.get(verdict.status, "fail"),
            "score": int(verdict.passed),
            "message": "" if verdict.passed else _message(verdict),
            "test_code": f"python -m learn check {verdict.exercise}",
            "filename": verdict.file,
            "line_no": next((test.line for test in verdict.tests if test.line), 0),
            "execution_time": f"{verdict.seconds:.3f}s",
        }
        for verdict in entry.verdicts
    ]
    passed = all(verdict.passed for verdict in entry.verdicts)
    results = {"version": 1, "status": "pass" if passed else "fail", "max_score": len(tests), "tests": tests}
    return json.dumps(results, ensure_ascii=False) + "\n"


def _message(verdict: Verdict) -> str:
    """What is wrong. All of them travel in one environment variable, which holds 128 KB: so each is short."""
    text = f"{verdict.status}\n{story(verdict)}"
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"
