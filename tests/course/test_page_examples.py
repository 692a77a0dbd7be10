"""Programs in the text that run in the page: each prints there what the page shows, and can be put back."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from learn.course.files import ROOT
from learn.pages.build import SITE
from learn.pages.build import address as address_of

pytestmark = pytest.mark.reads("learn/browser/", "site/assets/")

PATIENCE = 60_000  # milliseconds
LESSON = "lessons/02_parameters/"
PAIR = re.compile(
    r"^ *```(?:python|\{\.python[^\n]*\})\n(?:(?!```).*\n)*? *```\n\s*```text title=\"Output\"\n", re.MULTILINE
)

# What the page makes a button of, and what it says about the rest
PROGRAMS = """() => [...document.querySelectorAll(".language-text:has(> .run > button)")].map((output) => [
  output.previousElementSibling.querySelector("pre").textContent,
  output.querySelector("pre").textContent,
])"""
STAYING = "() => [...document.querySelectorAll('[data-stays]')].map((code) => code.dataset.stays)"
RUN = "async ([base, text]) => (await import(base + 'cell.js')).run(new URL(base), text)"


def pages() -> dict[Path, int]:
    """The pages that show programs with their output, and how many."""
    files = sorted((ROOT / "site").rglob("*.md"))
    counts = {file: len(PAIR.findall(file.read_text(encoding="utf-8"))) for file in files}
    return {file: count for file, count in counts.items() if count}


def test_there_are_programs() -> None:
    assert sum(pages().values()) >= 10
    assert LESSON in map(address_of, pages())


@pytest.fixture(scope="module")
def lesson(browser: Browser, site_with_programs: str) -> Iterator[Page]:
    """One page for the whole file, so that Python loads once."""
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.goto(f"{site_with_programs}{LESSON}", wait_until="networkidle")
    yield page
    assert not problems


@pytest.mark.parametrize("source", pages(), ids=address_of)
def test_each_program_prints_in_the_page_what_is_shown(
    lesson: Page, browser: Browser, site_with_programs: str, source: Path
) -> None:
    other = browser.new_page()
    other.goto(f"{site_with_programs}{address_of(source)}")
    programs, staying = other.evaluate(PROGRAMS), other.evaluate(STAYING)
    other.close()
    assert all(staying), "`data-stays` gives the reason why a program cannot run in the page"
    assert len(programs) + len(staying) == pages()[source]
    [version] = [folder.name for folder in (SITE / "assets" / "browser").iterdir() if folder.is_dir()]
    base = f"{site_with_programs}assets/browser/{version}/"
    different = {}
    for program, shown in programs:
        printed = lesson.evaluate(RUN, [base, program])
        if not is_shown(shown, printed):
            different[program] = (shown, printed)
    assert not different, (
        f"mend them, or write why they stay: ```{{.python data-stays='it starts a thread'}}\n{different}"
    )


def is_shown(shown: str, printed: str) -> bool:
    """Whether `shown`, in which `...` stands for anything, is what was printed.

    Python's own words, after `ValueError:`, differ from version to version, and the page has a newer Python.
    """
    lines = [line.rstrip() for line in shown.strip().splitlines()]
    said = [line.rstrip() for line in printed.strip().splitlines()]
    if lines and said and (name := re.match(r"(\w+Error): ", lines[-1])) and said[-1].startswith(name[0]):
        lines, said = [*lines[:-1], name[0]], [*said[:-1], name[0]]
    pattern = "".join(
        r"(?:.*\n)*?" if line == "..." else re.escape(line).replace(r"\.\.\.", ".*") + r"\n" for line in lines
    )
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in said)) is not None


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("1\n2\n", "1\n2", True),
        ("1\n2\n", "1\n3", False),
        ("a ... z\n", "a b z", True),
        ("KeyError: 'a'\n", "KeyError: other words", True),
        ("KeyError: 'a'\n", "ValueError: 'a'", False),
        ("1\n", "", False),
    ],
)
def test_outputs_are_compared(shown: str, printed: str, same: bool) -> None:
    assert is_shown(shown, printed) is same


class Program:
    """The first program of a page, used as a reader does."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.output = page.locator(".language-text:has(> .run > button)").first
        self.code = page.locator(".language-python:has(+ .language-text > .run > button)").first
        self.shown = self.output.locator("pre > code")
        self.title = self.output.locator(".filename")
        self.status = self.output.locator("[role=status]")
        self.again = self.output.get_by_role("button", name="Put back")

    def run(self) -> None:
        self.output.get_by_role("button", name="Run").click()
        expect(self.title).to_have_text("Output of your run")
        expect(self.page.locator(".run--busy")).to_have_count(0)

    def write(self, text: str) -> None:
        """Replace what the editor holds."""
        self.code.locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)


@pytest.fixture
def program(lesson: Page) -> Iterator[Program]:
    program = Program(lesson)
    yield program
    if program.again.is_visible():
        program.again.click()


def test_a_reader_runs_changes_and_puts_back(program: Program) -> None:
    before = [part.text_content() for part in (program.code, program.shown, program.title)]
    assert not program.again.is_visible()
    program.run()
    expect(program.shown).to_have_text(str(before[1]).strip())
    program.write("import warnings\n\nwarnings.warn('careful')\nprint('<b>mine</b>')\n1 / 0")
    program.page.keyboard.press("Control+Enter")
    expect(program.shown).to_have_text("UserWarning: careful\n<b>mine</b>\nZeroDivisionError: division by zero\n")
    expect(program.code.locator(".cell__line")).to_have_text("1 / 0")
    program.again.click()
    expect(program.output.get_by_role("button", name="Run")).to_be_focused()
    assert before == [part.text_content() for part in (program.code, program.shown, program.title)]


@pytest.mark.parametrize(
    ("text", "printed", "status"),
    [
        ("x = 1", "", "It printed nothing."),
        ("print('a', end='')", "a\n", ""),
        ("x = (", "SyntaxError: '(' was never closed\n", ""),
        ("import sys\n\nprint('before')\nsys.exit(3)\n", "before\nSystemExit: 3\n", ""),
        ("print('begun')\nwhile True:\n    pass\n", "begun\n", "Stopped: it did not finish."),
    ],
    ids=["silent", "no newline", "syntax", "exit", "endless"],
)
def test_what_a_program_can_end_in(program: Program, text: str, printed: str, status: str) -> None:
    program.run()
    program.write(text)
    program.run()
    expect(program.status).to_have_text(status)
    expect(program.shown).to_have_text(printed)


def test_the_buttons_take_no_room(program: Program) -> None:
    height = "output => output.getBoundingClientRect().height"
    with_buttons = program.output.evaluate(height)
    without = program.output.evaluate(
        "output => { const it = output.querySelector('.run'); it.hidden = true;"
        " const height = output.getBoundingClientRect().height; it.hidden = false; return height; }"
    )
    assert with_buttons == without > 0


@pytest.mark.parametrize("width", [390, 1280])
def test_a_program_that_was_run_is_accessible(program: Program, width: int) -> None:
    program.page.set_viewport_size({"width": width, "height": 900})
    program.run()
    assert program.page.evaluate("document.documentElement.scrollWidth") <= width
    for scheme in ("light", "dark"):
        program.page.emulate_media(color_scheme=scheme)
        found = Axe().run(program.page, context=".highlight:has(> .run), .run--open").response["violations"]
        assert not [finding for finding in found if finding["impact"] in ("serious", "critical")]


@pytest.mark.parametrize("missing", ["JavaScript", "WebAssembly"])
def test_without_what_it_needs_the_page_reads_as_before(
    browser: Browser, site_with_programs: str, missing: str
) -> None:
    [shown] = [count for source, count in pages().items() if address_of(source) == LESSON]
    context = browser.new_context(java_script_enabled=missing != "JavaScript")
    context.add_init_script("delete globalThis.WebAssembly")
    page = context.new_page()
    page.goto(f"{site_with_programs}{LESSON}")
    expect(page.locator(".language-text > .filename", has_text="Output")).to_have_count(shown)
    expect(page.get_by_role("button", name="Run")).to_have_count(0)
    expect(page.get_by_role("button", name="Try it")).to_have_count(0)
    context.close()
