"""Grades exercise 9.6: Store many rows."""

from collections.abc import Iterator
from datetime import UTC, timedelta
from types import ModuleType
from typing import Any

from sqlalchemy import Engine, func, insert, select
from sqlalchemy.exc import IntegrityError

from learn.checks import call, require
from learn.checks.database import taken_connections, traffic
from learn.lab.prediction_log import START


def row(place: int, **more: Any) -> dict[str, Any]:
    made_at = START + timedelta(minutes=place, microseconds=place)
    return {"version_id": place + 7, "created_at": made_at, "latency_ms": float(place), **more}


def count(exercise: ModuleType, engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(exercise.predictions)).scalar_one()


def test_all_rows_are_stored(exercise: ModuleType, engine: Engine) -> None:
    exercise.metadata.create_all(engine)
    for number, total in ((5, 5), (4, 9), (1, 10)):  # in batches of two: an odd and an even number, and one batch
        outcome = call(exercise.store, engine, [row(place) for place in range(number)], size=2)
        outcome.called = f"store(engine, a list of {number} rows, size=2)"
        outcome.expect(number, "the number of rows stored")
        got = f"left {count(exercise, engine)} rows in the table"
        require(count(exercise, engine) == total, called=outcome.called, got=got, expected=f"{total}: {number} more")
    table = exercise.predictions
    query = select(table.c.latency_ms, table.c.version_id, table.c.created_at).order_by(table.c.id)
    with engine.connect() as connection:
        stored = connection.execute(query).all()
    found = [one.latency_ms for one in stored]
    expected = [0.0, 1.0, 2.0, 3.0, 4.0, 0.0, 1.0, 2.0, 3.0, 0.0]
    require(
        found == expected, called="store", got=f"stored the latencies {found}", expected=f"{expected}, as they came"
    )
    for one, given in zip(stored, map(row, (0, 1, 2, 3, 4, 0, 1, 2, 3, 0)), strict=True):
        made_at = one.created_at if one.created_at.tzinfo else one.created_at.replace(tzinfo=UTC)  # SQLite forgets it
        got = f"stored version {one.version_id} at {made_at}"
        wanted = f"version {given['version_id']} at {given['created_at']}, as it came"
        same = (one.version_id, made_at) == (given["version_id"], given["created_at"])
        require(same, called="store", got=got, expected=wanted)


def test_output_and_error_may_be_left_out(exercise: ModuleType, engine: Engine) -> None:
    exercise.metadata.create_all(engine)
    rows = [row(0), row(1, error="timeout"), row(2, output="spam"), row(3, output="", error=None)]
    given = [dict(one) for one in rows]
    outcome = call(exercise.store, engine, rows, size=10)
    outcome.called = "store(engine, rows with and without output and error, size=10)"
    outcome.expect(4)
    require(rows == given, called=outcome.called, got="changed the caller's rows", expected="them to stay as they were")
    table = exercise.predictions
    with engine.connect() as connection:
        found = list(connection.execute(select(table.c.output, table.c.error).order_by(table.c.id)).all())
    expected = [(None, None), (None, "timeout"), ("spam", None), ("", None)]
    got = f"stored as output and error {found}"
    require(found == expected, called=outcome.called, got=got, expected=f"{expected}: what a row has is not lost")

    outcome = call(exercise.store, engine, [row(4), row(5), row(6, error="timeout"), row(7)], size=2)
    outcome.called = "store(engine, rows of which the third has an error, size=2)"
    outcome.expect(4)
    with engine.connect() as connection:
        errors = list(connection.execute(select(table.c.error).order_by(table.c.id).offset(4)).scalars())
    got = f"stored the errors {errors}"
    expected_errors = [None, None, "timeout", None]
    require(
        errors == expected_errors, called=outcome.called, got=got, expected=f"{expected_errors}: batches may differ"
    )


def test_each_batch_is_one_call(exercise: ModuleType, engine: Engine) -> None:
    exercise.metadata.create_all(engine)
    for number, size, batches in ((5, 2, 3), (6, 3, 2), (2, 50, 1), (1_001, None, 2)):
        rows = [row(place, **({"error": "timeout"} if place % 2 else {})) for place in range(number)]
        with traffic(engine) as sent:
            outcome = call(exercise.store, engine, iter(rows), **({} if size is None else {"size": size}))
        outcome.called = f"store(engine, {number} rows{'' if size is None else f', size={size}'})"
        outcome.expect(number)
        sent.expect_statements(outcome.called, batches, "one for each batch")


def test_a_generator_is_read_batch_by_batch(exercise: ModuleType, engine: Engine) -> None:
    exercise.metadata.create_all(engine)
    with traffic(engine) as sent:
        most = 0

        def rows() -> Iterator[dict[str, Any]]:
            nonlocal most
            for place in range(9):
                most = max(most, place - 2 * len(sent.statements))
                yield row(place)

        outcome = call(exercise.store, engine, rows(), size=2)
    outcome.called = "store(engine, a generator of 9 rows, size=2)"
    outcome.expect(9)
    got = f"held {most} rows that it had not sent yet"
    require(most <= 2, called=outcome.called, got=got, expected="2 at most: a night of rows does not fit into memory")


def expect_as_it_was(exercise: ModuleType, engine: Engine, called: str) -> None:
    """The one row that was there before is still there, and no other."""
    number = count(exercise, engine)
    got = f"left {number} rows in a table that held 1 before"
    require(number == 1, called=called, got=got, expected="that 1: the table is as it was")


def test_it_is_all_or_nothing(exercise: ModuleType, engine: Engine) -> None:
    exercise.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(exercise.predictions), [row(0)])

    def torn() -> Iterator[dict[str, Any]]:
        yield from (row(place) for place in range(5))
        raise EOFError("the file ends in the middle of a row")

    with taken_connections(engine) as taken:
        outcome = call(exercise.store, engine, torn(), size=2)
        taken.expect_given_back(outcome)
    outcome.called = "store(engine, a generator that raises EOFError after 5 rows, size=2)"
    outcome.expect_raised(EOFError, "whoever called has to know")
    expect_as_it_was(exercise, engine, outcome.called)

    rows = [row(0), row(1), row(2), row(3) | {"latency_ms": None}]
    outcome = call(exercise.store, engine, rows, size=2)
    outcome.called = "store(engine, 4 rows of which the last has no latency, size=2)"
    outcome.expect_raised(IntegrityError, "latency_ms is never NULL, and the database's exception says so")
    expect_as_it_was(exercise, engine, outcome.called)


def test_nothing_to_store_is_no_statement(exercise: ModuleType, engine: Engine) -> None:
    exercise.metadata.create_all(engine)
    with traffic(engine) as sent:
        call(exercise.store, engine, []).expect(0, "there is nothing to store")
        call(exercise.store, engine, iter(())).expect(0, "there is nothing to store")
    sent.expect_statements("store(engine, [])", 0, "none, for there is nothing to store")
