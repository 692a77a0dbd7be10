"""Grades exercise 9.1: Predictions per model."""

from types import ModuleType
from typing import Any

from sqlalchemy import Engine, Row

from learn.checks import call
from learn.checks.database import in_no_order, traffic
from learn.lab.prediction_log import create_small_log

NUMBERS = {"topic-tagger": [1], "spam-filter": [1, 2], "toxicity-base": [1, 2], "digits-mlp": [4], "defect-finder": []}
MADE = {("topic-tagger", 1): 2, ("spam-filter", 1): 3, ("spam-filter", 2): 2, ("digits-mlp", 4): 2}


def fill(engine: Engine, made: dict[tuple[str, int], int], numbers: dict[str, list[int]] = NUMBERS) -> None:
    """A log in which each version has made as many predictions as `made` says."""
    rows = [{"model": name, "number": number} for (name, number), times in made.items() for _ in range(times)]
    with engine.begin() as connection:
        create_small_log(connection, numbers, rows)


def answer(exercise: ModuleType, engine: Engine) -> Any:
    with engine.connect() as connection, in_no_order(engine):
        outcome = call(exercise.predictions_per_model, connection)
    pairs = isinstance(outcome.value, list) and all(isinstance(pair, tuple | Row) for pair in outcome.value)
    return outcome.expect_that(pairs, "a list of tuples")


def test_predictions_are_counted_over_all_versions(exercise: ModuleType, engine: Engine) -> None:
    fill(engine, MADE)
    outcome = answer(exercise, engine)
    found = [pair for pair in outcome.value if pair in [("spam-filter", 5), ("digits-mlp", 2), ("topic-tagger", 2)]]
    expected = "spam-filter once with 5, 3 of version 1 and 2 of version 2; digits-mlp and topic-tagger with 2"
    outcome.expect_that(len(found) == 3, expected)


def test_models_without_predictions_count_0(exercise: ModuleType, engine: Engine) -> None:
    fill(engine, MADE)
    outcome = answer(exercise, engine)
    for name, why in [
        ("toxicity-base", "it has two versions and no prediction"),
        ("defect-finder", "it has no version"),
    ]:
        outcome.expect_that((name, 0) in outcome.value, f"{(name, 0)}: {why}")


def test_the_most_used_model_comes_first(exercise: ModuleType, engine: Engine) -> None:
    fill(engine, MADE)
    busy = [("spam-filter", 5), ("digits-mlp", 2), ("topic-tagger", 2)]
    expected = [*busy, ("defect-finder", 0), ("toxicity-base", 0)]
    outcome = answer(exercise, engine)
    outcome.expect_that(outcome.value == expected, f"{expected}: the most predictions first, then by name")


def test_an_empty_log_counts_0_everywhere(exercise: ModuleType, engine: Engine) -> None:
    many: dict[str, list[int]] = {f"model-{place}": [] for place in range(1_234, 1_000, -1)}
    fill(engine, {}, many)
    expected = [(name, 0) for name in sorted(many)]
    outcome = answer(exercise, engine)
    outcome.expect_that(
        outcome.value == expected, f"all {len(many)} models, model-1001 first, each with 0: nobody has asked one yet"
    )


def test_it_takes_one_statement_that_counts(exercise: ModuleType, engine: Engine) -> None:
    fill(engine, MADE)
    with traffic(engine) as sent:
        outcome = answer(exercise, engine)
    sent.expect_statements(outcome.called, 1, "one for all 5 models")
    sent.expect_rows(outcome.called, 5, "one for each model: the database counts")
