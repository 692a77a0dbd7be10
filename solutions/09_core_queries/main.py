"""Lesson 9: Queries.

Lantern's log of predictions answers questions: what is used, what fails, what came
last, how slow it is, and how the database goes about it, with an index and without.
Start it with

    LANTERN_API_KEY=a-key-of-mine-1 LANTERN_ADMIN_TOKEN=a-token-of-mine \
        python -m learn run 9

and open http://127.0.0.1:8000/docs. `POST /predictions/made-up` writes a log that is
large enough to be worth a question. The terminal shows the SQL.

Moved, word for word: callers, promotions and predicting to `learn/lab/registry.py`.
Replaced: `?offset=` of `GET /predictions` by `?before=`.
"""

from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from itertools import islice
from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Path, Query
from fastapi.exceptions import RequestValidationError
from pydantic import AwareDatetime
from sqlalchemy import (
    Connection,
    Index,
    MetaData,
    Select,
    case,
    func,
    insert,
    select,
    tuple_,
)

from learn.lab import database, digits, prediction_log, registry, samples
from learn.lab.database import (
    KEY,
    fill,
    get_engine,
    metadata,
    models,
    predictions,
    renew_local_key,
    versions,
)
from learn.lab.registry import in_production, loaded
from learn.lab.schemas import Page, Problem, Wire, respond_in_words
from learn.lab.settings import ADMIN, get_settings, starting
from learn.lab.settings import router as settings_router

Id = Annotated[int, Path(ge=1, lt=2**31)]


class Record(Wire):
    """A prediction as it is stored, with the names of what made it."""

    id: int
    model: str
    version: int
    created_at: AwareDatetime
    latency_ms: float
    input_hash: str
    output: str | None
    error: str | None


class Usage(Wire):
    """How much a model is used."""

    model: str
    predictions: int
    latest: AwareDatetime | None


class Errors(Wire):
    """How often a version fails."""

    model: str
    version: int
    predictions: int
    error_rate: float


class Latency(Wire):
    """How long a version takes: at most this, 95 times in 100."""

    model: str
    version: int
    p95_ms: float


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
    version="0.9.0",
    description="Serves `digits-mlp`, a model that reads handwritten digits.",
    responses={"4XX": {"model": Problem}},
    lifespan=lifespan,
)
app.exception_handler(RequestValidationError)(respond_in_words)
app.include_router(samples.router, dependencies=[KEY])
app.include_router(database.router)
app.include_router(registry.router)
app.include_router(settings_router)


@app.get("/")
def read_status() -> dict[str, str]:
    return {"message": "Lantern is lit.", "docs": "/docs"}


# --8<-- [start:bulk]
def store(connection: Connection, rows: Iterable[dict[str, Any]], size: int) -> int:
    """Store rows that all have the same keys, in batches of `size`; how many."""
    rows = iter(rows)
    stored = 0
    while batch := list(islice(rows, size)):
        connection.execute(insert(predictions), batch)
        stored += len(batch)
    return stored


# --8<-- [end:bulk]
def ids_of_versions(connection: Connection) -> dict[tuple[str, int], int]:
    """The ids of the versions, by model and number."""
    query = select(models.c.name, versions.c.number, versions.c.id)
    rows = connection.execute(query.join_from(models, versions))
    return {(row.name, row.number): row.id for row in rows}


@app.post(
    "/predictions/made-up", status_code=201, tags=["predictions"], dependencies=[ADMIN]
)
def make_up_predictions(
    rows: Annotated[int, Query(ge=1, le=100_000)] = 40_000,
) -> dict[str, int]:
    """Write down predictions that nobody asked for, of models that are not served."""
    with get_engine().begin() as connection:
        there = set(connection.execute(select(models.c.name)).scalars())
        new = [
            {"name": name, "task": task}
            for name, (task, _) in prediction_log.MODELS.items()
            if name not in there
        ]
        if new:
            connection.execute(insert(models), new)
        found = connection.execute(select(models.c.name, models.c.id))
        model_ids = {row.name: row.id for row in found}
        known = ids_of_versions(connection)
        missing = [
            {"model_id": model_ids[name], "number": number, "stage": stage}
            for name, number, stage, *_ in prediction_log.VERSIONS
            if (name, number) not in known
        ]
        if missing:
            connection.execute(insert(versions), missing)
        ids = ids_of_versions(connection)
        log = prediction_log.made_up_predictions(rows, seed=9, version_ids=ids)
        return {"stored": store(connection, log, size=1_000)}


# --8<-- [start:usage]
@app.get("/reports/usage", tags=["reports"], dependencies=[KEY])
def report_usage() -> list[Usage]:
    """How much each model is used, those that nobody uses included."""
    number = func.count(predictions.c.id).label("predictions")
    query = (
        select(
            models.c.name.label("model"),
            number,
            func.max(predictions.c.created_at).label("latest"),
        )
        .outerjoin_from(models, versions)
        .outerjoin(predictions)
        .group_by(models.c.name)
        .order_by(number.desc(), models.c.name)
    )
    with get_engine().connect() as connection:
        return [Usage(**row) for row in connection.execute(query).mappings()]


# --8<-- [end:usage]
# --8<-- [start:errors]
@app.get("/reports/errors", tags=["reports"], dependencies=[KEY])
def report_errors(
    at_least: Annotated[int, Query(alias="at-least", ge=1, le=100_000)] = 1_000,
) -> list[Errors]:
    """The share of predictions that failed, of versions with enough of them."""
    failed = case((predictions.c.error.is_not(None), 1.0), else_=0.0)
    rate = func.avg(failed).label("error_rate")
    query = (
        select(
            models.c.name.label("model"),
            versions.c.number.label("version"),
            func.count().label("predictions"),
            rate,
        )
        .join_from(predictions, versions)
        .join(models)
        .group_by(models.c.name, versions.c.number)
        .having(func.count() >= at_least)
        .order_by(rate.desc(), models.c.name, versions.c.number)
    )
    with get_engine().connect() as connection:
        return [Errors(**row) for row in connection.execute(query).mappings()]


# --8<-- [end:errors]
# --8<-- [start:latency]
@app.get("/reports/latency", tags=["reports"], dependencies=[KEY])
def report_latency() -> list[Latency]:
    """The latency that 95 of 100 predictions of a version keep to, slowest first."""
    place = func.row_number().over(
        partition_by=predictions.c.version_id, order_by=predictions.c.latency_ms
    )
    number = func.count().over(partition_by=predictions.c.version_id)
    placed = select(
        predictions.c.version_id,
        predictions.c.latency_ms,
        place.label("place"),
        number.label("number"),
    ).cte("placed")
    query = (
        select(
            models.c.name.label("model"),
            versions.c.number.label("version"),
            func.min(placed.c.latency_ms).label("p95_ms"),
        )
        .join_from(placed, versions, placed.c.version_id == versions.c.id)
        .join(models)
        .where(placed.c.place * 100 >= placed.c.number * 95)
        .group_by(models.c.name, versions.c.number)
        .order_by(func.min(placed.c.latency_ms).desc())
    )
    with get_engine().connect() as connection:
        return [Latency(**row) for row in connection.execute(query).mappings()]


# --8<-- [end:latency]
def records() -> Select[Any]:
    """Predictions, with the names of what made them."""
    names = (models.c.name.label("model"), versions.c.number.label("version"))
    columns = [column for column in predictions.c if column.name != "version_id"]
    return select(*columns, *names).join_from(predictions, versions).join(models)


# --8<-- [start:recent]
@app.get("/reports/recent", tags=["reports"], dependencies=[KEY])
def report_recent(each: Annotated[int, Query(ge=1, le=10)] = 2) -> list[Record]:
    """The latest predictions of each version."""
    newest_first = [predictions.c.created_at.desc(), predictions.c.id.desc()]
    place = func.row_number().over(
        partition_by=predictions.c.version_id, order_by=newest_first
    )
    placed = records().add_columns(place.label("place")).cte("placed")
    columns = [column for column in placed.c if column.name != "place"]
    query = (
        select(*columns)
        .where(placed.c.place <= each)
        .order_by(placed.c.model, placed.c.version, placed.c.place)
    )
    with get_engine().connect() as connection:
        return [Record(**row) for row in connection.execute(query).mappings()]


# --8<-- [end:recent]
# --8<-- [start:keyset]
@app.get("/predictions", tags=["predictions"], dependencies=[KEY])
def list_predictions(
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    before: Annotated[int | None, Query(ge=1, lt=2**31)] = None,
) -> Page[Record]:
    """Predictions, newest first. `before` is the id of the last on the page before."""
    order = [predictions.c.created_at, predictions.c.id]
    query = records().order_by(*[column.desc() for column in order]).limit(limit)
    with get_engine().connect() as connection:
        if before is not None:
            last = select(*order).where(predictions.c.id == before)
            place = connection.execute(last).one_or_none()
            if place is None:
                raise HTTPException(404, f"There is no prediction {before}")
            query = query.where(tuple_(*order) < tuple(place))
        found = [Record(**row) for row in connection.execute(query).mappings()]
        total = connection.scalar(select(func.count()).select_from(predictions))
    return Page[Record](items=found, total=total or 0)


# --8<-- [end:keyset]
@app.get("/predictions/{prediction_id}", tags=["predictions"], dependencies=[KEY])
def read_prediction(prediction_id: Id) -> Record:
    """One prediction."""
    query = records().where(predictions.c.id == prediction_id)
    with get_engine().connect() as connection:
        row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise HTTPException(404, f"There is no prediction {prediction_id}")
    return Record(**row)


# --8<-- [start:plan]
# Of a copy of the table: `create_all` does not make it.
indexed = predictions.to_metadata(MetaData())
by_time = Index("ix_predictions_created_at_id", indexed.c.created_at, indexed.c.id)


@app.put("/index", tags=["plans"], dependencies=[ADMIN])
def create_index() -> str:
    """Make the index for `GET /predictions`."""
    with get_engine().begin() as connection:
        by_time.create(connection, checkfirst=True)
    get_engine().dispose()  # open connections remember plans
    return str(by_time.name)


@app.delete("/index", status_code=204, tags=["plans"], dependencies=[ADMIN])
def drop_index() -> None:
    """Take the index away again."""
    with get_engine().begin() as connection:
        by_time.drop(connection, checkfirst=True)
    get_engine().dispose()


@app.get("/plan", tags=["plans"], dependencies=[ADMIN])
def read_plan() -> list[str]:
    """How SQLite finds the newest predictions: with the index, and without it."""
    newest_first = [predictions.c.created_at.desc(), predictions.c.id.desc()]
    query = select(predictions.c.id).order_by(*newest_first).limit(20)
    with get_engine().connect() as connection:
        sql = query.compile(connection, compile_kwargs={"literal_binds": True})
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")
        return [row.detail for row in rows]


# --8<-- [end:plan]
