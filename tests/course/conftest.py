"""What the tests of the course itself share."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from learn.course.catalogue import Exercise
from learn.course.files import write_whole
from learn.grading.verdict import Verdict

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from learn.grading.warm import WarmGrader

# What a fixture alone needs is imported in it: a test depends on what its fixtures import (learn/upkeep/inputs.py).
pytest_plugins = ["learn.upkeep.scope"]
VerdictOf = Callable[[Exercise, str], Verdict]


@pytest.fixture(scope="session")
def grader() -> Iterator["WarmGrader"]:
    """A warm grader, started once for the whole session."""
    from learn.grading.warm import WarmGrader

    with WarmGrader() as warm:
        yield warm


@pytest.fixture(scope="session")
def verdict_of(grader: "WarmGrader", tmp_path_factory: pytest.TempPathFactory) -> VerdictOf:
    """The terminal's verdict on a text as an exercise; graded once, however many tests and processes ask for it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def verdict_of(exercise: Exercise, text: str) -> Verdict:
        folder = shared / "verdicts" / f"{exercise.number}-{hashlib.sha256(text.encode()).hexdigest()}"
        known = folder / "verdict.json"
        if not known.exists():
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "learner.py").write_text(text, encoding="utf-8")
            [verdict] = grader.grade([exercise], file=str(folder / "learner.py"))
            write_whole(known, json.dumps(verdict.as_json()).encode())
        return Verdict.from_json(json.loads(known.read_text(encoding="utf-8")))

    return verdict_of


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """A Chromium: where there is none, its tests are skipped with a word on how to get it; in CI that is an error."""
    from playwright.sync_api import sync_playwright

    from learn.setup.chromium import find_chromium

    chromium = find_chromium()
    if chromium is None and not os.environ.get("CI"):
        pytest.skip("there is no Chromium here: `apt-get install chromium`, or google.com/chrome")
    assert chromium is not None, "CI needs a Chromium"
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])


@pytest.fixture(scope="session")
def site_with_programs() -> Iterator[str]:
    """The address of the site, served, its exercises running in the page; where that cannot be built, as `browser`."""
    from rich.console import Console

    from learn.pages.build import SITE, build_site
    from learn.setup.services import Services, free_port

    build_site(Console(quiet=True))
    built = any(one.is_dir() for one in (SITE / "assets" / "browser").iterdir())
    if not built and not os.environ.get("CI"):
        pytest.skip("the pages' programs could not be built here: `python -m learn build` says why")
    assert built, "CI needs the pages' programs"
    with Services() as services:
        yield services.serve_site(SITE, free_port(9400 + os.getpid() % 500))
