"""Grades exercise 9.7: Repair: a query in a loop."""

from collections.abc import Mapping
from decimal import Decimal
from types import ModuleType
from typing import Any

from sqlalchemy import Engine

from learn.checks import Outcome, call, require
from learn.checks.database import in_no_order, traffic
from learn.lab.prediction_log import create_small_log

NUMBERS = {"topic-tagger": [1], "spam-filter": [1, 2], "toxicity-base": [1], "digits-mlp": [1], "defect-finder": []}
MADE = [  # model, number, latency, error
    ("topic-tagger", 1, 0.0, ""),
    ("spam-filter", 2, 100.0, "timeout"),
    ("spam-filter", 1, 8.0, None),
    ("spam-filter", 1, 9.0, None),
    ("spam-filter", 1, 7.0, None),
    ("spam-filter", 2, 11.0, "timeout"),
    ("digits-mlp", 1, 2.5, None),
    ("digits-mlp", 1, 2.5, None),
    ("digits-mlp", 1, 3.0, None),
]
REPORT: list[dict[str, Any]] = [
    {"model": "defect-finder", "predictions": 0, "errors": 0, "mean_ms": None},
    {"model": "digits-mlp", "predictions": 3, "errors": 0, "mean_ms": 8 / 3},
    {"model": "spam-filter", "predictions": 5, "errors": 2, "mean_ms": 27.0},
    {"model": "topic-tagger", "predictions": 1, "errors": 1, "mean_ms": 0.0},
    {"model": "toxicity-base", "predictions": 0, "errors": 0, "mean_ms": None},
]


def fill(engine: Engine) -> None:
    rows = [{"model": name, "number": number, "latency_ms": ms, "error": error} for name, number, ms, error in MADE]
    with engine.begin() as connection:
        create_small_log(connection, NUMBERS, rows)


def report(exercise: ModuleType, engine: Engine) -> Outcome:
    with engine.connect() as connection, in_no_order(engine):
        outcome = call(exercise.report, connection)
    whole = isinstance(outcome.value, list) and all(isinstance(line, Mapping) for line in outcome.value)
    return outcome.expect_that(whole, "a list of dicts")


def show_lines(lines: list[Mapping[str, Any]]) -> str:
    """The lines of one model, of which there should be one."""
    return ", ".join(repr(dict(line)) for line in lines) or "no line"


def test_models_are_listed_by_name(exercise: ModuleType, engine: Engine) -> None:
    fill(engine)
    outcome = report(exercise, engine)
    names = [line.get("model") for line in outcome.value]
    expected = [line["model"] for line in REPORT]
    got = f"answered lines for the models {names}"
    require(names == expected, called=outcome.called, got=got, expected=f"one for each model, by name: {expected}")
    for line in outcome.value:
        outcome.expect_that(set(line) == set(REPORT[0]), f"dicts with the keys {sorted(REPORT[0])} and no others")


def test_predictions_and_errors_are_counted(exercise: ModuleType, engine: Engine) -> None:
    fill(engine)
    outcome = report(exercise, engine)
    for expected in REPORT:
        found = [line for line in outcome.value if line.get("model") == expected["model"]]
        for key in ("predictions", "errors"):
            right = [line.get(key) for line in found] == [expected[key]]
            wanted = f"{key} of {expected['model']}: {expected[key]}, over all its versions"
            require(right, called=outcome.called, got=f"answered {show_lines(found)}", expected=wanted)


def test_the_mean_is_over_all_predictions(exercise: ModuleType, engine: Engine) -> None:
    fill(engine)
    outcome = report(exercise, engine)
    for expected in REPORT:
        found = [line for line in outcome.value if line.get("model") == expected["model"]]
        mean, wanted = (found[0].get("mean_ms") if found else None), expected["mean_ms"]
        exact = isinstance(mean, float | Decimal) and wanted is not None and abs(float(mean) - wanted) < 1e-13
        right = mean is None if wanted is None else exact or (mean == wanted and mean is not False)
        number = expected["predictions"]
        why = f"the mean of {number} prediction{'' if number == 1 else 's'}" if number else "it has no predictions"
        words = f"mean_ms of {expected['model']}: {wanted if wanted is None else f'{wanted:.6g}'}, {why}"
        require(right, called=outcome.called, got=f"answered {show_lines(found)}", expected=words)


def test_it_takes_one_statement(exercise: ModuleType, engine: Engine) -> None:
    fill(engine)
    with traffic(engine) as sent:
        outcome = report(exercise, engine)
    sent.expect_statements(outcome.called, 1, "one for all 5 models")


def test_it_brings_one_row_for_each_model(exercise: ModuleType, engine: Engine) -> None:
    fill(engine)
    with traffic(engine) as sent:
        outcome = report(exercise, engine)
    sent.expect_rows(outcome.called, 5, "one for each model: the database counts")
