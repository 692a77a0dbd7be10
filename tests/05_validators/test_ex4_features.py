"""Grades exercise 5.4, the feature vector."""

from types import ModuleType
from typing import Any

from learn.checks import Answer, Api, call


def predict(api: Api, model: Any, features: Any) -> Answer:
    return api.post("/predictions", {"model": model, "features": features})


def mistakes(answer: Answer) -> list[dict[str, Any]]:
    """What FastAPI's 422 lists."""
    detail = answer.field("detail")
    well_made = isinstance(detail, list) and all(isinstance(item, dict) for item in detail)
    answer.expect_that(well_made, "a detail that is FastAPI's list of mistakes")
    return list(detail)


def expect_refused_at(answer: Answer, field: str, why: str) -> None:
    """The answer is a 422, and one of its places is `field`."""
    answer.expect(422, why)
    named = any(field in mistake.get("loc", []) for mistake in mistakes(answer))
    answer.expect_that(named, f'a mistake whose loc names "{field}": {why}')


def test_the_right_number_is_accepted(api: Api) -> None:
    for model, came in [("spam-filter", 3), ("digits-mlp", 64), ("topic-tagger", 1024)]:
        answer = predict(api, model, [0.25] * came).expect(200, f"{model} takes {came} features")
        answer.expect_json({"model": model, "features": came})
    predict(api, "spam-filter", [-7, 0, 2.5e300]).expect(
        200, "whole, negative and large numbers are finite numbers too"
    )
    answer = predict(api, "spam-filter", [0.5, 0.5, 0.5]).expect(200, "features may be equal")
    answer.expect_json({"model": "spam-filter", "features": 3})


def test_a_wrong_number_of_features_is_refused(api: Api) -> None:
    for model, takes, came in [
        ("spam-filter", 3, 2),
        ("spam-filter", 3, 1),
        ("spam-filter", 3, 4),
        ("digits-mlp", 64, 63),
        ("topic-tagger", 1024, 512),
    ]:
        answer = predict(api, model, [0.5] * came).expect(422, f"{model} takes {takes} features, but {came} came")
        said = " ".join(str(mistake.get("msg")) for mistake in mistakes(answer))
        answer.expect_that(str(takes) in said and str(came) in said, f"a message that contains both {takes} and {came}")


def test_what_is_no_number_is_refused(api: Api) -> None:
    for value in ("0.5", True, False, None, [0.5], "spam"):
        expect_refused_at(predict(api, "spam-filter", [0.2, value, 0.1]), "features", "features are numbers")
    for features in (None, 7, "0.2", {"0": 0.2}):
        expect_refused_at(predict(api, "spam-filter", features), "features", "features is a list")


def test_what_is_not_finite_is_refused(exercise: ModuleType) -> None:
    for value in (float("nan"), float("inf"), float("-inf")):
        call(exercise.PredictionRequest, model="spam-filter", features=[0.2, 7, value]).expect_refused(
            "features", f"{value} is not finite"
        )


def test_an_empty_or_endless_list_is_refused_at_features(api: Api) -> None:
    expect_refused_at(predict(api, "spam-filter", []), "features", "there is at least 1 feature, whatever the model")
    answer = predict(api, "spam-filter", [0.5] * 1025)
    expect_refused_at(answer, "features", "there are at most 1,024 features, whatever the model")


def test_an_unknown_model_is_refused_at_model(api: Api) -> None:
    names = ["spam-filtre", "spam", "", " spam-filter", "spam-filter\n", "SPAM-FILTER"]
    for model in [*names, 7, None, list[str]()]:
        expect_refused_at(predict(api, model, [0.1, 0.2, 0.3]), "model", "FEATURES has no such model")


def test_two_mistakes_are_reported_together(api: Api) -> None:
    answer = predict(api, "spam-filtre", ["high", 0.2, 0.3])
    for field in ("model", "features"):
        expect_refused_at(answer, field, "both fields are wrong")
    answer = api.post("/predictions", {})
    for field in ("model", "features"):
        expect_refused_at(answer, field, "both fields are required")
    for features in ([], [0.5] * 1025):
        answer = predict(api, "spam-filtre", features)
        for field in ("model", "features"):
            expect_refused_at(answer, field, "the model is unknown, and there are 1 to 1,024 features, whatever it is")
