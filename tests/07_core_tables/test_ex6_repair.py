"""Grades exercise 7.6, a repair: a schema in strings."""

import time
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import Engine, String, inspect, select
from sqlalchemy.exc import IntegrityError

from learn.checks import call, require, show
from learn.checks.tables import expect_done, expect_refused, expect_rows, table

MODEL = "INSERT INTO models (name, task) VALUES (:name, 'text-classification')"
VERSION = (
    "INSERT INTO versions (model_id, number, stage, created_at) VALUES (:model_id, :number, :stage, '2026-07-01 12:00')"
)


@pytest.fixture(autouse=True)
def far_from_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that keeps the time of Tokyo, so that local time and UTC are not the same by accident."""
    monkeypatch.setenv("TZ", "JST-9")
    if hasattr(time, "tzset"):  # not on Windows
        time.tzset()


def create(exercise: ModuleType, engine: Engine) -> None:
    created = call(exercise.create_tables, engine).expect(None, "it returns nothing")
    names = inspect(engine).get_table_names()
    require(
        {"models", "versions"} <= set(names),
        called=created.called,
        got=f"created the tables {show(names)}",
        expected="models and versions",
    )


def prepare(exercise: ModuleType, engine: Engine) -> None:
    """The tables, and the models 1 and 2."""
    create(exercise, engine)
    for name in ["spam-filter", "digits-mlp"]:
        expect_done(engine, MODEL, name=name)


def test_creating_again_keeps_the_rows(exercise: ModuleType, engine: Engine) -> None:
    prepare(exercise, engine)
    expect_done(engine, VERSION, model_id=1, number=1, stage="none")
    models = ("SELECT name FROM models ORDER BY name", [("digits-mlp",), ("spam-filter",)])
    create(exercise, engine)
    expect_rows(engine, *models, "a second create_tables(engine) keeps the rows")
    expect_rows(engine, "SELECT number FROM versions", [(1,)], "a second create_tables(engine) keeps the rows")
    expect_done(engine, "DROP TABLE versions")
    create(exercise, engine)
    expect_rows(engine, *models, "only versions was missing")


def test_a_version_is_added_with_its_time(exercise: ModuleType, engine: Engine) -> None:
    prepare(exercise, engine)
    for model_id, number in [(1, 3), (2, 1)]:
        before = datetime.now(UTC)
        added = call(exercise.add_version, engine, model_id, number).expect(None, "it returns nothing")
        row = _newest(exercise, engine)
        require(
            tuple(row)[1:4] == (model_id, number, "none") and type(row[2]) is int,
            called=f"select(versions), after {added.called},",
            got=f"reads {tuple(row)[1:4]} for model_id, number and stage",
            expected=f"{(model_id, number, 'none')}",
        )
        at = row.created_at
        require(
            isinstance(at, datetime) and at.utcoffset() == timedelta(0),
            called=f"select(versions), after {added.called},",
            got=f"reads a created_at of type {type(at).__name__}{', naive' if isinstance(at, datetime) else ''}",
            expected="a datetime in UTC, with offset 0",
        )
        earliest = before.replace(microsecond=0) if at.microsecond == 0 else before  # it may be cut to the second
        require(
            earliest <= at <= datetime.now(UTC),
            called=f"select(versions), after {added.called},",
            got="reads a created_at that is not the time of the call",
            expected="the time at which add_version was called",
        )


def test_a_number_that_is_taken_is_refused(exercise: ModuleType, engine: Engine) -> None:
    prepare(exercise, engine)
    call(exercise.add_version, engine, 1, 3).expect(None, "it returns nothing")
    call(exercise.add_version, engine, 1, 3).expect_raised(IntegrityError, "model 1 has a version 3 already")
    call(exercise.add_version, engine, 99, 3).expect_raised(IntegrityError, "there is no model 99")
    expect_rows(engine, "SELECT model_id, number FROM versions", [(1, 3)], "what is refused changes nothing")
    expect_rows(engine, "SELECT id FROM models ORDER BY id", [(1,), (2,)], "what is refused changes nothing")


def _newest(exercise: ModuleType, engine: Engine) -> Any:
    versions = table(exercise, "versions")
    with engine.connect() as connection:
        row = connection.execute(select(versions).order_by(versions.c.id.desc())).first()
    require(
        row is not None,
        called="select(versions), after add_version,",
        got="reads no row",
        expected="the version that was added: it is committed",
    )
    return row


def test_nothing_may_be_null(exercise: ModuleType, engine: Engine) -> None:
    prepare(exercise, engine)
    for name, wanted in [
        ("models", ["id", "name", "task"]),
        ("versions", ["id", "model_id", "number", "stage", "created_at"]),
    ]:
        columns = inspect(engine).get_columns(name)
        found = [column["name"] for column in columns]
        require(
            sorted(found) == sorted(wanted),
            called="create_tables(engine)",
            got=f"created {name} with the columns {show(found)}",
            expected=show(wanted),
        )
        nullable = [column["name"] for column in columns if column["nullable"] and column["name"] != "id"]
        require(
            not nullable,
            called=f"The table {name}",
            got=f"allows NULL in {show(nullable)}",
            expected="the database to refuse NULL in every column",
        )


def test_names_are_unique_and_not_too_long(exercise: ModuleType, engine: Engine) -> None:
    prepare(exercise, engine)
    same_name = MODEL.replace(":name", "'spam-filter'")
    for statement in [same_name, same_name.replace("text-classification", "regression")]:
        expect_refused(engine, statement, "there is a model of that name")
    expect_done(engine, MODEL, "capitals make it another name", name="Spam-Filter")
    columns = {column["name"]: column["type"] for column in inspect(engine).get_columns("models")}
    for name, limit in [("name", 64), ("task", 40)]:
        kind = columns.get(name)
        require(
            isinstance(kind, String) and kind.length == limit,
            called=f"The column {name} of models",
            got=f"has the type {kind}",
            expected=f"text of at most {limit} characters",
        )


def test_a_version_has_a_model(exercise: ModuleType, engine: Engine) -> None:
    prepare(exercise, engine)
    expect_refused(engine, VERSION, "there is no model 99", model_id=99, number=1, stage="none")
    for model_id in [1, 2]:
        expect_done(engine, VERSION, model_id=model_id, number=model_id, stage="none")
    expect_done(engine, "DELETE FROM models WHERE id = 2", "a model may be deleted, and takes its versions with it")
    expect_rows(engine, "SELECT model_id FROM versions", [(1,)], "the version of model 2 went with its model")


def test_numbers_begin_with_1_and_occur_once(exercise: ModuleType, engine: Engine) -> None:
    prepare(exercise, engine)
    expect_done(engine, VERSION, "1 is the smallest number", model_id=1, number=1, stage="none")
    expect_done(engine, VERSION, "another model may have a version 1 too", model_id=2, number=1, stage="none")
    expect_done(engine, VERSION, "a model may have many versions", model_id=1, number=2, stage="none")
    many = VERSION.replace(":number", "1000000")
    expect_done(engine, many, "there is no largest number", model_id=2, stage="none")
    wrong = VERSION.replace(":number", "1")
    expect_refused(engine, wrong, "model 1 has a version 1 already", model_id=1, stage="none")
    for number in [0, -1]:
        wrong = VERSION.replace(":number", str(number))
        expect_refused(engine, wrong, "numbers begin with 1", model_id=1, stage="none")


def test_only_the_four_stages_are_let_in(exercise: ModuleType, engine: Engine) -> None:
    prepare(exercise, engine)
    for number, stage in enumerate(["none", "staging", "production", "archived"], start=1):
        expect_done(engine, VERSION.replace(":stage", f"'{stage}'"), f"{stage} is a stage", model_id=1, number=number)
    for stage in ["retired", "STAGING", "None", " none", "none ", ""]:
        statement = VERSION.replace(":stage", f"'{stage}'")
        expect_refused(engine, statement, "stage is one of four", model_id=1, number=9)
    without = "INSERT INTO versions (model_id, number, created_at) VALUES (2, 1, '2026-07-01 12:00')"
    expect_done(engine, without, "the database puts a stage")
    expect_rows(engine, "SELECT stage FROM versions WHERE model_id = 2", [("none",)], "the database puts none")


def test_every_rule_has_a_name(exercise: ModuleType, engine: Engine) -> None:
    create(exercise, engine)
    inspector = inspect(engine)
    for name in ["models", "versions"]:
        rules: dict[str, list[Any]] = {
            "primary key": [inspector.get_pk_constraint(name)],
            "foreign key": inspector.get_foreign_keys(name),
            "unique constraint": inspector.get_unique_constraints(name),
            "check": inspector.get_check_constraints(name),
        }
        nameless = [kind for kind, found in rules.items() for rule in found if not rule["name"]]
        require(
            not nameless,
            called=f"The table {name}",
            got=f"has no name for its {' and its '.join(nameless)}",
            expected="every rule to have a name in the database, so that it can be changed later",
        )
