"""Measures what lessons say of costs, and writes it down for their pages: `python -m learn.pages.costs`.

For lesson 9: what queries cost done well and done badly, in one run, on one SQLite file, and shown as ratios. Times
differ between machines, and ratios much less so. For other lessons: what the programs on their pages print.
"""

import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Index, create_engine, func, insert, select, tuple_

from learn.lab.prediction_log import START, create_prediction_log, models, predictions, versions
from learn.pages.bars import Bars, times
from learn.pages.measured import record
from learn.pages.programs import run_programs

ROWS = 40_000
DEPTH = 30_000  # rows that the deep page skips
STORED = 1_000  # rows that are stored


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


def _seconds(work: Callable[[], Any], rounds: int = 5) -> float:
    """The shortest of several runs: what disturbs only makes it longer."""
    durations = []
    for _ in range(rounds):
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

    return {
        "a transaction for each row": _seconds(each_in_a_transaction, rounds=2),
        "one transaction, a statement for each row": _seconds(each_by_itself),
        "one transaction, one batch": _seconds(as_a_batch),
    }


def _labelling(connection: Connection) -> Bars:
    newest_first = predictions.c.id.desc()

    def with_a_loop() -> None:
        for row in connection.execute(select(predictions).order_by(newest_first).limit(500)).all():
            name = select(models.c.name).join_from(models, versions).where(versions.c.id == row.version_id)
            connection.execute(name).scalar_one()

    def with_a_join() -> None:
        labelled = select(predictions, models.c.name).join_from(predictions, versions).join(models)
        connection.execute(labelled.order_by(newest_first).limit(500)).all()

    return {"a query in a loop": _seconds(with_a_loop), "a join": _seconds(with_a_join)}


def _newest(engine: Engine) -> Bars:
    of_version = select(predictions.c.id).where(predictions.c.version_id == 3)
    query = of_version.order_by(predictions.c.created_at.desc(), predictions.c.id.desc()).limit(20)
    index = Index("ix_version", predictions.c.version_id, predictions.c.created_at, predictions.c.id)
    bars = {}
    for name in ("without an index", "with an index"):
        with engine.connect() as connection:
            bars[name] = _seconds(lambda: connection.execute(query).all(), rounds=20)
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
        bars = {
            "offset": _seconds(lambda: connection.execute(skipping).all(), rounds=20),
            "keyset": _seconds(lambda: connection.execute(after).all(), rounds=20),
        }
    index.drop(engine)
    predictions.indexes.discard(index)
    return bars


def main() -> None:
    """Measure, print, and write down what was found."""
    found = measure()
    for question, bars in found.items():
        print(question)
        for name, seconds in bars.items():
            print(f"  {seconds * 1000:9.2f} ms  {times(seconds, bars):>8}  {name}")
    record("queries", {"with": f"SQLite {sqlite3.sqlite_version}, the database in a file", "bars": found})
    run_programs()


if __name__ == "__main__":
    main()
