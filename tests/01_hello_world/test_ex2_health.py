"""Grades exercise 1.2, a health check."""

from types import ModuleType

from learn.checks import Api, require, show


def test_health_answers_200(api: Api) -> None:
    api.get("/health").expect(200, "a path operation answers GET /health")


def test_health_says_ok_and_how_many_models(api: Api) -> None:
    api.get("/health").expect_json({"status": "ok", "models": 3})


def test_health_counts_the_models_of_this_moment(api: Api, exercise: ModuleType) -> None:
    models = getattr(exercise, "LOADED_MODELS", None)
    require(
        isinstance(models, list),
        called="The file",
        got=f"has LOADED_MODELS = {show(models)}",
        expected="the list of names that the starter has",
    )
    assert isinstance(models, list)
    models.append("topic-tagger")
    api.get("/health").expect_json({"status": "ok", "models": 4}, "a fourth model was appended to LOADED_MODELS")
    models.append("digits-mlp")
    api.get("/health").expect_json({"status": "ok", "models": 5}, "the length of LOADED_MODELS, with digits-mlp twice")
    left = ["sentiment-small", "digits-mlp", "spam-filter", "topic-tagger", "digits-mlp"]
    require(
        models == left,
        called="GET /health",
        got=f"left LOADED_MODELS as {show(models)}",
        expected=f"it to stay as it was: {show(left)}",
    )
    models.clear()
    api.get("/health").expect_json({"status": "ok", "models": 0}, "LOADED_MODELS was emptied")
    api.get("/").expect_json({"message": "Hello, AI world!"}, "the greeting stays, however many models there are")


def test_health_only_reads(api: Api) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        api.request(method, "/health").expect(405, "a health check is there to read, with GET")


def test_the_greeting_is_still_there(api: Api) -> None:
    api.get("/").expect(200, "the greeting stays").expect_json({"message": "Hello, AI world!"})
