"""Grades exercise 5.2, checks across fields."""

from types import ModuleType

from learn.checks import call
from learn.checks.call import Outcome


def expect_both_named(outcome: Outcome, first: str, second: str, why: str) -> None:
    """The call was refused, and the error names both fields, in its place or its message."""
    error = outcome.expect_refused(why=why)
    said = " ".join(f"{item['loc']} {item['msg']}" for item in error.errors(include_context=False))
    outcome.expect_that(first in said and second in said, f"an error that names both {first} and {second}")


def test_a_discount_above_the_price_is_refused(exercise: ModuleType) -> None:
    for price, discount in [(900, 1200), (900, 901), (0, 1)]:
        outcome = call(exercise.Plan, price_cents=price, discount_cents=discount)
        expect_both_named(outcome, "price_cents", "discount_cents", "discount_cents is at most price_cents")
    texts: list[tuple[object, object]] = [("900", "1200"), (900, "901"), ("900", 901)]
    for sent, taken_off in texts:  # read as numbers, or refused as texts
        outcome = call(exercise.Plan, price_cents=sent, discount_cents=taken_off)
        outcome.expect_refused(why="discount_cents is at most price_cents, and texts are no way around it")


def test_a_plan_that_fits_is_accepted(exercise: ModuleType) -> None:
    for price, discount, why in [
        (900, 100, "100 is less than 900"),
        (900, 900, "both may be equal"),
        (0, 0, "both may be 0"),
    ]:
        outcome = call(exercise.Plan, price_cents=price, discount_cents=discount)
        expect_values(outcome, why, price_cents=price, discount_cents=discount)
    outcome = call(exercise.Plan.model_validate, {"price_cents": 900})
    expect_values(outcome, "discount_cents is 0 where it is left out", price_cents=900, discount_cents=0)


def expect_values(outcome: Outcome, why: str, **wanted: float) -> None:
    """The call made an object with these values."""
    fits = outcome.error is None and all(getattr(outcome.value, name, None) == wanted[name] for name in wanted)
    listed = ", ".join(f"{name}={value}" for name, value in wanted.items())
    outcome.expect_that(fits, f"{listed}: {why}")


def test_a_warning_that_comes_too_late_is_refused(exercise: ModuleType) -> None:
    for warn, page in [(0.2, 0.1), (0.5, 0.5), (1, 0), (0, 0), (1, 1), (0.1 + 0.2, 0.3)]:
        outcome = call(exercise.AlertRule, warn_above=warn, page_above=page)
        expect_both_named(outcome, "warn_above", "page_above", "warn_above is less than page_above")
    outcome = call(exercise.AlertRule, page_above=0.3, warn_above=0.4)
    expect_both_named(outcome, "warn_above", "page_above", "the order of the arguments does not matter")


def test_the_default_counts_too(exercise: ModuleType) -> None:
    why = "page_above is 0.9 where it is left out, and warn_above is less than that"
    expect_both_named(call(exercise.AlertRule, warn_above=0.95), "warn_above", "page_above", why)
    expect_both_named(call(exercise.AlertRule, warn_above=0.9), "warn_above", "page_above", why)


def test_a_rule_that_fits_is_accepted(exercise: ModuleType) -> None:
    for warn, page in [(0.1, 0.2), (0, 1), (0.49, 0.5), (0.001, 0.002), (0.3, 0.1 + 0.2)]:
        outcome = call(exercise.AlertRule, warn_above=warn, page_above=page)
        expect_values(outcome, f"{warn} is less than {page}", warn_above=warn, page_above=page)
    for warn in (0.5, 0.89):
        outcome = call(exercise.AlertRule.model_validate, {"warn_above": warn})
        expect_values(outcome, "page_above is 0.9 where it is left out", warn_above=warn, page_above=0.9)


def test_a_field_that_is_wrong_by_itself_is_named(exercise: ModuleType) -> None:
    call(exercise.Plan, price_cents="cheap", discount_cents=1).expect_refused("price_cents", "it is a whole number")
    call(exercise.Plan, price_cents=-1, discount_cents=0).expect_refused("price_cents", "it is 0 or more")
    call(exercise.Plan, price_cents=900, discount_cents=-1).expect_refused("discount_cents", "it is 0 or more")
    call(exercise.Plan, price_cents=900, discount_cents="much").expect_refused("discount_cents", "it is a whole number")
    for part in (None, 0.5):
        call(exercise.Plan, price_cents=900, discount_cents=part).expect_refused("discount_cents", "it is whole")
        call(exercise.Plan, price_cents=part, discount_cents=0).expect_refused("price_cents", "it is a whole number")
    call(exercise.Plan, discount_cents=1).expect_refused("price_cents", "it is required")
    for value in ("low", -0.1, 1.1, None):
        why = "it is a number from 0 to 1"
        call(exercise.AlertRule, warn_above=value, page_above=0.5).expect_refused("warn_above", why)
        call(exercise.AlertRule, warn_above=0.1, page_above=value).expect_refused("page_above", why)
    call(exercise.AlertRule, page_above=0.5).expect_refused("warn_above", "it is required")
    others: list[object] = [[], None, "cheap", 7]
    for kind in (exercise.Plan, exercise.AlertRule):
        for sent in others:
            call(kind.model_validate, sent).expect_refused(why="it is no object")
