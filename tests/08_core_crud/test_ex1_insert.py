"""Grades exercise 8.1, insert one, insert many."""

import sqlite3
from collections.abc import Iterator
from itertools import islice
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import IntegrityError

from learn.checks import Outcome, call, require, show
from learn.checks.database import add_after_each_insert, traffic

MANY = 500  # as many as the task promises


class Reversing(sqlite3.Cursor):
    """A cursor that gives back the rows of RETURNING from the last to the first: their order is not promised."""

    _kept: Iterator[Any] = iter(())

    def execute(self, sql: str, parameters: Any = (), /) -> "Reversing":
        super().execute(sql, parameters)
        rows = super().fetchall()
        self._kept = iter(rows[::-1] if "RETURNING" in sql.upper() else rows)
        return self

    def fetchone(self) -> Any:
        return next(self._kept, None)

    def fetchmany(self, size: int | None = 1) -> list[Any]:
        return list(islice(self._kept, size))

    def fetchall(self) -> list[Any]:
        return list(self._kept)


class ReversingConnection(sqlite3.Connection):
    """A connection whose cursors are of that kind."""

    def cursor(self, factory: Any = Reversing) -> Any:
        return super().cursor(factory)


@pytest.fixture
def connection(exercise: ModuleType, engine: Engine) -> Iterator[Connection]:
    """A connection to a database that held three models, of which the first two were deleted.

    On SQLite rows come back in an order of their own.
    """
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "do_connect")
        def _prepare(dialect: Any, record: Any, positional: Any, named: dict[str, Any]) -> None:  # noqa: ARG001
            named["factory"] = ReversingConnection

    exercise.metadata.create_all(engine)
    with engine.begin() as connection:
        for name in ("topic-tagger", "language-guess", "toxicity-base"):
            connection.execute(text("INSERT INTO models (name, task) VALUES (:name, 'text')"), {"name": name})
        connection.execute(text("DELETE FROM models WHERE name <> 'toxicity-base'"))
    with engine.connect() as connection:
        yield connection


def rows(connection: Connection) -> dict[str, dict[str, Any]]:
    """What stands in the table beside the model that was there before, by name."""
    found = connection.execute(text("SELECT * FROM models WHERE name <> 'toxicity-base' ORDER BY id")).mappings()
    return {row["name"]: dict(row) for row in found}


def done(outcome: Outcome) -> Outcome:
    return outcome.expect_that(outcome.error is None, "no exception")


def require_rows(called: str, connection: Connection, new: list[dict[str, Any]]) -> None:
    """The table holds a row for each of `new`, with null for a description that is left out."""
    found = rows(connection)
    for model in new:
        wanted = {"description": None} | model
        row = {key: value for key, value in found.get(model["name"], {}).items() if key in wanted}
        require(row == wanted, called=called, got=_left(row), expected=f"{show(dict(sorted(wanted.items())))}")
    names = [model["name"] for model in new]
    more = [name for name in found if name not in names]
    require(not more, called=called, got=f"added {show(more)} too", expected=f"{len(new)} rows and no more")


def _left(row: dict[str, Any]) -> str:
    return f"left {show(dict(sorted(row.items())))} in the table" if row else "left no such row in the table"


def test_one_model_is_added(exercise: ModuleType, connection: Connection) -> None:
    plain = "text-classification"
    for name, task, *description in (
        ("spam-filter", plain, "Mail and comments"),
        ("digits-mlp", plain),
        ("price-forest", plain, ""),
        (" Größe 模型 ", "Übung ", " two\n"),
    ):
        added = done(call(exercise.add_model, connection, name, task, *description))
        found = rows(connection).get(name, {})
        wanted = {"description": description[0] if description else None, "name": name, "task": task}
        row = {key: found[key] for key in wanted if key in found}
        require(row == wanted, called=added.called, got=_left(row), expected=show(wanted))
    require(len(rows(connection)) == 4, called="Four such calls", got="added more", expected="four rows")


def test_its_id_is_returned(exercise: ModuleType, engine: Engine, connection: Connection) -> None:
    add_after_each_insert(engine, "INSERT INTO models (name, task) VALUES ('other-{number}', 'regression')")
    for name in ("spam-filter", "digits-mlp"):
        added = done(call(exercise.add_model, connection, name, "text-classification"))
        require(name in rows(connection), called=added.called, got="added no row of this name", expected="one row")
        why = "the id that the database gave the row; another caller added one right after it"
        added.expect(rows(connection)[name]["id"], why)


def test_many_models_are_added_and_their_ids_returned_by_name(exercise: ModuleType, connection: Connection) -> None:
    new = [
        {"name": "spam-filter", "task": "text-classification", "description": "Mail"},
        {"name": "digits-mlp", "task": "image-classification", "description": "Digits"},
        {"name": "price-forest", "task": "regression", "description": ""},
        {"name": " Größe 模型 ", "task": "Übung ", "description": " two\n"},
    ]
    added = done(call(exercise.add_models, connection, new))
    require_rows(added.called, connection, new)
    ids = {name: row["id"] for name, row in rows(connection).items()}
    same = isinstance(added.value, dict) and added.value == ids
    added.expect_that(same, f"{ids}: the id of each new row, by the model's name")


def test_items_may_differ_in_having_a_description(exercise: ModuleType, connection: Connection) -> None:
    for number in (1, 2):
        with_one = {"name": f"spam-{number}", "task": "text-classification", "description": "Mail"}
        without = {"name": f"digits-{number}", "task": "image-classification"}
        added = done(call(exercise.add_models, connection, [with_one, without] if number == 1 else [without, with_one]))
        found = {key: row["description"] for key, row in sorted(rows(connection).items()) if key.endswith(str(number))}
        wanted = {f"digits-{number}": None, f"spam-{number}": "Mail"}
        why = "in whichever order the items come"
        require(
            found == wanted,
            called=added.called,
            got=f"left the descriptions {show(found)}",
            expected=f"{show(wanted)}, {why}",
        )


def test_many_models_are_one_statement(exercise: ModuleType, engine: Engine, connection: Connection) -> None:
    new = [
        {"name": f"model-{number}", "task": "regression"} | ({"description": "Prices"} if number % 3 else {})
        for number in range(MANY)
    ]
    given = [dict(model) for model in new]
    with traffic(engine) as sent:
        done(call(exercise.add_models, connection, new))
    called = f"add_models(connection, a list of {MANY} models)"
    require_rows(called, connection, given)
    sent.expect_statements(called, 1, "one statement for all of them")
    require(new == given, called=called, got="changed the caller's list", expected="the list as it was")
    for function, arguments in ((exercise.add_model, ("spam-filter", "text")), (exercise.add_models, ([],))):
        with traffic(engine) as sent:
            outcome = done(call(function, connection, *arguments))
        number = 0 if arguments == ([],) else 1
        sent.expect_statements(outcome.called, number, "one for one model, and none for no model")


def test_an_empty_list_adds_nothing(exercise: ModuleType, connection: Connection) -> None:
    added = call(exercise.add_models, connection, []).expect({}, "there is nothing to add")
    require_rows(added.called, connection, [])


def test_what_the_database_refuses_is_an_error(exercise: ModuleType, connection: Connection) -> None:
    there = {"name": "toxicity-base", "task": "text-classification"}
    for function, arguments in (
        (exercise.add_model, tuple(there.values())),
        (exercise.add_models, ([{"name": "spam-filter", "task": "text-classification"}, there],)),
        (exercise.add_models, ([{"name": "spam-filter", "task": task} for task in ("text", "images")],)),
    ):
        refused = call(function, connection, *arguments)
        refused.expect_raised(IntegrityError, "a name is there already, and the caller has to know")
        connection.rollback()


def test_the_caller_decides_whether_to_commit(exercise: ModuleType, engine: Engine, connection: Connection) -> None:
    for function, arguments in (
        (exercise.add_model, ("spam-filter", "text-classification")),
        (exercise.add_models, ([{"name": "digits-mlp", "task": "image-classification"}],)),
    ):
        connection.execute(text("INSERT INTO models (name, task) VALUES ('earlier-net', 'regression')"))
        added = done(call(function, connection, *arguments))
        require(
            "earlier-net" in rows(connection),
            called=added.called,
            got="took back the earlier-net that the caller had added before",
            expected="it to be there: whether to commit or to roll back is the caller's to say",
        )
        connection.rollback()
        with engine.connect() as second:
            left = list(rows(second))
        why = "the caller took it back, with the earlier-net that it had added before the call"
        called = f"{added.called}, then a rollback,"
        require(left == [], called=called, got=f"left {show(left)} in the table", expected=f"no new row: {why}")
