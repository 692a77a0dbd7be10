"""Grades exercise 7.3, foreign keys that SQLite enforces."""

from collections.abc import Iterator
from types import ModuleType

import pytest
from sqlalchemy import Engine, inspect, make_url, text
from sqlalchemy.exc import IntegrityError

from learn.checks import require, show
from learn.checks.tables import create_tables, expect_done, expect_refused, expect_rows

ROWS = [
    "INSERT INTO models (id, name) VALUES (1, 'spam-filter'), (2, 'digits-mlp')",
    "INSERT INTO keys (id, caller) VALUES (1, 'mail-desk'), (2, 'news-site')",
    "INSERT INTO versions (id, model_id, number) VALUES (1, 1, 1), (2, 1, 2), (3, 2, 1)",
    "INSERT INTO predictions (id, version_id, key_id, latency_ms) VALUES (1, 2, 1, 12.0), (2, 2, 2, 9.5)",
]


COLUMNS = {  # those of each table: their type, and whether they may be NULL
    "keys": {"id": "INTEGER", "caller": "VARCHAR"},
    "models": {"id": "INTEGER", "name": "VARCHAR"},
    "predictions": {"id": "INTEGER", "version_id": "INTEGER", "key_id": "INTEGER or NULL", "latency_ms": "FLOAT"},
    "versions": {"id": "INTEGER", "model_id": "INTEGER", "number": "INTEGER"},
}


@pytest.fixture
def opened(exercise: ModuleType, engine: Engine) -> Iterator[Engine]:
    """The learner's engine on a database with the learner's tables, and some rows in them."""
    opened = exercise.open_database(str(engine.url))
    require(
        isinstance(opened, Engine) and opened.url == engine.url,
        called="open_database(url)",
        got=f"returned {show(opened)}" if not isinstance(opened, Engine) else "returned an engine on another database",
        expected="an Engine on the database that the URL names",
    )
    create_tables(exercise, opened)
    for statement in ROWS:
        expect_done(opened, statement)
    yield opened
    opened.dispose()


def test_a_version_needs_its_model(opened: Engine) -> None:
    expect_refused(opened, "INSERT INTO versions (model_id, number) VALUES (99, 1)", "there is no model 99")
    expect_refused(opened, "UPDATE versions SET model_id = 99", "there is no model 99")
    without = "INSERT INTO versions (model_id, number) VALUES (NULL, 1)"
    expect_refused(opened, without, "NULL is no model, and a version needs one")


def test_a_prediction_needs_its_version(opened: Engine) -> None:
    wrong = "INSERT INTO predictions (version_id, key_id, latency_ms) VALUES (99, 1, 8.0)"
    expect_refused(opened, wrong, "there is no version 99")
    without = "INSERT INTO predictions (version_id, key_id, latency_ms) VALUES (NULL, 1, 8.0)"
    expect_refused(opened, without, "NULL is no version, and a prediction needs one")


def test_a_prediction_may_do_without_a_key(opened: Engine) -> None:
    wrong = "INSERT INTO predictions (version_id, key_id, latency_ms) VALUES (1, 99, 8.0)"
    expect_refused(opened, wrong, "there is no key 99")
    without = "INSERT INTO predictions (version_id, key_id, latency_ms) VALUES (1, NULL, 8.0)"
    expect_done(opened, without, "key_id may be NULL")
    expect_refused(opened, "UPDATE predictions SET key_id = 99", "there is no key 99")
    expect_done(opened, "UPDATE predictions SET key_id = 2", "many predictions may be made with one key")


def test_every_connection_enforces_them(opened: Engine) -> None:
    for called, renew in [("Two connections at once", False), ("A connection after engine.dispose()", True)]:
        if renew:
            opened.dispose()
        with opened.connect() as first, opened.connect() as second:
            refused = []
            for connection in (first, second):
                try:
                    connection.execute(text("INSERT INTO versions (model_id, number) VALUES (99, 1)"))
                except IntegrityError:
                    refused.append(connection)
                connection.rollback()
        require(
            refused == [first, second],
            called=f"{called} of the engine",
            got=f"refused a version of a model that is not there on {len(refused)} of 2 connections",
            expected="all of them to refuse it: each new connection must be told to enforce foreign keys",
        )


def test_each_url_has_its_engine(exercise: ModuleType, engine: Engine) -> None:
    for url in ("sqlite://", str(engine.url), "sqlite://"):
        opened = exercise.open_database(url)
        with opened.connect() as connection:
            enforced = connection.execute(text("PRAGMA foreign_keys")).scalar()
        require(
            opened.url == make_url(url) and enforced == 1,
            called=f"open_database({'url' if '///' in url else repr(url)})",
            got=f"returned an engine {'with' if enforced else 'without'} foreign keys on {opened.url}",
            expected="an engine on the database that the URL names, which enforces foreign keys",
        )
        opened.dispose()


def test_a_deleted_model_takes_its_versions_with_it(opened: Engine) -> None:
    expect_done(opened, "DELETE FROM models WHERE id = 2", "model 2 has a version, and that has no predictions")
    expect_rows(opened, "SELECT id FROM versions ORDER BY id", [(1,), (2,)], "version 3 was of model 2, which is gone")


def test_a_version_with_predictions_stays(opened: Engine) -> None:
    expect_refused(opened, "DELETE FROM versions WHERE id = 2", "version 2 has predictions")
    expect_refused(opened, "DELETE FROM models WHERE id = 1", "it would take version 2 with it, which has predictions")
    expect_rows(opened, "SELECT id FROM versions ORDER BY id", [(1,), (2,), (3,)], "what is refused changes nothing")
    expect_done(opened, "DELETE FROM versions WHERE id = 1", "version 1 has no predictions")


def test_a_deleted_key_leaves_its_predictions(opened: Engine) -> None:
    expect_done(opened, "DELETE FROM keys WHERE id = 1", "its predictions stay, without a key")
    wanted = [(1, None), (2, 2)]
    expect_rows(opened, "SELECT id, key_id FROM predictions ORDER BY id", wanted, "key 1 was deleted, key 2 was not")


def test_the_rest_of_the_tables_stays(opened: Engine) -> None:
    inspector = inspect(opened)
    found = {
        name: {
            column["name"]: f"{column['type']}{' or NULL' if column['nullable'] else ''}"
            for column in inspector.get_columns(name)
        }
        for name in inspector.get_table_names()
    }
    require(
        sorted(found) == sorted(COLUMNS),
        called="metadata.create_all(engine)",
        got=f"created the tables {show(sorted(found))}",
        expected=show(sorted(COLUMNS)),
    )
    for name, wanted in COLUMNS.items():
        require(
            found[name] == wanted,
            called=f"The table {name}",
            got=f"has the columns {_listed(found[name])}",
            expected=f"{_listed(wanted)}: only foreign keys are added",
        )


def _listed(columns: dict[str, str]) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in columns.items())
