"""Grades exercise 7.5, types that are the same on every database."""

import json
import time
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import Column, Engine, Integer, MetaData, Table, insert, select, text
from sqlalchemy.exc import SQLAlchemyError, StatementError

from learn.checks import require, require_no_warning
from learn.checks.tables import create_tables, expect_refused, expect_rows, table


class Lima(tzinfo):
    """A zone that is no `timezone`, as those of `zoneinfo` are not."""

    def utcoffset(self, _: datetime | None) -> timedelta:
        return timedelta(hours=-5)

    def dst(self, _: datetime | None) -> timedelta:
        return timedelta(0)

    def tzname(self, _: datetime | None) -> str:
        return "Lima"

    def __repr__(self) -> str:
        return "Lima()"


class Nowhere(Lima):
    """A zone that does not know its offset: by Python's own definition, a time in it is naive."""

    def utcoffset(self, _: datetime | None) -> None:  # type: ignore[override]
        return None

    def __repr__(self) -> str:
        return "Nowhere()"


BERLIN = datetime(2026, 7, 1, 14, 0, tzinfo=timezone(timedelta(hours=2)))
DELHI = datetime(2026, 1, 31, 3, 15, 20, 125_000, tzinfo=timezone(timedelta(hours=5, minutes=30)))
LONDON = datetime(2026, 7, 1, 12, 30, tzinfo=UTC)
LONG_AGO = datetime(1912, 6, 23, 7, 5, 9, 999_999, tzinfo=timezone(timedelta(hours=1)))
LATER = datetime(2199, 12, 31, 23, 59, 59, 123_457, tzinfo=timezone(timedelta(hours=-12)))
LIMA = datetime(2026, 12, 31, 20, 0, tzinfo=Lima())
RAW = "INSERT INTO versions (stage, created_at) VALUES (:stage, :created_at)"


@pytest.fixture(autouse=True)
def far_from_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that keeps the time of Tokyo, so that local time and UTC are not the same by accident."""
    monkeypatch.setenv("TZ", "JST-9")
    if hasattr(time, "tzset"):  # not on Windows
        time.tzset()


def store(exercise: ModuleType, engine: Engine, **values: object) -> None:
    """Insert one row through the learner's table."""
    row = {"stage": exercise.Stage.STAGING, "created_at": BERLIN} | values
    versions = table(exercise, "versions")
    try:
        with engine.begin() as connection:
            connection.execute(insert(versions), row)
    except SQLAlchemyError as error:
        kind = type(error.__cause__ or error).__name__
        require(False, called=inserting(**values), got=f"raised {kind}", expected="the row to be stored")


def inserting(**values: object) -> str:
    return f"insert(versions) with {', '.join(f'{name} = {value!r}' for name, value in values.items())}"


def read(exercise: ModuleType, engine: Engine, column: str) -> list[Any]:
    """The values of a column, read through the learner's table from a connection in another time zone."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET TIME ZONE 'Asia/Tokyo'"))
        versions = table(exercise, "versions")
        return list(connection.execute(select(versions.c[column]).order_by(versions.c.id)).scalars())


def test_an_instant_comes_back_in_utc(exercise: ModuleType, engine: Engine) -> None:
    create_tables(exercise, engine)
    for at in [BERLIN, DELHI, LONDON, LIMA, LONG_AGO, LATER]:
        store(exercise, engine, created_at=at)
        found = read(exercise, engine, "created_at")[-1]
        require(
            isinstance(found, datetime) and found.utcoffset() == timedelta(0) and found == at,
            called=inserting(created_at=at),
            got=f"reads as {found!r}",
            expected=f"the same instant in UTC, {at.astimezone(UTC)!r}",
        )


def test_instants_are_compared_as_instants(exercise: ModuleType, engine: Engine) -> None:
    create_tables(exercise, engine)
    store(exercise, engine, created_at=LONDON)
    store(exercise, engine, created_at=BERLIN)
    versions = table(exercise, "versions")
    limit = datetime(2026, 7, 1, 14, 15, tzinfo=timezone(timedelta(hours=2)))
    with engine.connect() as connection:
        found = list(connection.execute(select(versions.c.id).where(versions.c.created_at < limit)).scalars())
    require(
        found == [2],
        called="Of row 1, at 12:30 UTC, and row 2, at 14:00 +02:00, select … where created_at < 14:15 +02:00",
        got=f"finds the rows {found}",
        expected="[2]: 14:15 +02:00 is 12:15 UTC, and instants are compared in UTC",
    )


def test_a_naive_time_is_refused(exercise: ModuleType, engine: Engine) -> None:
    create_tables(exercise, engine)
    for naive in (datetime(2026, 7, 1, 12, 0), datetime(2026, 7, 1, 12, 0, tzinfo=Nowhere())):
        cause: BaseException | None = None
        try:
            with engine.begin() as connection:
                connection.execute(insert(table(exercise, "versions")), {"stage": "staging", "created_at": naive})
        except StatementError as error:
            cause = error.orig
        require(
            isinstance(cause, ValueError),
            called=inserting(created_at=naive),
            got="stored the row" if cause is None else f"raised {type(cause).__name__}",
            expected="a ValueError: nobody knows the zone of this time",
        )


def test_none_stays_none(exercise: ModuleType, engine: Engine) -> None:
    tasks = Table("tasks", MetaData(), Column("id", Integer, primary_key=True), Column("done_at", exercise.UtcDateTime))
    tasks.create(engine)
    try:
        with engine.begin() as connection:
            connection.execute(insert(tasks), {"done_at": None})
            found = connection.execute(select(tasks.c.done_at)).scalar()
    except (SQLAlchemyError, AttributeError, TypeError) as error:
        found = error
    require(
        found is None,
        called="A column of type UtcDateTime that is given None",
        got=f"raised {type(found).__name__}" if isinstance(found, Exception) else f"reads as {found!r}",
        expected="None: the time is not known yet",
    )


def test_a_stage_is_kept_by_its_value(exercise: ModuleType, engine: Engine) -> None:
    create_tables(exercise, engine)
    for stage in exercise.Stage:
        store(exercise, engine, stage=stage)
        found = read(exercise, engine, "stage")[-1]
        require(
            found is stage,
            called=inserting(stage=stage),
            got=f"reads as {found!r}",
            expected=f"the member of the Enum again, {stage!r}",
        )
    wanted = [("none",), ("staging",), ("production",), ("archived",)]
    expect_rows(engine, "SELECT stage FROM versions ORDER BY id", wanted, "the database keeps the values")


def test_the_database_refuses_other_stages(exercise: ModuleType, engine: Engine) -> None:
    create_tables(exercise, engine)
    store(exercise, engine)
    with engine.connect() as connection:
        at = connection.execute(text("SELECT created_at FROM versions")).scalar()  # as this database keeps it
    for stage in ["retired", "STAGING", "Staging", " staging", "staging ", "stag", ""]:
        _refused_stage(engine, stage, at)
    expect_refused(engine, RAW, "stage is required", stage=None, created_at=at)
    expect_refused(engine, RAW, "created_at is required", stage="staging", created_at=None)


def _refused_stage(engine: Engine, stage: str, at: object) -> None:
    """Refused by a check, or by the type itself where the database has such a type."""
    try:
        with engine.connect() as connection:
            connection.execute(text(RAW), {"stage": stage, "created_at": at})
    except SQLAlchemyError:
        return
    require(
        False,
        called=f"{RAW}, with the stage {stage!r},",
        got="was let in",
        expected="the database to refuse it: it is none of the four values",
    )


def test_metrics_come_back_as_they_were(exercise: ModuleType, engine: Engine) -> None:
    create_tables(exercise, engine)
    for metrics in [{"accuracy": 0.94, "labels": ["spam", "ham"], "by": {"größe": 3}, "note": None}, [1, 2.5], {}]:
        store(exercise, engine, metrics=metrics)
        found = read(exercise, engine, "metrics")[-1]
        require(found == metrics, called=inserting(metrics=metrics), got=f"reads as {found!r}", expected=f"{metrics}")
    require(
        _kept(engine) == [1, 2.5],
        called=inserting(metrics=[1, 2.5]),
        got="left something in the database that is not the JSON [1, 2.5]",
        expected="JSON, which every program can read",
    )


def _kept(engine: Engine) -> Any:
    """The metrics of row 2 as JSON, read past the learner's table; `None` where it is none."""
    statement = text("SELECT CAST(metrics AS TEXT) FROM versions WHERE id = 2")
    try:
        with engine.connect() as connection:
            return json.loads(connection.execute(statement).scalar_one())
    except (SQLAlchemyError, ValueError, TypeError):
        return None


def test_no_metrics_are_null(exercise: ModuleType, engine: Engine) -> None:
    create_tables(exercise, engine)
    store(exercise, engine, metrics={})
    store(exercise, engine, metrics=None)
    require(
        read(exercise, engine, "metrics")[1] is None,
        called=inserting(metrics=None),
        got=f"reads as {read(exercise, engine, 'metrics')[1]!r}",
        expected="None",
    )
    why = "row 2 was stored with metrics = None, and {} is something"
    expect_rows(engine, "SELECT id FROM versions WHERE metrics IS NULL", [(2,)], why)
    store(exercise, engine)
    for metrics in list[Any]([0, False, "", []]):
        store(exercise, engine, metrics=metrics)
        found = read(exercise, engine, "metrics")[-1]
        require(found == metrics, called=inserting(metrics=metrics), got=f"reads as {found!r}", expected=f"{metrics!r}")
    why = "row 2 was stored with metrics = None, row 3 without metrics, and the rest is something"
    expect_rows(engine, "SELECT id FROM versions WHERE metrics IS NULL ORDER BY id", [(2,), (3,)], why)


def test_it_warns_of_nothing(recwarn: pytest.WarningsRecorder, exercise: ModuleType, engine: Engine) -> None:
    create_tables(exercise, engine)
    store(exercise, engine, metrics={"accuracy": 0.94})
    read(exercise, engine, "created_at")
    require_no_warning(recwarn)
