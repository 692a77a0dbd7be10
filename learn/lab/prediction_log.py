"""Lantern's prediction log: large enough that a missing index or a query in a loop is felt, the same everywhere.

    with create_engine("sqlite://").begin() as connection:
        create_prediction_log(connection)

It is skewed as real logs are: two models get nearly all the traffic, one has a version and no traffic, one has not
even a version; some versions have too few predictions to judge. Latencies have a long tail. Several predictions share
a time, and some arrive late, with a larger id than others that were made after them.
"""

import hashlib
import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    insert,
    select,
)

START = datetime(2026, 10, 1, tzinfo=UTC)  # no prediction is older
BATCH = 5_000  # rows sent at once


class UtcDateTime(TypeDecorator[datetime]):
    """A time that is in UTC in the database, and aware in Python. Exercise 7.5 makes one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _: Dialect) -> datetime | None:
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _: Dialect) -> datetime | None:
        return value and (value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC))


metadata = MetaData()
models = Table(
    "models",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("task", String(64), nullable=False),
    Column("description", Text),
)
versions = Table(
    "versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("model_id", ForeignKey("models.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("stage", String(16), nullable=False, default="none"),
    UniqueConstraint("model_id", "number"),
)
predictions = Table(
    "predictions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version_id", ForeignKey("versions.id"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("latency_ms", Float, nullable=False),
    Column("input_hash", String(64), nullable=False),
    Column("output", Text),
    Column("error", Text),
)

MODELS = {  # name: task, what it answers
    "spam-filter": ("text-classification", ["ham", "ham", "ham", "spam"]),
    "sentiment-small": ("text-classification", ["positive", "negative", "neutral"]),
    "digits-mlp": ("image-classification", list("0123456789")),
    "topic-tagger": ("text-classification", ["sports", "politics", "science"]),
    "toxicity-base": ("text-classification", ["fine", "toxic"]),
    "defect-finder": ("image-classification", ["intact", "scratched"]),
}
VERSIONS = [  # model, number, stage, share of the traffic in per mille, usual latency in ms, share of errors
    ("spam-filter", 1, "archived", 210, 9.0, 0.010),
    ("spam-filter", 2, "archived", 180, 12.0, 0.090),
    ("spam-filter", 3, "production", 250, 7.0, 0.004),
    ("sentiment-small", 1, "archived", 120, 30.0, 0.015),
    ("sentiment-small", 2, "production", 170, 22.0, 0.012),
    ("digits-mlp", 1, "production", 50, 2.0, 0.001),
    ("topic-tagger", 1, "archived", 14, 45.0, 0.030),
    ("topic-tagger", 2, "production", 5, 40.0, 0.020),
    ("topic-tagger", 3, "staging", 1, 38.0, 0.300),
    ("toxicity-base", 1, "staging", 0, 60.0, 0.0),
]
ERRORS = ["timeout", "timeout", "input too long", "out of memory"]


def create_prediction_log(connection: Connection, rows: int = 40_000, seed: int = 9) -> None:
    """Create the tables of the log in an empty database, and fill them with `rows` predictions, the same each time."""
    tasks = {name: task for name, (task, _) in MODELS.items()}
    version_ids = _create_versions(connection, tasks, [version[:3] for version in VERSIONS])
    log = made_up_predictions(rows, seed, version_ids)
    while batch := list(islice(log, BATCH)):
        connection.execute(insert(predictions), batch)


def create_small_log(connection: Connection, numbers: dict[str, list[int]], rows: Iterable[dict[str, Any]]) -> None:
    """Create the same tables with a log made by hand.

    Args:
        connection: to an empty database, in a transaction.
        numbers: the models by name, and the numbers of their versions.
        rows: the predictions, the first of which gets the id 1. Each names its `model` and the `number` of its version;
            what else it lacks is filled in.
    """
    names = [(name, number, "none") for name in numbers for number in numbers[name]]
    version_ids = _create_versions(connection, dict.fromkeys(numbers, "text-classification"), names)
    usual = {"created_at": START, "latency_ms": 10.0, "input_hash": "9b1e", "output": None, "error": None}
    log = [usual | {"version_id": version_ids[row["model"], row["number"]]} | row for row in rows]
    if log:
        columns = predictions.c.keys()
        connection.execute(insert(predictions), [{key: row[key] for key in row if key in columns} for row in log])


def _create_versions(
    connection: Connection, tasks: dict[str, str], numbers: list[tuple[str, int, str]]
) -> dict[tuple[str, int], int]:
    """Create the tables with the models of `tasks` and their versions. Returns the versions' ids."""
    metadata.create_all(connection)
    connection.execute(insert(models), [{"name": name, "task": task} for name, task in tasks.items()])
    ids = {name: model_id for model_id, name in connection.execute(select(models.c.id, models.c.name))}
    rows = [{"model_id": ids[name], "number": number, "stage": stage} for name, number, stage in numbers]
    if rows:
        connection.execute(insert(versions), rows)
    query = select(versions.c.id, models.c.name, versions.c.number).join_from(versions, models)
    return {(name, number): version_id for version_id, name, number in connection.execute(query)}


def made_up_predictions(rows: int, seed: int, version_ids: dict[tuple[str, int], int]) -> Iterator[dict[str, Any]]:
    """The rows of the log, oldest first but for those that arrive late.

    All chance comes from `random()`, and nothing but plain arithmetic is done to it: the rest of the module random may
    change from one Python to the next, and logarithms differ from one machine to the next.
    """
    chance = random.Random(seed).random
    lots = [version for version in VERSIONS for _ in range(version[3])]
    now = START
    for _ in range(rows):
        name, number, _, _, usual, failing = lots[int(chance() * len(lots))]
        now += timedelta(seconds=int(chance() * 150) if chance() > 0.2 else 0)
        late = timedelta(seconds=int(chance() * 3600) if chance() < 0.02 else 0)
        error = ERRORS[int(chance() * len(ERRORS))] if chance() < failing else None
        outputs = MODELS[name][1]
        yield {
            "version_id": version_ids[name, number],
            "created_at": max(START, now - late),
            "latency_ms": round(usual * (0.5 + 0.5 / (1 - 0.99 * chance())) * (5 if error == "timeout" else 1), 1),
            "input_hash": hashlib.sha256(str(int(chance() * rows)).encode()).hexdigest()[:16],
            "output": None if error else outputs[int(chance() * len(outputs))],
            "error": error,
        }
