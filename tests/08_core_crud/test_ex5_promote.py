"""Grades exercise 8.5, all or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from learn.checks import Outcome, call, require, show
from learn.checks.database import kept_alive

# Stages by model and number. Model 3 has nothing in production.
STORED = {
    (1, 1): "archived",
    (1, 2): "none",
    (1, 3): "production",
    (1, 4): "staging",
    (2, 3): "production",
    (2, 4): "staging",
    (3, 1): "none",
}
MOST = 12  # statements that a promotion may be made of


@pytest.fixture(autouse=True)
def prepared(exercise: ModuleType, engine: Engine) -> None:
    """A database with seven versions of three models."""
    exercise.metadata.create_all(engine)
    rows = [{"model_id": model, "number": number, "stage": stage} for (model, number), stage in STORED.items()]
    with engine.begin() as connection:
        connection.execute(exercise.versions.insert(), rows)


def stages(engine: Engine) -> dict[tuple[int, int], str]:
    """What another connection sees."""
    with engine.connect() as second:
        rows = second.execute(text("SELECT model_id, number, stage FROM versions ORDER BY model_id, number"))
        return {(row[0], row[1]): row[2] for row in rows}


def require_stages(called: str, engine: Engine, changes: dict[tuple[int, int], str], why: str) -> None:
    """Another connection sees the versions as they were, but for `changes`."""
    found = stages(engine)
    for key, before in STORED.items():
        expected = changes.get(key, before)
        require(
            found.get(key) == expected,
            called=called,
            got=f"left version {key[1]} of model {key[0]} in the stage {show(found.get(key))}",
            expected=f"{show(expected)}: {why}",
        )


def attempt(exercise: ModuleType, engine: Engine, model: int, number: int) -> Outcome:
    """Promote. A connection that was not given back is ended, with the locks that it holds."""
    with kept_alive(engine):
        return call(exercise.promote, engine, model, number)


@contextmanager
def failing_at(engine: Engine, number: int) -> Iterator[list[str]]:
    """The database refuses statement `number`. The list holds the one refused, once it is."""
    sent = 0
    refused: list[str] = []

    def refuse(connection: Any, cursor: Any, statement: str, *_: object) -> None:  # noqa: ARG001
        nonlocal sent
        sent += 1
        if sent == number:
            refused.append(statement)
            raise OperationalError(statement, {}, Exception("the connection to the server was lost"))

    event.listen(engine, "before_cursor_execute", refuse)
    try:
        yield refused
    finally:
        event.remove(engine, "before_cursor_execute", refuse)


def test_one_takes_the_place_of_the_other(exercise: ModuleType, engine: Engine) -> None:
    done = attempt(exercise, engine, 1, 4).expect(None)
    changes = {(1, 4): "production", (1, 3): "archived"}
    require_stages(done.called, engine, changes, "4 takes the place of 3, for every connection, and no other changes")
    done = attempt(exercise, engine, 1, 1).expect(None)
    changes = {(1, 1): "production", (1, 3): "archived", (1, 4): "archived"}
    require_stages(f"{done.called} after that", engine, changes, "1 takes the place of 4, and no other changes")


def test_a_model_with_nothing_in_production(exercise: ModuleType, engine: Engine) -> None:
    done = attempt(exercise, engine, 3, 1).expect(None)
    require_stages(done.called, engine, {(3, 1): "production"}, "nothing was there to be archived")


def test_the_one_in_production_stays_there(exercise: ModuleType, engine: Engine) -> None:
    done = attempt(exercise, engine, 2, 3).expect(None)
    require_stages(done.called, engine, {}, "version 3 is in production already, so nothing changes")


def test_an_unknown_version_changes_nothing(exercise: ModuleType, engine: Engine) -> None:
    for model, number in ((1, 5), (7, 1)):
        done = attempt(exercise, engine, model, number)
        require_stages(done.called, engine, {}, f"model {model} has no version {number}, so everything is as it was")
        done.expect_raised(LookupError, f"model {model} has no version {number}")


def test_a_refused_statement_undoes_the_rest(exercise: ModuleType, engine: Engine) -> None:
    for number in range(1, MOST + 1):
        with failing_at(engine, number) as refused:
            done = attempt(exercise, engine, 1, 4)
        if not refused:
            require(number > 1, called=done.called, got="sent no statement", expected="it to change the database")
            return
        called = f"{done.called}, while the database refuses statement {number},"
        require_stages(called, engine, {}, "all or nothing, so everything is as it was")
        require(
            isinstance(done.error, SQLAlchemyError),
            called=called,
            got=done.got,
            expected="SQLAlchemy's error to come out: the caller must know that nothing was promoted, and why",
        )
    require(False, called="promote(engine, 1, 4)", got=f"sent over {MOST} statements", expected="no more than it needs")


def test_nobody_sees_one_change_without_the_other(exercise: ModuleType, engine: Engine) -> None:
    seen: list[dict[tuple[int, int], str]] = []
    looking = False

    def look(connection: Connection, *_: object) -> None:  # noqa: ARG001
        nonlocal looking
        if not looking:  # to look is to send a statement too
            looking = True
            seen.append(stages(engine))
            looking = False

    event.listen(engine, "after_cursor_execute", look)
    done = call(exercise.promote, engine, 1, 4).expect(None)
    event.remove(engine, "after_cursor_execute", look)
    for found in [*seen, stages(engine)]:
        pair = f"version 3 {found[1, 3]} and version 4 {found[1, 4]}"
        require(
            pair in ("version 3 production and version 4 staging", "version 3 archived and version 4 production"),
            called=done.called,
            got=f"let another connection see {pair}",
            expected="both changes to be seen together, or neither",
        )


def test_a_version_may_be_deleted_meanwhile(exercise: ModuleType, engine: Engine) -> None:
    begun, deleted = 0, False

    def delete(*_: object) -> None:
        """Before a second transaction begins, another process deletes version 4, if it is not promoted yet."""
        nonlocal begun, deleted
        begun += 1
        if begun == 2 and stages(engine)[1, 4] == "staging":
            with engine.begin() as second:
                second.execute(text("DELETE FROM versions WHERE model_id = 1 AND number = 4"))
            deleted = True

    event.listen(engine, "begin", delete)
    done = attempt(exercise, engine, 1, 4)
    event.remove(engine, "begin", delete)
    if deleted:
        called = f"{done.called}, while another process deletes version 4 after the first look at it,"
        found = stages(engine)[1, 3]
        require(
            found == "production" and isinstance(done.error, LookupError),
            called=called,
            got=f"left version 3 in the stage {show(found)}, and {done.got.partition(':')[0]}",
            expected='"production" and a LookupError: nothing has taken its place',
        )


def test_the_connection_goes_back_to_the_pool(exercise: ModuleType, engine: Engine) -> None:
    for number, refused, when in (
        (4, 0, "after it had worked"),
        (99, 0, "after it had found no such version"),
        (2, 1, "after the database had refused a statement"),
    ):
        with kept_alive(engine):
            with failing_at(engine, refused):
                done = call(exercise.promote, engine, 1, number)
            out = engine.pool.checkedout()  # type: ignore[attr-defined]
            require(
                out == 0,
                called=done.called,
                got=f"kept {out} connection{'s' if out > 1 else ''} {when}",
                expected="the connection to go back to the pool: it is closed whatever happens",
            )
