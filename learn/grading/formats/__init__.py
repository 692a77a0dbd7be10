"""Writes a report in the formats that other systems take. Each format is a function from entries to text."""

from collections.abc import Callable
from dataclasses import dataclass

from learn.grading.entry import Entry
from learn.grading.formats import classroom, gradescope, junit, records, tables


@dataclass(frozen=True)
class Format:
    """One format: what it is for, its document on entries, and whether it holds but one learner."""

    purpose: str
    document: Callable[[list[Entry]], str]
    single: bool = False


FORMATS = {
    "json": Format("the course's own; what `join` reads", records.document),
    "junit": Format("JUnit XML, for continuous integration", junit.document),
    "csv": Format("a table for a spreadsheet", tables.table),
    "moodle": Format("Moodle's grading worksheet", tables.moodle),
    "canvas": Format("Canvas's gradebook", tables.canvas),
    "gradescope": Format("Gradescope's results.json, of one learner", gradescope.document, single=True),
    "classroom": Format("GitHub Classroom's reporter, of one learner", classroom.document, single=True),
}
