"""Grades exercise 1.5, repair an app."""

from types import ModuleType

from learn.checks import Api, require, show

NAMES = ["sentiment-small", "digits-mlp", "spam-filter"]


def test_models_are_read_with_get(api: Api) -> None:
    api.get("/models").expect(200, "reading the list is a GET").expect_json(NAMES, "the names in MODELS")


def test_models_cannot_be_posted(api: Api) -> None:
    api.post("/models").expect(405, "nothing can be added yet")


def test_the_count_is_a_json_object(api: Api) -> None:
    api.get("/models/count").expect(200, "the count is a GET").expect_json({"count": 3})


def test_the_count_says_that_it_is_json(api: Api) -> None:
    answer = api.get("/models/count").expect(200, "the count is a GET")
    kind = answer.header("content-type")
    require(
        kind.partition(";")[0].strip().lower() == "application/json",
        called=answer.request,
        got=f"answered with content-type: {kind}",
        expected="content-type: application/json, by which a client knows how to read the body",
    )


def test_the_count_is_that_of_this_moment(api: Api, exercise: ModuleType) -> None:
    models = getattr(exercise, "MODELS", None)
    require(
        isinstance(models, list),
        called="The file",
        got=f"has MODELS = {show(models)}",
        expected="the list of names that the starter has",
    )
    assert isinstance(models, list)
    models.append("topic-tagger")
    api.get("/models/count").expect_json({"count": 4}, "a fourth name was appended to MODELS")
    api.get("/models").expect_json([*NAMES, "topic-tagger"], "a fourth name was appended to MODELS")
    models.append("digits-mlp")
    api.get("/models/count").expect_json({"count": 5}, "the length of MODELS, with digits-mlp twice")
    api.get("/models").expect_json([*NAMES, "topic-tagger", "digits-mlp"], "the list MODELS, with digits-mlp twice")
    models.clear()
    api.get("/models/count").expect(200, "MODELS was emptied").expect_json({"count": 0})
    api.get("/models").expect(200, "MODELS was emptied").expect_json([])


def test_health_answers_200(api: Api) -> None:
    api.get("/health").expect(200, "a path operation answers GET /health")


def test_health_says_ok(api: Api) -> None:
    api.get("/health").expect_json({"status": "ok"})
