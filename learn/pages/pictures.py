"""Makes the README's pictures from the real thing: `python -m learn.pages.pictures`, in the maintainers' setup."""

import io
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pexpect  # type: ignore[import-untyped]
from playwright.sync_api import Page, sync_playwright
from rich.console import Console
from rich.text import Text

from learn.course.catalogue import select
from learn.course.files import ROOT
from learn.course.pristine import pristine_copy
from learn.course.starters import split_docstring
from learn.pages.build import SITE, build_site
from learn.setup.chromium import find_chromium
from learn.setup.services import Services, free_port

PICTURES = ROOT / "site" / "assets" / "pictures"
COLUMNS, ROWS = 96, 30
FRAME = 12  # pixels around a part of a page
CLEAR = "\x1b[2J"


def watch_mode() -> str:
    """Watch mode after a save that is half right, as SVG."""
    [exercise] = select("2.3")
    with tempfile.TemporaryDirectory(prefix="learn-") as folder:
        home = pristine_copy(Path(folder))
        environment = os.environ | {"LEARN_SETUP": "off", "PYTHONPATH": str(home), "TERM": "xterm-256color"}
        environment |= {"COLUMNS": str(COLUMNS), "LINES": str(ROWS), "COLORTERM": "truecolor"}
        environment.pop("NO_COLOR", None)
        terminal = pexpect.spawn(
            sys.executable,
            ["-m", "learn", "watch", exercise.number],
            cwd=home,
            env=environment,
            encoding="utf-8",
            dimensions=(ROWS, COLUMNS),
            timeout=60,
        )
        terminal.expect("q quit")
        half_right = exercise.solution.replace("ge=1, le=100", "ge=1")
        assert half_right != exercise.solution
        (home / "lessons" / exercise.lesson.slug / exercise.file.name).write_text(half_right, encoding="utf-8")
        terminal.expect("failed.*q quit")
        screen = (terminal.before + terminal.after).rpartition(CLEAR)[2].replace("\x1b[H", "").replace("\r\n", "\n")
        terminal.send("q")
        terminal.expect(pexpect.EOF)
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    without_counts = re.sub(r"\d+ of \d+ (solved|tests)", lambda found: " " * len(found[0]), screen)
    console.print(Text.from_ansi(without_counts))  # which change with every exercise, and the picture does not
    svg = console.export_svg(title="python3 -m learn", unique_id="watch")
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)  # which would be fetched from elsewhere


@contextmanager
def browsing() -> Iterator[Page]:
    """A page in a browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox", "--disable-gpu"])
        yield browser.new_page(viewport={"width": 1280, "height": 860})


def lesson_page(page: Page, address: str) -> bytes:
    """An exercise on a lesson's page, as PNG."""
    page.goto(f"{address}lessons/02_parameters/#exercise-2-3", wait_until="networkidle")
    page.wait_for_timeout(500)
    return page.screenshot()


def graded_in_page(page: Page, address: str) -> bytes:
    """An exercise that was passed in its page, and a request to its app, as PNG."""
    [exercise] = select("3.1")
    page.goto(f"{address}{exercise.page}", wait_until="networkidle")
    block = page.locator(f'[data-exercise="{exercise.number}"]')
    block.get_by_role("button", name="Edit").click()
    block.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(split_docstring(exercise.solution)[1].strip("\n"))
    page.keyboard.press("Control+Home")
    block.get_by_role("button", name="Check").click()
    block.get_by_text(f"✓ {exercise.number} passed").wait_for()
    block.get_by_role("button", name="Try it").click()
    block.get_by_label("Operation").select_option("POST /models")
    block.get_by_role("textbox", name="Body").fill('{"name": "spam-filter", "task": "text-classification"}')
    block.get_by_role("button", name="Send").click()
    block.get_by_text("201 Created", exact=True).wait_for()
    page.add_style_tag(content=".md-header, .md-top { display: none; }")  # they lie over the page wherever it is
    code, console = block.locator(".highlight:has(.cm-editor)").bounding_box(), block.locator(".console").bounding_box()
    assert code is not None and console is not None
    left, top = code["x"] - FRAME, code["y"] + page.evaluate("scrollY") - FRAME
    height = console["y"] + console["height"] - code["y"] + 2 * FRAME
    return page.screenshot(
        full_page=True, clip={"x": left, "y": top, "width": code["width"] + 2 * FRAME, "height": height}
    )


def main() -> None:
    """Write the pictures."""
    PICTURES.mkdir(exist_ok=True)
    (PICTURES / "watch.svg").write_text(watch_mode(), encoding="utf-8")
    build_site(Console())
    with Services() as services, browsing() as page:
        address = services.serve_site(SITE, free_port(8280))
        (PICTURES / "lesson.png").write_bytes(lesson_page(page, address))
        (PICTURES / "in_page.png").write_bytes(graded_in_page(page, address))


if __name__ == "__main__":
    main()
