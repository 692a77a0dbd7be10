"""Exercises in the page, in Firefox: a few, for what a browser has of its own. Chromium grades them all.

Firefox is driven by its own protocol, WebDriver BiDi, of which the tests need a few commands.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest
from websockets.sync.client import connect

from learn.browser.build import in_the_page
from learn.course.catalogue import Exercise
from learn.course.mistakes import variants
from learn.grading.verdict import Status, Verdict
from learn.pages.build import SITE

pytestmark = pytest.mark.reads("learn/browser/", "site/assets/")

VerdictOf = Callable[[Exercise, str], Verdict]
PATIENCE = 120  # seconds, for a Firefox that starts on a busy machine
ADDRESS = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
GRACE = 10  # seconds to end in


FIREFOX = [
    "firefox",
    "firefox-esr",
    "/Applications/Firefox.app/Contents/MacOS/firefox",
    r"C:\Program Files\Mozilla Firefox\firefox.exe",
]


def find_firefox() -> str | None:
    """The path of a Firefox on this machine, if it has one."""
    return next((path for name in FIREFOX if (path := shutil.which(name))), None)


class Firefox:
    """One page of a Firefox without windows and with an empty profile. Use it as a context manager."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.sent = 0

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            profile = opened.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
            self.log = Path(profile, "said.txt")
            options = ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"]
            with self.log.open("wb") as said:
                self.process = subprocess.Popen([self.path, *options], stdout=said, stderr=subprocess.STDOUT)
            opened.callback(self._end)
            self.socket = opened.enter_context(connect(f"{self._address()}/session", max_size=None, proxy=None))
            self.command("session.new", capabilities={})
            self.page = self.command("browsingContext.getTree")["contexts"][0]["context"]
            self.opened = opened.pop_all()
        return self

    def _end(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _address(self) -> str:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.process.poll() is None:
            if found := ADDRESS.search(self.log.read_text(encoding="utf-8", errors="replace")):
                return found[1]
            time.sleep(0.1)
        raise RuntimeError(f"Firefox does not start: {self.log.read_text(encoding='utf-8', errors='replace')[-500:]}")

    def command(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its result."""
        self.sent += 1
        self.socket.send(json.dumps({"id": self.sent, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("id") == self.sent:
                assert message["type"] == "success", message
                result: dict[str, Any] = message["result"]
                return result

    def open(self, address: str) -> None:
        """Open a page and wait until it is there."""
        self.command("browsingContext.navigate", context=self.page, url=address, wait="complete")

    def call(self, function: str, *arguments: object) -> Any:
        """Call a JavaScript function, which may be asynchronous, with `arguments`, and return its result."""
        code = f"async () => JSON.stringify(await ({function})(...{json.dumps(arguments)}))"
        answer = self.command(
            "script.callFunction", functionDeclaration=code, target={"context": self.page}, awaitPromise=True
        )
        assert answer["type"] == "success", answer.get("exceptionDetails", {}).get("text")
        return json.loads(answer["result"]["value"])

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.opened.close()


GRADE = """async (base, number, texts) => {
  const { grade } = await import(base + "cell.js");
  const verdicts = [];
  for (const text of texts) verdicts.push(await grade(new URL(base), number, text, true));
  return verdicts;
}"""


@pytest.fixture(scope="module")
def base(site_with_programs: str) -> str:
    """Where the pages' programs are."""
    [programs] = [folder for folder in (SITE / "assets" / "browser").iterdir() if folder.is_dir()]
    return f"{site_with_programs}assets/browser/{programs.name}/"


@pytest.fixture(scope="module")
def firefox(site_with_programs: str) -> Iterator[Firefox]:
    path = find_firefox()
    if path is None and not os.environ.get("CI"):
        pytest.skip("there is no Firefox here: `apt-get install firefox-esr`, or firefox.com")
    assert path is not None, "CI needs a Firefox"
    with Firefox(path) as started:
        started.open(f"{site_with_programs}lessons/")
        yield started


def first_of_each_lesson() -> list[Exercise]:
    """One exercise of each lesson that has any in the page."""
    return list({exercise.lesson: exercise for exercise in reversed(in_the_page())}.values())


@pytest.mark.parametrize("exercise", first_of_each_lesson(), ids=lambda exercise: exercise.number)
def test_firefox_and_the_terminal_agree(exercise: Exercise, firefox: Firefox, base: str, verdict_of: VerdictOf) -> None:
    wrong, *_ = (one.code for one in variants(exercise) if one.kind == "wrong")
    texts = [exercise.starter, exercise.solution, wrong]
    records = firefox.call(GRADE, base, exercise.number, texts)
    assert "error" not in records[0], records[0]
    for record, text in zip(records, texts, strict=True):
        there = verdict_of(exercise, text)
        assert record["status"] == there.status
        assert [(test["name"], test["status"]) for test in record["tests"]] == [
            (test.name, test.status) for test in there.tests
        ]


def test_a_runaway_is_stopped_in_firefox(firefox: Firefox, base: str) -> None:
    exercise = in_the_page()[0]
    runaway = f"{exercise.solution}\nwhile True:\n    pass\n"
    [stopped, after] = firefox.call(GRADE, base, exercise.number, [runaway, exercise.solution])
    assert stopped["status"] == Status.TIMEOUT
    assert after["status"] == Status.PASSED
