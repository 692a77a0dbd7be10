"""Grades exercise 5.7, a repair: validators of Pydantic 1."""

from types import ModuleType
from typing import Any

import pytest

from learn.checks import call, require_no_warning
from learn.checks.call import Outcome


def config(exercise: ModuleType, **changed: Any) -> Outcome:
    """A `ClassifierConfig` that is right but for `changed`; None leaves a field out."""
    values = {"labels": ["spam", "ham"], "weights": [1, 2.5], "reject_below": 0.3, "accept_above": 0.8} | changed
    return call(exercise.ClassifierConfig, **{name: value for name, value in values.items() if value is not None})


def expect_kept(outcome: Outcome, field: str, kept: Any, why: str) -> None:
    """The call made an object whose `field` is `kept`."""
    fits = outcome.error is None and getattr(outcome.value, field, None) == kept
    outcome.expect_that(fits, f"{field} to be {kept!r}: {why}")


def expect_both_named(outcome: Outcome, first: str, second: str, why: str) -> None:
    """The call was refused, and the error names both fields, in its place or its message."""
    error = outcome.expect_refused(why=why)
    said = " ".join(f"{item['loc']} {item['msg']}" for item in error.errors(include_context=False))
    outcome.expect_that(first in said and second in said, f"an error that names both {first} and {second}")


def test_several_mistakes_are_no_crash(exercise: ModuleType) -> None:
    config(exercise, labels="spam", weights=[1]).expect_refused("labels", "labels is a list")
    config(exercise, reject_below="low", accept_above=0.5).expect_refused("reject_below", "it is a number")
    config(exercise, labels=None, reject_below=None).expect_refused("reject_below", "it is required")
    config(exercise, labels=None, weights=["heavy"]).expect_refused("weights", "weights are numbers")


def test_the_number_of_labels_is_bounded(exercise: ModuleType) -> None:
    for count in (0, 1, 11):
        outcome = config(exercise, labels=[f"topic-{number}" for number in range(count)], weights=[1] * count)
        outcome.expect_refused("labels", "there are 2 to 10 labels")
    for count in (2, 10):
        labels = [f"topic-{number}" for number in range(count)]
        outcome = config(exercise, labels=labels, weights=[1] * count)
        expect_kept(outcome, "labels", labels, f"{count} labels are allowed")


def test_labels_are_cleaned_and_checked(exercise: ModuleType) -> None:
    expect_kept(config(exercise, labels=[" spam", "ham \n"]), "labels", ["spam", "ham"], "white space is removed")
    expect_kept(config(exercise, labels=["b", "a"]), "labels", ["b", "a"], "one letter is enough, and the order stays")
    config(exercise, labels=["spam", ""]).expect_refused("labels", "a label is not empty")
    config(exercise, labels=["spam", "  "]).expect_refused("labels", "nothing is left without the white space")
    config(exercise, labels=["spam", "spam"]).expect_refused("labels", "no two labels are equal")
    config(exercise, labels=["spam", " spam"]).expect_refused("labels", "they are equal without the white space")
    outcome = config(exercise, labels=["spam", "ham", "\tspam"], weights=[1, 2, 3])
    outcome.expect_refused("labels", "the first and the last are equal without the white space")
    config(exercise, labels=["spam", 7]).expect_refused("labels", "a label is text")
    for labels in (["Spam", "spam"], ["not spam", "notspam"], ["\u3000späm\n", "ham"]):
        kept = [label.strip() for label in labels]
        expect_kept(
            config(exercise, labels=labels), "labels", kept, "they differ, and only the white space around goes"
        )


def test_there_is_a_weight_for_each_label(exercise: ModuleType) -> None:
    expect_kept(config(exercise), "weights", [1, 2.5], "two weights for two labels")
    why = "there are as many weights as labels"
    expect_both_named(config(exercise, weights=[1, 2, 3]), "weights", "labels", why)
    outcome = config(exercise, labels=["spam", "ham", "other"], weights=[1, 2])
    expect_both_named(outcome, "weights", "labels", why)
    for weights in ([1], []):  # the bounds of conlist, where they came back, say so at `weights` alone
        config(exercise, weights=weights).expect_refused(why=why)


def test_a_weight_is_more_than_zero(exercise: ModuleType) -> None:
    for weight in (0, -1, "heavy", float("nan")):
        config(exercise, weights=[1, weight]).expect_refused("weights", "each weight is more than 0")
    for weights in ([0.01, 5], [1e-300, 1e300], [2, 2]):
        expect_kept(config(exercise, weights=weights), "weights", weights, "each weight is more than 0")


def test_thresholds_are_bounded(exercise: ModuleType) -> None:
    for field in ("reject_below", "accept_above"):
        for value in (-0.1, 1.1, "high", float("nan")):
            config(exercise, **{field: value}).expect_refused(field, "it is a number from 0 to 1")
        values = {"labels": ["spam", "ham"], "weights": [1, 2.5], "reject_below": 0.3, field: None}
        call(exercise.ClassifierConfig, **values).expect_refused(field, "None is no number, and is not left out")
    expect_kept(config(exercise, reject_below=0, accept_above=1), "accept_above", 1, "0 and 1 are allowed")
    expect_kept(config(exercise, reject_below=1, accept_above=1), "reject_below", 1, "0 and 1 are allowed")
    expect_kept(config(exercise, reject_below=0, accept_above=0), "accept_above", 0, "0 and 1 are allowed")


def test_thresholds_are_in_order(exercise: ModuleType) -> None:
    outcome = config(exercise, reject_below=0.8, accept_above=0.3)
    expect_both_named(outcome, "accept_above", "reject_below", "accept_above is at least reject_below")
    expect_kept(config(exercise, reject_below=0.5, accept_above=0.5), "accept_above", 0.5, "both may be equal")
    outcome = config(exercise, reject_below=0.1 + 0.2, accept_above=0.3)
    expect_both_named(outcome, "accept_above", "reject_below", "it is less, if not by much")


def test_the_default_is_checked_too(exercise: ModuleType) -> None:
    expect_kept(config(exercise, accept_above=None), "accept_above", 0.9, "it is 0.9 where it is left out")
    expect_kept(config(exercise, reject_below=0.9, accept_above=None), "accept_above", 0.9, "both may be equal")
    for value in (0.95, 0.901):
        outcome = config(exercise, reject_below=value, accept_above=None)
        why = f"accept_above is 0.9 where it is left out, and that is less than {value}"
        expect_both_named(outcome, "accept_above", "reject_below", why)


def test_nothing_warns(recwarn: pytest.WarningsRecorder, exercise: ModuleType) -> None:
    expect_kept(config(exercise), "labels", ["spam", "ham"], "they are right as they are")
    config(exercise, reject_below=0.9).expect_refused(why="accept_above is at least reject_below")
    require_no_warning(recwarn.list)
