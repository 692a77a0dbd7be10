"""Grades exercise 4.5, fields that are computed."""

import json
from datetime import timedelta
from types import ModuleType
from typing import Any

from learn.checks import Api, Outcome, call, require

THIRDS = {"spam": 1 / 3, "ham": 2 / 3}
FAST = timedelta(milliseconds=12.5)


def build(exercise: ModuleType, **fields: Any) -> Outcome:
    return call(exercise.Classification, **{"scores": THIRDS, "latency": FAST} | fields)


def expect_field(built: Outcome, name: str, expected: object, why: str) -> None:
    found = getattr(built.value, name, ...)
    seen = "there is none" if found is ... else f"it is {found!r}"
    built.expect_that(found == expected, f"`{name}` to be {expected!r}, but {seen}: {why}")


def test_the_answer_has_four_fields(api: Api) -> None:
    answer = api.post("/classifications", {"text": "Lunch on Friday?"}).expect(200)
    wanted = {"scores": {"spam": 0.333, "ham": 0.667}, "latency": 12.5, "label": "ham", "confidence": 0.667}
    answer.expect_json(wanted, "with numbers of 3 decimals, and the latency in milliseconds")
    answer = api.post("/classifications", {"text": "Win a free phone"}).expect(200)
    wanted = {"scores": {"spam": 0.982, "ham": 0.018}, "latency": 12.5, "label": "spam", "confidence": 0.982}
    answer.expect_json(wanted, "with numbers of 3 decimals, and the latency in milliseconds")


def test_label_is_the_one_with_the_highest_score(exercise: ModuleType) -> None:
    expect_field(build(exercise), "label", "ham", "it has the highest score")
    built = build(exercise, scores={"joy": 0.2, "anger": 0.7, "fear": 0.1})
    expect_field(built, "label", "anger", "it has the highest score")
    expect_field(build(exercise, scores={"b": -3, "a": -7}), "label", "b", "-3 is higher than -7")
    expect_field(build(exercise, scores={"a": -900, "b": 12}), "label", "b", "12 is higher than -900")
    close = build(exercise, scores={"a": 0.3331, "b": 0.3334, "c": 0.3333})
    expect_field(close, "label", "b", "it has the highest score, before anything is rounded")
    expect_field(build(exercise, scores={"": 0.9, "b": 0.1}), "label", "", "an empty text is a label")


def test_confidence_is_the_score_of_the_label(exercise: ModuleType) -> None:
    expect_field(build(exercise), "confidence", 2 / 3, "the score of the label, not rounded in Python")
    expect_field(build(exercise, scores={"joy": 0.2, "anger": 0.7}), "confidence", 0.7, "the score of the label")
    for score in (12, -3):
        expect_field(build(exercise, scores={"a": -900, "b": score}), "confidence", score, "the score of the label")


def test_python_keeps_the_numbers_as_they_are(exercise: ModuleType) -> None:
    built = build(exercise)
    expect_field(built, "scores", THIRDS, "in Python nothing is rounded")
    expect_field(built, "latency", FAST, "in Python it is a timedelta")
    wanted = {"scores": THIRDS, "latency": FAST, "label": "ham", "confidence": 2 / 3}
    dumped = call(built.value.model_dump)
    dumped.expect_that(dumped.value == wanted, f"{wanted!r}: in Python nothing is rounded")


def test_json_is_rounded(exercise: ModuleType) -> None:
    built = build(exercise, scores={"joy": 0.12345, "anger": 0.98765}, latency=timedelta(seconds=3, microseconds=250))
    text = call(built.value.model_dump_json)
    wanted = {"scores": {"joy": 0.123, "anger": 0.988}, "latency": 3000.25, "label": "anger", "confidence": 0.988}
    text.expect_that(json.loads(text.value) == wanted, f"the JSON {json.dumps(wanted)}")
    for latency, milliseconds in ((timedelta(days=1, seconds=3, microseconds=251), 86_403_000.251), (timedelta(0), 0)):
        text = call(build(exercise, latency=latency).value.model_dump_json)
        found = json.loads(text.value).get("latency")
        right = isinstance(found, (int, float)) and abs(found - milliseconds) < 1e-6
        text.expect_that(right, f"a latency of {milliseconds} milliseconds, which is {latency}")


def test_a_given_label_has_no_effect(exercise: ModuleType) -> None:
    built = build(exercise, label="spam", confidence=1.0)
    expect_field(built, "label", "ham", "a label that is given has no effect")
    expect_field(built, "confidence", 2 / 3, "a confidence that is given has no effect")
    built = build(exercise, label=None, confidence="high")
    built.expect_that(built.error is None, "it to be built: a label or a confidence that is given has no effect")
    expect_field(built, "label", "ham", "a label that is given has no effect")
    expect_field(built, "confidence", 2 / 3, "a confidence that is given has no effect")


def test_scores_has_at_least_one_label(exercise: ModuleType) -> None:
    empty = build(exercise, scores={})
    require(
        empty.error is not None,
        called="Classification(scores={}, …)",
        got="was built",
        expected="a ValidationError that names `scores`: there is at least one label",
    )
    empty.expect_refused("scores", "there is at least one label")
    expect_field(build(exercise, scores={"spam": 1}), "label", "spam", "it is the only one")
    build(exercise, scores={"spam": "high"}).expect_refused("scores", "a score is a number")
    call(exercise.Classification, scores=THIRDS).expect_refused("latency", "it is required")
    call(exercise.Classification, latency=FAST).expect_refused("scores", "it is required")


def test_the_four_fields_are_described(api: Api) -> None:
    path = ("paths", "/classifications", "post", "responses", "200", "content", "application/json", "schema")
    answer = api.get("/openapi.json").expect(200)
    described = api.openapi(*path)
    missing = {"scores", "latency", "label", "confidence"} - set(described.get("properties", {}))
    answer.expect_that(not missing, f"the answer of POST /classifications to be described with {sorted(missing)}")
