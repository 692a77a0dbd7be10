"""Grades exercise 2.4, a repeated query parameter."""

from types import ModuleType
from typing import Any

from learn.checks import Api, require, show

EVERY_NAME = ["sentiment-small", "toxicity-base", "digits-mlp", "topic-tagger"]
CARRIED_BY = {
    "image": ["digits-mlp"],
    "english": ["sentiment-small", "toxicity-base"],
    "small": ["sentiment-small", "digits-mlp", "topic-tagger"],
}


def test_without_a_tag_every_model_is_listed(api: Api) -> None:
    answer = api.get("/models").expect(200, "tag may be left out")
    answer.expect_json(EVERY_NAME, "no tag was asked for, so none is missing")


def test_one_tag_narrows_the_list(api: Api) -> None:
    for tag in CARRIED_BY:
        answer = api.get("/models", tag=tag).expect(200, "tag is a query parameter")
        answer.expect_json(CARRIED_BY[tag], f"the models that carry the tag {tag}")


def test_a_model_must_carry_every_tag(api: Api) -> None:
    for tags in (["small", "text"], ["text", "small"]):
        answer = api.get("/models", tag=tags).expect(200, "tag may be repeated")
        answer.expect_json(["sentiment-small", "topic-tagger"], "these carry both tags")


def test_a_tag_named_twice_is_one_tag(api: Api) -> None:
    answer = api.get("/models", tag=["small", "small"]).expect(200, "tag may be repeated")
    answer.expect_json(CARRIED_BY["small"], "the models that carry the tag small, which was named twice")


def test_three_tags_narrow_further(api: Api) -> None:
    answer = api.get("/models", tag=["small", "text", "english"]).expect(200, "tag may be repeated")
    answer.expect_json(["sentiment-small"], "it alone carries all three tags")
    answer = api.get("/models", tag=["small", "text", "english"] * 20).expect(200, "tag may be repeated, however often")
    answer.expect_json(["sentiment-small"], "it alone carries all three tags")


def test_tags_that_no_model_has_together_find_nothing(api: Api) -> None:
    answer = api.get("/models", tag=["image", "text"]).expect(200, "to find nothing is no mistake")
    answer.expect_json([], "no model carries both tags")


def test_an_unknown_tag_finds_nothing(api: Api) -> None:
    api.get("/models", tag="audio").expect(200, "to find nothing is no mistake").expect_json([], "no model carries it")
    answer = api.get("/models", tag=["small", "audio"]).expect(200, "to find nothing is no mistake")
    answer.expect_json([], "no model carries the tag audio")


def test_an_empty_tag_finds_nothing(api: Api) -> None:
    api.get("/models?tag=").expect(200).expect_json([], "no model carries an empty tag")
    api.get("/models?tag=small&tag=").expect(200).expect_json([], "no model carries an empty tag")


def test_a_part_of_a_tag_finds_nothing(api: Api) -> None:
    api.get("/models", tag="sma").expect(200).expect_json([], "a part of a tag is not that tag")
    for tag in ["Small", " small", "smaller"]:
        api.get("/models", tag=tag).expect(200).expect_json([], f"no model carries the tag {tag!r}, spelled exactly so")


def test_a_comma_does_not_part_tags(api: Api) -> None:
    answer = api.get("/models", tag="small,text").expect(200)
    answer.expect_json([], "this is one tag with a comma in its name, and no model carries it")
    api.get("/models", tag="small text").expect(200).expect_json([], "this is one tag, and no model carries it")


def test_models_and_tags_may_change(api: Api, exercise: ModuleType) -> None:
    models: Any = getattr(exercise, "MODELS", None)
    require(
        isinstance(models, dict),
        called="The file",
        got=f"has MODELS = {show(models)}",
        expected="the dict MODELS to stay as it was in the starter",
    )
    models["language-id"] = {"audio"}
    models["digits-mlp"].add("audio")
    answer = api.get("/models", tag="audio").expect(200)
    answer.expect_json(["digits-mlp", "language-id"], "both got the tag audio while the app runs")
    del models["toxicity-base"]
    answer = api.get("/models", tag="english").expect(200)
    answer.expect_json(["sentiment-small"], "toxicity-base was taken out of MODELS while the app runs")
