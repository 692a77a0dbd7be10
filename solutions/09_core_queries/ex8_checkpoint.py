"""Exercise 9.8: Checkpoint: reports, read only.

Everything of Part 3 behind an API: the numbers that Lantern's team asks for every
morning, straight from the prediction log. Anybody in the company may call it, so it
must not be able to harm the log, nor to ask for too much.

The file reads the environment variable `LANTERN_DATABASE_URL` when it is imported;
without it, the address is `sqlite:///lantern.db`. The tables are there already, with
the columns below.

**Read only.** The database itself refuses every write through the app's engine, with
SQLite and with PostgreSQL. `open_read_only` makes that engine: for SQLite an address of
the form `sqlite:///file:///…/lantern.db?mode=ro&uri=true`, for PostgreSQL the execution
option `postgresql_readonly`. The path of a SQLite file may hold blanks, `#` and `%`. In
a URI they mean something else, and an address that is put together from texts opens
another file, which may be written. `Path.as_uri` escapes them.

**Three reports.** The classes of the bodies are given, and so are `Slug` of exercise
5.3, and `Problem` of 4.6 with its handler.

- `GET /models?since=2026-10-01&until=2026-11-01` lists the models with what they made
  from the start of the day `since` up to, and without, the start of the day `until`, in
  UTC. Both are required. A model that made nothing then is in the list with 0 and 0.
  Most predictions first, then by name. Where Pydantic reads no `date` from one of them,
  or `until` is not after `since`, or more than 92 days after it: 422.
- `GET /models/{name}/versions` lists the versions of a model that have made at least
  `at_least` predictions, the highest number first. `error_rate` is the share of
  predictions with an `error` that is not NULL; `p95_ms` is the smallest latency that at
  least 95 % of the version's predictions do not exceed. `at_least` is 1 to 10,000, and
  20 where it is left out.
- `GET /models/{name}/predictions` answers a page of a model's predictions, over all
  versions: the newest first, those of the same time by id, the largest first. `next` is
  `null` on the last page; else the same request with that text as `cursor` answers the
  next page, even where new rows have arrived. A `cursor` that is no such text: 422. The
  empty text is none, and neither is one with a number that no time or id can be.

**Limits.** Each takes `limit`, 1 to 100, and 20 where it is left out: at most that many
models, versions or predictions are answered, the first ones. No statement brings more
rows than `limit`, plus one. A `name` that is no `Slug`: 422. A name that no model has,
where all else fits: 404, a `Problem` whose `detail` contains the name.

For example, `GET /models/spam-filter/predictions?limit=1` may answer

    {"items": [{"id": 7, "version": 2, "created_at": "2026-10-01T09:30:00Z",
                "latency_ms": 8.5, "error": null}],
     "next": "1790847000000000-7"}
"""

# region solution
import os
import pathlib
from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import FastAPI, HTTPException, Query, Request, status
from fastapi.responses import JSONResponse
from pydantic import BaseModel, StringConstraints
from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    and_,
    case,
    create_engine,
    func,
    make_url,
    select,
    tuple_,
)
from starlette.exceptions import HTTPException as AnyHTTPException

# endregion
# region starter
# import os
# from datetime import UTC, datetime
# from http import HTTPStatus
# from typing import Annotated
#
# from fastapi import FastAPI, Request
# from fastapi.responses import JSONResponse
# from pydantic import BaseModel, StringConstraints
# from sqlalchemy import (
#     Column,
#     DateTime,
#     Dialect,
#     Engine,
#     Float,
#     ForeignKey,
#     Integer,
#     MetaData,
#     String,
#     Table,
#     Text,
#     TypeDecorator,
#     create_engine,
#     func,
#     select,
# )
# from starlette.exceptions import HTTPException as AnyHTTPException
#
# endregion
app = FastAPI(title="Lantern's reports")


class UtcDateTime(TypeDecorator[datetime]):
    """A time that is in UTC in the database, and aware in Python: exercise 7.5."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _: Dialect) -> datetime | None:
        return value and value.astimezone(UTC)

    def process_result_value(
        self, value: datetime | None, _: Dialect
    ) -> datetime | None:
        return value and (
            value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
        )


metadata = MetaData()
models = Table(
    "models",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
)
versions = Table(
    "versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("model_id", ForeignKey("models.id"), nullable=False),
    Column("number", Integer, nullable=False),
)
predictions = Table(
    "predictions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version_id", ForeignKey("versions.id"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("latency_ms", Float, nullable=False),
    Column("error", Text),
)


Slug = Annotated[
    str,
    StringConstraints(min_length=3, max_length=40, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$"),
]


class Problem(BaseModel):
    """The body of an error that is raised: exercise 4.6."""

    status: int
    title: str
    detail: str


@app.exception_handler(AnyHTTPException)
def answer_problem(_: Request, error: AnyHTTPException) -> JSONResponse:
    title = HTTPStatus(error.status_code).phrase
    problem = Problem(status=error.status_code, title=title, detail=error.detail)
    return JSONResponse(
        problem.model_dump(),
        error.status_code,
        error.headers,
        media_type="application/problem+json",
    )


class ModelReport(BaseModel):
    model: str
    predictions: int
    errors: int


class VersionReport(BaseModel):
    number: int
    predictions: int
    error_rate: float
    p95_ms: float


class Prediction(BaseModel):
    id: int
    version: int
    created_at: datetime
    latency_ms: float
    error: str | None


class PredictionPage(BaseModel):
    items: list[Prediction]
    next: str | None


# region solution
Limit = Annotated[int, Query(ge=1, le=100)]
Cursor = Annotated[str | None, Query(pattern="^[0-9]{1,16}-[0-9]{1,9}$")]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST = timedelta(days=92)


# endregion
# region starter
# endregion
def open_read_only(address: str) -> Engine:
    """An engine through which the database refuses to write."""
    # region solution
    url = make_url(address)
    if url.get_backend_name() == "sqlite":
        # As a URI, in which a `#` or a `%` of the path is escaped.
        file = pathlib.Path(url.database or "").resolve().as_uri()
        url = url.set(database=file).update_query_dict({"mode": "ro", "uri": "true"})
        return create_engine(url)
    return create_engine(url, execution_options={"postgresql_readonly": True})
    # endregion
    # region starter
    # return create_engine(address)
    # endregion


engine = open_read_only(os.environ.get("LANTERN_DATABASE_URL", "sqlite:///lantern.db"))


# region solution
@app.get("/models")
def report_models(since: date, until: date, limit: Limit = 20) -> list[ModelReport]:
    if not timedelta(0) < until - since <= LONGEST:
        detail = f"until must be after since, by at most {LONGEST.days} days"
        raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, detail)
    first, end = (datetime.combine(day, time(), UTC) for day in (since, until))
    in_time = and_(predictions.c.created_at >= first, predictions.c.created_at < end)
    made = func.count(predictions.c.id)
    query = (
        select(
            models.c.name.label("model"),
            made.label("predictions"),
            func.count(predictions.c.error).label("errors"),
        )
        .outerjoin_from(models, versions)
        .outerjoin(
            predictions, and_(predictions.c.version_id == versions.c.id, in_time)
        )
        .group_by(models.c.name)
        .order_by(made.desc(), models.c.name)
        .limit(limit)
    )
    with engine.connect() as connection:
        return [ModelReport(**row) for row in connection.execute(query).mappings()]


def model_id_or_404(connection: Connection, name: str) -> int:
    model_id: int | None = connection.execute(
        select(models.c.id).where(models.c.name == name)
    ).scalar()
    if model_id is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"There is no model {name!r}")
    return model_id


@app.get("/models/{name}/versions")
def report_versions(
    name: Slug, at_least: Annotated[int, Query(ge=1, le=10_000)] = 20, limit: Limit = 20
) -> list[VersionReport]:
    share = func.cume_dist().over(
        partition_by=versions.c.id, order_by=predictions.c.latency_ms
    )
    # The model is chosen in here. A condition outside would come after the window,
    # which would then be worked out for the predictions of all models.
    of_model = (
        select(versions.c.number, predictions.c.latency_ms, predictions.c.error)
        .add_columns(share.label("share"))
        .join_from(models, versions)
        .join(predictions)
        .where(models.c.name == name)
    )
    log = of_model.subquery()
    query = (
        select(
            log.c.number,
            func.count().label("predictions"),
            func.avg(case((log.c.error.is_not(None), 1.0), else_=0.0)).label(
                "error_rate"
            ),
            func.min(case((log.c.share >= 0.95, log.c.latency_ms))).label("p95_ms"),
        )
        .group_by(log.c.number)
        .having(func.count() >= at_least)
        .order_by(log.c.number.desc())
        .limit(limit)
    )
    with engine.connect() as connection:
        model_id_or_404(connection, name)
        return [VersionReport(**row) for row in connection.execute(query).mappings()]


@app.get("/models/{name}/predictions")
def list_predictions(
    name: Slug, limit: Limit = 20, cursor: Cursor = None
) -> PredictionPage:
    order = [predictions.c.created_at, predictions.c.id]
    query = (
        select(
            *order,
            versions.c.number.label("version"),
            predictions.c.latency_ms,
            predictions.c.error,
        )
        .join_from(predictions, versions)
        .order_by(*[column.desc() for column in order])
        .limit(limit + 1)  # one more tells whether there is a next page
    )
    if cursor is not None:
        microseconds, last_id = map(int, cursor.split("-"))
        query = query.where(
            tuple_(*order) < (EPOCH + timedelta(microseconds=microseconds), last_id)
        )
    with engine.connect() as connection:
        of_model = versions.c.model_id == model_id_or_404(connection, name)
        found = [
            Prediction(**row)
            for row in connection.execute(query.where(of_model)).mappings()
        ]
    items = found[:limit]
    if len(found) <= limit:
        return PredictionPage(items=items, next=None)
    place = (items[-1].created_at - EPOCH) // timedelta(microseconds=1)
    return PredictionPage(items=items, next=f"{place}-{items[-1].id}")


# endregion
# region starter
# @app.get("/models")
# def report_models() -> list[ModelReport]:
#     query = (
#         select(models.c.name, func.count())
#         .join_from(models, versions)
#         .join(predictions)
#         .group_by(models.c.name)
#     )
#     with engine.connect() as connection:
#         return [
#             ModelReport(model=name, predictions=made, errors=0)
#             for name, made in connection.execute(query)
#         ]
#
#
# endregion
