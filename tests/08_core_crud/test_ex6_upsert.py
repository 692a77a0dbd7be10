"""Grades exercise 8.6, insert, or else update."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock

import pytest
from sqlalchemy import ClauseElement, Connection, Engine, create_mock_engine, text

from learn.checks import Outcome, call, require, show
from learn.checks.database import traffic

STORED: list[dict[str, Any]] = [
    {"id": 4, "name": "spam-filter", "task": "text-classification", "description": "Mail"},
    {"id": 7, "name": "digits-mlp", "task": "image-classification", "description": None},
    {"id": 9, "name": "price-forest", "task": "regression", "description": "Second-hand cars"},
]
NEW: dict[str, Any] = {"name": "topic-tagger", "task": "text-classification", "description": None}
ALIKE: dict[str, Any] = {"name": " Spam-Filter ", "task": "Übung ", "description": " two\n"}  # not spam-filter
MANY = (200, 10_000)


@pytest.fixture
def connection(exercise: ModuleType, engine: Engine) -> Iterator[Connection]:
    """A connection to a database that holds three models, each with one version."""
    exercise.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(exercise.models.insert(), STORED)
        connection.execute(exercise.versions.insert(), [{"model_id": row["id"], "number": 1} for row in STORED])
        if engine.dialect.name == "postgresql":  # its counter knows nothing of ids that were given
            connection.execute(text("SELECT setval('models_id_seq', 9)"))
    with engine.connect() as connection:
        yield connection


def done(outcome: Outcome) -> Outcome:
    return outcome.expect_that(outcome.error is None, "no exception")


def require_models(outcome: Outcome, connection: Connection, changes: dict[str, dict[str, Any]]) -> None:
    """The known models are as they were but for `changes` by name, and each keeps its id."""
    rows = connection.execute(text("SELECT * FROM models")).mappings()
    found = {row["name"]: dict(row) for row in rows}
    for before in STORED:
        expected = before | changes.get(before["name"], {})
        unlike = {key: value for key, value in found.get(before["name"], {}).items() if value != expected[key]}
        require(
            before["name"] in found and not unlike,
            called=outcome.called,
            got=f"left {before['name']} with {show(unlike)}" if unlike else f"left no {before['name']}",
            expected=f"{show(expected)}" + ("" if before["name"] in changes else ", as it was before"),
        )


def require_new(outcome: Outcome, connection: Connection, new: list[dict[str, Any]]) -> None:
    """Exactly these models were added."""
    known = [row["name"] for row in STORED]
    rows = connection.execute(text("SELECT name, task, description FROM models ORDER BY id")).mappings()
    found = [dict(row) for row in rows if row["name"] not in known]
    require(
        found == new, called=outcome.called, got=f"added {show(found)}", expected=f"{show(new)}: what was not there yet"
    )


def test_what_is_new_is_added(exercise: ModuleType, connection: Connection) -> None:
    for function in (exercise.save_models, exercise.add_missing_models):
        saved = done(call(function, connection, [NEW, ALIKE]))
        require_new(saved, connection, [NEW, ALIKE])
        require_models(saved, connection, {})
        connection.rollback()


def test_what_is_known_is_brought_up_to_date(exercise: ModuleType, connection: Connection) -> None:
    spam = {"name": "spam-filter", "task": "moderation", "description": "Mail and comments"}
    price = {"name": "price-forest", "task": "regression", "description": None}
    saved = done(call(exercise.save_models, connection, [spam, NEW, price]))
    require_models(saved, connection, {"spam-filter": spam, "price-forest": price})
    require_new(saved, connection, [NEW])
    for description in ("Bicycles", ""):
        saved = done(call(exercise.save_models, connection, [price | {"description": description}]))
        require_models(saved, connection, {"spam-filter": spam, "price-forest": {"description": description}})


def test_what_is_known_keeps_its_versions(exercise: ModuleType, connection: Connection) -> None:
    spam = {"name": "spam-filter", "task": "moderation", "description": "Mail"}
    saved = done(call(exercise.save_models, connection, [spam]))
    found = list(connection.execute(text("SELECT model_id FROM versions ORDER BY model_id")).scalars())
    require(
        found == [4, 7, 9],
        called=saved.called,
        got=f"left versions of the models {found}",
        expected="versions of the models [4, 7, 9]: to delete a model deletes its versions with it",
    )


def test_what_is_known_can_be_left_alone(exercise: ModuleType, connection: Connection) -> None:
    spam = {"name": "spam-filter", "task": "moderation", "description": None}
    saved = done(call(exercise.add_missing_models, connection, [spam, NEW]))
    require_models(saved, connection, {})
    require_new(saved, connection, [NEW])


def test_a_long_list_is_one_statement(exercise: ModuleType, engine: Engine, connection: Connection) -> None:
    for many in MANY:
        new = [{"name": f"model-{number}", "task": "regression", "description": None} for number in range(many)]
        given = [dict(model) for model in new]
        for function in (exercise.save_models, exercise.add_missing_models):
            with traffic(engine) as sent:
                saved = done(call(function, connection, new))
            saved.called = f"{function.__name__}(connection, a list of {many} models)"
            count = connection.execute(text("SELECT count(*) FROM models WHERE name LIKE 'model-%'")).scalar()
            require(
                count == many, called=saved.called, got=f"left {count} of them in the table", expected=f"all {many}"
            )
            sent.expect_statements(saved.called, 1, "between two, another process may insert the same name")
            require(new == given, called=saved.called, got="changed the list", expected="it to stay as it was")
            connection.rollback()


def test_an_empty_list_changes_nothing(exercise: ModuleType, engine: Engine, connection: Connection) -> None:
    for function in (exercise.save_models, exercise.add_missing_models):
        with traffic(engine) as sent:
            saved = done(call(function, connection, []))
        sent.expect_statements(saved.called, 0, "none, for there is nothing to save")
        require_models(saved, connection, {})
        require_new(saved, connection, [])


def test_the_caller_decides_whether_to_commit(exercise: ModuleType, connection: Connection) -> None:
    for function in (exercise.save_models, exercise.add_missing_models):
        connection.execute(text("UPDATE models SET task = 'pricing' WHERE name = 'price-forest'"))
        saved = done(call(function, connection, [NEW]))
        task = connection.execute(text("SELECT task FROM models WHERE name = 'price-forest'")).scalar()
        require(
            task == "pricing",
            called=f"An update of price-forest, then {saved.called},",
            got="took back the update",
            expected="it to be as the caller left it: whether to commit or to roll back is the caller's to say",
        )
        connection.rollback()
        saved.called = f"An update of price-forest, {saved.called}, then a rollback,"
        require_new(saved, connection, [])
        require_models(saved, connection, {})


def test_it_also_speaks_to_postgresql(exercise: ModuleType) -> None:
    """Where there is no PostgreSQL, what would be sent to it is made, and not sent."""
    sent: list[ClauseElement] = []

    def take(statement: ClauseElement, *_: object, **__: object) -> MagicMock:
        sent.append(statement)
        return MagicMock()

    connection = create_mock_engine("postgresql+psycopg://", take)
    for function in (exercise.save_models, exercise.add_missing_models):
        sent.clear()
        called = f"{function.__name__}(connection, {show([NEW])}), with a connection to PostgreSQL,"
        outcome = call(function, connection, [NEW])
        require(outcome.error is None, called=called, got=outcome.got, expected="no exception")
        require(bool(sent), called=called, got="sent no statement", expected="one")
        for statement in sent:
            made = call(statement.compile, dialect=connection.dialect)
            require(
                made.error is None and "INSERT OR " not in str(made.value).upper(),
                called=called,
                got="sent a statement of another database, which PostgreSQL does not understand",
                expected="a statement in PostgreSQL's dialect: it has an `insert` of its own",
            )
