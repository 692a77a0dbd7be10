"""Grades exercise 6.8, the checkpoint: a validated inference gateway."""

import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import httpx2
import pytest
from pydantic import ValidationError

from learn.checks import Answer, Api, Mismatch, call, require, show
from learn.checks.settings import settings_with

KEY = "gw-7c20e95b41"
TITLES = {  # the first is today's name; Python up to 3.12 has the second
    401: ["Unauthorized"],
    422: ["Unprocessable Content", "Unprocessable Entity"],
    503: ["Service Unavailable"],
}
FEATURES = {"input": {"kind": "features", "values": [0.2, 0.9]}}
PROMPT = {"input": {"kind": "prompt", "text": "Free phone"}}


@pytest.fixture(autouse=True)
def _planted_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANTERN_API_KEY", KEY)


def use(exercise: ModuleType, **variables: str) -> None:
    """Have the app get other settings: those with these variables."""
    settings = settings_with(exercise, **variables).value
    exercise.app.dependency_overrides[exercise.get_settings] = lambda: settings


class Spy:
    """A model for tests: remembers what it was asked, and answers what it was told."""

    def __init__(self, answer: Callable[[], float]) -> None:
        self.answer, self.asked = answer, list[Any]()

    def score(self, data: Any) -> float:
        self.asked.append(data)
        return self.answer()


def spy(exercise: ModuleType, answer: Callable[[], float]) -> Spy:
    """Put a spy in the place of the model."""
    model = Spy(answer)
    exercise.app.dependency_overrides[exercise.get_model] = lambda: model
    return model


def predict(api: Api, body: Any, key: str = KEY) -> Answer:
    return api.post("/predictions", body, headers={"X-API-Key": key})


def expect_error(answer: Answer, status: int, why: str, *more: str) -> None:
    """The response is an error in the form of `Problem`, with the fields `more` besides."""
    answer.expect(status, why)
    answer.expect_that(isinstance(answer.field("detail"), str), "a detail that is one string")
    wanted = {"status", "title", "detail", *more}
    answer.expect_that(set(answer.json) == wanted, f"a Problem, with exactly {', '.join(sorted(wanted))}")
    answer.expect_that(answer.field("status") == status, f"a status of {status} in the body too")
    title = answer.field("title")
    answer.expect_that(title in TITLES[status], f"the title {TITLES[status][0]}")
    kind = answer.header("content-type")
    answer.expect_that(kind.startswith("application/problem+json"), f"application/problem+json, and it is {kind}")


def expect_unauthorized(answer: Answer) -> None:
    """The response is a 401 that says how one gets in, and not the key."""
    expect_error(answer, 401, "the header X-API-Key is not the key, whatever characters it has")
    answer.expect_that(answer.header("WWW-Authenticate") == "APIKey", "a header WWW-Authenticate: APIKey")
    answer.expect_that(KEY not in show(answer.json), "an answer without the key")


def expect_problem(answer: Answer, field: str, why: str) -> str:
    """The answer names exactly one problem, at `field`. Returns its words."""
    expect_error(answer, 422, why, "problems")
    problems = answer.field("problems")
    shaped = isinstance(problems, list) and all(
        isinstance(problem, dict)
        and all(isinstance(problem.get(key), str) and problem[key] for key in ("field", "problem"))
        for problem in problems
    )
    answer.expect_that(shaped, "problems that are a list of objects, each with the strings field and problem")
    found = [problem["field"] for problem in problems]
    answer.expect_that(found == [field], f"one problem, with the field {field!r}: {why}; the fields are {show(found)}")
    return str(problems[0]["problem"])


def test_features_are_scored(api: Api) -> None:
    answer = predict(api, FEATURES).expect(200, "the key is right, and two values are allowed")
    answer.expect_json({"kind": "features", "score": 0.55, "label": "spam"})
    low = {"input": {"kind": "features", "values": [0.25]}}
    predict(api, low).expect_json({"kind": "features", "score": 0.25, "label": "ham"}, "the threshold is 0.5")


def test_a_prompt_is_scored(api: Api) -> None:
    answer = predict(api, PROMPT).expect(200)
    answer.expect_json({"kind": "prompt", "score": 0.5, "label": "spam"}, "at the threshold it is spam")
    for text in ("L", " ", "L" * 200, "谁" * 200):
        answer = predict(api, {"input": {"kind": "prompt", "text": text}}).expect(200, "a text has 1 to 200 characters")
        answer.expect_json({"kind": "prompt", "score": 0.0, "label": "ham"})


def test_the_model_and_the_settings_can_be_replaced(api: Api, exercise: ModuleType) -> None:
    model = spy(exercise, lambda: 0.7)
    use(exercise, LANTERN_THRESHOLD="0.8", LANTERN_MAX_FEATURES="6", LANTERN_API_KEY="gw-another-key")
    body = {"input": {"kind": "features", "values": [1, 2, 3, 4, 5, 6]}}
    answer = predict(api, body, "gw-another-key").expect(200, "the settings of dependency_overrides count")
    answer.expect_json({"kind": "features", "score": 0.7, "label": "ham"}, "the threshold is 0.8, the score 0.7")
    text = " Free  phone\n"
    predict(api, {"input": {"kind": "prompt", "text": text}}, "gw-another-key").expect(200)
    asked = [body["input"]["values"], text]
    require(
        model.asked == asked,
        called="The model of dependency_overrides",
        got=f"was asked {show(model.asked)}",
        expected=f"{show(asked)}: the values, then the text",
    )


def test_both_ends_of_the_threshold_count(api: Api, exercise: ModuleType) -> None:
    for threshold, score, label in (("0", 0.0, "spam"), ("1", 0.999, "ham"), ("1", 1.0, "spam")):
        spy(exercise, lambda score=score: score)  # type: ignore[misc]
        use(exercise, LANTERN_THRESHOLD=threshold)
        wanted = {"kind": "prompt", "score": score, "label": label}
        predict(api, PROMPT).expect_json(wanted, f"the threshold is {threshold}")


def test_without_the_key_nobody_gets_in(api: Api, exercise: ModuleType) -> None:
    model = spy(exercise, lambda: 0.7)
    for answer in (
        api.post("/predictions", PROMPT),
        predict(api, PROMPT, "development-key"),
        predict(api, PROMPT, ""),
        predict(api, PROMPT, KEY.upper()),
        predict(api, PROMPT, KEY[:-1]),
        predict(api, PROMPT, f"{KEY}0"),
        predict(api, PROMPT, f"Bearer {KEY}"),
        api.post("/predictions", PROMPT, headers={"Authorization": KEY}),
    ):
        expect_unauthorized(answer)
    require(model.asked == [], called="The model", got="was asked", expected="it not to be, without the key")


def test_a_key_with_any_characters_is_refused(api: Api) -> None:
    for key in ("schl\u00fcssel", f"{KEY}\u00e9"):
        headers: Any = httpx2.Headers({"X-API-Key": key}, encoding="latin-1")  # as a client may send it
        answer = api.post("/predictions", PROMPT, headers=headers)
        expect_unauthorized(answer)


def test_values_that_do_not_fit_are_problems(api: Api) -> None:
    for values, field in (
        ([0.1, "high"], "input.values.1"),
        ([None], "input.values.0"),
        (["nan"], "input.values.0"),
        ([], "input.values"),
        ("0.2", "input.values"),
    ):
        answer = predict(api, {"input": {"kind": "features", "values": values}})
        expect_problem(answer, field, "values are finite numbers, and at least one")
    for number in (b"NaN", b"Infinity", b"-1e999"):  # Python reads them, though JSON has no such numbers
        body = b'{"input": {"kind": "features", "values": [0.1, %b]}}' % number
        expect_problem(predict(api, body), "input.values.1", "values are finite numbers")
    expect_problem(predict(api, {"input": {"kind": "features"}}), "input.values", "values are missing")


def test_too_many_values_are_a_problem_of_the_same_shape(api: Api, exercise: ModuleType) -> None:
    model = spy(exercise, lambda: 0.7)
    five, most, more = ({"input": {"kind": "features", "values": [0.1] * count}} for count in (5, 1024, 1025))
    for limit, body in ((4, five), (3, five), (3, most)):
        use(exercise, LANTERN_MAX_FEATURES=str(limit))
        answer = predict(api, body)
        problem = expect_problem(answer, "input.values", f"max_features is {limit}")
        answer.expect_that(
            str(limit) in problem, f"a problem that contains the number allowed, {limit}; it is {show(problem)}"
        )
    expect_problem(predict(api, more), "input.values", "1025 values are more than max_features can be")
    require(model.asked == [], called="The model", got="was asked", expected="it not to be, with too many values")
    use(exercise, LANTERN_MAX_FEATURES="5")
    predict(api, five).expect(200, "max_features is 5")
    use(exercise, LANTERN_MAX_FEATURES="1024")
    predict(api, most).expect(200, "max_features is 1024, and so many values were sent")


def test_a_prompt_that_does_not_fit_is_a_problem(api: Api) -> None:
    planted = "planted" * 28 + "abcde"
    for text in ("", planted, 7):
        answer = predict(api, {"input": {"kind": "prompt", "text": text}})
        expect_problem(answer, "input.text", "a text has 1 to 200 characters")
        answer.expect_that("planted" not in json.dumps(answer.json), "an answer that does not repeat what was sent")


def test_an_unknown_kind_is_a_problem(api: Api) -> None:
    for kind in ("image", "Prompt", "", None, 7, ["prompt"], {"prompt": 1}):
        answer = predict(api, {"input": {"kind": kind, "text": "Lunch"}})
        expect_problem(answer, "input", "a kind is features or prompt")
    for inputs in list[Any]([{"text": "Lunch"}, {}, "Lunch", None, [], 7]):
        expect_problem(predict(api, {"input": inputs}), "input", "a kind is features or prompt")
    expect_problem(predict(api, {}), "input", "input is missing")


def test_an_unknown_kind_is_not_repeated(api: Api) -> None:
    answer = predict(api, {"input": {"kind": "planted-41c7", "text": "Lunch"}})
    problem = expect_problem(answer, "input", "a kind is features or prompt")
    wanted = f"an answer that does not repeat the kind sent; its problem is {show(problem)}"
    answer.expect_that("planted" not in json.dumps(answer.json), wanted)


def test_a_body_that_is_missing_or_no_json_is_named_body(api: Api) -> None:
    expect_problem(predict(api, None), "body", "there is no body")
    for text in (b'{"input": {"kind": "prompt", "text": "Free phone"}', b"{"):
        expect_problem(predict(api, text), "body", "the body is no JSON, and a position in it is no field")
    for body in list[Any]([[], "Free phone", 7, b"null"]):
        expect_problem(predict(api, body), "body", "the body is no object")


def test_each_problem_is_named(api: Api) -> None:
    answer = predict(api, {"input": {"kind": "features", "values": ["high", 0.1, "low"]}}).expect(422)
    fields = [answer.field("problems", index, "field") for index in range(2)]
    both = fields == ["input.values.0", "input.values.2"] and len(answer.field("problems")) == 2
    answer.expect_that(both, "both problems and no other, in their order")


def test_a_model_that_fails_answers_503(api: Api, exercise: ModuleType) -> None:
    def fail() -> float:
        raise exercise.ModelError("CUDA out of memory on gpu-7")

    spy(exercise, fail)
    for body in (FEATURES, PROMPT):
        answer = predict(api, body)
        expect_error(answer, 503, "the model raised a ModelError")
        answer.expect_that("gpu-7" not in show(answer.json), "a detail without the text of the ModelError")


def test_settings_have_their_defaults_and_bounds(exercise: ModuleType) -> None:
    outcome = settings_with(exercise)
    for name, wanted in {"environment": "production", "max_features": 4, "threshold": 0.5}.items():
        found = getattr(outcome.value, name, None)
        require(found == wanted, called=outcome.called, got=f"has {name} = {found!r}", expected=f"{name} = {wanted!r}")
    for name, texts in {"MAX_FEATURES": ("0", "1025", "few"), "THRESHOLD": ("-0.1", "1.1", "nan")}.items():
        for text in texts:
            settings_with(exercise, **{f"LANTERN_{name}": text}).expect_raised(ValidationError, "it is out of bounds")
    for text in ("staging", "Production", ""):
        settings_with(exercise, LANTERN_ENVIRONMENT=text).expect_raised(ValidationError, "no such environment")
    for name, text in (("MAX_FEATURES", "1"), ("MAX_FEATURES", "1024"), ("THRESHOLD", "0"), ("THRESHOLD", "1")):
        _ = settings_with(exercise, **{f"LANTERN_{name}": text}).value


def test_production_refuses_the_default_key(exercise: ModuleType) -> None:
    for environment in ({"LANTERN_ENVIRONMENT": "production"}, {}):
        for key in (None, "development-key"):
            outcome = settings_with(exercise, LANTERN_API_KEY=key, **environment)
            error = outcome.expect_raised(ValidationError, "everybody knows the default key")
            outcome.expect_that("LANTERN_API_KEY" in str(error), "an error that names LANTERN_API_KEY")
        _ = settings_with(exercise, **environment).value
    for key in (None, "development-key"):
        _ = settings_with(exercise, LANTERN_API_KEY=key, LANTERN_ENVIRONMENT="development").value


def test_the_key_does_not_show(api: Api, exercise: ModuleType) -> None:
    settings = settings_with(exercise)
    for text in (str(settings.value), repr(settings.value)):
        settings.expect_that(KEY not in text, "settings that print without the key")
    short = KEY[:11]
    refused = settings_with(exercise, LANTERN_API_KEY=short)
    error = refused.expect_raised(ValidationError, "a key has at least 12 characters, and this has 11")
    shown = f"{error} {error!r}"
    require(short not in shown, called=refused.called, got=f"raised {error}", expected="an error without the key")
    _ = settings_with(exercise, LANTERN_API_KEY=KEY[:12]).value
    document = json.dumps(api.openapi())
    require(KEY not in document, called="GET /openapi.json", got=f"contains {KEY}", expected="no trace of the key")


def test_settings_are_read_once_and_not_at_import(exercise: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    clear = getattr(exercise.get_settings, "cache_clear", None)
    require(callable(clear), called="get_settings", got="has no cache_clear", expected="it to be cached, and clearable")
    assert clear is not None
    monkeypatch.setenv("LANTERN_MAX_FEATURES", "2")  # set after the import
    first = call(exercise.get_settings)
    found = getattr(first.value, "max_features", None)
    require(found == 2, called=first.called, got=f"has max_features = {found!r}", expected="2, set after the import")
    require(
        call(exercise.get_settings).value is first.value,
        called="get_settings(), a second time,",
        got="returned another object",
        expected="the very object that the first call returned",
    )
    monkeypatch.setenv("LANTERN_MAX_FEATURES", "3")
    clear()
    again = call(exercise.get_settings)
    found = getattr(again.value, "max_features", None)
    require(found == 3, called="get_settings() after cache_clear()", got=f"has {found!r}", expected="max_features = 3")


def test_with_refused_settings_the_app_does_not_start(exercise: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANTERN_MAX_FEATURES", "few")
    require(
        not starts(exercise),
        called="Starting the app with LANTERN_MAX_FEATURES=few",
        got="worked",
        expected="it to fail, before the first request is served",
    )


def test_with_nothing_configured_the_app_does_not_start(exercise: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LANTERN_API_KEY")
    require(
        not starts(exercise),
        called="Starting the app with no variable set",
        got="worked",
        expected="it to fail: it is production then, and everybody knows the default key",
    )


def starts(exercise: ModuleType) -> bool:
    """Whether the app starts."""
    try:
        with Api(exercise.app):
            return True
    except Mismatch:
        return False
