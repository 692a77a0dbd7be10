"""What the course promises of speed and size: the budgets, and how what was measured compares with them.

`python -m learn benchmark` measures and prints these tables; the page for maintainers shows the same ones.
"""

from collections.abc import Callable
from dataclasses import dataclass

from learn.pages.measured import Figures, read
from learn.setup.environment import DISK

Rows = list[list[str]]  # of a table, the heading first
Unit = Callable[[float], str]

NOT_YET = "not yet measured"


def times(ratio: float) -> str:
    return f"{ratio:.1f} times" if ratio % 1 else f"{ratio:.0f} time{'' if ratio == 1 else 's'}"


def seconds(value: float) -> str:
    return f"{value:.2g} s" if value < 1 else f"{value:.1f} s" if value % 1 else f"{value:.0f} s"


def milliseconds(value: float) -> str:
    return f"{value * 1e3:.0f} ms"


def minutes(value: float) -> str:
    return f"{value / 60:.1f} minutes" if value % 60 else f"{value / 60:.0f} minutes"


def megabytes(value: float) -> str:
    return f"{value / 1e6:.1f} MB" if value % 1e6 else f"{value / 1e6:.0f} MB"


def kilobytes(value: float) -> str:
    return f"{value / 1e3:.0f} kB"


def score(value: float) -> str:
    return f"{value:.0f}"


@dataclass(frozen=True)
class Promise:
    """A budget: that a value is under `most`, or at least `least`; `what` names it in the tables."""

    what: str
    unit: Unit
    most: float | None = None
    least: float | None = None

    @property
    def budget(self) -> str:
        """As the tables say it."""
        return f"under {self.unit(self.most)}" if self.most is not None else f"at least {self.unit(self.least or 0)}"

    def verdict(self, value: float) -> str:
        """Whether `value` is within the budget, in words."""
        kept = value < self.most if self.most is not None else value >= (self.least or 0)
        return "met" if kept else "not met"


# Compared with bare pytest: a budget of `times` is for the ratio, one of `seconds` for the course's own time.
COMPARED = {
    "watch": Promise("save to verdict in watch mode, 2.3", times, least=20),
    "watch_checkpoint": Promise("the same for a checkpoint, 9.8", seconds, most=0.2),
    "check": Promise("`learn check 2.3`, cold", times, least=1),
    "all": Promise("grading every solution", times, least=5),
}

MEASURED = {
    "pages": {
        "first_check": Promise("first Check, nothing cached", seconds, most=2),
        "second_check": Promise("second Check, 2.3", milliseconds, most=0.05),
        "largest_check": Promise("second Check, the largest exercise, 9.8", milliseconds, most=0.1),
        "checked_bytes": Promise("transferred with the first Check", megabytes, most=20e6),
        "page_bytes": Promise("a lesson's page without Check", kilobytes, most=400e3),
    },
    "setup": {
        "seconds": Promise("set-up, packages cached", seconds, most=15),
        "disk": Promise("what it takes on the disk", megabytes, most=DISK),
    },
    "self_check": {
        "lesson": Promise("`learn test`, the largest lesson in all its faces", minutes, most=2 * 60),
        "all": Promise("`learn test`, everything there is", minutes, most=30 * 60),
    },
}

LIGHTHOUSE = Promise("", score, least=95)  # in each of these
CATEGORIES = {"performance": "performance", "accessibility": "accessible", "best-practices": "practices", "seo": "SEO"}


def table(kind: str) -> Rows:
    """What was measured of `kind`, beside its budgets."""
    if kind == "speed":
        return _compared()
    return _lighthouse() if kind == "lighthouse" else _measured(kind)


def _compared() -> Rows:
    known = _figures("speed")
    rows = [["", "bare pytest", "the course", "ratio", "budget", "result"]]
    for key, promise in COMPARED.items():
        if one := known.get(key):
            value = one["ratio"] if promise.unit is times else one["ours"]
            found = [seconds(one["theirs"]), seconds(one["ours"]), times(round(one["ratio"], 1))]
            rows.append([promise.what, *found, promise.budget, promise.verdict(value)])
        else:
            rows.append([promise.what, "", "", "", promise.budget, NOT_YET])
    return rows


def _measured(kind: str) -> Rows:
    known = _figures(kind)
    rows = [["", "measured", "budget", "result"]]
    for key, promise in MEASURED[kind].items():
        found = [promise.unit(known[key])] if key in known else [""]
        rows.append([promise.what, *found, promise.budget, promise.verdict(known[key]) if key in known else NOT_YET])
    return rows


def _lighthouse() -> Rows:
    rows = [["Lighthouse", *CATEGORIES.values(), "budget", "result"]]
    for page, scores in _figures("lighthouse").items():
        found = [score(scores[name]) for name in CATEGORIES]
        budget = f"{LIGHTHOUSE.budget} in each"
        rows.append([page, *found, budget, LIGHTHOUSE.verdict(min(scores.values()))])
    return rows if len(rows) > 1 else [*rows, ["a page", *("" for _ in CATEGORIES), LIGHTHOUSE.budget, NOT_YET]]


def _figures(kind: str) -> Figures:
    """What was measured of `kind`; nothing where that has not been done."""
    known = read(kind)
    return known.figures if known else {}
