"""Grades exercise 7.2, the table of models."""

from types import ModuleType
from typing import Any

from sqlalchemy import Engine, String, inspect, select

from learn.checks import require, show
from learn.checks.tables import create_tables, expect_done, expect_refused, expect_rows, table

SHORTEST = "INSERT INTO models (name, task) VALUES ('spam-filter', 'text-classification')"


def columns(exercise: ModuleType, engine: Engine) -> dict[str, Any]:
    """Create the table; its six columns by name, as the database describes them."""
    create_tables(exercise, engine)
    names = inspect(engine).get_table_names()
    require(
        "models" in names,
        called="metadata.create_all(engine)",
        got=f"created the tables {show(names)}",
        expected="a table `models`",
    )
    found = {column["name"]: column for column in inspect(engine).get_columns("models")}
    require(
        list(found) == ["id", "name", "task", "description", "public", "downloads"],
        called="metadata.create_all(engine)",
        got=f"created models with the columns {show(list(found))}",
        expected="id, name, task, description, public and downloads, in this order",
    )
    return found


def read(exercise: ModuleType, engine: Engine) -> list[tuple[Any, ...]]:
    models = table(exercise, "models")
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(select(models).order_by(models.c.id))]


def test_the_table_has_the_six_columns(exercise: ModuleType, engine: Engine) -> None:
    columns(exercise, engine)


def test_the_database_fills_in_what_a_row_does_not_say(exercise: ModuleType, engine: Engine) -> None:
    create_tables(exercise, engine)
    expect_done(engine, SHORTEST, "the database puts the rest")
    expect_done(engine, SHORTEST.replace("spam-filter", "digits-mlp"), "the database puts the rest")
    found = read(exercise, engine)
    rest = [None, True, 0]
    wanted = [(1, "spam-filter", "text-classification", *rest), (2, "digits-mlp", "text-classification", *rest)]
    require(
        found == wanted and [type(value) for value in found[0]] == [type(value) for value in wanted[0]],
        called=f"select(models), after two rows were written as in {SHORTEST},",
        got=f"reads {found}",
        expected=f"{wanted}",
    )
    names = [("digits-mlp",), ("spam-filter",)]
    expect_rows(engine, "SELECT name FROM models WHERE public ORDER BY name", names, "what the database put is true")


def test_a_row_keeps_what_it_says(exercise: ModuleType, engine: Engine) -> None:
    create_tables(exercise, engine)
    long = "A description may be long. " * 20
    statement = (
        "INSERT INTO models (name, task, description, public, downloads) "
        "VALUES ('spam-filter', 'text-classification', :description, false, 2000000000)"
    )
    expect_done(engine, statement, description=long)
    [row] = read(exercise, engine)
    require(
        row[1:] == ("spam-filter", "text-classification", long, False, 2_000_000_000),
        called=f"{statement}, with a description of {len(long)} characters,",
        got=f"reads as {row}",
        expected="the values that were written, the description in full",
    )


def test_what_is_required_is_never_null(exercise: ModuleType, engine: Engine) -> None:
    description = columns(exercise, engine)["description"]
    expect_refused(engine, "INSERT INTO models (name) VALUES ('spam-filter')", "task is required")
    expect_refused(engine, "INSERT INTO models (task) VALUES ('text-classification')", "name is required")
    for column in ["public", "downloads"]:
        statement = f"INSERT INTO models (name, task, {column}) VALUES ('spam-filter', 'regression', NULL)"
        expect_refused(engine, statement, f"{column} is required, so it may not be NULL either")
    require(
        bool(description["nullable"]),
        called="The column description",
        got="is NOT NULL",
        expected="it to allow NULL: a model may have no description",
    )


def test_no_two_models_have_the_same_name(exercise: ModuleType, engine: Engine) -> None:
    create_tables(exercise, engine)
    expect_done(engine, SHORTEST)
    for statement in [SHORTEST, SHORTEST.replace("text-classification", "regression")]:
        expect_refused(engine, statement, "there is a row of the same name")
    expect_done(engine, SHORTEST.replace("spam-filter", "spam-filter-2"), "two models may have the same task")
    expect_done(engine, SHORTEST.replace("spam-filter", "Spam-Filter"), "capitals make it another name")
    expect_done(engine, "INSERT INTO models (name, task) VALUES ('', '')", "an empty text is a text")
    same = "UPDATE models SET description = 'the same', downloads = -1, public = false"
    expect_done(engine, same, "only the name differs from model to model, and there are no other rules")


def test_texts_are_as_long_as_the_task_says(exercise: ModuleType, engine: Engine) -> None:
    found = columns(exercise, engine)
    for name, limit in [("name", 64), ("task", 40), ("description", None)]:
        kind = found[name]["type"]
        require(
            isinstance(kind, String) and kind.length == limit,
            called=f"The column {name}",
            got=f"has the type {kind}",
            expected=f"text of at most {limit} characters" if limit else "text of any length",
        )
