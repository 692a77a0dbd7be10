"""Grades exercise 3.1, create from a body."""

from urllib.parse import quote, unquote, urlsplit

from learn.checks import Api

SPAM_FILTER = {"name": "spam-filter", "task": "text-classification", "description": "Mail, in English"}
DIGITS = {"name": "digits-mlp", "task": "image-classification", "description": "Handwritten digits"}
AS_SENT = {"name": "Draft-7", "task": "", "description": "  two  spaces, ä " * 100}
WITHOUT_DESCRIPTION = {"name": "topic-tagger", "task": "text-classification"}


def test_create_answers_201(api: Api) -> None:
    api.post("/models", SPAM_FILTER).expect(201, "the model in the body is created")


def test_create_answers_the_model(api: Api) -> None:
    for model in (SPAM_FILTER, DIGITS, AS_SENT):
        api.post("/models", model).expect_json(model, "the model as it was sent")


def test_description_left_out_is_empty(api: Api) -> None:
    answer = api.post("/models", WITHOUT_DESCRIPTION).expect(201, "description may be left out")
    answer.expect_json(WITHOUT_DESCRIPTION | {"description": ""})


def test_location_is_the_address_of_the_new_model(api: Api) -> None:
    for model in (SPAM_FILTER, DIGITS):
        answer = api.post("/models", model)
        location = answer.header("Location")
        wanted = f"/models/{model['name']}"
        answer.expect_that(urlsplit(location).path == wanted, f"the header Location: {wanted}, but it is {location!r}")


def test_a_name_is_quoted_in_the_address(api: Api) -> None:
    for name in ("mail filter", "模型", "what? #1", "5%2B", "a+b"):
        model = SPAM_FILTER | {"name": name}
        answer = api.post("/models", model).expect(201, "any text without a slash may be a name")
        location = answer.header("Location")
        path = urlsplit(location).path
        right = path.isascii() and " " not in path and unquote(path) == f"/models/{name}"
        answer.expect_that(right, f"the header Location: /models/{quote(name)}, but it is {location!r}")
        api.get(location).expect(200, "it is the Location of the new model").expect_json(model)


def test_created_models_can_be_read(api: Api) -> None:
    for model in (SPAM_FILTER, WITHOUT_DESCRIPTION, AS_SENT):
        api.post("/models", model)
    answer = api.get("/models/spam-filter").expect(200, "it was registered with POST before")
    answer.expect_json(SPAM_FILTER)
    answer = api.get("/models/topic-tagger").expect(200, "it was registered with POST before")
    answer.expect_json(WITHOUT_DESCRIPTION | {"description": ""})
    api.get("/models/Draft-7").expect(200, "it was registered with POST before").expect_json(AS_SENT)


def test_a_body_that_does_not_fit_is_refused(api: Api) -> None:
    for body, why in [
        ({"task": "text-classification"}, "name is required"),
        ({"name": "spam-filter"}, "task is required"),
        ({"name": 7, "task": "text-classification"}, "name is a string"),
        ({"name": None, "task": "text-classification"}, "name is a string"),
        ({"name": "spam-filter", "task": None}, "task is a string"),
        ({"name": "spam-filter", "task": True}, "task is a string"),
        ([SPAM_FILTER], "the body is a JSON object"),
        ("spam-filter", "the body is a JSON object"),
        (b'{"name": "spam-filter"', "the body is a JSON object"),
        ({"name": "spam-filter", "task": ["text-classification"]}, "task is a string"),
        ({"name": "spam-filter", "task": "text-classification", "description": 7}, "description is a string"),
        (
            {"name": "spam-filter", "task": "text-classification", "description": None},
            "description may be left out, but null is no string",
        ),
    ]:
        api.post("/models", body).expect(422, why)
