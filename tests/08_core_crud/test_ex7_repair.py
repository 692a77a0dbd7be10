"""Grades exercise 8.7, a repair: lost rows, lost connections."""

from types import ModuleType
from typing import Any

from sqlalchemy import Column, Engine, Float, ForeignKey, Index, Integer, MetaData, Table, Text, text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from learn.checks import call, require, show
from learn.checks.database import add_after_each_insert, in_no_order, taken_connections, traffic


def create(engine: Engine, order: str) -> None:
    """Make the tables, the columns of `predictions` in this order, and three versions.

    An index on the latencies lets equal ones come in another order than that of their ids.
    """
    metadata = MetaData()
    versions = Table("versions", metadata, Column("id", Integer, primary_key=True), Column("number", Integer))
    columns: dict[str, Column[Any]] = {
        "id": Column("id", Integer, primary_key=True),
        "version_id": Column("version_id", ForeignKey("versions.id"), nullable=False),
        "latency_ms": Column("latency_ms", Float, nullable=False),
        "output": Column("output", Text, nullable=False),
    }
    Table("predictions", metadata, *(columns[name] for name in order.split()), Index("by_latency", "latency_ms"))
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(versions.insert(), [{"id": number, "number": number} for number in (1, 2, 3)])


USUAL = "id version_id latency_ms output"
ANOTHER = "output latency_ms version_id id"
STORED = [(12.5, "spam"), (250.0, "ham"), (3.0, "ham"), (250.0, "spam"), (99.0, "ham")]
BY_ID = [{"id": key, "latency_ms": latency, "output": output} for key, (latency, output) in enumerate(STORED, start=1)]
SLOWEST = [BY_ID[index] for index in (1, 3, 4, 0, 2)]


def fill(engine: Engine) -> None:
    """Five predictions of version 2."""
    rows = [{"id": row["id"], "latency": row["latency_ms"], "output": row["output"]} for row in BY_ID]
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO predictions (id, version_id, latency_ms, output) VALUES (:id, 2, :latency, :output)"),
            rows[::-1],
        )


def stored(engine: Engine) -> list[dict[str, Any]]:
    """What another connection sees."""
    with engine.connect() as second:
        rows = second.execute(text("SELECT id, version_id, latency_ms, output FROM predictions ORDER BY id"))
        return [dict(row) for row in rows.mappings()]


def test_a_recorded_prediction_is_kept(exercise: ModuleType, engine: Engine) -> None:
    create(engine, USUAL)
    recorded = call(exercise.record_prediction, engine, 2, 12.0625, " Spam\n")
    recorded.expect_that(recorded.error is None, "no exception")
    found = [{key: row[key] for key in ("version_id", "latency_ms", "output")} for row in stored(engine)]
    wanted = {"version_id": 2, "latency_ms": 12.0625, "output": " Spam\n"}
    require(
        found == [wanted],
        called=recorded.called,
        got=f"let another connection see the rows {show(found)}",
        expected=f"{show([wanted])}: what was recorded is there for everybody",
    )


def test_its_id_is_returned(exercise: ModuleType, engine: Engine) -> None:
    create(engine, ANOTHER)
    add_after_each_insert(engine, "INSERT INTO predictions (version_id, latency_ms, output) VALUES (2, 1.0, 'other')")
    for version, latency, output in ((1, 12.5, "spam"), (3, 7.25, "ham")):
        recorded = call(exercise.record_prediction, engine, version, latency, output)
        recorded.expect_that(recorded.error is None, "no exception")
        ids = [row["id"] for row in stored(engine) if row["output"] == output]
        require(len(ids) == 1, called=recorded.called, got=f"left {len(ids)} such rows", expected="one row")
        recorded.expect(ids[0], "the id that the database gave the row; somebody else added one right after it")


def test_the_slowest_come_first(exercise: ModuleType, engine: Engine) -> None:
    create(engine, USUAL)
    call(exercise.slowest_predictions, engine).expect([], "nothing was recorded yet")
    fill(engine)
    with in_no_order(engine):
        found = call(exercise.slowest_predictions, engine)
    found.expect(SLOWEST[:3], "the three slowest, and of two that are equally slow the lower id first")
    call(exercise.slowest_predictions, engine, limit=1).expect(SLOWEST[:1], "the slowest, of two the lower id")
    call(exercise.slowest_predictions, engine, limit=9).expect(SLOWEST, "all five, the slowest first")
    call(exercise.slowest_predictions, engine, limit=0).expect([], "at most none")


def test_columns_may_stand_in_another_order(exercise: ModuleType, engine: Engine) -> None:
    create(engine, ANOTHER)
    fill(engine)
    found = call(exercise.slowest_predictions, engine, limit=2)
    found.expect(SLOWEST[:2], "the columns stand in another order here, but their names are the same")


def test_only_the_slowest_are_read(exercise: ModuleType, engine: Engine) -> None:
    create(engine, USUAL)
    fill(engine)
    with traffic(engine) as sent:
        found = call(exercise.slowest_predictions, engine, limit=2)
    found.expect_that(found.error is None, "no exception")
    sent.expect_rows(found.called, 2, "the log is long, so no row is read that is not returned")


def test_a_row_that_the_database_refuses_is_an_error(exercise: ModuleType, engine: Engine) -> None:
    create(engine, USUAL)
    with taken_connections(engine):  # one that is kept is closed after it, with its locks
        refused = call(exercise.record_prediction, engine, 99, 12.5, "spam")
    refused.expect_raised(SQLAlchemyError, "there is no version 99, so the database refuses the row")
    found = stored(engine)
    require(found == [], called=refused.called, got=f"left the rows {show(found)}", expected="none: it was refused")
    refused = call(exercise.record_prediction, engine, 2, 12.5, None)
    refused.expect_raised(IntegrityError, "an output is never null, and that is another error than a missing version")


def test_connections_go_back_to_the_pool(exercise: ModuleType, engine: Engine) -> None:
    create(engine, USUAL)
    for function, arguments in (
        (exercise.record_prediction, (2, 12.5, "spam")),
        (exercise.slowest_predictions, ()),
        (exercise.record_prediction, (99, 12.5, "spam")),
    ):
        with taken_connections(engine) as taken:
            outcome = call(function, engine, *arguments)
            taken.expect_given_back(outcome)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE predictions"))
    with taken_connections(engine) as taken:
        outcome = call(exercise.slowest_predictions, engine)
        outcome.called += ", while the table is missing,"
        taken.expect_given_back(outcome)
        error = outcome.error
        outcome.expect_that(isinstance(error, SQLAlchemyError), "SQLAlchemy's error: the log cannot be read")
