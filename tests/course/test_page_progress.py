"""What was passed shows in the navigation, in the lists of lessons and at the exercise, and nothing moves for it."""

import json
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from learn.browser.build import in_the_page
from learn.course.catalogue import Lesson

pytestmark = pytest.mark.reads("learn/browser/", "site/assets/")

LESSON = "02_parameters"
PAGES = ["", "lessons/", f"lessons/{LESSON}/"]
PASSED = ["2.1", "2.3"]
NUMBERS = [one.number for one in in_the_page() if one.lesson == Lesson(LESSON)]
WORDS = f"2 of {len(NUMBERS)} exercises passed in this browser"

# Where everything lies that a reader sees; the marks of progress themselves apart
PLACES = """() => [...document.querySelectorAll(".md-content *, .md-sidebar .md-nav__link")]
  .filter((one) => !one.closest(".progress, .cell__badge"))
  .map((one) => { const at = one.getBoundingClientRect(); return [one.tagName, at.x, at.y, at.width, at.height]; })"""
MARKED = ":is(a, label, li, td, h3):has(> .progress, > .cell__badge)"


def passed(*numbers: str) -> str:
    """A script that leaves the browser as if those exercises had been passed in it."""
    record = json.dumps({"file": "x = 1\n", "good": "x = 1\n", "head": 0})
    return "".join(f"localStorage.setItem('course:exercise:{number}', {json.dumps(record)});" for number in numbers)


@pytest.fixture(params=[390, 1280])
def context(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": request.param, "height": 900}, reduced_motion="reduce")
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def test_the_lesson_that_is_looked_at_has_these_exercises() -> None:
    assert set(PASSED) < set(NUMBERS)


@pytest.mark.parametrize("path", PAGES)
def test_progress_shows_and_nothing_moves(page: Page, site_with_programs: str, path: str) -> None:
    page.goto(f"{site_with_programs}{path}", wait_until="networkidle")
    expect(page.locator(".progress")).to_have_count(0)
    if path == PAGES[2]:  # the code of an exercise is the reader's own, which may be longer or shorter
        page.add_style_tag(content=".exercise > .highlight { display: none; }")
    before = page.evaluate(PLACES)
    page.evaluate(f"() => {{ {passed(*PASSED)} dispatchEvent(new Event('course:changed')); }}")
    kind = "pie" if path == PAGES[2] else "bar"
    marks = page.locator(f".progress--{kind}", has_text=WORDS)
    expect(marks.first).to_have_attribute("title", WORDS)
    assert page.evaluate(PLACES) == before
    page.evaluate("() => { localStorage.clear(); dispatchEvent(new Event('course:changed')); }")
    expect(page.locator(".progress")).to_have_count(0)


def test_it_is_there_when_a_page_opens(context: BrowserContext, site_with_programs: str) -> None:
    context.add_init_script(passed(*PASSED))
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site_with_programs}{PAGES[2]}", wait_until="networkidle")
    expect(page.locator(".exercise h3", has_text="✓ passed")).to_have_count(len(PASSED))
    entries = page.locator(".md-sidebar--secondary a:has(> .progress--pie)")
    assert [entry.split(":")[0].strip() for entry in entries.all_text_contents()] == ["Exercise 2.1", "Exercise 2.3"]
    assert sorted(url.rpartition("/")[2] for url in asked if "/assets/browser/" in url) == ["page.css", "page.js"]


@pytest.mark.parametrize("path", PAGES)
def test_it_is_accessible(context: BrowserContext, site_with_programs: str, path: str) -> None:
    context.add_init_script(passed(*PASSED))
    page = context.new_page()
    page.goto(f"{site_with_programs}{path}", wait_until="networkidle")
    expect(page.locator(".progress").first).to_be_attached()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
        found = Axe().run(page, context=MARKED).response["violations"]
        assert not [finding for finding in found if finding["impact"] in ("serious", "critical")]
