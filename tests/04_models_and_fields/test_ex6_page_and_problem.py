"""Grades exercise 4.6, one page, one problem."""

import json
from types import ModuleType
from typing import Any

from fastapi import HTTPException

from learn.checks import Answer, Api, Mismatch, call, show

SUMMARIES = [
    {"name": "digits-mlp", "task": "image-classification"},
    {"name": "sentiment-small", "task": "text-classification"},
    {"name": "embedder-base", "task": "embedding"},
]
SENTIMENT = [{"number": 1, "accuracy": 0.87}, {"number": 2, "accuracy": 0.89}]
SCHEMA = ("content", "application/json", "schema")


def expect_page(answer: Answer, items: list[Any], why: str = "", **numbers: int | None) -> None:
    """`answer` is a page with these items and numbers; what is wrong with a number is said by its name."""
    answer.expect(200)
    for name, value in numbers.items():
        found = answer.field(name)
        answer.expect_that(found == value, f"a {name} of {show(value)}, but it is {show(found)}")
    answer.expect_json({"items": items} | numbers, why)


def expect_problem(answer: Answer, status: int, title: str, *words: str) -> None:
    answer.expect(status).expect_detail(*words)
    wanted = {"status": status, "title": title, "detail": answer.field("detail")}
    answer.expect_json(wanted, "every 404 and every 405 is a Problem")
    kind = answer.header("Content-Type")
    answer.expect_that(
        kind.partition(";")[0] == "application/problem+json",
        f"the header Content-Type: application/problem+json, but it is {kind}",
    )


def generic_page(exercise: ModuleType, item: type) -> Any:
    try:
        return exercise.Page[item]
    except TypeError as error:
        raise Mismatch(f"Page[{item.__name__}]", f"raised TypeError: {error}", "a class: Page is generic") from None


def test_no_digest_is_shown(api: Api) -> None:
    answer = api.get("/models")  # only the digest: what else is wrong with a page is for the next test
    shown = answer.response is not None and "digest" in answer.response.text
    answer.expect_that(not shown, "no digest: callers see a name and a task")


def test_models_are_a_page(api: Api) -> None:
    wanted = {"items": SUMMARIES[:1], "total": 3, "limit": 1, "offset": 0, "next_offset": 1}
    api.get("/models", limit=1).expect(200).expect_json(wanted, "the first page of three")
    expect_page(api.get("/models"), SUMMARIES, "all three", total=3, limit=20, offset=0, next_offset=None)


def test_versions_are_a_page(api: Api) -> None:
    answer = api.get("/models/sentiment-small/versions")
    expect_page(answer, SENTIMENT, "both versions", total=2, limit=20, offset=0, next_offset=None)
    answer = api.get("/models/embedder-base/versions").expect(200, "it is a model, which has no version yet")
    expect_page(answer, [], "it has no version yet", total=0, limit=20, offset=0, next_offset=None)


def test_models_and_versions_may_grow(api: Api, exercise: ModuleType) -> None:
    new = {"name": "a-tagger", "task": "text-classification"}
    exercise.MODELS.append(call(exercise.ModelRecord, **new, digest="sha256:77aa").value)
    exercise.VERSIONS["a-tagger"] = [call(exercise.Version, number=number, accuracy=0.5).value for number in (2, 1)]
    answer = api.get("/models", offset=2)
    wanted: list[Any] = [SUMMARIES[2], new]
    expect_page(answer, wanted, "a fourth model was appended", total=4, limit=20, offset=2, next_offset=None)
    wanted = [{"number": 2, "accuracy": 0.5}, {"number": 1, "accuracy": 0.5}]
    answer = api.get("/models/a-tagger/versions")
    expect_page(answer, wanted, "the versions in their order", total=2, limit=20, offset=0, next_offset=None)


def test_a_page_leads_to_the_next(api: Api) -> None:
    answer = api.get("/models", limit=2)
    expect_page(answer, SUMMARIES[:2], "the first two", total=3, limit=2, offset=0, next_offset=2)
    answer = api.get("/models", limit=2, offset=1)
    expect_page(answer, SUMMARIES[1:], "this page reaches the end", total=3, limit=2, offset=1, next_offset=None)
    answer = api.get("/models", limit=2, offset=9)
    expect_page(answer, [], "there is nothing past the end", total=3, limit=2, offset=9, next_offset=None)
    answer = api.get("/models/sentiment-small/versions", limit=1, offset=1)
    expect_page(answer, SENTIMENT[1:], "the second version", total=2, limit=1, offset=1, next_offset=None)
    answer = api.get("/models/digits-mlp/versions")
    answer.expect_that(len(answer.field("items")) == 20, "20 of the 25 versions as items")
    answer.expect_that(answer.field("next_offset") == 20, "a next_offset of 20")


def test_limit_and_offset_have_bounds(api: Api) -> None:
    for path in ("/models", "/models/digits-mlp/versions"):
        for query, why in (
            ("limit=0", "limit is at least 1"),
            ("limit=101", "limit is at most 100"),
            ("offset=-1", "offset is at least 0"),
        ):
            api.get(f"{path}?{query}").expect(422, why)
        answer = api.get(path, limit=100, offset=0).expect(200, "limit is at most 100, and offset at least 0")
        answer.expect_that(answer.field("limit") == 100, "a limit of 100 in the page")
        answer.expect_that(answer.field("next_offset") is None, "a next_offset of null: this page reaches the end")


def test_page_is_generic(exercise: ModuleType) -> None:
    numbers = call(generic_page(exercise, int), items=["1", 2], total=5, limit=2, offset=2)
    numbers.expect_that(getattr(numbers.value, "items", None) == [1, 2], "the items [1, 2]: they are checked as int")
    numbers.expect_that(getattr(numbers.value, "next_offset", ...) == 4, "a next_offset of 4")
    page = call(generic_page(exercise, int), items=["one"], total=1, limit=20, offset=0)
    page.expect_refused("items", "`one` is no int")
    call(generic_page(exercise, int), items=[1], limit=20, offset=0).expect_refused("total", "a page says its total")
    short = call(generic_page(exercise, int), items=[1], total=9, limit=4, offset=0)
    short.expect_that(short.value.next_offset == 4, "a next_offset of 4: the next page begins after this page's limit")
    given = call(generic_page(exercise, int), items=[1], total=3, limit=1, offset=0, next_offset=7)
    given.expect_that(given.value.next_offset == 1, "a next_offset of 1: one that is given has no effect")
    names = call(generic_page(exercise, str), items=["one"], total=1, limit=20, offset=0)
    names.expect_that(getattr(names.value, "items", None) == ["one"], "the items ['one']: it is a Page of str")


def test_an_unknown_model_is_a_problem(api: Api) -> None:
    expect_problem(api.get("/models/digits/versions"), 404, "Not Found", "digits")
    expect_problem(api.get("/models/spam-filtre/versions"), 404, "Not Found", "spam-filtre")


def test_an_unknown_address_is_a_problem_too(api: Api) -> None:
    for path in ("/predictions", "/models/digits-mlp"):
        expect_problem(api.get(path), 404, "Not Found")


def test_an_unknown_method_is_a_problem_and_says_what_is_allowed(api: Api) -> None:
    answer = api.delete("/models")
    expect_problem(answer, 405, "Method Not Allowed")
    answer.expect_that("GET" in answer.header("Allow"), "the header Allow to name GET")
    expect_problem(api.post("/models/digits-mlp/versions"), 405, "Method Not Allowed")


def test_every_header_of_an_error_is_sent(api: Api, exercise: ModuleType) -> None:
    def busy() -> None:
        raise HTTPException(404, "Nothing is here yet", {"Retry-After": "7"})

    exercise.app.get("/busy")(busy)
    answer = api.get("/busy")
    expect_problem(answer, 404, "Not Found", "Nothing is here yet")
    answer.expect_that(answer.header("Retry-After") == "7", "the header Retry-After: 7, which the error brings")


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
    schema = api.openapi("components", "schemas", "Problem").get("properties", {})
    found = {name: described.get("type") for name, described in schema.items()}
    wanted = {"status": "integer", "title": "string", "detail": "string"}
    answer.expect_that(found == wanted, f"the schema Problem to have the fields {show(wanted)}, not {show(found)}")
