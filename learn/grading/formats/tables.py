"""Tables of a class as CSV: for a spreadsheet, for Moodle's grading worksheet, for Canvas's gradebook."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from learn.grading.entry import Entry, points_of

_FORMULA = re.compile(r"[=+\-@\t\r]")  # with what a spreadsheet begins to calculate


def table(entries: list[Entry]) -> str:
    """One row a learner: tests passed and tests in all, then the status of each exercise, then what to know."""
    heads = ["Learner", "ID", "Tests passed", "Tests", *_numbers(entries), "Notes"]
    return _csv(
        heads,
        (
            [entry.learner, entry.identity, entry.points, entry.most, *_statuses(entry), "; ".join(entry.notes)]
            for entry in entries
        ),
    )


def moodle(entries: list[Entry]) -> str:
    """What Moodle takes under "Upload grading worksheet" of an assignment: a grade of 100, and a comment.

    Moodle finds the learner by the number in the name of the folder that was downloaded from it.
    """
    heads = ["Identifier", "Full name", "Grade", "Maximum grade", "Last modified (grade)", "Feedback comments"]
    return _csv(
        heads,
        (
            [
                f"Participant {entry.identity}" if entry.identity else "",
                entry.learner,
                _percent(entry),
                "100.00",
                "",
                _comment(entry),
            ]
            for entry in entries
        ),
    )


def canvas(entries: list[Entry]) -> str:
    """What Canvas takes under "Import" of the gradebook: a column an exercise, worth as many points as it has tests.

    Canvas finds the learner by the number in the name of the file that was downloaded from it, else by the name.
    """
    verdicts = entries[0].verdicts if entries else []
    heads = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    possible: list[str | int] = ["    Points Possible", "", "", "", "", *(len(verdict.tests) for verdict in verdicts)]
    rows: list[Sequence[str | int]] = [
        [entry.learner, entry.identity, "", "", "", *(points_of(verdict) for verdict in entry.verdicts)]
        for entry in entries
    ]
    return _csv([*heads, *(f"{verdict.exercise} {verdict.title}" for verdict in verdicts)], [possible, *rows])


def _numbers(entries: list[Entry]) -> list[str]:
    return [verdict.exercise for verdict in entries[0].verdicts] if entries else []


def _statuses(entry: Entry) -> list[str]:
    return [str(verdict.status) for verdict in entry.verdicts]


def _percent(entry: Entry) -> str:
    return f"{100 * entry.points / entry.most:.2f}" if entry.most else "0.00"


def _comment(entry: Entry) -> str:
    exercises = (f"{verdict.exercise} {verdict.status}" for verdict in entry.verdicts)
    return "; ".join([f"{entry.points} of {entry.most} tests passed", *exercises])


def _csv(heads: Sequence[str], rows: Iterable[Sequence[str | int]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _cell(value: str | int) -> str | int:
    """`value` so that no spreadsheet takes a learner's text for a formula."""
    if isinstance(value, int):
        return value
    text = " ".join(value.split("\n"))
    return f"'{text}" if _FORMULA.match(text) else text
