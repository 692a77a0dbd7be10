"""The graders can be trusted: they catch the mistakes that learners make, and let other right solutions pass."""

from collections.abc import Callable

import pytest

from learn.course.catalogue import Exercise, common_hints, exercises
from learn.course.mistakes import Variant, variants
from learn.grading.verdict import Status, Verdict

VerdictOf = Callable[[Exercise, str], Verdict]

ALL = [variant for exercise in exercises() for variant in variants(exercise)]
LEAST_WRONG = 4  # for each exercise


def name(variant: Variant) -> str:
    return f"{variant.exercise.number}-{variant.kind}-{variant.why.replace(' ', '-')}"


def test_the_matrix_is_not_empty() -> None:
    assert len(ALL) >= (LEAST_WRONG + 1) * len(exercises()) > 0


@pytest.mark.parametrize("exercise", exercises(), ids=lambda exercise: exercise.number)
def test_each_exercise_names_enough_mistakes(exercise: Exercise) -> None:
    kinds = [variant.kind for variant in variants(exercise)]
    assert kinds.count("wrong") >= LEAST_WRONG
    assert kinds.count("right") >= 1


@pytest.mark.parametrize("exercise", exercises(), ids=lambda exercise: exercise.number)
def test_each_exercise_has_a_ladder_of_hints(exercise: Exercise) -> None:
    hints = exercise.hints()
    assert len(hints) >= 3
    assert hints[0].endswith("?"), "the first hint asks a question"


@pytest.mark.parametrize("variant", [v for v in ALL if v.kind == "wrong"], ids=name)
def test_a_mistake_is_caught_and_named(variant: Variant, verdict_of: VerdictOf) -> None:
    verdict = verdict_of(variant.exercise, variant.code)
    results = {
        test.name.partition("[")[0]: test for test in reversed(verdict.tests) if test.status is not Status.PASSED
    }
    assert variant.test in results, f"caught by {sorted(results) or 'nothing'}"
    assert verdict.status is not Status.BROKEN, "a mistake is code that runs and does something else"
    message = results[variant.test].message
    assert "the grader could not go on" not in message
    for words in variant.says:
        assert words in message


@pytest.mark.parametrize("variant", [v for v in ALL if v.hint], ids=name)
def test_the_hint_that_is_shown_leads_to_the_repair(variant: Variant, verdict_of: VerdictOf) -> None:
    assert variant.hint in verdict_of(variant.exercise, variant.code).hint


def test_each_common_hint_is_shown_for_some_mistake(verdict_of: VerdictOf) -> None:
    shown = {verdict_of(variant.exercise, variant.code).hint for variant in ALL if variant.hint}
    assert common_hints()
    assert not [entry["hint"] for entry in common_hints() if entry["hint"] not in shown]


@pytest.mark.parametrize("variant", [v for v in ALL if v.kind == "right"], ids=name)
def test_another_right_solution_passes(variant: Variant, verdict_of: VerdictOf) -> None:
    verdict = verdict_of(variant.exercise, variant.code)
    assert verdict.status is Status.PASSED, verdict.first_failure


@pytest.mark.parametrize("exercise", exercises(), ids=lambda exercise: exercise.number)
def test_the_starter_fails_for_the_stated_reason(exercise: Exercise, verdict_of: VerdictOf) -> None:
    verdict = verdict_of(exercise, exercise.starter)
    assert verdict.status is Status.FAILED
    assert verdict.first_failure is not None
    expected = exercise.metadata["starter"]
    assert verdict.first_failure.name.partition("[")[0] == expected["test"]
    for words in expected["says"]:
        assert words in verdict.first_failure.message
