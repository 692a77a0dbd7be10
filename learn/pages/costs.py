"""Measures what queries cost done well and done badly, and draws it for lesson 9: `python -m learn.pages.costs`.

All measurements are made in one run, on one SQLite file, and shown as ratios: times differ between machines, and ratios
much less so.
"""

import html
import os
import platform
import sqlite3
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Index, create_engine, func, insert, select, tuple_

from learn.course.files import ROOT
from learn.lab.prediction_log import START, create_prediction_log, models, predictions, versions

PICTURE = ROOT / "site" / "assets" / "diagrams" / "query_costs.svg"
ROWS = 40_000
DEPTH = 30_000  # rows that the deep page skips
STORED = 1_000  # rows that are stored

Bars = list[tuple[str, float]]  # what was done, and its seconds


def measure() -> dict[str, Bars]:
    """What each way takes, by question; the slowest first."""
    with tempfile.TemporaryDirectory(prefix="learn-", ignore_cleanup_errors=True) as folder:
        engine = create_engine(f"sqlite:///{Path(folder, 'log.db').as_posix()}")
        with engine.begin() as connection:
            create_prediction_log(connection, ROWS)
        with engine.connect() as connection:
            found = {
                f"Store {STORED:,} rows": _storing(engine),
                "Label 500 predictions with their model": _labelling(connection),
            }
        found["The newest 20 of a version"] = _newest(engine)
        found[f"20 rows behind {DEPTH:,}"] = _deep_page(engine)
        engine.dispose()
    return found


def _seconds(work: Callable[[], Any], times: int = 5) -> float:
    """The shortest of several runs: what disturbs only makes it longer."""
    durations = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        durations.append(time.perf_counter() - start)
    return min(durations)


def _storing(engine: Engine) -> Bars:
    row = {"version_id": 1, "created_at": START, "latency_ms": 8.0, "input_hash": "9b1e", "output": None, "error": None}

    def each_in_a_transaction() -> None:
        for _ in range(STORED):
            with engine.begin() as connection:
                connection.execute(insert(predictions), row)

    def each_by_itself() -> None:
        with engine.begin() as connection:
            for _ in range(STORED):
                connection.execute(insert(predictions), row)

    def as_a_batch() -> None:
        with engine.begin() as connection:
            connection.execute(insert(predictions), [row] * STORED)

    return [
        ("a transaction for each row", _seconds(each_in_a_transaction, times=2)),
        ("one transaction, a statement for each row", _seconds(each_by_itself)),
        ("one transaction, one batch", _seconds(as_a_batch)),
    ]


def _labelling(connection: Connection) -> Bars:
    newest_first = predictions.c.id.desc()

    def with_a_loop() -> None:
        for row in connection.execute(select(predictions).order_by(newest_first).limit(500)).all():
            name = select(models.c.name).join_from(models, versions).where(versions.c.id == row.version_id)
            connection.execute(name).scalar_one()

    def with_a_join() -> None:
        labelled = select(predictions, models.c.name).join_from(predictions, versions).join(models)
        connection.execute(labelled.order_by(newest_first).limit(500)).all()

    return [("a query in a loop", _seconds(with_a_loop)), ("a join", _seconds(with_a_join))]


def _newest(engine: Engine) -> Bars:
    of_version = select(predictions.c.id).where(predictions.c.version_id == 3)
    query = of_version.order_by(predictions.c.created_at.desc(), predictions.c.id.desc()).limit(20)
    index = Index("ix_version", predictions.c.version_id, predictions.c.created_at, predictions.c.id)
    bars = []
    for name in ("without an index", "with an index"):
        with engine.connect() as connection:
            bars.append((name, _seconds(lambda: connection.execute(query).all(), times=20)))
        if name == "without an index":
            index.create(engine)
    index.drop(engine)
    predictions.indexes.discard(index)
    return bars


def _deep_page(engine: Engine) -> Bars:
    """Both ways have the index that they need."""
    order = [predictions.c.created_at, predictions.c.id]
    index = Index("ix_order", *order)
    index.create(engine)
    descending = [column.desc() for column in order]
    page = select(*order).order_by(*descending).limit(20)
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(predictions)).scalar_one() > DEPTH
        last = connection.execute(select(*order).order_by(*descending).offset(DEPTH - 1).limit(1)).one()
        after = page.where(tuple_(*order) < tuple(last))
        skipping = page.offset(DEPTH)
        assert connection.execute(after).all() == connection.execute(skipping).all()
        bars = [
            ("offset", _seconds(lambda: connection.execute(skipping).all(), times=20)),
            ("keyset", _seconds(lambda: connection.execute(after).all(), times=20)),
        ]
    index.drop(engine)
    predictions.indexes.discard(index)
    return bars


def drawn(found: dict[str, Bars]) -> str:
    """The measurement as bars, each question's longest as wide as the picture."""
    width, row, gap = 400, 34, 30
    words = ". ".join(
        f"{question}: " + ", ".join(f"{name} {_times(seconds, bars)}" for name, seconds in bars)
        for question, bars in found.items()
    )
    parts, y = [], 14
    for question, bars in found.items():
        parts.append(f'<text class="name" x="0" y="{y}">{html.escape(question)}</text>')
        y += 20
        longest = max(seconds for _, seconds in bars)
        for place, (name, seconds) in enumerate(bars):
            kind = "lit" if place == len(bars) - 1 else "box"
            left = f'<text class="what" x="0" y="{y}">{html.escape(name)}</text>'
            right = f'<text class="what" x="{width}" y="{y}" text-anchor="end">{_times(seconds, bars)}</text>'
            bar = f'x="0" y="{y + 5}" width="{max(2, width * seconds / longest):.0f}" height="9" rx="2"'
            parts.append(f'<g>{left}{right}<rect class="{kind}" {bar}/></g>')
            y += row
        y += gap - 14
    head = f'<svg viewBox="0 0 {width} {y - 16}" role="img" aria-labelledby="costs-title costs-text" '
    head += 'xmlns="http://www.w3.org/2000/svg">'
    title = '<title id="costs-title">What the same answer costs</title>'
    return "\n  ".join([head, title, f'<desc id="costs-text">{html.escape(words)}</desc>', *parts]) + "\n</svg>\n"


def _times(seconds: float, bars: Bars) -> str:
    """How many times as long as the fastest way."""
    ratio = seconds / min(one for _, one in bars)
    return f"{ratio:.0f} ×" if ratio >= 9.5 else f"{ratio:.1f} ×" if ratio > 1 else "1 ×"


def main() -> None:
    """Measure, draw, and print what the page says of the machine."""
    found = measure()
    PICTURE.write_text(drawn(found), encoding="utf-8")
    for question, bars in found.items():
        print(question)
        for name, seconds in bars:
            print(f"  {seconds * 1000:9.2f} ms  {_times(seconds, bars):>8}  {name}")
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{date.today()}, {system}, SQLite {sqlite3.sqlite_version}")


if __name__ == "__main__":
    main()
