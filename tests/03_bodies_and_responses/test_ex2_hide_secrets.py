"""Grades exercise 3.2, hide what is secret."""

from types import ModuleType
from typing import Any

from learn.checks import Answer, Api, require, show

TOXICITY = {"name": "toxicity-base", "task": "text-classification"}
EMBEDDER = {"name": "embedder-large", "task": "embedding"}
OCR = {"name": "ocr-page", "task": ""}
KEYS = {"toxicity-base": "provider-5f0c-9b1e-77d2", "embedder-large": "provider-88aa-04fe-c316"}


def register(api: Api) -> list[Answer]:
    """Register both models, and return the responses."""
    return [api.post("/models", model | {"provider_key": KEYS[model["name"]]}) for model in (TOXICITY, EMBEDDER)]


def expect_no_key(answer: Answer) -> None:
    text = "" if answer.response is None else answer.response.text
    answer.expect_that(not any(key in text for key in KEYS.values()), "a response without any provider's key")


def test_create_does_not_answer_the_key(api: Api) -> None:
    for answer in register(api):
        expect_no_key(answer.expect(201, "the model is registered"))


def test_create_answers_name_and_task(api: Api) -> None:
    for answer, model in zip(register(api), (TOXICITY, EMBEDDER), strict=True):
        answer.expect_json(model)


def test_list_does_not_answer_the_keys(api: Api) -> None:
    register(api)
    expect_no_key(api.get("/models").expect(200))


def test_list_answers_name_and_task(api: Api) -> None:
    api.get("/models").expect(200).expect_json([], "no model is registered yet")
    register(api)
    api.get("/models").expect_json([TOXICITY, EMBEDDER], "both models, in the order in which they were registered")
    api.post("/models", OCR | {"provider_key": "provider-0000"})
    api.get("/models").expect_json([TOXICITY, EMBEDDER, OCR], "the models in the order in which they were registered")


def test_one_model_does_not_answer_the_key(api: Api) -> None:
    register(api)
    expect_no_key(api.get("/models/toxicity-base").expect(200))


def test_one_model_answers_name_and_task(api: Api) -> None:
    register(api)
    for model in (TOXICITY, EMBEDDER):
        api.get(f"/models/{model['name']}").expect_json(model)


def test_lantern_still_keeps_the_key(api: Api) -> None:
    register(api)
    api.get("/models")
    for name, key in KEYS.items():
        api.get(f"/models/{name}")
        api.get(f"/models/{name}/provider").expect_json(
            {"key_ends_with": key[-4:]}, "Lantern needs the whole key at every prediction"
        )


def test_lantern_keeps_the_whole_key(api: Api, exercise: ModuleType) -> None:
    register(api)
    for name, key in KEYS.items():
        kept = getattr(exercise.MODELS.get(name), "provider_key", None)
        require(
            kept == key,
            called=f"After POST /models with the provider_key {key}, MODELS[{show(name)}].provider_key",
            got=f"is {show(kept)}",
            expected="the whole key: Lantern needs it at every prediction",
        )


def test_a_key_is_still_required(api: Api) -> None:
    api.post("/models", TOXICITY).expect(422, "what POST takes stays as it is: provider_key is required")


def test_what_is_taken_stays_as_it_is(api: Api) -> None:
    whole: dict[str, Any] = TOXICITY | {"provider_key": KEYS["toxicity-base"]}
    for field in whole:
        without = {name: value for name, value in whole.items() if name != field}
        api.post("/models", without).expect(422, f"what POST takes stays as it is: {field} is required")
        for value in (7, None):
            api.post("/models", whole | {field: value}).expect(422, f"{field} is a string")
    api.get("/models").expect_json([], "every POST before was refused")
