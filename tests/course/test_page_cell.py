"""An exercise's cell in the page, used as a reader does: written in, checked, reset, and carried elsewhere."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from learn.browser.policy import policy
from learn.course.catalogue import select
from learn.course.starters import split_docstring
from learn.desk.transfer import read
from learn.pages.build import SITE
from learn.setup.site_server import SiteHandler, SiteServer

pytestmark = pytest.mark.reads("learn/browser/", "site/assets/", "tests/02_parameters/", "solutions/02_parameters/")

PATIENCE = 60_000  # milliseconds
NUMBER = "2.1"
LESSON = "lessons/02_parameters/"


@pytest.fixture(scope="module")
def address(site_with_programs: str) -> str:
    """The site, served, with its programs."""
    return site_with_programs


def code(text: str) -> str:
    """The part of an exercise's file that the editor shows."""
    return split_docstring(text)[1].strip("\n")


class Cell:
    """An exercise on a page, used as a reader does."""

    def __init__(self, page: Page, number: str = NUMBER) -> None:
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        self.page = page
        self.block = page.locator(f'.exercise[data-exercise="{number}"]')
        self.status = self.block.locator(".cell__status")
        self.result = self.block.locator(".cell__result")
        self.editor = self.block.locator(".cm-content")

    def press(self, name: str) -> None:
        self.block.get_by_role("button", name=name, exact=True).click()

    def write(self, text: str) -> None:
        """Replace what the editor holds."""
        if not self.editor.count():
            self.press("Edit")
        self.editor.click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def check(self, status: str) -> Locator:
        """Press Check, and wait for that verdict."""
        self.press("Check")
        expect(self.result.locator("strong").first).to_contain_text(f"{NUMBER} {status}")
        return self.result


@pytest.fixture
def cell(browser: Browser, address: str) -> Iterator[Cell]:
    context = browser.new_context()
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.goto(f"{address}{LESSON}", wait_until="networkidle")
    yield Cell(page)
    context.close()
    assert not problems


def test_nothing_is_loaded_before_it_is_asked_for(browser: Browser, address: str) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}{LESSON}", wait_until="networkidle")
    own = [url for url in asked if "/assets/browser/" in url]
    assert sorted(url.rpartition("/")[2] for url in own) == ["page.css", "page.js"]


def test_a_reader_solves_an_exercise(cell: Cell) -> None:
    [exercise] = select(NUMBER)
    solution = code(exercise.solution)
    cell.check("untouched")
    cell.write(solution.replace("version: int", "version: str"))
    result = cell.check("failed")
    expect(result).to_contain_text("GET /models/spam-filter/versions/3")
    expect(result).to_contain_text("expected 200")
    expect(result).to_contain_text(exercise.hints()[0])
    expect(cell.block.locator(".cell__line")).to_contain_text("version + 1")
    cell.write(solution)
    cell.page.keyboard.press("Control+Enter")
    expect(cell.result).to_contain_text(f"{NUMBER} passed")
    expect(cell.block.locator("h3")).to_contain_text("✓ passed")
    cell.page.reload()
    expect(cell.block.locator("h3")).to_contain_text("✓ passed")
    expect(cell.block).to_contain_text(solution.splitlines()[-1].strip())
    cell.check("passed")


def test_reset_can_be_undone(cell: Cell) -> None:
    cell.write("print('mine')")
    cell.press("Reset")
    expect(cell.editor).to_contain_text("FastAPI")
    cell.status.get_by_role("button", name="Undo").click()
    expect(cell.editor).to_have_text("print('mine')")


def test_hints_are_a_ladder_and_the_solution_asks_twice(cell: Cell) -> None:
    hints = cell.block.locator("details.hint")
    expect(hints.first).to_be_hidden()
    cell.press("Hint")
    expect(hints.first).to_be_visible()
    expect(hints.nth(1)).to_be_hidden()
    solution = cell.block.locator("details.solution")
    cell.press("Solution")
    expect(cell.status).to_contain_text("again")
    expect(solution).to_be_hidden()
    cell.press("Solution")
    expect(solution).to_be_visible()


@pytest.mark.parametrize(
    ("endless", "line"),
    [
        ("import time\nwhile True:\n    time.sleep(1)", "time.sleep(1)"),
        ("while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass", ""),
        ("import itertools\nsum(itertools.count())", ""),
    ],
    ids=["slept", "stubborn", "deaf"],
)
def test_a_program_that_runs_away_is_stopped(cell: Cell, endless: str, line: str) -> None:
    cell.write(endless)
    expect(cell.check("timeout")).to_contain_text("did not finish")
    expect(cell.result).to_contain_text(line)
    cell.write("x = (")
    expect(cell.check("broken")).to_contain_text("SyntaxError")


def test_what_a_program_says_is_never_markup(cell: Cell) -> None:
    cell.write("raise ValueError('<img src=x onerror=alert(1)>')")
    expect(cell.check("broken")).to_contain_text("<img src=x")
    assert cell.result.locator("img").count() == 0


def test_one_program_does_not_meet_what_another_left(cell: Cell) -> None:
    cell.write("import os, sys\nos.environ['LEFT'] = '1'\nos.mkdir('left')\nsys.path.clear()\nsys.exit(3)")
    expect(cell.check("broken")).to_contain_text("SystemExit(3)")
    [exercise] = select(NUMBER)
    cell.write(f"import os\nassert 'LEFT' not in os.environ and not os.listdir()\n{code(exercise.solution)}")
    cell.check("passed")


def test_without_javascript_the_task_and_the_command_are_there(browser: Browser, address: str) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{address}{LESSON}")
    block = page.locator(f'.exercise[data-exercise="{NUMBER}"]')
    expect(block).to_contain_text(f"python -m learn check {NUMBER}")
    expect(block.locator("details.solution")).to_be_visible()
    expect(block.get_by_role("button", name="Check")).to_have_count(0)


# Under a strict policy


class StrictHandler(SiteHandler):
    """Serves the site as a careful host does."""

    policy = ""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", self.policy)
        super().end_headers()


@pytest.fixture
def strict_address(address: str) -> Iterator[str]:  # noqa: ARG001  the site is built
    StrictHandler.policy = policy(SITE)
    with SiteServer(("127.0.0.1", 0), partial(StrictHandler, directory=str(SITE))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


def test_it_works_under_a_strict_policy(browser: Browser, strict_address: str) -> None:
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for path in ("", "lessons/", LESSON):
        page.goto(f"{strict_address}{path}", wait_until="networkidle")
    cell = Cell(page)
    cell.write("x = 1")
    cell.check("failed")
    assert not complaints
    assert "unsafe-eval'" not in StrictHandler.policy.replace("'wasm-unsafe-eval'", "")
    inline = (
        "() => { const it = document.createElement('script'); it.text = 'window.ran = 1'; document.body.append(it); }"
    )
    page.evaluate(inline)
    assert page.evaluate("window.ran") is None
    assert complaints, "the policy is in force"


# Carrying work elsewhere


def choose(page: Page, content: str) -> None:
    """Import a file with that content."""
    file: FilePayload = {
        "name": "work.json",
        "mimeType": "application/json",
        "buffer": content.encode("utf-8", "surrogatepass"),
    }
    page.locator("[data-progress] input[type=file]").set_input_files(file)


def stored(page: Page) -> dict[str, Any]:
    """What the browser keeps of one exercise."""
    record: dict[str, Any] = page.evaluate(
        "n => JSON.parse(localStorage.getItem('course:exercise:' + n) ?? '{}')", NUMBER
    )
    return record


def test_work_goes_from_the_terminal_to_the_browser_and_back(cell: Cell, address: str, tmp_path: Path) -> None:
    [exercise] = select(NUMBER)
    entry = {"file": exercise.solution, "passed": True, "hints": 1}
    content = {"course": "ai-deployment-mastery", "version": 1, "exercises": {NUMBER: entry}}
    cell.page.goto(f"{address}lessons/")
    panel = cell.page.locator("[data-progress]")
    expect(panel).to_contain_text("0 of")
    choose(cell.page, json.dumps(content))
    expect(panel).to_contain_text("1 exercises were taken over. 1 of them passed elsewhere, says the file")
    expect(panel).to_contain_text("0 of")
    with cell.page.expect_download() as download:
        panel.get_by_role("button", name="Export").click()
    file = tmp_path / "work.json"
    download.value.save_as(file)
    content["exercises"] = {NUMBER: entry | {"passed": False}}  # nobody has seen it pass here
    assert json.loads(file.read_text(encoding="utf-8")) == content
    assert [entry.text for entry in read(file)] == [exercise.solution]
    cell.page.goto(f"{address}{LESSON}")
    expect(cell.block).to_contain_text(code(exercise.solution).splitlines()[-1].strip())
    expect(cell.block.locator("h3")).to_contain_text("not checked here")
    cell.check("passed")
    expect(cell.block.locator("h3")).to_contain_text("✓ passed")


def test_an_import_overwrites_nothing_for_good(cell: Cell, address: str) -> None:
    cell.write("mine = True")
    before = stored(cell.page)
    cell.page.goto(f"{address}lessons/")
    entry = {"file": "theirs = True\n", "passed": False, "hints": 0}
    choose(cell.page, json.dumps({"course": "ai-deployment-mastery", "version": 1, "exercises": {NUMBER: entry}}))
    panel = cell.page.locator("[data-progress]")
    expect(panel).to_contain_text(f"other code than this browser for {NUMBER}")
    assert stored(cell.page) == before
    panel.get_by_role("button", name="Take it over").click()
    assert stored(cell.page)["file"] == "theirs = True\n"
    panel.get_by_role("button", name="Bring back what was here").click()
    assert stored(cell.page) == before


@pytest.mark.parametrize(
    "hostile",
    ["", "null", "[]", '{"course": "ai-deployment-mastery", "version": 1}', "[" * 100_000],
    ids=["empty", "null", "list", "half", "deep"],
)
def test_a_hostile_file_changes_nothing(cell: Cell, address: str, hostile: str) -> None:
    cell.page.goto(f"{address}lessons/")
    choose(cell.page, hostile)
    expect(cell.page.locator("[data-progress] .cell__status")).to_contain_text("This file")
    assert cell.page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('course:'))") == []


def test_hostile_entries_change_nothing(cell: Cell, address: str) -> None:
    cell.page.goto(f"{address}lessons/")
    for entry in ("null", '{"file": 1}', '{"file": "\\u0000"}', '{"file": "\\ud800"}'):
        choose(cell.page, f'{{"course": "ai-deployment-mastery", "version": 1, "exercises": {{"{NUMBER}": {entry}}}}}')
        expect(cell.page.locator("[data-progress] .cell__status")).to_contain_text("no program")
        assert stored(cell.page) == {}
