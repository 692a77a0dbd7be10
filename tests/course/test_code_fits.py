"""Code fits the page: in a window 1280 pixels wide nothing is scrolled sideways, on a phone only code is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from learn.course.catalogue import Lesson, lessons
from learn.course.files import ROOT
from learn.pages.build import address as address_of

pytestmark = pytest.mark.reads("learn/browser/page/", "site/assets/", "mkdocs.yml")

WINDOW, PHONE = 1280 - 15, 390  # pixels; a window has a scrollbar, which a browser without a window leaves out
COLUMNS = 88  # as in pyproject.toml
PAGES = sorted((ROOT / "site").rglob("*.md"))

SHOW_ALL = """() => {
  document.querySelectorAll("details").forEach((folded) => (folded.open = true));
  document.querySelectorAll(".tabbed-block").forEach((tab) => (tab.style.display = "block"));
}"""
BLOCKS = """() => [...document.querySelectorAll(".md-content :is(pre, pre > code):not([hidden] *)")].map((block) => ({
  first: block.innerText.trim().split("\\n")[0],
  isCode: block.closest(".language-python, .language-yaml") !== null,
  width: block.clientWidth,
  needed: block.scrollWidth,
}))"""


@pytest.fixture(scope="module")
def reader(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.set_default_timeout(60_000)
    yield page
    page.close()


@pytest.mark.parametrize("source", PAGES, ids=lambda source: address_of(source) or "home")
def test_the_code_of_a_page_fits(reader: Page, site_with_programs: str, source: Path) -> None:
    reader.set_viewport_size({"width": WINDOW, "height": 900})
    reader.goto(f"{site_with_programs}{address_of(source)}", wait_until="load")
    reader.evaluate(SHOW_ALL)
    blocks = reader.evaluate(BLOCKS)
    assert len(blocks) >= _fenced(source)
    assert not _too_wide(blocks), address_of(source)
    reader.set_viewport_size({"width": PHONE, "height": 844})
    assert not [block for block in _too_wide(reader.evaluate(BLOCKS)) if not block["isCode"]]
    assert reader.evaluate("document.documentElement.scrollWidth") <= PHONE, "wider than the phone"


def test_there_are_many_blocks() -> None:
    assert sum(map(_fenced, PAGES)) > 300


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.slug)
def test_a_line_fits_the_editor(reader: Page, site_with_programs: str, lesson: Lesson) -> None:
    in_page = [exercise for exercise in lesson.exercises if exercise.metadata.get("browser") is True]
    longest = max(in_page, key=lambda exercise: exercise.starter.count("\n"))  # its line numbers are the widest
    reader.set_viewport_size({"width": WINDOW, "height": 900})
    reader.goto(f"{site_with_programs}{longest.page}", wait_until="load")
    exercise = reader.locator(f"[data-exercise='{longest.number}']")
    exercise.get_by_role("button", name="Edit").click()
    exercise.locator(".cm-content").press("Control+End")
    reader.keyboard.insert_text("\n" + "#" * COLUMNS)
    assert "#" * COLUMNS in exercise.locator(".cm-content").inner_text()
    scroller = exercise.locator(".cm-scroller")
    assert scroller.evaluate("one => one.scrollWidth") <= scroller.evaluate("one => one.clientWidth") > COLUMNS


def _fenced(source: Path) -> int:
    """How many blocks of code a page's source has."""
    return source.read_text(encoding="utf-8").count("```") // 2


def _too_wide(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    assert all(block["width"] for block in blocks), "a block was not shown, and so not measured"
    return [block for block in blocks if block["needed"] > block["width"]]
