"""Grades exercise 1.4, describe an operation."""

from typing import Any

from learn.checks import Api, require, show

OPERATION = ("paths", "/models/default", "get")
SCHEMA = (*OPERATION, "responses", "200", "content", "application/json", "schema")
DOCUMENTED = "In the OpenAPI document, GET /models/default"


def operation(api: Api) -> dict[str, Any]:
    """What the OpenAPI document says of the operation."""
    found: dict[str, Any] = api.openapi(*OPERATION)
    return found


def test_the_answer_is_still_right(api: Api) -> None:
    answer = api.get("/models/default").expect(200, "the operation goes on answering")
    answer.expect_json({"name": "sentiment-small", "task": "text-classification", "version": 3})


def test_the_answer_has_a_schema(api: Api) -> None:
    schema = api.openapi(*SCHEMA)
    require(
        isinstance(schema, dict) and bool(schema.get("properties")),
        called=DOCUMENTED,
        got=f"has the schema {show(schema)} for its 200 response",
        expected="a schema with properties: the return type is a class that names the fields",
    )


def test_the_schema_says_the_type_of_each_field(api: Api) -> None:
    properties = api.openapi(*SCHEMA).get("properties", {})
    for name, kind in {"name": "string", "task": "string", "version": "integer"}.items():
        require(
            name in properties,
            called=DOCUMENTED,
            got=f"has a 200 response with the properties {show(list(properties))}",
            expected=f"a property {name} too",
        )
        described = api.openapi(*SCHEMA, "properties", name)
        require(
            described.get("type") == kind,
            called=DOCUMENTED,
            got=f"describes {name} as {show(described)}",
            expected=f"the type {kind}",
        )


def test_the_tag_is_models(api: Api) -> None:
    tags = operation(api).get("tags", [])
    require(tags == ["models"], called=DOCUMENTED, got=f"has the tags {show(tags)}", expected='exactly ["models"]')


def test_the_summary_is_as_asked(api: Api) -> None:
    summary = operation(api).get("summary")
    require(
        summary == "Show the default model",
        called=DOCUMENTED,
        got=f"has the summary {show(summary)}",
        expected='"Show the default model"',
    )


def test_the_description_explains(api: Api) -> None:
    description = operation(api).get("description", "")
    require(
        len(description.strip()) >= 20,
        called=DOCUMENTED,
        got=f"has the description {show(description)}" if description else "has no description",
        expected="a description of 20 characters or more",
    )
