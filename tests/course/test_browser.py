"""Every page in a real browser: no error, nothing from elsewhere, accessible, on wide and narrow, light and dark."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, expect
from rich.console import Console

from learn.course.files import ROOT
from learn.pages.build import SITE, build_site
from learn.pages.build import address as address_of
from learn.setup.services import Services, free_port

pytestmark = pytest.mark.reads("site/assets/", "mkdocs.yml")

SCREENS: dict[str, ViewportSize] = {  # a laptop by day, a phone by night: each page on both
    "light": {"width": 1280, "height": 900},
    "dark": {"width": 390, "height": 844},
}
LOADED: dict[str, Literal["networkidle", "load"]] = {"light": "networkidle", "dark": "load"}  # once is enough
SERIOUS = {"serious", "critical"}

# A page has thousands of highlighted words in a few colours, and axe takes long over each: one of a kind will do.
UNWRAP_REPEATED = """() => {
  const seen = new Set();
  for (const word of document.querySelectorAll(".highlight code span[class]:not(:has(*))")) {
    const kind = `${word.closest("div[class]").className} ${word.className}`;
    if (seen.has(kind)) word.replaceWith(...word.childNodes);
    seen.add(kind);
  }
  document.body.normalize();
}"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    build_site(Console(quiet=True))
    with Services() as services:
        yield services.serve_site(SITE, free_port(8180 + os.getpid() % 500))


PAGES = sorted((ROOT / "site").rglob("*.md"))


def test_there_are_pages() -> None:
    assert len(PAGES) >= 10


@pytest.mark.parametrize("scheme", SCREENS)
@pytest.mark.parametrize("source", PAGES, ids=lambda source: address_of(source) or "home")
def test_a_page_is_sound(browser: Browser, address: str, source: Path, scheme: Literal["light", "dark"]) -> None:
    screen = SCREENS[scheme]
    context = browser.new_context(viewport=screen, color_scheme=scheme)
    try:
        page = context.new_page()
        problems = _watch(page, address)
        page.goto(f"{address}{address_of(source)}", wait_until=LOADED[scheme])
        assert not problems
        assert page.title()
        assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"], "wider than the screen"
        page.evaluate(UNWRAP_REPEATED)
        results = Axe().run(page)
        serious = [finding for finding in results.response["violations"] if finding["impact"] in SERIOUS]
        assert not serious, json.dumps(serious, indent=1)[:3000]
    finally:
        context.close()


def _watch(page: Page, address: str) -> list[str]:
    """A list that fills with every error and every request to another origin."""
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(f"error: {error}"))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("requestfailed", lambda request: problems.append(f"failed: {request.url}"))
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((address, "data:", "blob:"))
            else problems.append(f"elsewhere: {request.url}")
        ),
    )
    return problems


def test_code_can_be_copied(browser: Browser, address: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{address}lessons/01_hello_world/")
    blocks = page.locator(".md-typeset pre:has(> code)")
    assert blocks.count() == page.get_by_title("Copy to clipboard").count() > 10
    block = page.locator(".language-python pre").first
    block.hover()
    block.get_by_title("Copy to clipboard").click()
    expect(page.get_by_text("Copied to clipboard")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").strip() == block.inner_text().strip()
    context.close()


def test_a_missing_page_says_so(browser: Browser, address: str) -> None:
    page = browser.new_page()
    answer = page.goto(f"{address}lessons/99_missing/")
    assert answer is not None
    assert answer.status == 404
    assert "404" in page.content()


def test_chromium_is_required_in_ci() -> None:
    command = [sys.executable, "-m", "pytest", __file__, "-q", "-k", "missing_page", "-p", "no:cacheprovider"]
    environment = os.environ | {"CI": "true", "PATH": str(Path(sys.executable).parent)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "CI needs a Chromium" in done.stdout
