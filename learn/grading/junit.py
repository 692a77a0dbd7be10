"""Verdicts as JUnit XML, the format that classroom and CI systems read."""

from pathlib import Path
from xml.etree import ElementTree

from learn.grading.verdict import Status, Verdict


def write(file: Path, verdicts_by_learner: dict[str, list[Verdict]]) -> None:
    """Write one test suite for each learner and exercise. The learner's name may be empty.

    Raises:
        OSError: `file` cannot be written.
    """
    root = ElementTree.Element("testsuites")
    for learner, verdicts in verdicts_by_learner.items():
        for verdict in verdicts:
            root.append(_suite(learner, verdict))
    ElementTree.indent(root)
    ElementTree.ElementTree(root).write(file, encoding="utf-8", xml_declaration=True)


def _suite(learner: str, verdict: Verdict) -> ElementTree.Element:
    bad = sum(test.status not in (Status.PASSED, Status.UNTOUCHED, Status.NOT_RUN) for test in verdict.tests)
    skipped = sum(test.status in (Status.UNTOUCHED, Status.NOT_RUN) for test in verdict.tests)
    name = f"{learner} {verdict.exercise}".strip()
    suite = ElementTree.Element(
        "testsuite",
        {
            "name": name,
            "tests": str(len(verdict.tests)),
            "failures": str(bad),
            "skipped": str(skipped),
            "time": f"{verdict.seconds:.3f}",
        },
    )
    if verdict.marks:
        properties = ElementTree.SubElement(suite, "properties")
        for mark in verdict.marks:
            ElementTree.SubElement(properties, "property", {"name": "to look at", "value": _printable(mark)})
    for test in verdict.tests:
        case = ElementTree.SubElement(suite, "testcase", {"classname": name, "name": test.name})
        if test.status in (Status.UNTOUCHED, Status.NOT_RUN):
            ElementTree.SubElement(case, "skipped", {"message": test.message})
        elif test.status is not Status.PASSED:
            failure = ElementTree.SubElement(
                case, "failure", {"type": test.status, "message": _printable(test.message)}
            )
            failure.text = _printable(test.output)
    return suite


def _printable(text: str) -> str:
    """`text` without the control characters that XML cannot hold."""
    return "".join(character for character in text if character.isprintable() or character in "\n\t")
