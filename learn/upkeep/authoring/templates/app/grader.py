"""Grades exercise {number}, {subject}."""

from learn.checks import Api

ALL = ["topic-tagger", "digits-mlp", "spam-filter", "digits-forest"]


def test_without_a_prefix_all_are_listed(api: Api) -> None:
    api.get("/models").expect(200, "prefix is optional").expect_json(ALL, "no prefix was sent")


def test_a_prefix_chooses(api: Api) -> None:
    for prefix, names in {"sp": ["spam-filter"], "digits": ["digits-mlp", "digits-forest"], "filter": []}.items():
        answer = api.get(f"/models?prefix={prefix}").expect(200, "a prefix may be sent")
        answer.expect_json(names, f"the names that begin with {prefix}, in the order of MODELS")


def test_a_prefix_has_at_most_20_characters(api: Api) -> None:
    api.get(f"/models?prefix={'a' * 20}").expect(200, "20 characters are allowed").expect_json([])
    api.get(f"/models?prefix={'a' * 21}").expect(422, "prefix has at most 20 characters")
