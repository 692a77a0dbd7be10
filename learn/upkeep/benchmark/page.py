"""What a reader of the site waits for and transfers, in Chromium, from this machine."""

import json
import statistics

from playwright.sync_api import Browser, Response, sync_playwright
from rich.console import Console

from learn.course.catalogue import exercises
from learn.course.starters import split_docstring
from learn.pages.build import SITE, build_site
from learn.pages.measured import Figures
from learn.setup.chromium import find_chromium
from learn.setup.services import Services, free_port
from learn.upkeep.benchmark.trouble import CannotMeasure


def measure_pages() -> Figures:
    """Seconds and bytes.

    Raises:
        CannotMeasure: there is no browser, or no programs for it.
    """
    chromium = find_chromium()
    build_site(Console(quiet=True))
    if chromium is None or not (SITE / "assets" / "browser" / "page.js").stat().st_size:
        raise CannotMeasure("The pages are not measured: there is no Chromium, or their programs could not be built.")
    rounds: list[dict[str, float]] = []
    with Services() as services, sync_playwright() as playwright:
        address = services.serve_site(SITE, free_port(8600))
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for _ in range(PAGE_ROUNDS):
            visit = Visit(browser, f"{address}lessons/02_parameters/")
            found = {"page_bytes": visit.bytes, "first_check": visit.check("2.3"), "checked_bytes": visit.bytes}
            found["second_check"] = min(visit.check("2.3") for _ in range(3))
            visit.page.goto(f"{address}lessons/09_core_queries/")
            visit.check("9.8")
            found["largest_check"] = min(visit.check("9.8") for _ in range(3))
            visit.page.context.close()
            rounds.append(found)
    return {key: statistics.median(one[key] for one in rounds) for key in rounds[0]}


class Visit:
    """A browser that has nothing cached, on one page."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.page = browser.new_context().new_page()
        self.bytes = 0.0  # over the network so far
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
