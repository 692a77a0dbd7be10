"""Grades exercise 9.2: Error rates, where there is enough data."""

from decimal import Decimal
from types import ModuleType

from sqlalchemy import Engine, Row

from learn.checks import Outcome, call, require
from learn.checks.database import in_no_order, traffic
from learn.lab.prediction_log import create_small_log

MADE = {  # model, number: the errors of its predictions, and how many went well
    ("spam-filter", 2): (["timeout"], 3),
    ("spam-filter", 1): (["out of memory"], 3),
    ("toxicity-base", 1): (["timeout", "timeout"], 6),
    ("sentiment-small", 1): (["timeout", "timeout"], 2),
    ("topic-tagger", 7): ([""], 4),
    ("digits-mlp", 1): ([], 4),
    ("digits-mlp", 2): (["timeout"], 5),
    ("embedder", 1): (["timeout"], 1),
    ("embedder", 2): (["timeout"], 0),
    ("defect-finder", 1): ([], 0),
}
ORDER = [  # of the versions with 4 predictions or more
    ("sentiment-small", 1),
    ("spam-filter", 1),
    ("spam-filter", 2),
    ("toxicity-base", 1),
    ("topic-tagger", 7),
    ("digits-mlp", 2),
    ("digits-mlp", 1),
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
        with in_no_order(engine):
            outcome = call(exercise.error_rates, connection, at_least)
    outcome.expect_that(isinstance(outcome.value, list), "a list of tuples")
    whole = all(isinstance(row, tuple | Row) and len(row) == 3 for row in outcome.value)
    outcome.expect_that(whole, "tuples of three: the name, the number, the rate")
    return outcome


def expect_rate(outcome: Outcome, name: str, number: int, why: str = "") -> None:
    """The version is in the list, with its rate."""
    errors, fine = MADE[name, number]
    rate, made = len(errors) / (len(errors) + fine), len(errors) + fine
    rates = [found for model, version, found in outcome.value if (model, version) == (name, number)]
    a_number = bool(rates) and isinstance(rates[0], float | int | Decimal) and not isinstance(rates[0], bool)
    answered = float(rates[0]) if a_number else None
    found = answered if a_number else rates[0] if rates else None
    which = f"version {number} of {name}"
    got = f"answered the rate {found!r} for {which}" if rates else f"answered no line for {which}"
    near = answered is not None and abs(answered - rate) < 1e-13
    expected = f"the rate {rate:.15g}: {len(errors)} of {made} predictions failed{why}"
    require(near, called=outcome.called, got=got, expected=expected)


def test_the_rate_is_the_share_of_failed_predictions(exercise: ModuleType, engine: Engine) -> None:
    outcome = error_rates(exercise, engine, 1)
    for name, number in [*ORDER[:4], ("digits-mlp", 2)]:
        expect_rate(outcome, name, number)


def test_an_empty_text_is_an_error_too(exercise: ModuleType, engine: Engine) -> None:
    outcome = error_rates(exercise, engine, 4)
    expect_rate(outcome, "topic-tagger", 7, ", with the error '', which is not NULL")


def test_a_version_without_errors_has_the_rate_0(exercise: ModuleType, engine: Engine) -> None:
    outcome = error_rates(exercise, engine, 4)
    expect_rate(outcome, "digits-mlp", 1, ", and 4 are enough")


def test_versions_with_too_little_data_are_left_out(exercise: ModuleType, engine: Engine) -> None:
    for at_least in (4, 5, 9, 1):
        outcome = error_rates(exercise, engine, at_least)
        found = {(name, number) for name, number, _ in outcome.value}
        wanted = {version for version, (errors, fine) in MADE.items() if len(errors) + fine >= at_least}
        require(
            found == wanted,
            called=outcome.called,
            got=f"answered the versions {sorted(found)}",
            expected=f"those with at least {at_least} predictions: {sorted(wanted)}",
        )
        with engine.begin() as connection:
            exercise.metadata.drop_all(connection)


def test_the_highest_rate_comes_first(exercise: ModuleType, engine: Engine) -> None:
    outcome = error_rates(exercise, engine, 4)
    found = [(name, number) for name, number, _ in outcome.value]
    require(
        found == ORDER,
        called=outcome.called,
        got=f"answered the versions {found}",
        expected=f"the order {ORDER}: by rate, then name, then number",
    )


def test_it_takes_one_statement_that_brings_the_answer(exercise: ModuleType, engine: Engine) -> None:
    error_rates(exercise, engine, 4)
    with engine.connect() as connection, traffic(engine) as sent:
        outcome = call(exercise.error_rates, connection, 4)
    sent.expect_statements(outcome.called, 1, "one for all versions")
    sent.expect_rows(outcome.called, len(ORDER), "those of the answer")
