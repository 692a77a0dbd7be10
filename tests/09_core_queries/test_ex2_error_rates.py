"""Grades exercise 9.2: Error rates, where there is enough data."""

from types import ModuleType

from sqlalchemy import Engine, Row

from learn.grading import Outcome, call, require
from learn.grading.database import recorded
from learn.prediction_log import create_small_log

MADE = {  # model, number: the errors of its predictions, and how many went well
    ("toxicity-base", 1): (["timeout", "timeout"], 6),
    ("spam-filter", 2): (["timeout"], 3),
    ("spam-filter", 1): (["out of memory"], 3),
    ("sentiment-small", 1): (["timeout", "timeout"], 2),
    ("topic-tagger", 7): ([""], 4),
    ("digits-mlp", 1): ([], 4),
    ("embedder", 1): (["timeout"], 1),
    ("embedder", 2): (["timeout"], 0),
    ("defect-finder", 1): ([], 0),
}
RATES = [
    ("sentiment-small", 1, 0.5),
    ("spam-filter", 1, 0.25),
    ("spam-filter", 2, 0.25),
    ("toxicity-base", 1, 0.25),
    ("topic-tagger", 7, 0.2),
    ("digits-mlp", 1, 0.0),
]


def error_rates(exercise: ModuleType, engine: Engine, at_least: int) -> Outcome:
    """What the learner's function makes of the log; the rows are what they should be made of."""
    numbers: dict[str, list[int]] = {}
    for name, number in MADE:
        numbers.setdefault(name, []).append(number)
    rows = [
        {"model": name, "number": number, "error": error}
        for (name, number), (errors, fine) in MADE.items()
        for error in [*errors, *[None] * fine]
    ]
    with engine.begin() as connection:
        create_small_log(connection, numbers, rows)
        outcome = call(exercise.error_rates, connection, at_least)
    outcome.expect_that(isinstance(outcome.value, list), "a list of tuples")
    whole = all(isinstance(row, tuple | Row) and len(row) == 3 for row in outcome.value)
    outcome.expect_that(whole, "tuples of three: the name, the number, the rate")
    return outcome


def rate_of(outcome: Outcome, name: str, number: int) -> float | None:
    """The rate of a version in the list; None where it is not there."""
    rates = [rate for model, version, rate in outcome.value if (model, version) == (name, number)]
    return float(rates[0]) if rates and rates[0] is not None else None


def test_the_rate_is_the_share_of_failed_predictions(exercise: ModuleType, engine: Engine) -> None:
    outcome = error_rates(exercise, engine, 4)
    for name, number, rate in RATES[:4]:
        found = rate_of(outcome, name, number)
        errors, fine = MADE[name, number]
        why = f"{len(errors)} of {len(errors) + fine} predictions failed"
        near = found is not None and abs(found - rate) < 1e-9
        outcome.expect_that(near, f"the rate {rate} for version {number} of {name}: {why}")


def test_an_empty_text_is_an_error_too(exercise: ModuleType, engine: Engine) -> None:
    outcome = error_rates(exercise, engine, 4)
    near = abs((rate_of(outcome, "topic-tagger", 7) or 0) - 0.2) < 1e-9
    outcome.expect_that(near, "the rate 0.2 for version 7 of topic-tagger: 1 of 5 has the error '', which is not NULL")


def test_a_version_without_errors_has_the_rate_0(exercise: ModuleType, engine: Engine) -> None:
    outcome = error_rates(exercise, engine, 4)
    outcome.expect_that(
        rate_of(outcome, "digits-mlp", 1) == 0, "the rate 0 for version 1 of digits-mlp: 0 of 4 predictions failed"
    )


def test_versions_with_too_little_data_are_left_out(exercise: ModuleType, engine: Engine) -> None:
    expected = {4: RATES, 5: [("toxicity-base", 1, 0.25), ("topic-tagger", 7, 0.2)], 9: []}
    for at_least, rows in expected.items():
        outcome = error_rates(exercise, engine, at_least)
        found = {(name, number) for name, number, _ in outcome.value}
        wanted = {(name, number) for name, number, _ in rows}
        few = f"only the versions with {at_least} predictions or more: {sorted(wanted)}"
        outcome.expect_that(found == wanted, few)
        with engine.begin() as connection:
            exercise.metadata.drop_all(connection)


def test_the_highest_rate_comes_first(exercise: ModuleType, engine: Engine) -> None:
    outcome = error_rates(exercise, engine, 4)
    found = [(name, number) for name, number, _ in outcome.value]
    wanted = [(name, number) for name, number, _ in RATES]
    outcome.expect_that(found == wanted, f"the order {wanted}: by rate, then name, then number")


def test_it_takes_one_statement(exercise: ModuleType, engine: Engine) -> None:
    error_rates(exercise, engine, 4)
    with engine.connect() as connection, recorded(engine) as statements:
        call(exercise.error_rates, connection, 4)
    sent = f"sent {len(statements)} statements"
    require(len(statements) == 1, called="error_rates(connection, 4)", got=sent, expected="one, for all versions")
