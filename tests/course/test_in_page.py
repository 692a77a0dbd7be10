"""Exercises in the page: the same verdicts as in the terminal, from the same grader, in a real browser."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright
from rich.console import Console

from learn.browser.build import BUILD, in_the_page
from learn.build import SITE, build_site
from learn.course import Exercise, exercises
from learn.verdict import Verdict
from learn.grading.warm import WarmGrader
from learn.maintenance import find_chromium
from learn.services import Services, free_port
from learn.variants import variants

PATIENCE = 60_000  # milliseconds

# Python words some things anew from version to version, and the page has a newer one.
GRADE = """async ([base, number, text, asked]) => {
  const { grade } = await import(base + "cell.js");
  return await grade(new URL(base), number, text, asked);
}"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The site, served, with its programs: where they cannot be built, that is an error in CI."""
    build_site(Console(quiet=True))
    if not programs().is_dir() and not os.environ.get("CI"):
        pytest.skip("the pages' programs could not be built here: `python -m learn build` says why")
    with Services() as services:
        yield services.serve_site(SITE, free_port(8690 + os.getpid() % 500))


def programs() -> Path:
    """The folder on the site that holds Python and the editor."""
    found = [folder for folder in (SITE / "assets" / "browser").iterdir() if folder.is_dir()]
    assert len(found) <= 1
    return found[0] if found else SITE / "assets" / "browser" / "missing"


@pytest.fixture(scope="module")
def page(address: str) -> Iterator[Page]:
    """A page of the site in Chromium, kept for the whole file, so that Python loads once."""
    chromium = find_chromium()
    if chromium is None and not os.environ.get("CI"):
        pytest.skip("there is no Chromium here: `apt-get install chromium`, or google.com/chrome")
    assert chromium is not None, "CI needs a Chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{address}lessons/")
        yield page


def grade_in_page(page: Page, address: str, exercise: Exercise, text: str, asked: bool = True) -> Verdict:
    """The verdict that the page gives."""
    base = f"{address}assets/browser/{programs().name}/"
    record: dict[str, Any] = page.evaluate(GRADE, [base, exercise.number, text, asked])
    assert "error" not in record, record["error"]
    record.pop("digest")
    return Verdict.from_json(record)


def summary(verdict: Verdict) -> dict[str, Any]:
    """What must be the same everywhere."""
    return {"status": verdict.status, "hint": verdict.hint, "tests": {test.name: test.status for test in verdict.tests}}


def test_there_are_exercises_in_the_page() -> None:
    assert len(in_the_page()) > 0
    for exercise in exercises():
        runs = exercise.metadata.get("browser")
        assert runs is True or (isinstance(runs, str) and runs), f"{exercise.number}: say `browser = true`, or why not"


@pytest.mark.parametrize("exercise", in_the_page(), ids=lambda exercise: exercise.number)
def test_the_page_and_the_terminal_agree(
    exercise: Exercise, page: Page, address: str, grader: WarmGrader, tmp_path: Path
) -> None:
    texts = {"starter": exercise.starter, "solution": exercise.solution}
    texts |= {f"{one.kind}: {one.why}": one.code for one in variants(exercise)}
    file = tmp_path / "learner.py"
    different = {}
    for name, text in texts.items():
        file.write_text(text, encoding="utf-8")
        [there] = grader.grade([exercise], file=str(file))
        here = grade_in_page(page, address, exercise, text)
        if summary(here) != summary(there):
            different[name] = (summary(here), summary(there))
        if os.environ.get("MESSAGES"):
            for a, b in zip(here.tests, there.tests):
                if (a.message, a.line, a.code, a.output, a.called,a.got,a.expected) != (b.message, b.line, b.code, b.output,b.called,b.got,b.expected):
                    open("/tmp/browser/scratch/msgs.txt", "a").write(f"{exercise.number} {name} {a.name}\n   {a.message!r} {a.line} {a.output!r}\n   {b.message!r} {b.line} {b.output!r}\n")
    assert not different, json.dumps(different, indent=1)


def test_an_unchanged_starter_is_untouched(page: Page, address: str) -> None:
    exercise = in_the_page()[0]
    assert grade_in_page(page, address, exercise, exercise.starter, asked=False).status == "untouched"
