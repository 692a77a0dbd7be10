"""Measures the speeds that the course promises, always as ratios in one run: machines differ, and are noisy.

What is measured is what a learner sees: whole commands from outside, watch mode through a terminal, from the save to
the verdict on the screen, and pages in a browser. It is written to `learn/pages/measured/`, from where pages show it.
"""

from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from learn.pages import measured
from learn.pages.figures import measured_on
from learn.pages.promises import table
from learn.upkeep.benchmark.lighthouse import measure_with_lighthouse
from learn.upkeep.benchmark.page import measure_pages
from learn.upkeep.benchmark.proving import measure_self_check
from learn.upkeep.benchmark.setup import measure_setup
from learn.upkeep.benchmark.terminal import measure_terminal
from learn.upkeep.benchmark.trouble import CannotMeasure
from learn.upkeep.self_check import kept_bytecode

KINDS: dict[str, tuple[str, Callable[[], measured.Figures]]] = {
    "speed": ("Comparing with bare pytest", measure_terminal),
    "setup": ("Setting up a new course", measure_setup),
    "pages": ("Measuring in a browser", measure_pages),
    "lighthouse": ("Measuring with Lighthouse", measure_with_lighthouse),
    "self_check": ("Proving a lesson, and then all", measure_self_check),
}


@kept_bytecode()
def benchmark(console: Console, kinds: list[str]) -> int:
    """Measure these `kinds`, write it down and print it. Returns the exit status: 1 where one could not be measured."""
    status = 0
    for kind in kinds:
        doing, measure = KINDS[kind]
        try:
            with console.status(f"{doing} …"):
                measured.record(kind, measure())
        except CannotMeasure as trouble:
            console.print(str(trouble), style="yellow", markup=False)
            status = 1
            continue
        console.print(f"\n{measured_on(kind)}\n")
        console.print(_as_printed(kind))
    return status


def _as_printed(kind: str) -> Table:
    heading, *rows = table(kind)
    printed = Table(box=None, header_style="bold", pad_edge=False)
    for place, title in enumerate(heading):
        printed.add_column(title, justify="left" if place in (0, len(heading) - 1) else "right")
    for row in rows:
        printed.add_row(*(cell.replace("`", "") for cell in row))
    return printed
