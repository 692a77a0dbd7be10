"""Grades exercise 8.4, update and delete, and count."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from learn.checks import Outcome, call, require
from learn.checks.database import traffic

STORED: dict[int, tuple[int, float, str | None]] = {
    1: (1, 12.5, None),
    2: (2, 0.25, "timeout"),
    3: (2, 0.0625, None),
    4: (1, 8.0, "no such feature"),
    5: (2, 45.0, None),
    6: (3, -0.5, None),
    7: (3, 0.0, "timeout"),
}


MOST_IDS = 10_000
Changes = dict[int, tuple[Any, ...] | None]


@pytest.fixture
def connection(exercise: ModuleType, engine: Engine) -> Iterator[Connection]:
    """A connection to a database that holds seven predictions of three versions."""
    exercise.metadata.create_all(engine)
    columns = ("id", "version_id", "latency_ms", "error")
    with engine.begin() as connection:
        rows = [dict(zip(columns, (key, *values), strict=True)) for key, values in STORED.items()]
        connection.execute(exercise.predictions.insert(), rows)
    with engine.connect() as connection:
        yield connection


def stored(connection: Connection) -> dict[int, tuple[Any, ...]]:
    """The rows by id: version, latency, error."""
    rows = connection.execute(text("SELECT id, version_id, latency_ms, error FROM predictions ORDER BY id"))
    return {row[0]: tuple(row[1:]) for row in rows}


def require_stored(outcome: Outcome, connection: Connection, changes: Changes) -> None:
    """The table is as it was, but for `changes` by id, where `None` is a row that is gone."""
    found = stored(connection)
    for key, before in STORED.items():
        expected, is_now = changes.get(key, before), found.get(key)
        require(
            is_now == expected,
            called=outcome.called,
            got=f"left prediction {key} {_shown(is_now)}",
            expected=f"prediction {key} {_shown(expected)}" + ("" if key in changes else ", as it was before"),
        )


def _shown(row: tuple[Any, ...] | None) -> str:
    if row is None:
        return "deleted"
    return f"with version_id {row[0]}, latency_ms {row[1]} and error {'null' if row[2] is None else repr(row[2])}"


def test_latencies_of_one_version_are_multiplied(exercise: ModuleType, connection: Connection) -> None:
    changed = call(exercise.seconds_to_ms, connection, 2)
    changed.expect_that(changed.error is None, "no exception")
    wanted: Changes = {2: (2, 250.0, "timeout"), 3: (2, 62.5, None), 5: (2, 45000.0, None)}
    require_stored(changed, connection, wanted)
    changed.expect(3, "version 2 has three predictions")
    changed = call(exercise.seconds_to_ms, connection, 3)
    wanted |= {6: (3, -500.0, None), 7: (3, 0.0, "timeout")}
    require_stored(changed, connection, wanted)
    changed.expect(2, "version 3 has two predictions, and 0 times 1000 is 0")
    changed = call(exercise.seconds_to_ms, connection, 7).expect(0, "version 7 has no predictions")
    require_stored(changed, connection, wanted)


def test_an_error_is_set_and_taken_away(exercise: ModuleType, connection: Connection) -> None:
    changed = call(exercise.set_error, connection, 3, "out of memory").expect(None)
    require_stored(changed, connection, {3: (2, 0.0625, "out of memory")})
    changed = call(exercise.set_error, connection, 3, " Größe 0\n").expect(None)
    require_stored(changed, connection, {3: (2, 0.0625, " Größe 0\n")})
    call(exercise.set_error, connection, 3, "out of memory").expect(None)
    changed = call(exercise.set_error, connection, 4, None).expect(None)
    require_stored(changed, connection, {3: (2, 0.0625, "out of memory"), 4: (1, 8.0, None)})
    call(exercise.set_error, connection, 4, None).expect(None, "it has no error already, and that is no mistake")
    changed = call(exercise.set_error, connection, 4, "").expect(None)
    require_stored(changed, connection, {3: (2, 0.0625, "out of memory"), 4: (1, 8.0, "")})


def test_a_prediction_that_is_not_there_is_an_error(exercise: ModuleType, connection: Connection) -> None:
    for missing in (99, 0):
        changed = call(exercise.set_error, connection, missing, "timeout")
        changed.expect_raised(LookupError, f"there is no prediction {missing}, so nothing was changed")
        require_stored(changed, connection, {})


def test_predictions_are_deleted_and_counted(exercise: ModuleType, connection: Connection) -> None:
    deleted = call(exercise.delete_predictions, connection, [5, 1])
    deleted.expect(2, "both were there")
    require_stored(deleted, connection, {1: None, 5: None})
    ids = [1, 2, 99, 2]
    deleted = call(exercise.delete_predictions, connection, ids)
    require(ids == [1, 2, 99, 2], called=deleted.called, got=f"made the list {ids}", expected="it to stay as it was")
    deleted.expect(1, "1 is deleted already, 99 was never there, and 2 stands twice in the list")
    require_stored(deleted, connection, {1: None, 2: None, 5: None})


def test_an_empty_list_deletes_nothing(exercise: ModuleType, connection: Connection) -> None:
    deleted = call(exercise.delete_predictions, connection, [])
    deleted.expect_that(deleted.error is None, "no exception")
    require_stored(deleted, connection, {})
    deleted.expect(0, "nothing was to be deleted")


def test_each_call_sends_one_statement(exercise: ModuleType, engine: Engine, connection: Connection) -> None:
    for function, arguments in (
        (exercise.seconds_to_ms, (2,)),
        (exercise.set_error, (3, "timeout")),
        (exercise.delete_predictions, ([3, 1, 5],)),
        (exercise.delete_predictions, (list(range(1, MOST_IDS + 1)),)),
    ):
        with traffic(engine) as sent:
            outcome = call(function, connection, *arguments)
        outcome.expect_that(outcome.error is None, "no exception")
        sent.expect_statements(outcome.called, 1, "one, whatever it is about")


def test_the_caller_decides_whether_to_commit(exercise: ModuleType, connection: Connection) -> None:
    for function, arguments in (
        (exercise.seconds_to_ms, (2,)),
        (exercise.set_error, (3, "timeout")),
        (exercise.delete_predictions, ([3, 1],)),
        (exercise.set_error, (99, "timeout")),
    ):
        connection.execute(text("DELETE FROM predictions WHERE id = 5"))
        outcome = call(function, connection, *arguments)
        if arguments[0] != 99:
            outcome.expect_that(outcome.error is None, "no exception")
        require(
            5 not in stored(connection),
            called=f"A delete of prediction 5, then {outcome.called},",
            got="took back the delete",
            expected="it to be as the caller left it: whether to commit or to roll back is the caller's to say",
        )
        connection.rollback()
        outcome.called = f"A delete of prediction 5, {outcome.called}, then a rollback,"
        require_stored(outcome, connection, {})
