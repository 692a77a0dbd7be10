"""Gradescope's `results.json`, as its autograder specification describes it: one learner, one case an exercise."""

import json
from typing import Any

from learn.grading.entry import Entry, points_of
from learn.grading.verdict import Verdict


def document(entries: list[Entry]) -> str:
    """The report on the one learner in `entries`; an exercise has as many points as it has tests."""
    [entry] = entries
    results: dict[str, Any] = {
        "output": "\n".join([f"{entry.points} of {entry.most} tests passed.", *entry.notes]),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "stdout_visibility": "hidden",
        "execution_time": round(sum(verdict.seconds for verdict in entry.verdicts)),
        "tests": [_case(verdict) for verdict in entry.verdicts],
    }
    return json.dumps(results, indent=2, ensure_ascii=False) + "\n"


def _case(verdict: Verdict) -> dict[str, Any]:
    return {
        "name": f"{verdict.title}: {verdict.status}",
        "number": verdict.exercise,
        "score": points_of(verdict),
        "max_score": len(verdict.tests),
        "status": "passed" if verdict.passed else "failed",
        "output": story(verdict),
        "visibility": "visible",
        "tags": [verdict.status.replace(" ", "-")],
    }


def story(verdict: Verdict) -> str:
    """What a learner reads about an exercise: of each test how it went, then the hint."""
    lines = []
    for test in verdict.tests:
        lines.append(f"{test.status}: {test.name}")
        if test.message and not verdict.passed:
            lines += [f"    {line}" for line in test.message.splitlines()]
            lines += [f"    line {test.line}: {test.code}"] if test.line else []
    return "\n".join([*lines, *([f"Hint: {verdict.hint}"] if verdict.hint else [])])
