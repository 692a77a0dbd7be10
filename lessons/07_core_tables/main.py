"""Lesson 7: Tables.

Lantern has a memory: models, callers and their keys are in a database, the file
`lantern.db`, and still there after a restart. Start it with

    LANTERN_ADMIN_TOKEN=a-token-of-mine python -m learn run 7

and open http://127.0.0.1:8000/docs. The terminal shows the SQL. Break a rule of the
tables: give two callers one name. To begin anew, stop it and delete the file.

Moved, word for word: settings to `learn/lab/settings.py`, predictions to
`learn/lab/predictions.py`.
Replaced: `POST /keys`, `GET /keys/{caller}`, `PATCH /keys/{caller}` and
`DELETE /keys/{caller}` by `/callers` and a `POST /keys` for a caller that is there.
"""

import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, Header, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from pydantic import AwareDatetime, Field, SecretStr
from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Connection,
    Dialect,
    Engine,
    Enum,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
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

from learn.lab import digits, samples
from learn.lab import predictions as in_memory
from learn.lab.keys import Scope, digest_of
from learn.lab.prediction_log import UtcDateTime
from learn.lab.schemas import Page, Problem, Slug, Wire, respond_in_words
from learn.lab.settings import ADMIN, Settings, get_settings, starting
from learn.lab.settings import router as settings_router


@lru_cache
def get_engine() -> Engine:
    """The engine, made at the first call and kept."""
    url = get_settings().database_url.get_secret_value()
    engine = create_engine(url, echo=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", enforce_foreign_keys)
    return engine


def enforce_foreign_keys(connection: Any, _: object) -> None:
    """SQLite does not look at foreign keys unless it is asked to."""
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


class Digest(TypeDecorator[str]):
    """A SHA-256 digest: 64 hexadecimal digits in Python, 32 bytes in the database."""

    impl = LargeBinary(32)
    cache_ok = True

    def process_bind_param(self, value: str | None, _: Dialect) -> bytes | None:
        """What goes into the database."""
        return None if value is None else bytes.fromhex(value)

    def process_result_value(self, value: bytes | None, _: Dialect) -> str | None:
        """What comes out of it."""
        return None if value is None else value.hex()


STAGES = ("staging", "production", "archived")
models = Table(
    "models",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(40), nullable=False, unique=True),
    Column("task", String(40), nullable=False),
    Column("description", Text),
)
versions = Table(
    "versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("model_id", ForeignKey("models.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column(
        "stage",
        Enum(*STAGES, name="stage_is_known", native_enum=False, create_constraint=True),
        nullable=False,
    ),
    Column("accuracy", Float),
    Column("digest", Digest),
    UniqueConstraint("model_id", "number"),
)
predictions = Table(
    "predictions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version_id", ForeignKey("versions.id"), nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("latency_ms", Float, nullable=False),
    Column("input_hash", String(64), nullable=False),
    Column("output", Text),
    Column("error", Text),
)
callers = Table(
    "callers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(40), nullable=False, unique=True),
    Column("note", String(200)),
    Column("calls_left", Integer, nullable=False, server_default="1000"),
    CheckConstraint("calls_left >= 0", name="no_debts"),
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
    Column("digest", Digest, nullable=False, unique=True),
    Column("hint", String(4), nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)


class CallerCreate(Wire):
    """What it takes to register a caller."""

    name: Slug
    note: Annotated[str, Field(max_length=200)] | None = None


class Caller(CallerCreate):
    """A caller as it is stored."""

    id: int


class KeyCreate(Wire):
    """What it takes to make a key."""

    caller_id: int = Field(ge=1, lt=2**31)
    scopes: list[Scope] = Field(default=["predict"])


class KeyCreated(KeyCreate):
    """A key as it is shown once."""

    secret: str


class KeyPublic(KeyCreate):
    """A key as anybody may see it: neither the secret nor its digest."""

    id: int
    hint: str
    created_at: AwareDatetime


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
    """Load the models, make the tables that are missing, and fill them at first."""
    with starting():
        settings = get_settings()
        in_memory.load_models(settings)
    with get_engine().begin() as connection:
        metadata.create_all(connection)
        if connection.execute(select(models)).first() is None:
            fill(connection, settings)
        renew_local_key(connection, settings.api_key)
    yield
    get_engine().dispose()


def fill(connection: Connection, settings: Settings) -> None:
    """Write down the model and its versions."""
    card = {name: digits.CARD[name] for name in ("name", "task", "description")}
    connection.execute(insert(models), {"id": 1, **card})
    rows = [
        {
            "model_id": 1,
            "number": one["number"],
            "stage": in_memory.stage_of(one["number"], settings),
            "accuracy": one["accuracy"],
            "digest": one["weights"]["sha256"],
        }
        for one in digits.CARD["versions"]
    ]
    connection.execute(insert(versions), rows)


def renew_local_key(connection: Connection, secret: SecretStr | None) -> None:
    """Give the caller `local` the key that the settings name, or none."""
    connection.execute(delete(callers).where(callers.c.name == "local"))
    if secret is not None:
        connection.execute(insert(callers), {"name": "local"})
        wanted = select(callers).where(callers.c.name == "local")
        key = KeyCreate(caller_id=connection.execute(wanted).one().id)
        row = key_row(key, secret.get_secret_value())
        connection.execute(insert(api_keys), row | {"hint": "…"})


def key_row(key: KeyCreate, secret: str) -> dict[str, Any]:
    """A key as the database keeps it."""
    return {
        **key.model_dump(),
        "digest": digest_of(secret),
        "hint": secret[:4],
        "created_at": datetime.now(UTC),
    }


app = FastAPI(
    title="Lantern",
    version="0.7.0",
    description="Serves `digits-mlp`, a model that reads handwritten digits.",
    responses={"4XX": {"model": Problem}},
    lifespan=lifespan,
)
app.exception_handler(RequestValidationError)(respond_in_words)


def key_of_caller(x_api_key: Annotated[str, Header()] = "") -> KeyPublic:
    """The key whose secret is in the header `X-API-Key`, or a 401."""
    wanted = select(api_keys).where(api_keys.c.digest == digest_of(x_api_key))
    with get_engine().connect() as connection:
        row = connection.execute(wanted).first()
    if row is None:
        headers = {"WWW-Authenticate": "APIKey"}
        raise HTTPException(401, "Send a key of Lantern's in X-API-Key", headers)
    return KeyPublic.model_validate(row, from_attributes=True)


KeyDep = Annotated[KeyPublic, Depends(key_of_caller)]


def check_scope(request: Request, key: KeyDep) -> None:
    """Let pass who has a key; who wants to do more than read needs a scope for it."""
    if request.method != "GET" and "predict" not in key.scopes:
        raise HTTPException(403, "This key lacks the scope 'predict'")


app.include_router(samples.router, dependencies=[Depends(check_scope)])
app.include_router(in_memory.router, dependencies=[Depends(check_scope)])
app.include_router(settings_router)


@app.get("/")
def read_status() -> dict[str, str]:
    return {"message": "Lantern is lit.", "docs": "/docs"}


@app.get("/caller", tags=["callers"])
def read_caller(key: KeyDep) -> KeyPublic:
    """Who the caller is, by its key, and not by what it says about itself."""
    return key


def breaks(error: IntegrityError, rule: Literal["UNIQUE", "FOREIGNKEY"]) -> bool:
    """Whether it is this kind of rule that SQLite saw broken."""
    name: str = getattr(error.orig, "sqlite_errorname", "")
    return name == f"SQLITE_CONSTRAINT_{rule}"


@app.post("/callers", status_code=201, tags=["callers"], dependencies=[ADMIN])
def create_caller(new: CallerCreate) -> CallerCreate:
    """Register a caller."""
    try:
        with get_engine().begin() as connection:
            connection.execute(insert(callers), new.model_dump())
    except IntegrityError as error:
        if breaks(error, "UNIQUE"):
            raise HTTPException(409, f"There is a caller {new.name!r}") from error
        raise
    return new


@app.get("/callers", tags=["callers"], dependencies=[ADMIN])
def list_callers() -> Page[Caller]:
    """All callers."""
    with get_engine().connect() as connection:
        rows = connection.execute(select(callers)).all()
    found = [Caller.model_validate(row, from_attributes=True) for row in rows]
    return Page[Caller](items=found, total=len(found))


@app.delete("/callers/{name}", status_code=204, tags=["callers"], dependencies=[ADMIN])
def delete_caller(name: Slug) -> None:
    """Let a caller go. Its keys go with it: see `ondelete` in their table."""
    with get_engine().begin() as connection:
        gone = connection.execute(delete(callers).where(callers.c.name == name))
    if gone.rowcount == 0:
        raise HTTPException(404, f"There is no caller {name!r}")


@app.post("/keys", status_code=201, tags=["keys"], dependencies=[ADMIN])
def create_key(new: KeyCreate) -> KeyCreated:
    """Make a key. Its secret is in this response, and never in another."""
    secret = secrets.token_urlsafe()
    try:
        with get_engine().begin() as connection:
            connection.execute(insert(api_keys), key_row(new, secret))
    except IntegrityError as error:
        if breaks(error, "FOREIGNKEY"):
            raise HTTPException(404, f"There is no caller {new.caller_id}") from error
        raise
    return KeyCreated(**new.model_dump(), secret=secret)


@app.get("/keys", tags=["keys"], dependencies=[ADMIN])
def list_keys() -> Page[KeyPublic]:
    """All keys, without secrets and digests."""
    with get_engine().connect() as connection:
        rows = connection.execute(select(api_keys)).all()
    found = [KeyPublic.model_validate(row, from_attributes=True) for row in rows]
    return Page[KeyPublic](items=found, total=len(found))


@app.get("/tables", tags=["tables"], dependencies=[ADMIN])
def read_tables() -> dict[str, dict[str, list[str]]]:
    """The tables as the database has them."""
    look = inspect(get_engine())
    return {
        name: {
            "columns": [f"{c['name']} {c['type']}" for c in look.get_columns(name)],
            "checks": [str(c["name"]) for c in look.get_check_constraints(name)],
            "indexes": [str(c["name"]) for c in look.get_indexes(name)],
        }
        for name in look.get_table_names()
    }


@app.get("/tables/{name}/ddl", tags=["tables"], dependencies=[ADMIN])
def read_ddl(
    name: Literal["models", "versions", "predictions", "callers", "api_keys"],
    database: Literal["sqlite", "postgresql"] = "sqlite",
) -> list[str]:
    """The SQL that creates a table."""
    dialect = make_url(f"{database}://").get_dialect()()
    statement = str(CreateTable(metadata.tables[name]).compile(dialect=dialect))
    return [line.strip() for line in statement.splitlines() if line.strip()]
