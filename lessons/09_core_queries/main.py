"""Lesson 9: Queries.

Lantern's front desk writes down every call: who made it, when, and how it ended. This
app asks that list: who calls most, who is refused, what came last, and how the database
goes about it, with an index and without.

Run it with `python -m learn run 9`, open http://127.0.0.1:8000/docs, and play. Its
terminal shows the SQL it sends.
"""

import atexit
import random
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Query, status
from pydantic import BaseModel
from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    case,
    create_engine,
    func,
    insert,
    select,
    tuple_,
)

app = FastAPI(title="Lantern's front desk", version="0.9.0")

metadata = MetaData()
callers = Table(
    "callers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
)
calls = Table(
    "calls",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("caller_id", ForeignKey("callers.id"), nullable=False),
    # In UTC, as 2026-10-01T08:30:00Z: such texts sort as times do.
    Column("made_at", String(20), nullable=False),
    Column("status", Integer, nullable=False),
)
CALLERS = ["mobile-app", "spam-desk", "news-site", "night-batch", "old-prototype"]
SHARES = [60, 25, 12, 3, 0]  # of the calls, in percent
CALLS = 20_000


def made_up_calls(number: int) -> Iterator[dict[str, Any]]:
    """Calls of one month, the same each time: the seed is fixed."""
    chance = random.Random(9)
    made_at = datetime(2026, 10, 1, tzinfo=UTC)
    for _ in range(number):
        made_at += timedelta(seconds=chance.choice([0, 30, 60, 120, 300]))
        [caller_id] = chance.choices(range(1, len(CALLERS) + 1), SHARES)
        answer = chance.choices([200, 422, 429, 500], [90, 6, 3, 1])[0]
        yield {
            "caller_id": caller_id,
            "made_at": made_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "status": answer,
        }


def store(connection: Connection, rows: Iterable[dict[str, Any]], size: int) -> None:
    """Store rows that all have the same keys, in batches of `size`."""
    rows = iter(rows)
    while batch := list(islice(rows, size)):
        connection.execute(insert(calls), batch)


folder = tempfile.mkdtemp(prefix="lantern-")
atexit.register(shutil.rmtree, folder, ignore_errors=True)
engine = create_engine(f"sqlite:///{Path(folder, 'calls.db').as_posix()}")
with engine.begin() as connection:
    metadata.create_all(connection)
    connection.execute(insert(callers), [{"name": name} for name in CALLERS])
    store(connection, made_up_calls(CALLS), size=1_000)
engine.echo = True  # from here on, print the SQL


class Usage(BaseModel):
    caller: str
    calls: int
    last_call: str | None


class Refusals(BaseModel):
    caller: str
    calls: int
    refused: float


class Call(BaseModel):
    id: int
    caller: str
    made_at: str
    status: int


@app.get("/usage")
def report_usage() -> list[Usage]:
    """How often each caller calls, those who never do included."""
    number = func.count(calls.c.id).label("calls")
    query = (
        select(
            callers.c.name.label("caller"),
            number,
            func.max(calls.c.made_at).label("last_call"),
        )
        .outerjoin_from(callers, calls)
        .group_by(callers.c.name)
        .order_by(number.desc(), callers.c.name)
    )
    with engine.connect() as connection:
        return [Usage(**row) for row in connection.execute(query).mappings()]


@app.get("/refusals")
def report_refusals(
    at_least: Annotated[int, Query(ge=1, le=100_000)] = 1_000,
) -> list[Refusals]:
    """The share of calls that were refused, for callers with enough of them."""
    refused = func.avg(case((calls.c.status >= 400, 1.0), else_=0.0)).label("refused")
    query = (
        select(callers.c.name.label("caller"), func.count().label("calls"), refused)
        .join_from(callers, calls)
        .group_by(callers.c.name)
        .having(func.count() >= at_least)
        .order_by(refused.desc(), callers.c.name)
    )
    with engine.connect() as connection:
        return [Refusals(**row) for row in connection.execute(query).mappings()]


@app.get("/recent")
def recent_calls(each: Annotated[int, Query(ge=1, le=10)] = 2) -> list[Call]:
    """The latest calls of each caller."""
    newest_first = [calls.c.made_at.desc(), calls.c.id.desc()]
    place = func.row_number().over(
        partition_by=calls.c.caller_id, order_by=newest_first
    )
    placed = (
        select(
            calls.c.id,
            callers.c.name.label("caller"),
            calls.c.made_at,
            calls.c.status,
            place.label("place"),
        )
        .join_from(calls, callers)
        .cte("placed")
    )
    query = (
        select(placed)
        .where(placed.c.place <= each)
        .order_by(placed.c.caller, placed.c.place)
    )
    with engine.connect() as connection:
        return [Call(**row) for row in connection.execute(query).mappings()]


@app.get("/calls")
def list_calls(
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    before: Annotated[int | None, Query(ge=1, lt=2**31)] = None,
) -> list[Call]:
    """Calls, the newest first. `before` is the id of the last on the page before."""
    order = [calls.c.made_at, calls.c.id]
    query = (
        select(
            calls.c.id, callers.c.name.label("caller"), calls.c.made_at, calls.c.status
        )
        .join_from(calls, callers)
        .order_by(*[column.desc() for column in order])
        .limit(limit)
    )
    with engine.connect() as connection:
        if before is not None:
            last = connection.execute(
                select(*order).where(calls.c.id == before)
            ).one_or_none()
            if last is None:
                raise HTTPException(
                    status.HTTP_404_NOT_FOUND, f"There is no call {before}"
                )
            query = query.where(tuple_(*order) < tuple(last))
        return [Call(**row) for row in connection.execute(query).mappings()]


# Declared after create_all: it is not there yet.
by_time = Index("ix_calls_made_at_id", calls.c.made_at, calls.c.id)


@app.put("/index")
def create_index() -> str:
    """Make the index for `GET /calls`."""
    with engine.begin() as connection:
        by_time.create(connection, checkfirst=True)
    return by_time.name or ""


@app.delete("/index", status_code=status.HTTP_204_NO_CONTENT)
def drop_index() -> None:
    """Take the index away again."""
    with engine.begin() as connection:
        by_time.drop(connection, checkfirst=True)


@app.get("/plan")
def read_plan() -> list[str]:
    """How SQLite finds the newest calls: with the index, and without it."""
    query = (
        select(calls.c.id).order_by(calls.c.made_at.desc(), calls.c.id.desc()).limit(20)
    )
    with engine.connect() as connection:
        sql = query.compile(connection, compile_kwargs={"literal_binds": True})
        return [
            row.detail
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")
        ]
