"""Grades exercise 3.4, update a part."""

from typing import Any

from learn.checks import Api

DIGITS = {
    "name": "digits-mlp",
    "task": "image-classification",
    "description": "Handwritten digits, 8 by 8 pixels",
    "tags": ["vision", "small"],
}
TOPICS = {"name": "topic-tagger", "task": "text-classification", "description": None, "tags": ["text"]}
ONE_FIELD: list[dict[str, Any]] = [{"task": "ocr"}, {"description": "Digits 0 to 9"}, {"tags": ["vision", "8x8"]}]


def test_fields_left_out_stay_as_they_are(api: Api) -> None:
    wanted: dict[str, Any] = DIGITS
    for changes in ONE_FIELD:
        wanted = wanted | changes
        answer = api.patch("/models/digits-mlp", changes).expect(200, "every field may be left out")
        answer.expect_json(wanted, "the whole model: a PATCH changes the field in its body, and no other")


def test_the_change_is_kept(api: Api) -> None:
    for changes in ONE_FIELD:
        api.patch("/models/digits-mlp", changes)
    wanted = {"name": "digits-mlp"} | ONE_FIELD[0] | ONE_FIELD[1] | ONE_FIELD[2]
    api.get("/models/digits-mlp").expect_json(wanted, "a PATCH of each field came before")


def test_several_fields_at_once(api: Api) -> None:
    changes = {"task": "topic-classification", "description": "News topics"}
    api.patch("/models/topic-tagger", changes).expect_json(TOPICS | changes)


def test_empty_body_changes_nothing(api: Api) -> None:
    for model in (DIGITS, TOPICS):
        api.patch(f"/models/{model['name']}", {}).expect(200).expect_json(model, "nothing was sent")


def test_null_takes_the_description_away(api: Api) -> None:
    wanted = DIGITS | {"description": None}
    why = "null is a value: the caller wants no description"
    api.patch("/models/digits-mlp", {"description": None}).expect(200, why).expect_json(wanted, why)
    api.get("/models/digits-mlp").expect_json(wanted, "a PATCH with a description of null came before")


def test_empty_values_are_values(api: Api) -> None:
    api.patch("/models/digits-mlp", {"description": ""}).expect_json(DIGITS | {"description": ""})
    api.patch("/models/digits-mlp", {"tags": []}).expect_json(DIGITS | {"description": "", "tags": []})


def test_null_is_refused_where_it_makes_no_sense(api: Api) -> None:
    for field in ["task", "tags"]:
        api.patch("/models/digits-mlp", {field: None}).expect(422, f"{field} may be left out, but not be null")


def test_a_value_of_another_type_is_refused(api: Api) -> None:
    for body, why in [
        ({"task": 5}, "task is a string"),
        ({"description": 5}, "description is a string or null"),
        ({"tags": "vision"}, "tags is a list of strings"),
        ({"tags": [1]}, "tags is a list of strings"),
    ]:
        api.patch("/models/digits-mlp", body).expect(422, why)


def test_a_refused_body_changes_nothing(api: Api) -> None:
    body = {"description": "changed", "tags": "vision"}
    api.patch("/models/digits-mlp", body).expect(422, "tags is a list of strings")
    api.get("/models/digits-mlp").expect_json(DIGITS, "the PATCH before was refused")


def test_the_name_cannot_be_changed(api: Api) -> None:
    changes = {"name": "digits-cnn", "task": "ocr"}
    wanted = DIGITS | {"task": "ocr"}
    api.patch("/models/digits-mlp", changes).expect(200).expect_json(wanted, "a name in the body has no effect")
    api.get("/models/digits-mlp").expect(200).expect_json(wanted, "a name in the body of a PATCH has no effect")


def test_unknown_model_answers_404(api: Api) -> None:
    answer = api.patch("/models/digits-cnn", {"task": "ocr"}).expect(404, "no model has this name")
    answer.expect_detail("digits-cnn")
