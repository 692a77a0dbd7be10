"""Grades exercise 9.7: Repair: a query in a loop."""

from collections.abc import Mapping
from types import ModuleType

from sqlalchemy import Engine

from learn.grading import Outcome, call, require
from learn.grading.database import recorded, rows_read
from learn.prediction_log import create_small_log

NUMBERS = {"topic-tagger": [1], "spam-filter": [1, 2], "toxicity-base": [1], "digits-mlp": [1], "defect-finder": []}
MADE = [  # model, number, latency, error
    ("topic-tagger", 1, 40.0, ""),
    ("spam-filter", 2, 100.0, "timeout"),
    ("spam-filter", 1, 8.0, None),
    ("spam-filter", 1, 9.0, None),
    ("spam-filter", 1, 7.0, None),
    ("spam-filter", 2, 11.0, "timeout"),
    ("digits-mlp", 1, 2.5, None),
]
REPORT = [
    {"model": "defect-finder", "predictions": 0, "errors": 0, "mean_ms": None},
    {"model": "digits-mlp", "predictions": 1, "errors": 0, "mean_ms": 2.5},
    {"model": "spam-filter", "predictions": 5, "errors": 2, "mean_ms": 27.0},
    {"model": "topic-tagger", "predictions": 1, "errors": 1, "mean_ms": 40.0},
    {"model": "toxicity-base", "predictions": 0, "errors": 0, "mean_ms": None},
]


def fill(engine: Engine) -> None:
    rows = [{"model": name, "number": number, "latency_ms": ms, "error": error} for name, number, ms, error in MADE]
    with engine.begin() as connection:
        create_small_log(connection, NUMBERS, rows)


def report(exercise: ModuleType, engine: Engine) -> Outcome:
    with engine.connect() as connection:
        outcome = call(exercise.report, connection)
    whole = isinstance(outcome.value, list) and all(isinstance(line, Mapping) for line in outcome.value)
    return outcome.expect_that(whole, "a list of dicts")


def test_models_are_listed_by_name(exercise: ModuleType, engine: Engine) -> None:
    fill(engine)
    outcome = report(exercise, engine)
    names = [line.get("model") for line in outcome.value]
    expected = [line["model"] for line in REPORT]
    outcome.expect_that(names == expected, f"a dict for each model, by name: {expected}")
    for line in outcome.value:
        outcome.expect_that(set(line) == set(REPORT[0]), f"dicts with the keys {sorted(REPORT[0])} and no others")


def test_predictions_and_errors_are_counted(exercise: ModuleType, engine: Engine) -> None:
    fill(engine)
    outcome = report(exercise, engine)
    for expected in REPORT:
        found = [line for line in outcome.value if line.get("model") == expected["model"]]
        for key in ("predictions", "errors"):
            right = [line.get(key) for line in found] == [expected[key]]
            outcome.expect_that(right, f"{expected[key]} {key} of {expected['model']}, over all its versions")


def test_the_mean_of_nothing_is_none(exercise: ModuleType, engine: Engine) -> None:
    fill(engine)
    outcome = report(exercise, engine)
    means = {line.get("model"): line.get("mean_ms") for line in outcome.value}
    for line in REPORT:
        name, expected = line["model"], line["mean_ms"]
        right = means.get(name) == expected
        outcome.expect_that(right, f"mean_ms {expected} of {name}" + ("" if expected else ": it has no predictions"))


def test_it_takes_one_statement(exercise: ModuleType, engine: Engine) -> None:
    fill(engine)
    with recorded(engine) as statements:
        report(exercise, engine)
    sent = f"sent {len(statements)} statements"
    require(len(statements) == 1, called="report(connection)", got=sent, expected="one, for all 5 models")


def test_it_brings_one_row_for_each_model(exercise: ModuleType, engine: Engine) -> None:
    fill(engine)
    with rows_read(engine) as rows:
        report(exercise, engine)
    got = f"brought {sum(rows)} rows from the database"
    require(sum(rows) == 5, called="report(connection)", got=got, expected="5, one for each model: the database counts")
