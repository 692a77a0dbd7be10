"""Measures the speeds that the course promises, always as ratios in one run: machines differ, and are noisy.

What is measured is what a learner sees: whole commands from outside, and watch mode through a terminal, from the
save to the verdict on the screen.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pexpect  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Response, sync_playwright
from rich.console import Console
from rich.table import Table

from learn.browser.build import BrowserBuildError, fetch_node_packages, find_node
from learn.course.catalogue import Exercise, exercises
from learn.course.files import ROOT
from learn.course.pristine import pristine_copy
from learn.course.starters import split_docstring
from learn.pages.build import SITE, build_site
from learn.setup.chromium import find_chromium
from learn.setup.services import Services, free_port
from learn.upkeep.self_check import kept_bytecode

ROUNDS = 7
PATIENCE = 60  # seconds


def seconds(action: Callable[[], object]) -> float:
    """How long `action` takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


class Bench:
    """A pristine copy of the course, in which commands are timed."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        self.environment = os.environ | {"LEARN_SETUP": "off", "PYTHONPATH": str(home), "NO_COLOR": "1"} | environment

    def run(self, *command: str) -> None:
        """Run `python -m command` to its end; its verdict does not matter."""
        nowhere = subprocess.DEVNULL
        command = (sys.executable, "-m", *command)
        subprocess.run(command, cwd=self.home, env=self.environment, stdout=nowhere, stderr=nowhere, check=False)

    def bare_pytest(self, exercise: Exercise, *options: str) -> None:
        """A bare pytest of the exercise's test file."""
        self.run("pytest", f"tests/{exercise.lesson.slug}/{exercise.grader.name}", *options)

    def file(self, exercise: Exercise) -> Path:
        """The copy of the learner's file."""
        return self.home / "lessons" / exercise.lesson.slug / exercise.file.name


class Watch:
    """Watch mode in a terminal of its own."""

    def __init__(self, bench: Bench, exercise: Exercise) -> None:
        self.file = bench.file(exercise)
        self.text = exercise.solution
        self.number = 0
        self.terminal = pexpect.spawn(
            sys.executable,
            ["-m", "learn", "watch", exercise.number],
            cwd=bench.home,
            env=bench.environment,
            timeout=PATIENCE,
        )
        self.terminal.expect("q quit")
        self.save()

    def save(self) -> None:
        """Save the file and wait for the verdict on it."""
        self.number += 1
        self.file.write_text(f"{self.text}\n# save {self.number}\n", encoding="utf-8")
        self.terminal.expect("passed")
        self.terminal.expect("q quit")

    def close(self) -> None:
        """End watch mode."""
        self.terminal.send("q")
        self.terminal.expect(pexpect.EOF)
        self.terminal.close()


@kept_bytecode()
def benchmark(console: Console) -> None:
    """Measure and print a table."""
    with tempfile.TemporaryDirectory(prefix="learn-") as folder:
        bench = Bench(pristine_copy(Path(folder)))
        exercise = next(one for one in exercises() if one.number == "2.3")
        table = Table(box=None, header_style="bold", pad_edge=False)
        for heading in ("", "bare pytest", "the course", "ratio", "budget"):
            table.add_column(heading, justify="left" if not heading else "right")
        with console.status("Measuring …"):
            bench.bare_pytest(exercise)  # compiles what the rest finds compiled
            _compare_watch(table, bench, exercise, "save to verdict in watch mode")
            compiling = Bench(bench.home, PYTHONPYCACHEPREFIX=str(bench.home / "none"), PYTHONDONTWRITEBYTECODE="1")
            _compare_watch(table, compiling, exercise, "the same where Python may keep no bytecode")
            _compare_check(table, bench, exercise)
            _compare_all(table, bench)
        console.print(table)
    with console.status("Measuring in a browser …"):
        pages = measure_pages()
    console.print("\n", pages)
    with console.status("Measuring with Lighthouse …"):
        scores = measure_with_lighthouse()
    console.print("\n", scores)


def _row(table: Table, what: str, theirs: list[float], ours: list[float], budget: str) -> None:
    """Add the medians, and the median of the ratios of neighbours in time."""
    ratio = statistics.median(their / our for their, our in zip(theirs, ours, strict=True))
    medians = (f"{statistics.median(times):.3f} s" for times in (theirs, ours))
    table.add_row(what, *medians, f"{ratio:.1f} times", budget)


def _compare_watch(table: Table, bench: Bench, exercise: Exercise, what: str) -> None:
    watch = Watch(bench, exercise)
    theirs, ours = [], []
    for _ in range(ROUNDS):
        ours.append(seconds(watch.save))
        theirs.append(seconds(lambda: bench.bare_pytest(exercise)))
    watch.close()
    _row(table, what, theirs, ours, "at least 20 times")


def _compare_check(table: Table, bench: Bench, exercise: Exercise) -> None:
    theirs, ours = [], []
    for _ in range(ROUNDS):
        ours.append(seconds(lambda: bench.run("learn", "check", exercise.number)))
        theirs.append(seconds(lambda: bench.bare_pytest(exercise)))
    _row(table, f"learn check {exercise.number}, cold", theirs, ours, "at least 1 time")


def _compare_all(table: Table, bench: Bench) -> None:
    ours = [seconds(lambda: bench.run("learn", "check", "all", "--solutions"))]
    theirs = [sum(seconds(partial(bench.bare_pytest, one, "--solutions")) for one in exercises())]
    _row(table, f"grading all {len(exercises())} solutions", theirs, ours, "at least 5 times")


# In the page


def measure_pages() -> Table | str:
    """What a reader of the site waits for and transfers, in Chromium, from this machine; or why that is not known."""
    chromium = find_chromium()
    build_site(Console(quiet=True))
    if chromium is None or not (SITE / "assets" / "browser" / "page.js").stat().st_size:
        return "The pages are not measured: there is no Chromium, or their programs could not be built."
    first, second, least, page, checked = [], [], [], [], []
    with Services() as services, sync_playwright() as playwright:
        address = services.serve_site(SITE, free_port(8600))
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for _ in range(PAGE_ROUNDS):
            visit = Visit(browser, f"{address}lessons/02_parameters/")
            page.append(visit.transferred())
            first.append(visit.check("2.3"))
            checked.append(visit.transferred())
            second.append(min(visit.check("2.3") for _ in range(3)))
            visit.page.goto(f"{address}lessons/01_hello_world/")
            visit.check("1.1")
            least.append(min(visit.check("1.1") for _ in range(3)))
            visit.page.context.close()
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("In the page", "measured", "budget"):
        table.add_column(heading, justify="left" if heading == "In the page" else "right")
    table.add_row("first Check, nothing cached", f"{statistics.median(first):.2f} s", "under 4 s")
    table.add_row("second Check, 2 tests (1.1)", f"{statistics.median(least) * 1000:.0f} ms", "under 100 ms")
    table.add_row("second Check, 12 tests (2.3)", f"{statistics.median(second) * 1000:.0f} ms", "")
    table.add_row("transferred with the first Check", f"{statistics.median(checked) / 1e6:.1f} MB", "under 20 MB")
    table.add_row("a lesson's page without Check", f"{statistics.median(page) / 1e3:.0f} kB", "under 500 kB")
    return table


class Visit:
    """A browser that has nothing cached, on one page."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.page = browser.new_context().new_page()
        self.bytes = 0.0
        network = self.page.context.new_cdp_session(self.page)
        network.send("Network.enable")
        network.on("Network.loadingFinished", self._count)
        # What a worker loads is a network of its own, told from its answers.
        self.page.context.on("response", self._count_worker)
        self.page.add_init_script(f"localStorage.length || Object.assign(localStorage, {json.dumps(_solved())})")
        self.page.goto(address, wait_until="networkidle")

    def _count(self, event: dict[str, float]) -> None:
        self.bytes += event["encodedDataLength"]

    def _count_worker(self, response: Response) -> None:
        if response.url.rpartition("/")[2] in WORKERS_FILES:
            self.bytes += int(response.headers.get("content-length", 0))

    def transferred(self) -> float:
        """Bytes over the network so far."""
        return self.bytes

    def check(self, number: str) -> float:
        """Press Check; seconds until the verdict is shown."""
        return float(self.page.evaluate(CHECK, number))


def _solved() -> dict[str, str]:
    """What the browser keeps of a reader who has solved all exercises: a starter would not be run."""
    kept = {}
    for exercise in exercises():
        head = exercise.solution.removesuffix(split_docstring(exercise.solution)[1].lstrip("\n"))
        kept[f"course:exercise:{exercise.number}"] = json.dumps({"file": exercise.solution, "head": len(head)})
    return kept


WORKERS_FILES = {"pyodide.mjs", "pyodide.asm.mjs", "pyodide-lock.json", "pyodide.bin", "library.bin", "packages.bin"}
WORKERS_FILES |= {"course.zip"}
PAGE_ROUNDS = 3
CHECK = """async (number) => {
  const block = document.querySelector(`.exercise[data-exercise="${number}"]`);
  const old = block.querySelector(".cell__headline");
  const start = performance.now();
  block.querySelector("[data-do=check]").click();
  for (;;) {
    const now = block.querySelector(".cell__headline");
    if (now && now !== old) return (performance.now() - start) / 1000;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}"""


# Lighthouse

LIGHTHOUSE = ROOT / "learn" / "browser" / "lighthouse"  # its package-lock.json; nothing else of the course needs it
CATEGORIES = {"performance": "performance", "accessibility": "accessible", "best-practices": "practices", "seo": "SEO"}
ENOUGH = "95 in each"


def measure_with_lighthouse() -> Table | str:
    """What Lighthouse thinks of the home page and of a lesson, on a phone and on a desk; or why that is not known."""
    chromium = find_chromium()
    if chromium is None:
        return "Lighthouse is not run: there is no Chromium."
    try:
        program = fetch_node_packages(LIGHTHOUSE, "Fetching Lighthouse") / "node_modules/lighthouse/cli/index.js"
        command = [*find_node(), str(program)]
    except BrowserBuildError as error:
        return f"Lighthouse is not run: {error}"
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("Lighthouse", *CATEGORIES.values(), "budget"):
        table.add_column(heading, justify="left" if heading == "Lighthouse" else "right")
    with Services() as services:
        address = services.serve_site(SITE, free_port(8650))
        for page in ("", "lessons/02_parameters/"):
            for screen, options in {"phone": [], "desk": ["--preset=desktop"]}.items():
                runs = [_lighthouse(command, chromium, address + page, *options) for _ in range(PAGE_ROUNDS)]
                best = (f"{max(run[name] for run in runs):.0f}" for name in CATEGORIES)  # noise only ever lowers them
                table.add_row(f"{page or 'home'}, {screen}", *best, ENOUGH)
    return table


def _lighthouse(command: list[str], chromium: str, address: str, *options: str) -> dict[str, float]:
    """The scores of one run, from 0 to 100."""
    flags = ["--quiet", "--output=json", f"--only-categories={','.join(CATEGORIES)}"]
    flags += ["--chrome-flags=--headless=new --no-sandbox --disable-gpu"]
    environment = os.environ | {"CHROME_PATH": chromium}
    done = subprocess.run(
        [*command, address, *flags, *options], env=environment, capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)["categories"]
    return {name: 100 * found[name]["score"] for name in CATEGORIES}
