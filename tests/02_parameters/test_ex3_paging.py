"""Grades exercise 2.3, bounds for query parameters."""

from types import ModuleType
from typing import Any

from learn.checks import Api, require, show

MODELS = [
    "sentiment-small",
    "sentiment-base",
    "spam-filter",
    "topic-tagger",
    "digits-mlp",
    "toxicity-base",
    "language-id",
    "ner-german",
    "ner-english",
    "receipt-reader",
    "query-embedder",
    "image-tagger",
]


def test_the_first_page_has_10_names(api: Api) -> None:
    answer = api.get("/models").expect(200, "limit and offset are optional")
    answer.expect_json(MODELS[:10], "limit is 10 and offset 0 where they are left out")


def test_limit_sets_the_length_of_the_page(api: Api) -> None:
    for limit in [1, 3]:
        api.get("/models", limit=limit).expect(200).expect_json(MODELS[:limit], f"the first {limit} of the names")


def test_offset_skips_names(api: Api) -> None:
    answer = api.get("/models", limit=2, offset=3).expect(200)
    answer.expect_json(["topic-tagger", "digits-mlp"], "3 names are skipped, and 2 follow")


def test_an_offset_of_0_skips_nothing(api: Api) -> None:
    answer = api.get("/models", offset=0).expect(200, "0 is the smallest offset allowed")
    answer.expect_json(MODELS[:10], "nothing is skipped")


def test_offset_alone_leaves_limit_at_10(api: Api) -> None:
    answer = api.get("/models", offset=1).expect(200, "each parameter may be left out")
    answer.expect_json(MODELS[1:11], "1 name is skipped, and 10 follow")


def test_the_last_page_is_short(api: Api) -> None:
    answer = api.get("/models", offset=10).expect(200)
    answer.expect_json(MODELS[10:], "there are 12 names, and 10 are skipped")


def test_an_offset_beyond_the_end_finds_nothing(api: Api) -> None:
    for offset in [12, 500, 1_000_000]:
        api.get("/models", offset=offset).expect(200, "it is no mistake to ask for too far a page").expect_json([])


def test_a_limit_of_100_is_accepted(api: Api) -> None:
    api.get("/models", limit=100).expect(200, "100 is the largest limit allowed").expect_json(MODELS)


def test_limit_above_100_is_refused(api: Api) -> None:
    api.get("/models", limit=101).expect(422, "limit is at most 100")


def test_limit_below_1_is_refused(api: Api) -> None:
    for limit in [0, -1]:
        api.get("/models", limit=limit).expect(422, "limit is at least 1")


def test_a_negative_offset_is_refused(api: Api) -> None:
    api.get("/models", offset=-1).expect(422, "offset is at least 0")


def test_what_is_no_whole_number_is_refused(api: Api) -> None:
    for name in ["limit", "offset"]:
        api.get(f"/models?{name}=ten").expect(422, f"{name} is a whole number")
        api.get(f"/models?{name}=2.5").expect(422, f"{name} is a whole number")
        api.get(f"/models?{name}=").expect(422, f"{name} is a whole number, and an empty text is none")


def test_models_may_grow(api: Api, exercise: ModuleType) -> None:
    models: Any = getattr(exercise, "MODELS", None)
    require(
        isinstance(models, list),
        called="The file",
        got=f"has MODELS = {show(models)}",
        expected="the list MODELS to stay as it was in the starter",
    )
    models.extend(f"model-{number}" for number in range(100))
    answer = api.get("/models", limit=100, offset=5)
    answer.expect_json([*MODELS[5:], *models[12:105]], "100 of the 112 names that MODELS has now")
    api.get("/models", offset=110).expect_json(
        ["model-98", "model-99"], "the last of the 112 names that MODELS has now"
    )
