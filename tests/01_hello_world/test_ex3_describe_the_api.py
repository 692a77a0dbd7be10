"""Grades exercise 1.3, describe the API."""

import re

from learn.checks import Api, require, show


def info(api: Api, name: str, expected: str) -> str:
    """What the OpenAPI document says under info, at `name`: a text, for want of one an empty one."""
    value = api.openapi("info").get(name, "")
    require(
        isinstance(value, str) and value != "",
        called="The OpenAPI document (GET /openapi.json)",
        got=f"has no {name} under info",
        expected=expected,
    )
    return str(value)


def require_info(api: Api, name: str, expected: str) -> None:
    """What the OpenAPI document says under info, at `name`, is `expected`."""
    value = info(api, name, show(expected))
    require(
        value == expected,
        called="The OpenAPI document (GET /openapi.json)",
        got=f"has the {name} {show(value)}",
        expected=show(expected),
    )


def test_the_title_is_lantern(api: Api) -> None:
    require_info(api, "title", "Lantern")


def test_the_version_is_the_new_one(api: Api) -> None:
    require_info(api, "version", "0.2.0")


def test_the_description_tells_what_it_is(api: Api) -> None:
    expected = "a description of 20 characters or more, with the word models in it"
    description = info(api, "description", expected)
    require(
        len(description.strip()) >= 20 and re.search(r"\bmodels\b", description.lower()) is not None,
        called="The OpenAPI document (GET /openapi.json)",
        got=f"has the description {show(description)}",
        expected=expected,
    )


def test_root_answers_name_and_version(api: Api) -> None:
    answer = api.get("/").expect(200, "a path operation answers GET /")
    answer.expect_json({"name": "Lantern", "version": "0.2.0"}, "the same title and version as in the OpenAPI document")


def test_the_documentation_stays(api: Api) -> None:
    answer = api.get("/docs").expect(200, "the interactive documentation stays at /docs")
    kind = answer.header("content-type")
    answer.expect_that(kind.startswith("text/html"), f"a page of HTML at /docs, but its content-type is {kind}")
