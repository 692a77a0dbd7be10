"""Lesson 7: Tables.

Lantern's desk for API keys, with a memory: callers and their keys are in a database.
Start it with

    python -m learn run 7

and open http://127.0.0.1:8000/docs. The terminal shows every statement that goes to the
database. Try to break a rule of the tables: give two callers the same name, or a key to
a caller that is not there.
"""

import atexit
import hashlib
import secrets
import shutil
import tempfile
from datetime import UTC, datetime
from enum import StrEnum
from sqlite3 import Connection
from typing import Any, Literal

from fastapi import FastAPI, HTTPException, status
from pydantic import BaseModel, Field
from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Dialect,
    Enum,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
    create_engine,
    delete,
    event,
    insert,
    inspect,
    make_url,
    select,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateTable

app = FastAPI(
    title="Lantern, key desk with a memory",
    version="0.7.0",
    description="Callers and their API keys.",
)

# The database lives as long as the app: play with it, start again.
FOLDER = tempfile.mkdtemp(prefix="lantern-")
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)

engine = create_engine(f"sqlite:///{FOLDER}/lantern.db", echo=True)


@event.listens_for(engine, "connect")
def enforce_foreign_keys(connection: Connection, _: object) -> None:
    connection.execute("PRAGMA foreign_keys = ON")


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


class UnixTime(TypeDecorator[datetime]):
    """An instant, kept as the number of seconds since 1970 began in UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _: Dialect) -> int | None:
        """What goes into the database."""
        return None if value is None else round(value.timestamp())

    def process_result_value(self, value: int | None, _: Dialect) -> datetime | None:
        """What comes out of it."""
        return None if value is None else datetime.fromtimestamp(value, UTC)


class Plan(StrEnum):
    """How much a caller may ask for."""

    FREE = "free"
    TEAM = "team"


callers = Table(
    "callers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(40), nullable=False, unique=True),
    Column(
        "plan",
        Enum(Plan, values_callable=list, native_enum=False, create_constraint=True),
        nullable=False,
    ),
)
api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Integer, primary_key=True),
    Column(
        "caller_id",
        ForeignKey("callers.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column(
        "digest",
        String(64),
        CheckConstraint("length(digest) = 64", name="digest_is_sha256"),
        nullable=False,
    ),
    Column("scopes", JSON, nullable=False),
    Column("created_at", UnixTime, nullable=False),
)
metadata.create_all(engine)


class CallerCreate(BaseModel):
    name: str = Field(min_length=1, max_length=40)
    plan: Plan = Plan.FREE


class Caller(CallerCreate):
    id: int


class NewKey(BaseModel):
    key: str
    caller_id: int
    scopes: list[str]
    created_at: datetime


@app.post(
    "/callers",
    status_code=status.HTTP_201_CREATED,
    tags=["callers"],
    summary="Register a caller",
)
def create_caller(new: CallerCreate) -> dict[str, str]:
    try:
        with engine.begin() as connection:
            connection.execute(insert(callers), new.model_dump())
    except IntegrityError as error:
        raise HTTPException(
            status.HTTP_409_CONFLICT, f"There is a caller {new.name!r} already"
        ) from error
    return {"created": new.name}


@app.get("/callers", tags=["callers"], summary="List the callers")
def list_callers() -> list[Caller]:
    with engine.connect() as connection:
        return [
            Caller.model_validate(row, from_attributes=True)
            for row in connection.execute(select(callers))
        ]


@app.delete(
    "/callers/{caller_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    tags=["callers"],
    summary="Let one go",
)
def delete_caller(caller_id: int) -> None:
    """Their keys go with them: see `ondelete` in the table of keys."""
    with engine.begin() as connection:
        connection.execute(delete(callers).where(callers.c.id == caller_id))


@app.post(
    "/callers/{caller_id}/keys",
    status_code=status.HTTP_201_CREATED,
    tags=["keys"],
    summary="Make a key",
)
def create_key(caller_id: int, scopes: list[str]) -> NewKey:
    """The key is shown this once. The database keeps only its digest."""
    new = NewKey(
        key=secrets.token_urlsafe(),
        caller_id=caller_id,
        scopes=scopes,
        created_at=datetime.now(UTC),
    )
    row = new.model_dump(exclude={"key"}) | {
        "digest": hashlib.sha256(new.key.encode()).hexdigest()
    }
    try:
        with engine.begin() as connection:
            connection.execute(insert(api_keys), row)
    except IntegrityError as error:
        raise HTTPException(
            status.HTTP_404_NOT_FOUND, f"There is no caller {caller_id}"
        ) from error
    return new


@app.get("/keys", tags=["keys"], summary="List the keys as the database has them")
def list_keys() -> list[dict[str, Any]]:
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(select(api_keys)).mappings()]


@app.get(
    "/tables", tags=["tables"], summary="Describe the tables as the database has them"
)
def read_tables() -> dict[str, dict[str, list[str]]]:
    inspector = inspect(engine)
    return {
        name: {
            "columns": [
                f"{column['name']} {column['type']}"
                for column in inspector.get_columns(name)
            ],
            "checks": [
                f"{check['name']}: {check['sqltext']}"
                for check in inspector.get_check_constraints(name)
            ],
            "indexes": [f"{index['name']}" for index in inspector.get_indexes(name)],
        }
        for name in inspector.get_table_names()
    }


@app.get(
    "/tables/{name}/ddl", tags=["tables"], summary="Show the SQL that creates a table"
)
def read_ddl(
    name: Literal["callers", "api_keys"],
    database: Literal["sqlite", "postgresql"] = "sqlite",
) -> list[str]:
    dialect = make_url(f"{database}://").get_dialect()
    statement = str(CreateTable(metadata.tables[name]).compile(dialect=dialect()))
    return [line.strip() for line in statement.splitlines() if line.strip()]
