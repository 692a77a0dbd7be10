"""Grades exercise 8.2, select what was asked for."""

from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from learn.checks import call
from learn.checks.database import traffic

# By id, which is no other order that anybody asks for.
STORED = [
    {"id": 1, "name": "toxicity-base", "task": "text-classification", "description": "Rude comments"},
    {"id": 2, "name": "price-forest", "task": "regression", "description": None},
    {"id": 3, "name": "digits-mlp", "task": "image-classification", "description": ""},
    {"id": 4, "name": "spam-filter", "task": "text-classification", "description": None},
    {"id": 5, "name": "weather-net", "task": "regression", "description": "Tomorrow's rain"},
]
DIGITS, PRICE, WEATHER, SPAM, TOXICITY = (
    {key: STORED[index][key] for key in ("name", "task")} for index in (2, 1, 4, 3, 0)
)


@pytest.fixture
def connection(exercise: ModuleType, engine: Engine) -> Iterator[Connection]:
    """A connection to a database that holds the five models."""
    exercise.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(exercise.models.insert(), STORED)
    with engine.connect() as connection:
        yield connection


def test_all_models_in_order(exercise: ModuleType, connection: Connection) -> None:
    everything = [DIGITS, PRICE, WEATHER, SPAM, TOXICITY]
    found = call(exercise.find_models, connection)
    found.expect(everything, "name and task of all five, sorted by task and then by name")


def test_models_of_one_task(exercise: ModuleType, connection: Connection) -> None:
    call(exercise.find_models, connection, task="regression").expect([PRICE, WEATHER], "the two of this task, by name")
    found = call(exercise.find_models, connection, task="text-classification")
    found.expect([SPAM, TOXICITY], "the two of this task, by name")
    for task in ("classification", "", "regression%", "Regression", "regression "):
        call(exercise.find_models, connection, task=task).expect([], "no model has exactly this task")


def test_models_without_a_description(exercise: ModuleType, connection: Connection) -> None:
    found = call(exercise.find_models, connection, described=False)
    found.expect([PRICE, SPAM], "those whose description is null")


def test_models_with_a_description(exercise: ModuleType, connection: Connection) -> None:
    found = call(exercise.find_models, connection, described=True)
    found.expect([DIGITS, WEATHER, TOXICITY], "those whose description is not null; that of digits-mlp is empty")


def test_the_limit_cuts_what_fits(exercise: ModuleType, connection: Connection) -> None:
    call(exercise.find_models, connection, limit=2).expect([DIGITS, PRICE], "the first two in order")
    call(exercise.find_models, connection, limit=0).expect([], "at most none")
    found = call(exercise.find_models, connection, task="text-classification", limit=1)
    found.expect([SPAM], "the first of those that fit, by name")
    more: list[dict[str, Any]] = [{"name": f"text-{n}", "task": "text-generation"} for n in range(11, 23)]
    connection.execute(exercise.models.insert(), [{"id": 33 - n} | row for n, row in enumerate(more)])
    found = call(exercise.find_models, connection, task="text-generation")
    found.expect(more[:10], "the first ten, as limit is 10 where it is left out")
    call(exercise.find_models, connection, task="text-generation", limit=12).expect(more, "there are twelve")


def test_everything_at_once(exercise: ModuleType, connection: Connection) -> None:
    found = call(exercise.find_models, connection, task="regression", described=True, limit=5)
    found.expect([WEATHER], "the only one of this task that has a description")
    found = call(exercise.find_models, connection, task="image-classification", described=False, limit=5)
    found.expect([], "the only model of this task has a description, if an empty one")


def test_one_model_is_read(exercise: ModuleType, connection: Connection) -> None:
    for wanted in (STORED[3], STORED[0]):
        read = call(exercise.read_model, connection, wanted["name"])
        read.expect_that(isinstance(read.value, Mapping) and dict(read.value) == wanted, f"{wanted}, the whole row")


def test_no_model_of_that_name(exercise: ModuleType, connection: Connection) -> None:
    for name in ("spam", "spam-filtre", "", "Spam-Filter", "spam%", "spam-filter ", "spam-filter, price-forest"):
        call(exercise.read_model, connection, name).expect(None, "no model has exactly this name")


def test_the_database_does_the_work(exercise: ModuleType, engine: Engine, connection: Connection) -> None:
    for function, arguments, rows in (
        (exercise.find_models, {"limit": 2}, 2),
        (exercise.find_models, {"task": "regression"}, 2),
        (exercise.find_models, {"described": True}, 3),
        (exercise.read_model, {"name": "spam-filter"}, 1),
    ):
        with traffic(engine) as sent:
            found = call(function, connection, **arguments)
        found.expect_that(found.error is None, "no exception")
        sent.expect_statements(found.called, 1, "one for all that is asked")
        sent.expect_rows(found.called, rows, "the database chooses and cuts, and sends no row in vain")
