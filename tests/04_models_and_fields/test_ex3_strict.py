"""Grades exercise 4.3, strict and closed."""

from datetime import datetime
from typing import Any

from learn.checks import Api

DIGITS: dict[str, Any] = {"model": "digits-mlp", "features": [0, 0.5, -1]}
DEFAULTS: dict[str, Any] = {"top_k": 1, "explain": False, "requested_at": None}


def test_a_request_that_fits_is_read(api: Api) -> None:
    whole = DIGITS | {"top_k": 3, "explain": True, "requested_at": None}
    api.post("/predictions", whole).expect(200).expect_json(whole, "the request as it was sent")
    answer = api.post("/predictions", DIGITS).expect(200, "only model and features are required")
    answer.expect_json(DIGITS | DEFAULTS, "what is left out has its default")


def test_an_unknown_field_is_refused(api: Api) -> None:
    for extra in ({"topk": 3}, {"prompt": "Is it a 3?"}, {"topk": None}, {"Model": "digits-mlp"}):
        api.post("/predictions", DIGITS | extra).expect(422, f"there is no field {next(iter(extra))}")


def test_top_k_is_a_whole_number_and_nothing_like_one(api: Api) -> None:
    for top_k in (True, "3", 3.0, 2.5, None):
        api.post("/predictions", DIGITS | {"top_k": top_k}).expect(422, "top_k is a whole number")


def test_top_k_is_1_to_10(api: Api) -> None:
    for top_k in (0, 11):
        api.post("/predictions", DIGITS | {"top_k": top_k}).expect(422, "top_k is 1 to 10")
    for top_k in (1, 10):
        api.post("/predictions", DIGITS | {"top_k": top_k}).expect(200, "1 and 10 are allowed")


def test_explain_is_true_or_false(api: Api) -> None:
    for explain in ("yes", 1, 0, "false", None):
        api.post("/predictions", DIGITS | {"explain": explain}).expect(422, "explain is true or false")
    body = DIGITS | {"explain": True}
    api.post("/predictions", body).expect(200).expect_json(body | {"top_k": 1, "requested_at": None})


def test_features_are_numbers(api: Api) -> None:
    for features in ([0.5, "0.5"], [True], [None], "0.5", 0.5, [[0.5]], {"0": 0.5}, None):
        api.post("/predictions", DIGITS | {"features": features}).expect(422, "features is a list of numbers")
    api.post("/predictions", DIGITS | {"features": []}).expect(422, "features has at least one number")
    for fine in ([1], [0.5] * 784, [-1e9, 255]):
        answer = api.post("/predictions", DIGITS | {"features": fine}).expect(200, "a list of any numbers fits")
        answer.expect_json(DIGITS | DEFAULTS | {"features": fine})


def test_model_is_one_of_three(api: Api) -> None:
    wrong = ("digits", "digits-MLP", "not-spam-filter", "spam-filter-at-all", "", None, 7, ["digits-mlp"])
    for model in (*wrong, "digits-mlp\n", " digits-mlp"):
        api.post("/predictions", DIGITS | {"model": model}).expect(422, "no model has this name")
    for model in ("sentiment-small", "spam-filter"):
        answer = api.post("/predictions", DIGITS | {"model": model}).expect(200, f"{model} is a model")
        answer.expect_json(DIGITS | DEFAULTS | {"model": model})


def test_model_and_features_are_required(api: Api) -> None:
    for name in ("model", "features"):
        body = {key: value for key, value in DIGITS.items() if key != name}
        api.post("/predictions", body).expect(422, f"{name} is required")


def test_requested_at_is_a_date_as_text(api: Api) -> None:
    body = DIGITS | {"requested_at": "2026-03-01T12:00:00Z"}
    answer = api.post("/predictions", body).expect(200, "JSON has no dates, so a date comes as text")
    answer.expect_json(body | {"top_k": 1, "explain": False})
    for text in ("2026-03-01T12:00:00", "2026-03-01T12:00:00.25+02:00"):
        answer = api.post("/predictions", DIGITS | {"requested_at": text})
        answer.expect(200, "requested_at comes with a time zone or without")
        found = answer.field("requested_at")
        try:
            same = datetime.fromisoformat(found) == datetime.fromisoformat(text)
        except (TypeError, ValueError):
            same = False
        answer.expect_that(same, f"the requested_at {text}, as it was sent, but it is {found}")
    for text in ("yesterday", "2026-13-01T12:00:00Z", ""):
        api.post("/predictions", DIGITS | {"requested_at": text}).expect(422, "requested_at is a date with a time")
