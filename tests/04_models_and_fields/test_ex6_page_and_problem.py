"""Grades exercise 4.6, one page, one problem."""

import json
from types import ModuleType
from typing import Any

from learn.grading import Answer, Api, call

NAMES = ["digits-mlp", "sentiment-small", "embedder-base"]
SUMMARIES = [
    {"name": "digits-mlp", "task": "image-classification"},
    {"name": "sentiment-small", "task": "text-classification"},
    {"name": "embedder-base", "task": "embedding"},
]
SENTIMENT = [{"number": 1, "accuracy": 0.87}, {"number": 2, "accuracy": 0.89}]
SCHEMA = ("content", "application/json", "schema")


def page(items: list[Any], total: int, limit: int, offset: int, next_offset: int | None) -> dict[str, Any]:
    return {"items": items, "total": total, "limit": limit, "offset": offset, "next_offset": next_offset}


def expect_problem(answer: Answer, status: int, title: str, *words: str) -> None:
    answer.expect(status).expect_detail(*words)
    wanted = {"status": status, "title": title, "detail": answer.field("detail")}
    answer.expect_json(wanted, "every error that is raised is a Problem")
    kind = answer.header("Content-Type")
    answer.expect_that(
        kind.partition(";")[0] == "application/problem+json",
        f"the header Content-Type: application/problem+json, but it is {kind}",
    )


def test_models_are_a_page(api: Api) -> None:
    answer = api.get("/models").expect(200)
    answer.expect_json(page(SUMMARIES, 3, 20, 0, None), "the first page, and 20 is the limit where it is left out")


def test_versions_are_a_page(api: Api) -> None:
    answer = api.get("/models/sentiment-small/versions").expect(200)
    answer.expect_json(page(SENTIMENT, 2, 20, 0, None), "a page of the versions")
    answer = api.get("/models/embedder-base/versions").expect(200, "it is a model, which has no version yet")
    answer.expect_json(page([], 0, 20, 0, None))


def test_a_page_leads_to_the_next(api: Api) -> None:
    api.get("/models", limit=1).expect_json(page(SUMMARIES[:1], 3, 1, 0, 1), "there is more from offset 1 on")
    api.get("/models", limit=2, offset=1).expect_json(page(SUMMARIES[1:], 3, 2, 1, None), "this page reaches the end")
    api.get("/models", limit=2, offset=9).expect_json(page([], 3, 2, 9, None), "there is nothing past the end")
    answer = api.get("/models/digits-mlp/versions")
    answer.expect_that(len(answer.field("items")) == 20, "20 of the 25 versions as items")
    answer.expect_that(answer.field("next_offset") == 20, "a next_offset of 20")
    answer = api.get("/models/sentiment-small/versions", limit=1, offset=1)
    answer.expect_json(page(SENTIMENT[1:], 2, 1, 1, None))


def test_limit_and_offset_have_bounds(api: Api) -> None:
    for path in ("/models", "/models/digits-mlp/versions"):
        for query, why in (
            ({"limit": 0}, "limit is at least 1"),
            ({"limit": 101}, "limit is at most 100"),
            ({"offset": -1}, "offset is at least 0"),
        ):
            api.get(path, **query).expect(422, why)
        answer = api.get(path, limit=100).expect(200, "limit is at most 100")
        answer.expect_that(answer.field("limit") == 100, "a limit of 100 in the page")
        answer.expect_that(answer.field("next_offset") is None, "a next_offset of null: this page reaches the end")


def test_page_is_generic(exercise: ModuleType) -> None:
    numbers = call(exercise.Page[int], items=["1", 2], total=5, limit=2, offset=2)
    numbers.expect_that(getattr(numbers.value, "items", None) == [1, 2], "the items [1, 2]: they are checked as int")
    numbers.expect_that(getattr(numbers.value, "next_offset", ...) == 4, "a next_offset of 4")
    call(exercise.Page[int], items=["one"], total=1, limit=20, offset=0).expect_refused("items", "`one` is no int")
    names = call(exercise.Page[str], items=["one"], total=1, limit=20, offset=0)
    names.expect_that(getattr(names.value, "items", None) == ["one"], "the items ['one']: it is a Page of str")


def test_an_unknown_model_is_a_problem(api: Api) -> None:
    expect_problem(api.get("/models/digits/versions"), 404, "Not Found", "digits")
    expect_problem(api.get("/models/spam-filtre/versions"), 404, "Not Found", "spam-filtre")


def test_an_unknown_address_is_a_problem_too(api: Api) -> None:
    expect_problem(api.get("/predictions"), 404, "Not Found")


def test_an_unknown_method_is_a_problem_and_says_what_is_allowed(api: Api) -> None:
    answer = api.delete("/models")
    expect_problem(answer, 405, "Method Not Allowed")
    answer.expect_that("GET" in answer.header("Allow"), "the header Allow to name GET")


def test_a_422_stays_as_fastapi_makes_it(api: Api) -> None:
    answer = api.get("/models", limit="many").expect(422)
    answer.expect_that(isinstance(answer.field("detail"), list), "a detail that is FastAPI's list of mistakes")


def test_the_items_are_described(api: Api) -> None:
    for path, fields in (("/models", {"name", "task"}), ("/models/{name}/versions", {"number", "accuracy"})):
        answer = api.get("/openapi.json")
        content = api.openapi("paths", path, "get", "responses", "200", *SCHEMA)
        items = content.get("properties", {}).get("items", {}).get("items", {})
        name = str(items.get("$ref", "")).rpartition("/")[2]
        found = set(
            api.openapi("components", "schemas", name).get("properties", {}) if name else items.get("properties", {})
        )
        answer.expect_that(
            found == fields, f"the items of GET {path} to be described with {sorted(fields)}, not {sorted(found)}"
        )


def test_the_404_is_described_as_a_problem(api: Api) -> None:
    responses = api.openapi("paths", "/models/{name}/versions", "get", "responses")
    text = json.dumps(responses.get("404", {}))
    answer = api.get("/openapi.json")
    answer.expect_that(
        "#/components/schemas/Problem" in text,
        f"the 404 of GET /models/{{name}}/versions to refer to the schema Problem, but it is {text}",
    )
