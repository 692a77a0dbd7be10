"""What an app can be asked, read from its own OpenAPI: what the console's form is made of."""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]

DEEPEST = 4  # levels of a skeleton; a model may hold itself
BY_TYPE: dict[str, Any] = {"string": "", "integer": 0, "number": 0.0, "boolean": False, "array": [], "object": {}}
BOUNDS = {
    "minimum": "at least",
    "exclusiveMinimum": "more than",
    "maximum": "at most",
    "exclusiveMaximum": "less than",
    "minLength": "shortest",
    "maxLength": "longest",
    "minItems": "fewest",
    "maxItems": "most",
    "pattern": "pattern",
    "default": "default",
}


def operations(document: Schema) -> Iterator[dict[str, Any]]:
    """Each operation of an OpenAPI `document`, with its fields and its body."""
    for path, methods in document.get("paths", {}).items():
        for method, operation in methods.items():
            fields = [_field(one, document) for one in operation.get("parameters", [])]
            yield {
                "method": method.upper(),
                "path": path,
                "summary": operation.get("summary", ""),
                "fields": fields + list(_credentials(operation, document)),
                "body": _body(operation, document),
            }


def _field(parameter: Schema, document: Schema) -> dict[str, Any]:
    schema = resolved(parameter.get("schema", {}), document)
    items = resolved(schema.get("items", {}), document)
    return {
        "name": parameter["name"],
        "in": parameter["in"],
        "required": parameter.get("required", False),
        "many": schema.get("type") == "array",
        "choices": [str(one) for one in _choices(schema) or _choices(items)],
        "about": _about(schema),
        "example": str(_example(parameter, document) or _example(schema, document) or ""),
    }


def _credentials(operation: Schema, document: Schema) -> Iterator[dict[str, Any]]:
    """The keys and tokens that an operation asks for, as fields."""
    schemes = document.get("components", {}).get("securitySchemes", {})
    for name in {name for alternative in operation.get("security", []) for name in alternative}:
        scheme = schemes.get(name, {})
        is_key = scheme.get("type") == "apiKey"
        yield {
            "name": scheme["name"] if is_key else "Authorization",
            "in": scheme["in"] if is_key else "header",
            "required": False,
            "many": False,
            "choices": [],
            "about": "key" if is_key else "credentials",
            "example": "" if is_key else f"{scheme.get('scheme', 'bearer').title()} ",
        }


def _body(operation: Schema, document: Schema) -> dict[str, Any] | None:
    content = operation.get("requestBody", {}).get("content", {})
    if not content:
        return None
    kind, media = next(iter(content.items()))
    schema = resolved(media.get("schema", {}), document)
    names, required = list(schema.get("properties", {})), schema.get("required", [])
    example = _example(media, document)
    return {
        "type": kind,
        "value": skeleton(schema, document) if example is None else example,
        "required": [name for name in names if name in required],
        "optional": [name for name in names if name not in required],
    }


def skeleton(schema: Schema, document: Schema, depth: int = 0) -> Any:
    """A value of the shape that `schema` asks for: its example, or its required fields, or else its first field."""
    schema = resolved(schema, document)
    if (example := _example(schema, document)) is not None:
        return example
    if schema.get("default") is not None:
        return schema["default"]
    if choices := _choices(schema):
        return choices[0]
    if "properties" in schema and depth < DEEPEST:
        required = schema.get("required") or list(schema["properties"])[:1]
        return {
            name: skeleton(one, document, depth + 1) for name, one in schema["properties"].items() if name in required
        }
    if schema.get("type") == "array" and schema.get("minItems") and depth < DEEPEST:
        return [skeleton(schema.get("items", {}), document, depth + 1)] * schema["minItems"]
    return BY_TYPE.get(schema.get("type", ""))


def resolved(schema: Schema, document: Schema) -> Schema:
    """`schema` itself: what it refers to, and of several alternatives the first that is not null."""
    while True:
        alternatives = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")
        if "$ref" in schema:
            found = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        elif alternatives:
            found = next((one for one in alternatives if one.get("type") != "null"), {})
        else:
            return schema
        around = {name: value for name, value in schema.items() if name in ("default", "example", "examples")}
        schema = {**found, **around}


def _example(holder: Schema, document: Schema) -> Any:
    """The first example that a schema, parameter or media type gives, or None."""
    if "example" in holder:
        return holder["example"]
    examples = holder.get("examples") or []
    if isinstance(examples, dict):  # OpenAPI's own: named, and each in a box
        boxes = [resolved(one, document) for one in examples.values()]
        examples = [one["value"] for one in boxes if "value" in one]
    return examples[0] if examples else None


def _choices(schema: Schema) -> list[Any]:
    if schema.get("type") == "boolean":
        return ["true", "false"]
    return list(schema.get("enum", [])) or ([schema["const"]] if "const" in schema else [])


def _about(schema: Schema) -> str:
    """Type, bounds and default in a few words."""
    bounds = [f"{words} {schema[name]}" for name, words in BOUNDS.items() if schema.get(name) not in (None, "", [])]
    return ", ".join([schema.get("format") or schema.get("type") or "anything", *bounds])
