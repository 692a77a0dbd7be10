"""Grades exercise 9.5: An index, and the plan that proves it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from types import ModuleType
from typing import Any

from sqlalchemy import Engine, Executable, event, insert
from sqlalchemy.exc import IntegrityError

from learn.checks import Mismatch, Outcome, call, require
from learn.checks.database import in_no_order
from learn.lab.prediction_log import START

ROWS = [
    (3, 4, "9b1e"),
    (3, 6, "77aa"),
    (5, 9, "9b1e"),
    (3, 6, "c0de"),
    (5, 1, "c0de"),
    (3, 5, "9b1e"),
    (5, 2, "9b1e77"),
    *[(7, minute, "beef") for minute in range(30)],
]
MANY = """
    INSERT INTO predictions (version_id, created_at, input_hash)
    SELECT 99, now(), md5(place::text) FROM generate_series(1, 5000) AS place
"""


def create(exercise: ModuleType, engine: Engine) -> None:
    rows = [
        {"version_id": version, "created_at": START + timedelta(minutes=minute), "input_hash": digest}
        for version, minute, digest in ROWS
    ]
    with engine.begin() as connection:
        exercise.metadata.create_all(connection)
        try:
            connection.execute(insert(exercise.predictions), rows)
        except IntegrityError as error:
            expected = "to take several predictions of one version and of one input: an index need not be unique"
            raise Mismatch("The table predictions", "refuses a row", expected) from error
        if engine.dialect.name == "postgresql":  # which plans by what it knows of the rows
            connection.exec_driver_sql(MANY)
            connection.exec_driver_sql("ANALYZE predictions")


def statement_of(outcome: Outcome) -> Any:
    """The statement that the learner's function answered."""
    outcome.expect_that(isinstance(outcome.value, Executable), "a `select`")
    return outcome.value


def ask(engine: Engine, statement: Any, may_sort: bool = True) -> tuple[list[Any], dict[str, Any]]:
    """The ids that `statement` finds, and how the database plans to find them. PostgreSQL sorts only if it has to."""
    sent: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, sql: str, parameters: Any, *_: object) -> None:  # noqa: ARG001
        sent.append((sql, parameters))

    with engine.connect() as connection:
        event.listen(connection, "before_cursor_execute", note)
        rows = connection.execute(statement).all()
        ids = [row[0] if len(row) == 1 else tuple(row) for row in rows]
        sql, parameters = sent[0]
        if engine.dialect.name == "sqlite":
            steps = [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters)]
            return ids, {
                "searches": [step for step in steps if step.startswith("SEARCH")],
                "scans": [step for step in steps if step.startswith("SCAN")],
                "sorts": [step for step in steps if step.startswith("USE TEMP B-TREE")],
            }
        connection.exec_driver_sql("SET enable_bitmapscan = off")
        connection.exec_driver_sql(f"SET enable_sort = {'on' if may_sort else 'off'}")
        plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {sql}", parameters).scalar_one()
        nodes = list(_nodes((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]))
        reading = [node for node in nodes if "Scan" in node["Node Type"]]
        return ids, {
            "searches": [node["Index Cond"] for node in reading if "Index Cond" in node],
            "scans": [node["Node Type"] for node in reading if "Index Cond" not in node],
            "sorts": [node["Node Type"] for node in nodes if node["Node Type"].endswith("Sort")],
        }


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", []):
        yield from _nodes(below)


def in_words(plan: dict[str, Any]) -> str:
    """What the plan does, the same words for every database and version."""
    steps = ["scans the whole table or index"] if plan["scans"] else []
    steps += ["searches an index"] if plan["searches"] else []
    steps += ["sorts what it found"] if plan["sorts"] else []
    return " and ".join(steps)


def test_latest_searches_an_index_and_sorts_nothing(exercise: ModuleType, engine: Engine) -> None:
    create(exercise, engine)
    for version_id in (3, 5):
        _, plan = ask(engine, statement_of(call(exercise.latest, version_id, 5)), may_sort=False)
        by_version = any("version_id" in step.rpartition("(")[2] for step in plan["searches"])
        require(
            by_version and not plan["scans"] and not plan["sorts"],
            called=f"The plan of latest({version_id}, 5)",
            got=in_words(plan),
            expected="that it searches an index by version_id, whose next columns hold the order, and sorts nothing",
        )


def test_same_input_searches_an_index(exercise: ModuleType, engine: Engine) -> None:
    create(exercise, engine)
    _, plan = ask(engine, statement_of(call(exercise.same_input, "9B1E")))
    require(
        bool(plan["searches"]) and not plan["scans"],
        called="The plan of same_input('9B1E')",
        got=in_words(plan),
        expected="that it searches an index, which holds what the statement compares",
    )


def test_both_find_what_they_are_asked_for(exercise: ModuleType, engine: Engine) -> None:
    create(exercise, engine)
    questions = [
        (
            "latest",
            (3, 5),
            [4, 2, 6, 1],
            "the newest of version 3 first, and the larger id first where times are equal",
        ),
        ("latest", (3, 2), [4, 2], "at most 2"),
        ("latest", (4, 2), [], "version 4 has made none"),
        ("same_input", ("9b1e",), [1, 3, 6], "all with that hash, the smallest id first"),
        ("same_input", ("9B1E",), [1, 3, 6], "people ask in any case"),
        ("latest", (7, 25), list(range(37, 12, -1)), "as many as were asked for"),
        ("same_input", ("beef",), list(range(8, 38)), "all with that hash"),
        ("same_input", (" 9b1e",), [], "no prediction has that hash: a blank is a character"),
        ("same_input", ("9b%",), [], "no prediction has that hash"),
    ]
    for name, arguments, expected, why in questions:
        outcome = call(getattr(exercise, name), *arguments)
        ids, _ = ask(engine, statement_of(outcome))
        got = f"finds the predictions {ids}"
        require(ids == expected, called=outcome.called, got=got, expected=f"{expected}: {why}")


def test_the_order_is_not_left_to_the_index(exercise: ModuleType, engine: Engine) -> None:
    """Without the indexes, and in no order of its own, only what the statement says is sorted."""
    create(exercise, engine)
    with engine.begin() as connection:
        for index in list(exercise.predictions.indexes):
            index.drop(connection, checkfirst=True)
    for direction in ("ASC", "DESC"):
        for name, arguments, expected in (("latest", (3, 5), [4, 2, 6, 1]), ("same_input", ("9b1e",), [1, 3, 6])):
            outcome = call(getattr(exercise, name), *arguments)
            with engine.connect() as connection, in_no_order(engine, direction):
                ids = list(connection.execute(statement_of(outcome)).scalars())
            got = f"finds the predictions {ids} where the table has no index"
            require(ids == expected, called=outcome.called, got=got, expected=f"{expected}: `order_by` says the order")


def test_there_are_at_most_two_indexes(exercise: ModuleType, engine: Engine) -> None:
    create(exercise, engine)
    number = len(exercise.predictions.indexes)
    got = f"has {number} indexes"
    require(number <= 2, called="The table predictions", got=got, expected="2 at most: each is written with every row")
