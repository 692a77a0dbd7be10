"""Grades exercise {number}, {subject}."""

from types import ModuleType

from learn.checks import call


def test_label_has_1_to_20_characters(exercise: ModuleType) -> None:
    for label in ("s", "s" * 20):
        call(exercise.Guess, label=label).expect_has(label=label)
    for label in ("", "s" * 21):
        call(exercise.Guess, label=label).expect_refused("label", "a label has 1 to 20 characters")


def test_label_is_required(exercise: ModuleType) -> None:
    call(exercise.Guess, score=0.5).expect_refused("label", "it is required")


def test_score_is_from_0_to_1(exercise: ModuleType) -> None:
    for score in (0.0, 0.5, 1.0):
        call(exercise.Guess, label="spam", score=score).expect_has(score=score)
    for wrong in (-0.1, 1.5, "high"):
        call(exercise.Guess, label="spam", score=wrong).expect_refused("score", "a score is from 0 to 1")


def test_score_may_be_left_out_or_none(exercise: ModuleType) -> None:
    for given in ({}, {"score": None}):
        guess = call(exercise.Guess, label="spam", **given)
        guess.expect_that(getattr(guess.value, "score", ...) is None, "score = None")
