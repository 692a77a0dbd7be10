"""Lesson 8: Insert, select, update, delete.

Lantern's callers buy predictions in advance. The database counts them down, keeps every
prediction, and knows which version of the model is in production. What belongs together
happens whole, or not at all, whoever else is at work at the same time. Start it with

    LANTERN_API_KEY=a-key-of-mine-1 python -m learn run 8

and open http://127.0.0.1:8000/docs. Its terminal shows the SQL it sends.

Moved, word for word: tables, keys and what is seen of them to `learn/lab/database.py`.
Replaced: what `learn/lab/predictions.py` kept in memory.
"""

import hashlib
import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Path, Query, Response
from fastapi.exceptions import RequestValidationError
from pydantic import AwareDatetime, Field
from sqlalchemy import (
    Connection,
    Index,
    MetaData,
    Row,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError

from learn.lab import database, digits, samples
from learn.lab.database import (
    KEY,
    KeyDep,
    breaks,
    callers,
    fill,
    get_engine,
    metadata,
    models,
    predictions,
    renew_local_key,
    versions,
)
from learn.lab.schemas import (
    Page,
    Prediction,
    PredictionRequest,
    Problem,
    Slug,
    Stage,
    Version,
    Wire,
    predict,
    respond_in_words,
)
from learn.lab.settings import ADMIN, get_settings, starting
from learn.lab.settings import router as settings_router

Id = Annotated[int, Path(ge=1, lt=2**31)]
loaded: dict[tuple[str, int], digits.DigitsModel] = {}

# At most one version of each model is in production. The index is of a copy of the
# table, so that `create_all` does not make it a second time.
one_of_each = versions.to_metadata(MetaData())
in_production = Index(
    "uq_versions_in_production",
    one_of_each.c.model_id,
    unique=True,
    sqlite_where=one_of_each.c.stage == "production",
    postgresql_where=one_of_each.c.stage == "production",
)


class CallerChange(Wire):
    """What may be said of a caller."""

    calls_left: int = Field(default=1_000, ge=0, lt=2**31)
    note: Annotated[str, Field(max_length=200)] | None = None


class CallerCreate(CallerChange):
    """What it takes to register a caller."""

    name: Slug


class Caller(CallerCreate):
    """A caller as it is stored."""

    id: int


class Promotion(Wire):
    """Which version is to be in production."""

    version: int = Field(ge=1, lt=2**31)


class Record(Wire):
    """A prediction as it is stored."""

    id: int
    version_id: int
    created_at: AwareDatetime
    latency_ms: float
    input_hash: str
    output: str | None
    error: str | None


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
    """Make the tables that are missing, fill them at first, and load the models."""
    with starting():
        settings = get_settings()
        for name in settings.models:
            for number in (1, 2):
                loaded[name, number] = digits.load_model(name, number)
    with get_engine().begin() as connection:
        metadata.create_all(connection)
        in_production.create(connection, checkfirst=True)
        if connection.execute(select(models)).first() is None:
            fill(connection, settings)
        renew_local_key(connection, settings.api_key)
    yield
    get_engine().dispose()


app = FastAPI(
    title="Lantern",
    version="0.8.0",
    description="Serves `digits-mlp`, a model that reads handwritten digits.",
    responses={"4XX": {"model": Problem}},
    lifespan=lifespan,
)
app.exception_handler(RequestValidationError)(respond_in_words)
app.include_router(samples.router, dependencies=[KEY])
app.include_router(database.router)
app.include_router(settings_router)


@app.get("/")
def read_status() -> dict[str, str]:
    return {"message": "Lantern is lit.", "docs": "/docs"}


@app.post("/callers", status_code=201, tags=["callers"], dependencies=[ADMIN])
def create_caller(new: CallerCreate) -> Caller:
    """Register a caller."""
    statement = insert(callers).values(**new.model_dump()).returning(callers)
    try:
        with get_engine().begin() as connection:
            row = connection.execute(statement).one()
    except IntegrityError as error:
        if breaks(error, "UNIQUE"):
            raise HTTPException(409, f"There is a caller {new.name!r}") from error
        raise
    return Caller.model_validate(row, from_attributes=True)


@app.get("/callers", tags=["callers"], dependencies=[ADMIN])
def list_callers(
    part: Annotated[str, Query(max_length=40)] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Page[Caller]:
    """The callers whose name contains `part`, in the order of their names."""
    query = (
        select(callers)
        .where(callers.c.name.contains(part, autoescape=True))
        .order_by(callers.c.name)
    )
    with get_engine().connect() as connection:
        rows = connection.execute(query.limit(limit)).all()
        total = connection.scalar(query.with_only_columns(func.count()).order_by(None))
    found = [Caller.model_validate(row, from_attributes=True) for row in rows]
    return Page[Caller](items=found, total=total or 0)


@app.get("/callers/{name}", tags=["callers"], dependencies=[ADMIN])
def read_caller(name: Slug) -> Caller:
    """One caller."""
    query = select(callers).where(callers.c.name == name)
    with get_engine().connect() as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        raise HTTPException(404, f"There is no caller {name!r}")
    return Caller.model_validate(row, from_attributes=True)


@app.put("/callers/{name}", tags=["callers"], dependencies=[ADMIN])
def save_caller(name: Slug, change: CallerChange) -> Caller:
    """Register a caller, or bring the one of this name up to date."""
    added = sqlite.insert(callers).values(name=name, **change.model_dump())
    changes = {"calls_left": added.excluded.calls_left, "note": added.excluded.note}
    saved = added.on_conflict_do_update(
        index_elements=[callers.c.name], set_=changes
    ).returning(callers)
    with get_engine().begin() as connection:
        row = connection.execute(saved).one()
    return Caller.model_validate(row, from_attributes=True)


@app.delete("/callers/{name}", status_code=204, tags=["callers"], dependencies=[ADMIN])
def delete_caller(name: Slug) -> None:
    """Let a caller go. Its keys go with it: see `ondelete` in their table."""
    with get_engine().begin() as connection:
        gone = connection.execute(delete(callers).where(callers.c.name == name))
    if gone.rowcount == 0:
        raise HTTPException(404, f"There is no caller {name!r}")


@app.get("/models", tags=["models"], dependencies=[KEY])
def list_models() -> Page[str]:
    """The models that this Lantern serves."""
    with get_engine().connect() as connection:
        query = select(models.c.name).order_by(models.c.name)
        names = list(connection.execute(query).scalars())
    return Page[str](items=names, total=len(names))


def versions_or_404(name: str) -> Sequence[Row[Any]]:
    """The versions of a model, in the order of their numbers.

    Raises:
        HTTPException: 404, there is no such model.
    """
    model_id = select(models.c.id).where(models.c.name == name).scalar_subquery()
    query = select(versions).where(versions.c.model_id == model_id)
    with get_engine().connect() as connection:
        found = connection.execute(query.order_by(versions.c.number)).all()
    if not found:
        raise HTTPException(404, f"There is no model {name!r}")
    return found


@app.get("/models/{name}/versions", tags=["models"], dependencies=[KEY])
def list_versions(name: Slug, stage: Stage | None = None) -> Page[Version]:
    """All versions of a model, or those in one stage."""
    found = [
        Version(number=row.number, stage=row.stage, accuracy=row.accuracy)
        for row in versions_or_404(name)
        if stage in (None, row.stage)
    ]
    return Page[Version](items=found, total=len(found))


@app.post("/models/{name}/promotions", tags=["models"], dependencies=[ADMIN])
def promote(name: Slug, promotion: Promotion) -> Page[Version]:
    """Put a version in production in place of the one that is there, both or neither."""
    model_id = versions_or_404(name)[0].model_id
    of_model = update(versions).where(versions.c.model_id == model_id)
    try:
        with get_engine().begin() as connection:
            connection.execute(
                of_model.where(
                    versions.c.stage == "production",
                    versions.c.number != promotion.version,
                ).values(stage="archived")
            )
            promoted = connection.execute(
                of_model.where(
                    versions.c.stage != "production",
                    versions.c.number == promotion.version,
                ).values(stage="production")
            )
            if promoted.rowcount == 0:  # the exception takes the first change back
                raise HTTPException(
                    409,
                    f"Version {promotion.version} cannot be promoted: it is in "
                    "production already, or there is none",
                )
    except IntegrityError as error:
        if breaks(error, "UNIQUE"):
            raise HTTPException(409, "Another promotion came first") from error
        raise
    return list_versions(name)


def spend_call(connection: Connection, caller_id: int) -> None:
    """Count one call, if the caller has one left.

    Raises:
        HTTPException: 429, it has none.
    """
    statement = (
        update(callers)
        .where(callers.c.id == caller_id, callers.c.calls_left > 0)
        .values(calls_left=callers.c.calls_left - 1)
    )
    if connection.execute(statement).rowcount == 0:
        raise HTTPException(429, "You have no calls left")


@app.post(
    "/models/{name}/predictions",
    status_code=201,
    tags=["predictions"],
    dependencies=[KEY],
)
def create_prediction(
    name: Slug, request: PredictionRequest, response: Response, key: KeyDep
) -> Prediction:
    """Predict the digit in a picture: a call is counted, and the prediction kept."""
    wanted = request.options.version
    for version in versions_or_404(name):
        if version.number == wanted or (not wanted and version.stage == "production"):
            break
    else:
        raise HTTPException(404, f"{name!r} has no such version, or none in production")
    if (name, version.number) not in loaded:
        raise HTTPException(404, f"This Lantern does not serve {name!r}")
    prediction = predict(loaded[name, version.number], request, 0)
    pixels = json.dumps(list(map(float, request.input.read()))).encode()
    row = {
        "version_id": version.id,
        "created_at": prediction.made_at,
        "latency_ms": prediction.milliseconds,
        "input_hash": hashlib.sha256(pixels).hexdigest(),
        "output": prediction.label,
    }
    with get_engine().begin() as connection:
        spend_call(connection, key.caller_id)
        statement = insert(predictions).values(row).returning(predictions.c.id)
        prediction.id = connection.execute(statement).scalar_one()
    response.headers["Location"] = f"/predictions/{prediction.id}"
    return prediction


@app.get("/predictions", tags=["predictions"], dependencies=[KEY])
def list_predictions(
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Annotated[int, Query(ge=0, le=1000)] = 0,
) -> Page[Record]:
    """The predictions, newest first."""
    query = select(predictions).order_by(predictions.c.id.desc())
    with get_engine().connect() as connection:
        rows = connection.execute(query.limit(limit).offset(offset)).all()
        total = connection.scalar(select(func.count()).select_from(predictions))
    found = [Record.model_validate(row, from_attributes=True) for row in rows]
    return Page[Record](items=found, total=total or 0)


@app.get("/predictions/{prediction_id}", tags=["predictions"], dependencies=[KEY])
def read_prediction(prediction_id: Id) -> Record:
    """One prediction."""
    query = select(predictions).where(predictions.c.id == prediction_id)
    with get_engine().connect() as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        raise HTTPException(404, f"There is no prediction {prediction_id}")
    return Record.model_validate(row, from_attributes=True)
