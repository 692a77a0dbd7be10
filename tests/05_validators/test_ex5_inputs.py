"""Grades exercise 5.5, features or a prompt."""

from typing import Any

from learn.checks import Answer, Api


def predict(api: Api, value: Any) -> Answer:
    return api.post("/predictions", {"input": value})


def expect_mistakes(answer: Answer, *fields: str) -> None:
    """A 422 with one entry for each of `fields`, in any order, whose place names it."""
    answer.expect(422, f"wrong here: {', '.join(fields)}")
    detail = answer.field("detail")
    well_made = isinstance(detail, list) and all(isinstance(item, dict) for item in detail)
    answer.expect_that(well_made, "a detail that is FastAPI's list of mistakes")
    places = [item.get("loc", []) for item in detail]
    answer.expect_that(
        len(places) == len(fields) and all(any(field in place for place in places) for field in fields),
        f"one entry for each mistake in the kind that was named: {', '.join(fields)}",
    )


def expect_one_mistake(answer: Answer, why: str) -> None:
    answer.expect(422, why)
    detail = answer.field("detail")
    answer.expect_that(isinstance(detail, list) and len(detail) == 1, f"a detail with one single entry: {why}")


def test_a_prompt_without_text_has_one_mistake(api: Api) -> None:
    expect_mistakes(predict(api, {"kind": "prompt"}), "text")
    expect_mistakes(predict(api, {"kind": "prompt", "text": ""}), "text")


def test_features_without_values_have_one_mistake(api: Api) -> None:
    expect_mistakes(predict(api, {"kind": "features"}), "values")
    expect_mistakes(predict(api, {"kind": "features", "values": []}), "values")
    expect_mistakes(predict(api, {"kind": "features", "values": [0.5] * 65}), "values")
    expect_mistakes(predict(api, {"kind": "features", "values": ["high"]}), "values")
    expect_mistakes(predict(api, {"kind": "features", "values": [0.5, "high", None]}), "values", "values")
    for values in list[Any]([None, "high", 7, {}]):
        expect_mistakes(predict(api, {"kind": "features", "values": values}), "values")


def test_features_are_answered(api: Api) -> None:
    for values in ([0.2, 7], [1], [0, -1.5, 2e300], [0.5] * 64):
        answer = predict(api, {"kind": "features", "values": values}).expect(200, "these are 1 to 64 numbers")
        answer.expect_json({"kind": "features", "count": len(values)})


def test_prompts_are_answered(api: Api) -> None:
    for tokens in (100, 1, 4096):
        answer = predict(api, {"kind": "prompt", "text": "Who wrote this?", "max_tokens": tokens})
        answer.expect(200, "max_tokens is from 1 to 4096").expect_json({"kind": "prompt", "max_tokens": tokens})
    for text in ("?", " ", "谁？", "0"):
        answer = predict(api, {"kind": "prompt", "text": text}).expect(200, "text is not empty, max_tokens is left out")
        answer.expect_json({"kind": "prompt", "max_tokens": 256}, "max_tokens is 256 where it is left out")


def test_every_mistake_in_a_prompt_is_named(api: Api) -> None:
    expect_mistakes(predict(api, {"kind": "prompt", "max_tokens": 0}), "text", "max_tokens")
    expect_mistakes(predict(api, {"kind": "prompt", "text": 7, "max_tokens": 4097}), "text", "max_tokens")
    for tokens in list[Any](["many", None, 1.5, -1, "", []]):
        expect_mistakes(predict(api, {"kind": "prompt", "text": "?", "max_tokens": tokens}), "max_tokens")
    expect_mistakes(predict(api, {"kind": "prompt", "text": None}), "text")


def test_fields_of_the_other_kind_are_refused(api: Api) -> None:
    expect_mistakes(predict(api, {"kind": "prompt", "text": "?", "values": [1]}), "values")
    expect_mistakes(predict(api, {"kind": "features", "values": [1], "text": "?"}), "text")
    expect_mistakes(predict(api, {"kind": "features", "values": [1], "max_tokens": 9}), "max_tokens")
    expect_mistakes(predict(api, {"kind": "prompt", "text": "?", "temperature": 1, "top": None}), "temperature", "top")
    expect_mistakes(predict(api, {"kind": "features", "values": [1], "count": 1}), "count")


def test_a_kind_that_is_unknown_is_one_mistake(api: Api) -> None:
    expect_one_mistake(predict(api, {"kind": "image", "text": "?"}), "there is no kind image")
    expect_one_mistake(predict(api, {"kind": "Prompt", "text": "?"}), "there is no kind Prompt")
    expect_one_mistake(predict(api, {"kind": None, "text": "?"}), "null is no kind")
    for kind in (" prompt", "prompt\n", "prom", "", 7, ["prompt"], {"prompt": "prompt"}):
        expect_one_mistake(predict(api, {"kind": kind, "text": "?"}), f"{kind!r} is no kind")


def test_a_kind_that_is_missing_is_one_mistake(api: Api) -> None:
    expect_one_mistake(predict(api, {"text": "?"}), "the kind is missing")
    expect_one_mistake(predict(api, {"values": [1]}), "the kind is missing")
    expect_one_mistake(predict(api, {}), "the kind is missing")
    for value in list[Any](["Who wrote this?", None, 7, []]):
        predict(api, value).expect(422, "input is an object")
    for body in list[Any]([{}, [], None, 7, b"null", b"{"]):
        api.post("/predictions", body).expect(422, "the body is an object, and input is required")
