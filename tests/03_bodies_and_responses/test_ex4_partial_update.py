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
    api.get("/models/topic-tagger").expect_json(TOPICS, "the PATCHes before were about another model")


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
    wanted = DIGITS | {"task": "", "description": "", "tags": []}
    api.patch("/models/digits-mlp", {"task": ""}).expect_json(wanted, "an empty text is a value like others")


def test_values_are_kept_as_they_were_sent(api: Api) -> None:
    tags = ["small", "Vision", "small", ""] * 10
    changes = {"task": " ocr ", "description": "Zahlen,\n für alle " * 100, "tags": tags}
    api.patch("/models/digits-mlp", changes).expect(200).expect_json(DIGITS | changes, "every value as it was sent")
    api.get("/models/digits-mlp").expect_json(DIGITS | changes, "every value as a PATCH before sent it")


def test_null_is_refused_where_it_makes_no_sense(api: Api) -> None:
    for field in ["task", "tags"]:
        api.patch("/models/digits-mlp", {field: None}).expect(422, f"{field} may be left out, but not be null")


def test_a_value_of_another_type_is_refused(api: Api) -> None:
    for body, why in [
        ({"task": 5}, "task is a string"),
        ({"description": 5}, "description is a string or null"),
        ({"tags": "vision"}, "tags is a list of strings"),
        ({"tags": [1]}, "tags is a list of strings"),
        ({"tags": ["vision", None]}, "tags is a list of strings"),
        ({"task": True}, "task is a string"),
        ({"description": []}, "description is a string or null"),
        ([], "the body is an object"),
    ]:
        api.patch("/models/digits-mlp", body).expect(422, why)


def test_a_refused_body_changes_nothing(api: Api) -> None:
    for body, why in [
        ({"description": "changed", "tags": "vision"}, "tags is a list of strings"),
        ({"description": "changed", "task": None}, "task may not be null"),
        ({"task": "ocr", "tags": None}, "tags may not be null"),
        ({"tags": [], "description": 5}, "description is a string or null"),
    ]:
        api.patch("/models/digits-mlp", body).expect(422, why)
        api.get("/models/digits-mlp").expect_json(DIGITS, "the PATCH before was refused")


def test_the_name_cannot_be_changed(api: Api) -> None:
    wanted = DIGITS | {"task": "ocr"}
    for name in ("digits-cnn", None, 7):
        changes = {"name": name, "task": "ocr"}
        answer = api.patch("/models/digits-mlp", changes).expect(
            200, "a name in the body has no effect, whatever it is"
        )
        answer.expect_json(wanted, "a name in the body has no effect")
    api.get("/models/digits-mlp").expect(200).expect_json(wanted, "a name in the body of a PATCH has no effect")


def test_unknown_model_answers_404(api: Api) -> None:
    answer = api.patch("/models/digits-cnn", {"task": "ocr"}).expect(404, "no model has this name")
    answer.expect_detail("digits-cnn")
    api.patch("/models/digits-cnn", {}).expect(404, "no model has this name").expect_detail("digits-cnn")
    api.get("/models/digits-cnn").expect(404, "a PATCH of an unknown model makes none")
