"""Grades exercise 2.1, a typed path parameter."""

from urllib.parse import quote

from learn.checks import Api, require, show

PATH = "/models/{model_id}/versions/{version}"


def test_the_version_is_a_number_in_the_answer(api: Api) -> None:
    answer = api.get("/models/spam-filter/versions/3").expect(200, "the address fits the path in the task")
    answer.expect_json({"model_id": "spam-filter", "version": 3, "next_version": 4}, "the versions are numbers")


def test_the_answer_follows_the_address(api: Api) -> None:
    answer = api.get("/models/digits-mlp/versions/41").expect(200, "every model and every whole number will do")
    answer.expect_json({"model_id": "digits-mlp", "version": 41, "next_version": 42})


def test_a_model_id_of_digits_stays_text(api: Api) -> None:
    answer = api.get("/models/2024/versions/1").expect(200, "any text is a model id, digits too")
    answer.expect_json({"model_id": "2024", "version": 1, "next_version": 2}, "a model id is text")


def test_any_text_is_a_model_id(api: Api) -> None:
    for model_id in ["gpt-3.5", "GPT 4", " spam ", "模型", "a" * 200, "what?", "5%2B", "R&D", "true"]:
        answer = api.get(f"/models/{quote(model_id)}/versions/1").expect(
            200, f"any text is a model id, {model_id!r} too"
        )
        answer.expect_json({"model_id": model_id, "version": 1, "next_version": 2}, "the model id as it was sent")


def test_every_whole_number_is_a_version(api: Api) -> None:
    for version in [0, -1, 2**53, 10**20]:
        answer = api.get(f"/models/spam-filter/versions/{version}").expect(200, "any whole number is a version")
        answer.expect_json({"model_id": "spam-filter", "version": version, "next_version": version + 1})


def test_a_version_that_is_no_whole_number_is_refused(api: Api) -> None:
    for version in ["three", "1.5", "3x", "true"]:
        api.get(f"/models/spam-filter/versions/{version}").expect(422, "a version is a whole number")


def test_the_refusal_names_the_parameter(api: Api) -> None:
    answer = api.get("/models/spam-filter/versions/three").expect(422, "a version is a whole number")
    detail = answer.field("detail")
    first = detail[0] if isinstance(detail, list) and detail else None
    place = first.get("loc") if isinstance(first, dict) else None
    own_error = 'FastAPI\'s own error, whose first entry has "loc": ["path", "version"]'
    answer.expect_that(place == ["path", "version"], own_error)


def test_the_docs_list_the_version_as_an_integer(api: Api) -> None:
    parameters = api.openapi("paths", PATH, "get", "parameters")
    types = {parameter["name"]: parameter.get("schema", {}).get("type") for parameter in parameters}
    require(
        types.get("version") == "integer",
        called=f"The OpenAPI document (GET /openapi.json) of {PATH}",
        got=f"lists parameters of these types: {show(types)}",
        expected="version to be an integer there, which the type of the function's parameter does",
    )
