"""Grades exercise {number}, {subject}."""

from collections.abc import Iterator
from types import ModuleType

import pytest
from sqlalchemy import Connection, Engine, text

from learn.checks import call, require
from learn.checks.database import recorded

STORED = {"spam-filter": "text", "digits-mlp": "ocr", "topic-tagger": "text", "digits-forest": "ocr"}


@pytest.fixture
def connection(exercise: ModuleType, engine: Engine) -> Iterator[Connection]:
    """A connection to a database that holds four models."""
    exercise.metadata.create_all(engine)
    with engine.connect() as connection:
        for name, task in STORED.items():
            row = {"name": name, "task": task}
            connection.execute(text("INSERT INTO models (name, task) VALUES (:name, :task)"), row)
        yield connection


def test_names_of_one_task_in_order(exercise: ModuleType, connection: Connection) -> None:
    call(exercise.names_for, connection, "ocr").expect(["digits-forest", "digits-mlp"], "those of this task, sorted")
    call(exercise.names_for, connection, "text").expect(["spam-filter", "topic-tagger"], "those of this task, sorted")


def test_no_model_of_that_task(exercise: ModuleType, connection: Connection) -> None:
    for task in ("vision", "tex", "t%"):
        call(exercise.names_for, connection, task).expect([], "no model has exactly this task")


def test_one_statement_is_sent(exercise: ModuleType, engine: Engine, connection: Connection) -> None:
    with recorded(engine) as statements:
        found = call(exercise.names_for, connection, "text")
    found.expect_that(found.error is None, "no exception")
    sent = len(statements)
    require(sent == 1, called=found.called, got=f"sent {sent} statements", expected="one")
