"""Grades exercise 9.3: The latest of each, and the slow tail."""

from datetime import timedelta
from types import ModuleType
from typing import Any

from sqlalchemy import Engine

from learn.checks import call
from learn.checks.database import in_no_order, traffic
from learn.lab.prediction_log import START, create_small_log

NUMBERS = {
    "topic-tagger": [2, 1],
    "spam-filter": [1, 2, 3],
    "digits-mlp": [1],
    "embedder": [1],
    "defect-finder": [],
}
# Of each prediction: its model, the version, the minute of created_at. The first has the id 1.
MINUTES = [
    ("topic-tagger", 2, 9),
    ("spam-filter", 1, 5),
    ("spam-filter", 2, 7),
    ("digits-mlp", 1, 3),
    ("spam-filter", 1, 2),
    ("topic-tagger", 1, 4),
    ("digits-mlp", 1, 3),
    ("spam-filter", 2, 3),
]
LATEST = {
    "digits-mlp": (7, "the predictions 4 and 7 share the latest time, and the larger id decides"),
    "spam-filter": (3, "prediction 3 has the largest created_at; 5 and 8 have larger ids, and were made before it"),
    "topic-tagger": (1, "prediction 1, of version 2, has the largest created_at of both versions"),
}


def create_times(engine: Engine) -> None:
    rows = [
        {"model": name, "number": number, "created_at": START + timedelta(minutes=minute)}
        for name, number, minute in MINUTES
    ]
    with engine.begin() as connection:
        create_small_log(connection, NUMBERS, rows)


def create_latencies(engine: Engine) -> None:
    """Twenty predictions of two versions, 19, 21, ten and one of others, in no order."""
    made = {
        ("spam-filter", 3): 19,
        ("topic-tagger", 2): 20,
        ("topic-tagger", 1): 10,
        ("spam-filter", 1): 1,
        ("digits-mlp", 1): 21,
    }
    rows = [
        {"model": name, "number": number, "latency_ms": 1.5 + (place * 11) % number_of}
        for (name, number), number_of in made.items()
        for place in range(number_of)
    ]
    many_alike = [4.5, 90.0, *[3.5] * 18]
    rows += [{"model": "spam-filter", "number": 2, "latency_ms": latency} for latency in many_alike]
    with engine.begin() as connection:
        create_small_log(connection, NUMBERS, rows)


def answer(exercise: ModuleType, engine: Engine, name: str) -> Any:
    with engine.connect() as connection, in_no_order(engine):
        outcome = call(getattr(exercise, name), connection)
    outcome.expect_that(isinstance(outcome.value, list), "a list of tuples")
    return outcome


def test_the_latest_prediction_of_each_model(exercise: ModuleType, engine: Engine) -> None:
    create_times(engine)
    outcome = answer(exercise, engine, "latest_predictions")
    for name, (prediction_id, why) in reversed(LATEST.items()):
        outcome.expect_that((name, prediction_id) in outcome.value, f"{(name, prediction_id)}: {why}")


def test_the_latest_are_one_for_each_model_sorted(exercise: ModuleType, engine: Engine) -> None:
    create_times(engine)
    outcome = answer(exercise, engine, "latest_predictions")
    expected = [(name, prediction_id) for name, (prediction_id, _) in LATEST.items()]
    outcome.expect_that(outcome.value == expected, f"{expected}: once each model that made any, sorted by name")


def test_p95_is_the_latency_that_95_percent_do_not_exceed(exercise: ModuleType, engine: Engine) -> None:
    create_latencies(engine)
    outcome = answer(exercise, engine, "p95_latencies")
    for expected, why in [
        (("topic-tagger", 2, 19.5), "the 19th of its 20 latencies 1.5, 2.5 … 20.5"),
        (("topic-tagger", 1, 10.5), "the slowest of 10, since 9 of 10 are fewer than 95 %"),
        (("digits-mlp", 1, 20.5), "the 20th of its 21 latencies 1.5, 2.5 … 21.5, since 19 of 21 are fewer than 95 %"),
        (("spam-filter", 3, 19.5), "the slowest of 19, since 18 of 19 are fewer than 95 %"),
        (("spam-filter", 1, 1.5), "of one latency that one"),
        (("spam-filter", 2, 4.5), "the 19th of its 20: 18 times 3.5, then 4.5 and 90.0"),
    ]:
        outcome.expect_that(expected in outcome.value, f"{expected}: {why}")


def test_p95_is_one_for_each_version_sorted(exercise: ModuleType, engine: Engine) -> None:
    create_latencies(engine)
    outcome = answer(exercise, engine, "p95_latencies")
    versions = [("digits-mlp", 1)]
    versions += [
        (name, number) for name, last in (("spam-filter", 3), ("topic-tagger", 2)) for number in range(1, last + 1)
    ]
    found = [tuple(row)[:2] for row in outcome.value if hasattr(row, "__len__")]
    outcome.expect_that(found == versions, f"the versions {versions}: once each that made any, by name and number")


def test_each_takes_one_statement_that_brings_the_answer(exercise: ModuleType, engine: Engine) -> None:
    create_times(engine)
    for name, number in (("latest_predictions", 3), ("p95_latencies", 5)):
        with traffic(engine) as sent:
            outcome = answer(exercise, engine, name)
        sent.expect_statements(outcome.called, 1, "one for all of them")
        sent.expect_rows(outcome.called, number, "those of the answer")
