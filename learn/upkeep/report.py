"""A pytest plugin that shows how far the self-check is, how long it will still take, and what each part of it cost.

How long a test takes is known from the run before; it also puts the long ones first, so that no core waits at the end
for one of them.
"""

import json
import time
from collections import Counter
from pathlib import Path

import pytest
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from learn.course.files import ROOT, write_whole

DURATIONS = ROOT / "build" / "durations.json"  # seconds, by the name of the test
STEP = 0.05  # of the whole, after which a line is printed where there is no terminal
SLOWEST = 5  # tests that are named at the end


def known_durations() -> dict[str, float]:
    """How long each test took when it ran last."""
    try:
        durations: dict[str, float] = json.loads(DURATIONS.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return durations


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long tests first, file by file: those of one file share what is slow to start."""
    known = known_durations()
    whole: Counter[Path] = Counter()
    for item in items:
        whole[item.path] += known.get(item.nodeid, 0)  # type: ignore[assignment]
    items.sort(key=lambda item: (-whole[item.path], item.path, -known.get(item.nodeid, 0)))


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Report(config.getoption("numprocesses", None) or 1))


def remaining(known: dict[str, float], ids: list[str], done: set[str], work: float, workers: int) -> float:
    """About how many seconds are left; `work` is how many the tests in `done` took, all together."""
    before = [known[one] for one in done if one in known]
    pace = work / sum(before) if sum(before) else 1.0  # how this run compares with the one before
    mean = work / len(done) if done else 0.0  # for a test that nobody has seen yet
    return sum(known[one] * pace if one in known else mean for one in ids if one not in done) / workers


class Report:
    """Counts finished tests and adds up what they cost."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self.known = known_durations()
        self.ids: list[str] = []
        self.seconds: Counter[str] = Counter()
        self.done: set[str] = set()
        self.said = 0.0
        self.started = time.monotonic()
        self.console = Console(highlight=False)
        columns = (TextColumn("{task.percentage:3.0f} %"), BarColumn(), TextColumn("{task.description}"))
        self.bar = Progress(*columns, TimeElapsedColumn(), console=self.console, transient=True)
        self.task = self.bar.add_task("Collecting the tests …", total=None)

    def pytest_sessionstart(self) -> None:
        if self.console.is_terminal:
            self.bar.start()

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """All workers collect the same tests."""
        self.ids = ids

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Without workers, the tests are collected here."""
        self.ids = self.ids or [item.nodeid for item in session.items]

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """A letter for each of thousands of tests tells nothing; those that fail are named at once."""
        return ("" if report.when != "call" else "passed", "", "") if report.passed else None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] += report.duration  # type: ignore[assignment]
        if report.failed:
            self.console.print(f"✗ {report.nodeid}", style="red", markup=False)
        if report.when == "teardown":
            self.done.add(report.nodeid)
            self._show()

    def _show(self) -> None:
        share = len(self.done) / max(len(self.ids), 1)
        left = remaining(self.known, self.ids, self.done, self.seconds.total(), self.workers)
        told = f"{len(self.done)} of {len(self.ids)} tests, about {in_words(left)} left"
        self.bar.update(self.task, total=len(self.ids), completed=len(self.done), description=told)
        if not self.console.is_terminal and share >= self.said + STEP:
            self.said = share
            self.console.print(f"{share:4.0%}  {told}, {in_words(time.monotonic() - self.started)} so far")

    def pytest_sessionfinish(self) -> None:
        self.bar.stop()
        write_whole(DURATIONS, json.dumps(self.known | self.seconds, indent=1).encode())

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print what each part cost, the dearest first."""
        parts: Counter[str] = Counter()
        counts: Counter[str] = Counter()
        for name, seconds in self.seconds.items():
            part = Path(name.partition("::")[0]).stem.removeprefix("test_").replace("_", " ")
            parts[part] += seconds
            counts[part] += 1
        terminalreporter.section("what each part cost")
        for part, seconds in parts.most_common():
            share = seconds / (self.seconds.total() or 1)
            terminalreporter.write_line(f"{part:20} {counts[part]:5} tests {in_words(seconds):>10} {share:6.1%}")
        for name, seconds in self.seconds.most_common(SLOWEST):
            terminalreporter.write_line(f"{seconds:6.1f} s  {name}")


def in_words(seconds: float) -> str:
    """A duration as people say it: `48 s`, `3 min 05 s`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
