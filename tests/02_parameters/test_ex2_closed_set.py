"""Grades exercise 2.2, a closed set of values."""

from types import ModuleType

from learn.checks import Api, require, show

OUTPUTS = {
    "text-classification": "a label and its score",
    "image-classification": "a label and its score",
    "embedding": "a vector of numbers",
}


def test_a_known_task_is_answered(api: Api) -> None:
    for task in OUTPUTS:
        answer = api.get(f"/tasks/{task}").expect(200, "this is one of the three tasks")
        answer.expect_json({"task": task, "output": OUTPUTS[task]})


def test_the_output_is_that_of_this_moment(api: Api, exercise: ModuleType) -> None:
    outputs = getattr(exercise, "OUTPUTS", None)
    require(
        isinstance(outputs, dict),
        called="The file",
        got=f"has OUTPUTS = {show(outputs)}",
        expected="the dict that the starter has",
    )
    assert isinstance(outputs, dict)
    outputs["embedding"] = "384 numbers"
    answer = api.get("/tasks/embedding")
    answer.expect_json({"task": "embedding", "output": "384 numbers"}, 'OUTPUTS["embedding"] was changed before')


def test_an_unknown_task_is_refused(api: Api) -> None:
    for task in ["translation", "text_classification", "classification", "embeddings", "%20embedding", "embed"]:
        api.get(f"/tasks/{task}").expect(422, "this is none of the three tasks")


def test_another_spelling_is_refused(api: Api) -> None:
    for task in ["Embedding", "EMBEDDING"]:
        api.get(f"/tasks/{task}").expect(422, "tasks are spelled exactly as in the task, in small letters")


def test_the_refusal_names_the_tasks_that_exist(api: Api) -> None:
    for unknown in ["translation", "Embedding"]:
        answer = api.get(f"/tasks/{unknown}").expect(422, "this is none of the three tasks")
        text = show(answer.json, limit=10_000)
        missing = [task for task in OUTPUTS if task not in text]
        answer.expect_that(not missing, f"a response that names all three tasks; missing: {show(missing)}")


def test_the_docs_list_the_choices(api: Api) -> None:
    parameters = api.openapi("paths", "/tasks/{task}", "get", "parameters")
    schema = {parameter["name"]: parameter.get("schema", {}) for parameter in parameters}.get("task", {})
    if "$ref" in schema:  # an Enum is described in a place of its own
        schema = api.openapi("components", "schemas", schema["$ref"].rpartition("/")[2])
    require(
        set(schema.get("enum", [])) == set(OUTPUTS),
        called="The OpenAPI document (GET /openapi.json)",
        got=f"describes the parameter task as {show(schema)}",
        expected=f"an enum of exactly {show(list(OUTPUTS))}, which a type of fixed values gives",
    )
