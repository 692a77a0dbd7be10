"""Grades exercise 8.1, insert one, insert many."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from learn.grading import Outcome, call, require, show
from learn.grading.database import recorded

MANY = 300


@pytest.fixture
def connection(exercise: ModuleType, engine: Engine) -> Iterator[Connection]:
    """A connection to a database that holds two models, of which the first was deleted."""
    exercise.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO models (name, task) VALUES ('topic-tagger', 'text-classification')"))
        connection.execute(text("INSERT INTO models (name, task) VALUES ('toxicity-base', 'text-classification')"))
        connection.execute(text("DELETE FROM models WHERE name = 'topic-tagger'"))
    with engine.connect() as connection:
        yield connection


def rows(connection: Connection) -> list[dict[str, Any]]:
    """What stands in the table beside the model that was there before."""
    found = connection.execute(text("SELECT * FROM models WHERE name <> 'toxicity-base' ORDER BY id")).mappings()
    return [dict(row) for row in found]


def done(outcome: Outcome) -> Outcome:
    return outcome.expect_that(outcome.error is None, "no exception")


def require_rows(called: str, got: list[dict[str, Any]], expected: list[dict[str, Any]], why: str) -> None:
    require(
        got == expected, called=called, got=f"left {show(got)} in the table", expected=f"{show(expected, 300)}: {why}"
    )


def test_one_model_is_added(exercise: ModuleType, connection: Connection) -> None:
    added = done(call(exercise.add_model, connection, "spam-filter", "text-classification", "Mail and comments"))
    found = [{key: row[key] for key in ("name", "task", "description")} for row in rows(connection)]
    wanted = {"name": "spam-filter", "task": "text-classification", "description": "Mail and comments"}
    require_rows(added.called, found, [wanted], "one row, with the values that were given")


def test_its_id_is_returned(exercise: ModuleType, connection: Connection) -> None:
    for name in ("spam-filter", "digits-mlp"):
        added = done(call(exercise.add_model, connection, name, "text-classification"))
        ids = [row["id"] for row in rows(connection) if row["name"] == name]
        require(len(ids) == 1, called=added.called, got=f"added {len(ids)} rows", expected="one row of this name")
        added.expect(ids[0], "the id that the database gave the row")


def test_a_description_left_out_is_null(exercise: ModuleType, connection: Connection) -> None:
    added = done(call(exercise.add_model, connection, "digits-mlp", "image-classification"))
    found = [row["description"] for row in rows(connection)]
    require(
        found == [None], called=added.called, got=f"left the descriptions {show(found)}", expected="[null], and no text"
    )


def test_many_models_are_added_and_their_ids_returned_by_name(exercise: ModuleType, connection: Connection) -> None:
    new = [
        {"name": "spam-filter", "task": "text-classification", "description": "Mail"},
        {"name": "digits-mlp", "task": "image-classification", "description": "Digits"},
        {"name": "price-forest", "task": "regression", "description": ""},
    ]
    added = done(call(exercise.add_models, connection, new))
    found = {row["name"]: row for row in rows(connection)}
    without_ids = [{key: found[name][key] for key in ("name", "task", "description")} for name in found]
    in_order = sorted(without_ids, key=lambda row: str(row["name"]))
    require_rows(added.called, in_order, sorted(new, key=lambda row: row["name"]), "a row for each item of the list")
    added.expect({name: row["id"] for name, row in found.items()}, "the id of each new row, by the model's name")


def test_items_may_differ_in_having_a_description(exercise: ModuleType, connection: Connection) -> None:
    with_one = {"name": "spam-filter", "task": "text-classification", "description": "Mail"}
    without = {"name": "digits-mlp", "task": "image-classification"}
    for new in ([with_one, without], [without, with_one]):
        added = done(call(exercise.add_models, connection, new))
        found = {row["name"]: row["description"] for row in rows(connection)}
        require(
            found == {"spam-filter": "Mail", "digits-mlp": None},
            called=added.called,
            got=f"left the descriptions {show(dict(sorted(found.items())))}",
            expected='{"digits-mlp": null, "spam-filter": "Mail"}, in whichever order the items come',
        )
        connection.rollback()


def test_many_models_are_one_statement(exercise: ModuleType, engine: Engine, connection: Connection) -> None:
    new = [{"name": f"model-{number}", "task": "regression"} for number in range(MANY)]
    with recorded(engine) as statements:
        done(call(exercise.add_models, connection, new))
    called = f"add_models(connection, a list of {MANY} models)"
    count = len(rows(connection))
    require(count == MANY, called=called, got=f"added {count} rows", expected=f"{MANY} rows")
    sent = len(statements)
    require(sent == 1, called=called, got=f"sent {sent} statements", expected="one statement for all of them")


def test_an_empty_list_adds_nothing(exercise: ModuleType, engine: Engine, connection: Connection) -> None:
    with recorded(engine) as statements:
        added = call(exercise.add_models, connection, []).expect({}, "there is nothing to add")
    sent = len(statements)
    require(sent <= 1, called=added.called, got=f"sent {sent} statements", expected="at most one")
    require_rows(added.called, rows(connection), [], "no new row")


def test_the_caller_decides_whether_to_commit(exercise: ModuleType, engine: Engine, connection: Connection) -> None:
    for function, arguments in (
        (exercise.add_model, ("spam-filter", "text-classification")),
        (exercise.add_models, ([{"name": "digits-mlp", "task": "image-classification"}],)),
    ):
        connection.execute(text("INSERT INTO models (name, task) VALUES ('earlier-net', 'regression')"))
        added = done(call(function, connection, *arguments))
        connection.rollback()
        with engine.connect() as second:
            why = "the caller took it back, with the earlier-net that it had added before the call"
            require_rows(f"{added.called}, then a rollback,", rows(second), [], why)
