"""Exercises in the page: the same verdicts as in the terminal, from the same grader, in a real browser."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from learn.browser.build import BUILD, BrowserBuildError, build_browser, in_the_page
from learn.course.catalogue import Exercise, exercises, select
from learn.course.mistakes import variants
from learn.grading.verdict import Verdict
from learn.pages import build
from learn.pages.build import SITE
from learn.upkeep.tricks import TRICKS

pytestmark = pytest.mark.reads("learn/browser/", "site/assets/", "tests/02_parameters/", "solutions/02_parameters/")

PATIENCE = 60_000  # milliseconds
NUMBER = "2.1"
VerdictOf = Callable[[Exercise, str], Verdict]

GRADE = """async ([base, number, texts, asked]) => {
  const { grade } = await import(base + "cell.js");
  const verdicts = [];
  for (const text of texts) verdicts.push(await grade(new URL(base), number, text, asked));
  return verdicts;
}"""


@pytest.fixture(scope="module")
def address(site_with_programs: str) -> str:
    """The site, served, with its programs."""
    return site_with_programs


def programs() -> Path:
    """The folder on the site that holds Python and the editor."""
    found = [folder for folder in (SITE / "assets" / "browser").iterdir() if folder.is_dir()]
    assert len(found) <= 1
    return found[0] if found else SITE / "assets" / "browser" / "missing"


@pytest.fixture(scope="module")
def page(address: str, browser: Browser) -> Page:
    """A page of the site, kept for the whole file, so that Python loads once."""
    page = browser.new_page()
    page.goto(f"{address}lessons/")
    return page


def grade_in_page(page: Page, address: str, exercise: Exercise, texts: list[str], asked: bool = True) -> list[Verdict]:
    """The verdicts that the page gives, one after the other."""
    base = f"{address}assets/browser/{programs().name}/"
    records: list[dict[str, Any]] = page.evaluate(GRADE, [base, exercise.number, texts, asked])
    for record in records:
        assert "error" not in record, record["error"]
    return [Verdict.from_json(record) for record in records]


# What Python 3.13 calls otherwise than 3.11
RENAMED = {"raised PatternError": "raised error", "Unprocessable Content": "Unprocessable Entity"}


def summary(verdict: Verdict) -> dict[str, Any]:
    """What must be the same everywhere: all but how long it took, where the file lies, and Python's own words.

    Those, after `raised ValueError:`, differ from version to version, and the page has a newer Python.
    """
    record = verdict.as_json()
    file = record["file"] if Path(record["file"]).is_absolute() else f"/course/{record['file']}"
    for test in record["tests"]:
        for name in {"message", "got"} & test.keys():
            text = test[name].replace(file, "FILE").replace(Path(file).name, "FILE")
            for later, earlier in RENAMED.items():
                text = text.replace(later, earlier)
            test[name] = re.sub(r"\b(raised \w+): .*?(?=, which a client|; expected|$)", r"\1", text, flags=re.DOTALL)
    return {name: value for name, value in record.items() if name not in ("seconds", "file")}


def test_there_are_exercises_in_the_page() -> None:
    assert len(in_the_page()) > 0
    for exercise in exercises():
        runs = exercise.metadata.get("browser")
        assert runs is True or (isinstance(runs, str) and runs), f"{exercise.number}: say `browser = true`, or why not"


@pytest.mark.parametrize("exercise", in_the_page(), ids=lambda exercise: exercise.number)
def test_the_page_and_the_terminal_agree(exercise: Exercise, page: Page, address: str, verdict_of: VerdictOf) -> None:
    texts = {"starter": exercise.starter, "solution": exercise.solution}
    texts |= {f"{one.kind}: {one.why}": one.code for one in variants(exercise)}
    here = [summary(verdict) for verdict in grade_in_page(page, address, exercise, [*texts.values()])]
    there = [summary(verdict_of(exercise, text)) for text in texts.values()]
    different = {name: both for name, *both in zip(texts, here, there, strict=True) if both[0] != both[1]}
    assert not different, json.dumps(different, indent=1)


def test_no_trick_is_passed_in_the_page_either(page: Page, address: str) -> None:
    """What the terminal sees by the system's means, by files and processes, the page has no need to see."""
    tricks = [trick for trick in TRICKS if trick.kind.startswith("puts") and trick.exercise == "2.3"]
    base = f"{address}assets/browser/{programs().name}/"
    records = page.evaluate(GRADE, [base, "2.3", [trick.text for trick in tricks], True])
    passed = [trick.name for trick, record in zip(tricks, records, strict=True) if record.get("status") == "passed"]
    assert not passed
    assert "tampered" in [record.get("status") for record in records]
    [verdict] = grade_in_page(page, address, select("2.3")[0], [select("2.3")[0].solution])
    assert verdict.passed, verdict


def test_an_unchanged_starter_is_untouched(page: Page, address: str) -> None:
    exercise = in_the_page()[0]
    [verdict] = grade_in_page(page, address, exercise, [exercise.starter], asked=False)
    assert verdict.status == "untouched"


# One program and the next

SPOILERS = {
    "a function of the standard library": "import json\njson.dumps = json.loads = None",
    "a method of a library": "from fastapi import FastAPI\nFastAPI.get = None",
    "a method that was inherited": "import httpx2\nhttpx2.ASGITransport.__setattr__ = None",
    "an object of a library": "import json\njson._default_encoder.encode = lambda *_: 'x'",
    "a dict of a library": "import fastapi.encoders\nfastapi.encoders.ENCODERS_BY_TYPE.clear()",
    "a built-in function": "import builtins\nbuiltins.print = builtins.isinstance = None",
    "a built-in name, put over a library's": "import fastapi.routing\nfastapi.routing.isinstance = lambda *_: False",
    "the modules": "import sys\nsys.modules['json'] = None\ndel sys.modules['pydantic']\nsys.path.clear()",
    "a library that nobody had imported": "import sqlite3\nsqlite3.connect = None",
    "a library imported when another was broken": "import re\nre.compile = None\nimport colorsys, statistics",
    "the environment": "import os\nos.environ.clear()\nos.getcwd = os.chdir = None",
    "standard output": "import sys\nsys.stdout.close()\nsys.stdout = None",
    "warnings and logging": "import logging, warnings\nwarnings.simplefilter('error')\nlogging.disable()\n"
    "logging.root.handlers.append(None)",
    "the event loop": "import asyncio\nasyncio.Runner.run = asyncio.new_event_loop = None",
    "the clock": "import time\ntime.monotonic = lambda: 1e12\ntime.sleep = None",
    "the collector and the tracer": "import gc, sys\ngc.collect = None\ngc.disable()\nsys.setrecursionlimit(70)",
    "the grader": "import pytest, learn.grading.runner\npytest.Session.from_config = None\n"
    "learn.grading.runner.runtestprotocol = None",
}


@pytest.mark.parametrize("spoiler", SPOILERS.values(), ids=SPOILERS.keys())
def test_a_spoiled_library_is_put_right(page: Page, address: str, spoiler: str) -> None:
    base = f"{address}assets/browser/{programs().name}/"
    first, *others = in_the_page()[:3]
    page.evaluate(GRADE, [base, first.number, [f"{first.solution}\n{spoiler}\n"], True])  # whatever the verdict is
    for exercise in (first, *others):
        [verdict] = grade_in_page(page, address, exercise, [exercise.solution])
        assert verdict.passed, verdict


def test_most_of_it_needs_no_other_worker(page: Page, address: str) -> None:
    [exercise] = select(NUMBER)
    grade_in_page(page, address, exercise, [exercise.solution])
    made: list[Any] = []
    page.on("worker", lambda worker: made.append(worker))
    spoiled = f"{exercise.solution}\nimport json\njson.dumps = None\n"
    *_, verdict = grade_in_page(page, address, exercise, [spoiled, exercise.solution])
    assert verdict.passed
    assert not made


def test_a_library_that_one_program_imported_works_in_the_next(page: Page, address: str) -> None:
    [exercise] = select("7.1")
    first = f"{exercise.solution}\nfrom sqlalchemy.orm import Session\n"
    second = f"{exercise.solution}\nfrom sqlalchemy.orm import DeclarativeBase\n\n\nclass Base(DeclarativeBase): ...\n"
    verdicts = grade_in_page(page, address, exercise, [first, second])
    assert [verdict.status for verdict in verdicts] == ["passed", "passed"], verdicts[-1].first_failure


def test_a_worker_that_has_grown_too_large_is_replaced(page: Page, address: str) -> None:
    [exercise] = select(NUMBER)
    large = f"{exercise.solution}\nheld = bytearray(600 * 2**20)\ndel held\n"
    made: list[Any] = []
    page.on("worker", lambda worker: made.append(worker))
    verdicts = grade_in_page(page, address, exercise, [large, exercise.solution, exercise.solution])
    assert [verdict.status for verdict in verdicts] == ["passed", "passed", "passed"]
    assert len(made) == 1


# The build


def test_two_builds_give_the_same_bytes(address: str, tmp_path: Path) -> None:  # noqa: ARG001
    if not programs().is_dir():
        pytest.skip("the pages' programs could not be built here")
    first = {
        file.relative_to(BUILD / "site"): file.read_bytes() for file in (BUILD / "site").rglob("*") if file.is_file()
    }
    assert len(first) > 8
    again = build_browser(tmp_path)
    second = {file.relative_to(again): file.read_bytes() for file in again.rglob("*") if file.is_file()}
    assert first.keys() == second.keys()
    assert not [name for name in first if first[name] != second[name]]


def test_without_a_network_the_site_builds_and_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def offline() -> Path:
        raise BrowserBuildError("there is no network")

    monkeypatch.setattr(build, "build_browser", offline)
    assert "there is no network" in build.build_programs()
    build.put_programs_on_site(tmp_path, there=False)
    assert (tmp_path / "assets" / "browser" / "page.js").read_text(encoding="utf-8") == ""


def test_every_part_has_a_licence(address: str) -> None:  # noqa: ARG001
    if not programs().is_dir():
        pytest.skip("the pages' programs could not be built here")
    parts = json.loads((BUILD / "packages" / "licences.json").read_text(encoding="utf-8"))
    assert {"pyodide", "fastapi", "pytest", "SQLAlchemy", "@codemirror/view"} <= {part["name"] for part in parts}
    assert not [part["name"] for part in parts if not part["licence"]]
    assert "fastapi" in (SITE / "reference" / "licences" / "index.html").read_text(encoding="utf-8")
