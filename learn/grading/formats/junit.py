"""JUnit XML, the format that continuous integration reads: one suite for each learner and exercise."""

from xml.etree import ElementTree

from learn.course.words import visible
from learn.grading.entry import Entry
from learn.grading.verdict import Status, Verdict

_SKIPPED = (Status.UNTOUCHED, Status.NOT_RUN)
_ERRORS = (Status.BROKEN, Status.MISSING)


def document(entries: list[Entry]) -> str:
    """The whole report."""
    root = ElementTree.Element("testsuites")
    for entry in entries:
        for verdict in entry.verdicts:
            root.append(_suite(entry, verdict))
    ElementTree.indent(root)
    return f"<?xml version='1.0' encoding='utf-8'?>\n{ElementTree.tostring(root, encoding='unicode')}\n"


def _suite(entry: Entry, verdict: Verdict) -> ElementTree.Element:
    statuses = [test.status for test in verdict.tests]
    skipped = sum(status in _SKIPPED for status in statuses)
    errors = sum(status in _ERRORS for status in statuses)
    failures = sum(status is not Status.PASSED for status in statuses) - skipped - errors
    name = f"{entry.learner} {verdict.exercise}".strip()
    counts = {"tests": len(statuses), "failures": failures, "errors": errors, "skipped": skipped}
    suite = ElementTree.Element("testsuite", {"name": name} | {kind: str(count) for kind, count in counts.items()})
    suite.set("time", f"{verdict.seconds:.3f}")
    if verdict.marks:
        properties = ElementTree.SubElement(suite, "properties")
        for mark in verdict.marks:
            ElementTree.SubElement(properties, "property", {"name": "mark", "value": visible(mark)})
    for test in verdict.tests:
        case = ElementTree.SubElement(suite, "testcase", {"classname": name, "name": test.name})
        if test.status is Status.PASSED:
            continue
        message = visible(test.message)
        if test.status in _SKIPPED:
            ElementTree.SubElement(case, "skipped", {"message": message})
            continue
        kind = "error" if test.status in _ERRORS else "failure"
        ElementTree.SubElement(case, kind, {"type": test.status, "message": message}).text = visible(test.output)
    if entry.notes:
        ElementTree.SubElement(suite, "system-out").text = visible("\n".join(entry.notes))
    return suite
