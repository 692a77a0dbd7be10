"""Lesson 8: Insert, select, update, delete.

Lantern's callers buy predictions in advance. This app keeps in a database how many
calls each has left. It adds callers and finds them, counts their calls down, and moves
calls from one to another, all of them or none.

Run it with `python -m learn run 8`, open http://127.0.0.1:8000/docs, and play. Its
terminal shows the SQL it sends.
"""

from typing import Annotated

from fastapi import FastAPI, HTTPException, Query, status
from pydantic import BaseModel, Field
from sqlalchemy import (
    CheckConstraint,
    Column,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import StaticPool

app = FastAPI(title="Lantern's callers", version="0.8.0")

# A database in memory, to play with: it has one connection for everybody, and is empty
# again after each start.
engine = create_engine(
    "sqlite://",
    poolclass=StaticPool,
    connect_args={"check_same_thread": False},
    echo=True,
)

# --8<-- [start:table]
metadata = MetaData()

callers = Table(
    "callers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(60), nullable=False, unique=True),
    Column("calls_left", Integer, nullable=False),
    Column("note", String(200)),
    CheckConstraint("calls_left >= 0", name="no_debts"),
)
# --8<-- [end:table]
metadata.create_all(engine)
# --8<-- [start:fill]
FIRST = [
    {"name": "mobile-app", "calls_left": 2, "note": "until the summer release"},
    {"name": "news-site", "calls_left": 0, "note": None},
    {"name": "spam-desk", "calls_left": 100, "note": None},
]

with engine.begin() as connection:
    connection.execute(insert(callers), FIRST)
# --8<-- [end:fill]


class CallerChange(BaseModel):
    """What may be said of a caller."""

    calls_left: int = Field(ge=0)
    note: str | None = None


class CallerCreate(CallerChange):
    """What it takes to add a caller."""

    name: str = Field(min_length=1, max_length=60)


class Caller(CallerCreate):
    """A caller as it is stored."""

    id: int


class Transfer(BaseModel):
    """Calls that one caller leaves to another."""

    giver: str
    taker: str
    calls: int = Field(ge=1)


# --8<-- [start:create]
@app.post("/callers", status_code=status.HTTP_201_CREATED)
def create_caller(new: CallerCreate) -> Caller:
    """Add a caller."""
    statement = insert(callers).values(**new.model_dump()).returning(callers)
    try:
        with engine.begin() as connection:
            row = connection.execute(statement).one()
    except IntegrityError as error:
        raise HTTPException(
            status.HTTP_409_CONFLICT, f"There is a caller {new.name!r} already"
        ) from error
    return Caller.model_validate(row, from_attributes=True)


# --8<-- [end:create]
# --8<-- [start:list]
@app.get("/callers")
def list_callers(
    part: str = "", limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> list[Caller]:
    """The callers whose name contains `part`, in the order of their names."""
    query = (
        select(callers)
        .where(callers.c.name.contains(part, autoescape=True))
        .order_by(callers.c.name)
        .limit(limit)
    )
    with engine.connect() as connection:
        return [
            Caller.model_validate(row, from_attributes=True)
            for row in connection.execute(query)
        ]


# --8<-- [end:list]
# --8<-- [start:read]
@app.get("/callers/{name}")
def read_caller(name: str) -> Caller:
    """One caller."""
    with engine.connect() as connection:
        row = connection.execute(
            select(callers).where(callers.c.name == name)
        ).one_or_none()
    if row is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"There is no caller {name!r}")
    return Caller.model_validate(row, from_attributes=True)


# --8<-- [end:read]
# --8<-- [start:put]
@app.put("/callers/{name}")
def save_caller(name: str, change: CallerChange) -> Caller:
    """Add a caller, or bring the one of this name up to date."""
    added = sqlite.insert(callers).values(name=name, **change.model_dump())
    changes = {"calls_left": added.excluded.calls_left, "note": added.excluded.note}
    saved = added.on_conflict_do_update(
        index_elements=[callers.c.name], set_=changes
    ).returning(callers)
    with engine.begin() as connection:
        return Caller.model_validate(
            connection.execute(saved).one(), from_attributes=True
        )


# --8<-- [end:put]
# --8<-- [start:spend]
@app.post("/callers/{name}/calls")
def spend_call(name: str) -> Caller:
    """Count one call, if the caller has one left."""
    statement = update(callers).where(callers.c.name == name, callers.c.calls_left > 0)
    with engine.begin() as connection:
        spent = connection.execute(
            statement.values(calls_left=callers.c.calls_left - 1)
        )
    caller = read_caller(name)
    if spent.rowcount == 0:
        raise HTTPException(
            status.HTTP_429_TOO_MANY_REQUESTS, f"{name!r} has no calls left"
        )
    return caller


# --8<-- [end:spend]
# --8<-- [start:transfer]
@app.post("/transfers", status_code=status.HTTP_201_CREATED)
def transfer_calls(transfer: Transfer) -> Transfer:
    """Move calls from one caller to another, all of them or none."""
    try:
        with engine.begin() as connection:
            for name, change in (
                (transfer.taker, transfer.calls),
                (transfer.giver, -transfer.calls),
            ):
                statement = update(callers).where(callers.c.name == name)
                moved = connection.execute(
                    statement.values(calls_left=callers.c.calls_left + change)
                )
                if moved.rowcount == 0:
                    raise HTTPException(
                        status.HTTP_404_NOT_FOUND, f"There is no caller {name!r}"
                    )
    except IntegrityError as error:
        detail = f"{transfer.giver!r} has fewer than {transfer.calls} calls left"
        raise HTTPException(status.HTTP_409_CONFLICT, detail) from error
    return transfer


# --8<-- [end:transfer]
# --8<-- [start:delete]
@app.delete("/callers/{name}", status_code=status.HTTP_204_NO_CONTENT)
def delete_caller(name: str) -> None:
    """Take a caller away."""
    with engine.begin() as connection:
        deleted = connection.execute(delete(callers).where(callers.c.name == name))
    if deleted.rowcount == 0:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"There is no caller {name!r}")


# --8<-- [end:delete]
