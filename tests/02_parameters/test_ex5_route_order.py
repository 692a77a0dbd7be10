"""Grades exercise 2.5, the order of routes."""

from types import ModuleType
from typing import Any
from urllib.parse import quote

from learn.checks import Api, require, show

PATHS = ["/models/latest", "/models/count", "/models/{model_id}"]


def test_latest_is_not_taken_for_a_model_id(api: Api) -> None:
    answer = api.get("/models/latest").expect(200, "this is an address of its own")
    answer.expect_json({"latest": "topic-tagger"}, "the last of MODELS, from a path operation of its own")


def test_count_is_not_taken_for_a_model_id(api: Api) -> None:
    answer = api.get("/models/count").expect(200, "this is an address of its own")
    answer.expect_json({"count": 4}, "the length of MODELS, from a path operation of its own")


def test_a_known_model_is_known(api: Api) -> None:
    for model_id in ("spam-filter", "sentiment-small", "topic-tagger"):
        answer = api.get(f"/models/{model_id}").expect(200, "any other text is a model's id")
        answer.expect_json({"model_id": model_id, "known": True}, "it is in MODELS")


def test_an_unknown_model_is_not_known(api: Api) -> None:
    for model_id in (
        "latest-news",
        "7",
        "spam",
        "spam-filter-2",
        "Spam-Filter",
        " spam-filter",
        "gpt-3.5",
        "模型",
        "a" * 200,
    ):
        answer = api.get(f"/models/{quote(model_id)}").expect(200, "any other text is a model's id")
        answer.expect_json({"model_id": model_id, "known": False}, "no name in MODELS is exactly this")


def test_the_answers_follow_the_list(api: Api, exercise: ModuleType) -> None:
    models: Any = getattr(exercise, "MODELS", None)
    require(
        isinstance(models, list),
        called="The file",
        got=f"has MODELS = {show(models)}",
        expected="the list MODELS to stay as it was in the starter",
    )
    models.append("language-id")
    grown = 'MODELS.append("language-id") came before'
    api.get("/models/latest").expect(200).expect_json({"latest": "language-id"}, grown)
    api.get("/models/count").expect(200).expect_json({"count": 5}, grown)
    api.get("/models/language-id").expect(200).expect_json({"model_id": "language-id", "known": True}, grown)
    models.append("digits-cnn")
    grown = 'MODELS.append("digits-cnn") came before'
    api.get("/models/latest").expect(200).expect_json({"latest": "digits-cnn"}, grown)
    api.get("/models/count").expect(200).expect_json({"count": 6}, grown)
    models.append("spam-filter")
    api.get("/models/count").expect_json({"count": 7}, "the length of MODELS, which has spam-filter twice now")


def test_each_path_is_in_the_docs(api: Api) -> None:
    found = list(api.openapi("paths"))
    missing = [path for path in PATHS if path not in found]
    require(
        not missing,
        called="The OpenAPI document (GET /openapi.json)",
        got=f"lists these paths: {show(found)}",
        expected=f"each path to be a path operation of its own; missing: {show(missing)}",
    )
