"""Grades exercise 3.7, the checkpoint: a model catalogue."""

from typing import Any
from urllib.parse import quote, unquote, urlsplit

from learn.checks import Answer, Api, show

SPAM_FILTER: dict[str, Any] = {
    "name": "spam-filter",
    "task": "text-classification",
    "description": "Mail, in English",
    "tags": ["text", "small"],
}
CATALOGUE: list[dict[str, Any]] = [
    SPAM_FILTER,
    {"name": "digits-mlp", "task": "image-classification", "description": None, "tags": ["vision", "small"]},
    {"name": "topic-tagger", "task": "text-classification", "description": None, "tags": ["text", "news"]},
    {"name": "sentiment-small", "task": "text-classification", "description": "", "tags": ["text", "small", "news"]},
    {"name": "defect-finder", "task": "image-classification", "description": None, "tags": []},
]
BY_NAME: dict[str, dict[str, Any]] = {model["name"]: model for model in CATALOGUE}
SORTED = [BY_NAME[name] for name in sorted(BY_NAME)]
ARTIFACTS = "s3://lantern-artifacts/"


def register(api: Api, model: dict[str, Any]) -> Answer:
    return api.post("/models", model | {"artifact_uri": f"{ARTIFACTS}{model['name']}.onnx"})


def fill(api: Api) -> None:
    for model in CATALOGUE:
        register(api, model).expect(201, "a new model is created")


def expect_page(answer: Answer, *names: str, total: int) -> None:
    """The page holds the models `names`, in this order, of `total` in all."""
    answer.expect(200)
    items = answer.field("items")
    answer.expect_that(isinstance(items, list), "items to be a list")
    for index in range(len(items)):
        answer.field("items", index, "name")
    found = [item["name"] for item in items]
    answer.expect_that(found == list(names), f"the models {show(list(names))} as items, but they are {show(found)}")
    answer.expect_that(
        answer.field("total") == total, f"a total of {total}: all that were found, on all pages together"
    )


# Create and read


def test_create_answers_201(api: Api) -> None:
    register(api, SPAM_FILTER).expect(201, "a new model is created")


def test_create_answers_the_model_without_its_artifact(api: Api) -> None:
    register(api, SPAM_FILTER).expect_json(SPAM_FILTER, "a model as callers see it")


def test_description_and_tags_may_be_left_out(api: Api) -> None:
    answer = register(api, {"name": "embedder", "task": "embedding"}).expect(201, "description and tags are optional")
    answer.expect_json({"name": "embedder", "task": "embedding", "description": None, "tags": []})


def test_location_is_the_address_of_the_new_model(api: Api) -> None:
    for model in CATALOGUE[:2]:
        answer = register(api, model)
        location = answer.header("Location")
        wanted = f"/models/{model['name']}"
        answer.expect_that(urlsplit(location).path == wanted, f"the header Location: {wanted}, but it is {location!r}")


def test_a_name_is_quoted_in_the_address(api: Api) -> None:
    for name in ("mail filter", "模型", "what? #1", "5%2B"):
        model = SPAM_FILTER | {"name": name}
        answer = register(api, model).expect(201, "a new model is created")
        location = answer.header("Location")
        path = urlsplit(location).path
        right = path.isascii() and " " not in path and unquote(path) == f"/models/{name}"
        answer.expect_that(right, f"the header Location: /models/{quote(name)}, but it is {location!r}")
        api.get(location).expect(200, "it is the Location of the new model").expect_json(model)


def test_a_model_is_kept_as_it_was_sent(api: Api) -> None:
    model = {"name": "Draft-7", "task": "", "description": " für\n" * 99, "tags": ["b", "A", "b", ""] * 9}
    register(api, model).expect(201, "an empty text is a value like others").expect_json(model, "as it was sent")
    api.get("/models/Draft-7").expect_json(model, "as it was sent")
    changes: dict[str, Any] = {"task": " ocr", "description": "", "tags": ["b", "a", "b"]}
    api.patch("/models/Draft-7", changes).expect_json(model | changes, "as it was sent")


def test_a_body_without_a_required_field_answers_422(api: Api) -> None:
    for field in ["name", "task", "artifact_uri"]:
        body = SPAM_FILTER | {"artifact_uri": f"{ARTIFACTS}spam.onnx"}
        del body[field]
        api.post("/models", body).expect(422, f"{field} is required")


def test_a_body_of_the_wrong_types_answers_422(api: Api) -> None:
    bodies: list[dict[str, Any]] = [{"task": 1}, {"tags": "text"}, {"tags": [1]}, {"tags": None}, {"description": 1}]
    bodies += [{"name": 7}, {"task": None}, {"artifact_uri": 7}, {"artifact_uri": None}]
    whole = SPAM_FILTER | {"artifact_uri": f"{ARTIFACTS}spam-filter.onnx"}
    for wrong in bodies:
        api.post("/models", whole | wrong).expect(
            422, "all are strings, but tags is a list of strings, and description may be null"
        )
        api.get("/models/spam-filter").expect(404, "the POST before was refused")


def test_a_name_that_is_taken_answers_409(api: Api) -> None:
    register(api, SPAM_FILTER).expect(201)
    answer = register(api, SPAM_FILTER | {"task": "ocr"}).expect(409, "a POST before took this name")
    answer.expect_detail("spam-filter")
    shown = answer.response is not None and ARTIFACTS in answer.response.text
    answer.expect_that(not shown, "a response that does not show the artifact_uri")
    register(api, SPAM_FILTER | {"name": "Spam-Filter"}).expect(201, "no model has this name, spelled exactly so")


def test_the_first_model_of_a_name_stays(api: Api) -> None:
    register(api, SPAM_FILTER).expect(201)
    register(api, SPAM_FILTER | {"task": "ocr"})
    api.get("/models/spam-filter").expect_json(SPAM_FILTER, "a second POST of the same name was refused")


def test_a_model_can_be_read(api: Api) -> None:
    fill(api)
    for model in CATALOGUE:
        api.get(f"/models/{model['name']}").expect(200).expect_json(model)


def test_an_unknown_name_answers_404(api: Api) -> None:
    fill(api)
    requests: list[tuple[str, Any]] = [("GET", None), ("PATCH", {"task": "ocr"}), ("PATCH", {}), ("DELETE", None)]
    for method, body in requests:
        api.request(method, "/models/digits", body=body).expect(404, "no model has this name").expect_detail("digits")
    api.get("/models/digits").expect(404, "a PATCH of an unknown name makes no model")


# Change and delete


def test_patch_changes_what_the_body_holds(api: Api) -> None:
    register(api, SPAM_FILTER)
    wanted = SPAM_FILTER
    changes: list[dict[str, Any]] = [{"task": "ocr"}, {"description": "Mail"}, {"tags": ["text"]}]
    for body in [*changes, {}, {"description": ""}, {"tags": []}, {"task": ""}]:
        wanted = wanted | body
        answer = api.patch("/models/spam-filter", body).expect(200, "every field may be left out")
        answer.expect_json(wanted, "the whole model: a PATCH changes what its body holds, and nothing else")
        api.get("/models/spam-filter").expect_json(wanted, f"a PATCH with {show(body)} came before")


def test_patch_with_null_takes_the_description_away(api: Api) -> None:
    register(api, SPAM_FILTER)
    answer = api.patch("/models/spam-filter", {"description": None}).expect(200, "null is a value here")
    answer.expect_json(SPAM_FILTER | {"description": None}, "null takes the description away")


def test_patch_refuses_null_for_task_and_tags(api: Api) -> None:
    register(api, SPAM_FILTER)
    for field in ["task", "tags"]:
        body = {"description": "changed", field: None}
        api.patch("/models/spam-filter", body).expect(422, f"{field} may be left out, but not be null")
        api.get("/models/spam-filter").expect_json(SPAM_FILTER, "the PATCH before was refused")


def test_patch_refuses_values_of_another_type(api: Api) -> None:
    register(api, SPAM_FILTER)
    for changes, why in [
        ({"task": 1}, "task is a string"),
        ({"description": 1}, "description is a string or null"),
        ({"tags": [1]}, "tags is a list of strings"),
    ]:
        api.patch("/models/spam-filter", changes).expect(422, why)
        api.get("/models/spam-filter").expect_json(SPAM_FILTER, "the PATCH before was refused")


def test_patch_does_not_change_the_name(api: Api) -> None:
    register(api, SPAM_FILTER)
    for name in ("ham-filter", None, 7):
        answer = api.patch("/models/spam-filter", {"name": name}).expect(200, "a name has no effect, whatever it is")
        answer.expect_json(SPAM_FILTER, "a name has no effect")
    api.get("/models/spam-filter").expect(200).expect_json(SPAM_FILTER, "a name in a PATCH has no effect")


def test_delete_answers_204_and_no_body(api: Api) -> None:
    fill(api)
    answer = api.delete("/models/spam-filter").expect(204, "it is deleted, and there is nothing more to say")
    answer.expect_no_body()


def test_a_deleted_model_is_gone(api: Api) -> None:
    fill(api)
    api.delete("/models/spam-filter").expect(204)
    api.get("/models/spam-filter").expect(404, "it was deleted before")
    api.delete("/models/spam-filter").expect(404, "it was deleted before").expect_detail("spam-filter")
    answer = api.get("/models")
    answer.expect_that(answer.field("total") == 4, "a total of 4: one of 5 models was deleted")
    register(api, SPAM_FILTER).expect(201, "the name is free again")


# Lists


def test_an_empty_catalogue_is_an_empty_page(api: Api) -> None:
    api.get("/models").expect(200).expect_json({"items": [], "total": 0, "limit": 20, "offset": 0})


def test_list_answers_whole_models_sorted_by_name(api: Api) -> None:
    fill(api)
    expect_page(api.get("/models"), *sorted(BY_NAME), total=5)
    answer = api.get("/models")
    for index, model in enumerate(SORTED):
        item = answer.field("items", index)
        answer.expect_that(item == model, f"the item {show(model)}, but it is {show(item)}")
    register(api, SPAM_FILTER | {"name": "Zebra-counter"})
    expect_page(api.get("/models"), "Zebra-counter", *sorted(BY_NAME), total=6)


def test_list_filters_by_task(api: Api) -> None:
    fill(api)
    expect_page(api.get("/models", task="image-classification"), "defect-finder", "digits-mlp", total=2)
    expect_page(api.get("/models", task="embedding"), total=0)
    expect_page(api.get("/models", task="image"), total=0)
    expect_page(api.get("/models", task="Image-Classification"), total=0)


def test_an_empty_text_is_a_task_and_a_tag(api: Api) -> None:
    fill(api)
    expect_page(api.get("/models?task="), total=0)
    expect_page(api.get("/models?tag="), total=0)
    register(api, {"name": "draft", "task": "", "tags": ["", "small"]})
    expect_page(api.get("/models?task="), "draft", total=1)
    expect_page(api.get("/models?tag="), "draft", total=1)
    register(api, {"name": "reader", "task": " ocr ", "tags": [" ocr "]})
    expect_page(api.get("/models", task=" ocr ", tag=" ocr "), "reader", total=1)
    expect_page(api.get("/models", task="ocr"), total=0)
    expect_page(api.get("/models", tag="ocr"), total=0)


def test_list_filters_by_tag(api: Api) -> None:
    fill(api)
    expect_page(api.get("/models", tag="news"), "sentiment-small", "topic-tagger", total=2)
    expect_page(api.get("/models", tag="new"), total=0)


def test_list_filters_by_all_of_several_tags(api: Api) -> None:
    fill(api)
    expect_page(api.get("/models", tag=["small", "text"]), "sentiment-small", "spam-filter", total=2)
    expect_page(api.get("/models", tag=["news", "news"]), "sentiment-small", "topic-tagger", total=2)
    expect_page(api.get("/models", tag=["news", "audio"]), total=0)


def test_list_filters_by_task_and_tag_together(api: Api) -> None:
    fill(api)
    expect_page(api.get("/models", task="image-classification", tag="small"), "digits-mlp", total=1)


def test_list_sees_changes(api: Api) -> None:
    fill(api)
    api.patch("/models/defect-finder", {"tags": ["news"]})
    expect_page(api.get("/models", tag="news"), "defect-finder", "sentiment-small", "topic-tagger", total=3)


def test_pages_follow_each_other(api: Api) -> None:
    fill(api)
    expect_page(api.get("/models", limit=2), "defect-finder", "digits-mlp", total=5)
    expect_page(api.get("/models", limit=2, offset=2), "sentiment-small", "spam-filter", total=5)
    expect_page(api.get("/models", limit=2, offset=4), "topic-tagger", total=5)
    expect_page(api.get("/models", limit=2, offset=6), total=5)


def test_total_counts_what_the_filter_finds(api: Api) -> None:
    fill(api)
    expect_page(api.get("/models", tag="text", limit=1, offset=1), "spam-filter", total=3)


def test_a_page_says_its_limit_and_offset(api: Api) -> None:
    answer = api.get("/models", limit=7, offset=3).expect(200)
    answer.expect_json({"items": [], "total": 0, "limit": 7, "offset": 3})


def test_without_a_limit_a_page_has_20_models(api: Api) -> None:
    for number in range(25):
        register(api, {"name": f"model-{number:02}", "task": "embedding"})
    expect_page(api.get("/models"), *(f"model-{number:02}" for number in range(20)), total=25)
    expect_page(api.get("/models", limit=24), *(f"model-{number:02}" for number in range(24)), total=25)
    expect_page(api.get("/models", offset=3), *(f"model-{number:02}" for number in range(3, 23)), total=25)


def test_parameters_out_of_range_answer_422(api: Api) -> None:
    queries: list[dict[str, Any]] = [{"limit": 0}, {"limit": 101}, {"limit": "many"}, {"offset": -1}, {"offset": ""}]
    for query in queries:
        api.get("/models", **query).expect(422, "limit is 1 to 100, offset is at least 0")


def test_the_largest_limit_is_allowed(api: Api) -> None:
    api.get("/models", limit=100, offset=0).expect(200, "limit is at most 100")
    api.get("/models", limit=1).expect(200, "limit is at least 1")
