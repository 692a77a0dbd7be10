"""Grades exercise 3.5, delete, once."""

from learn.checks import Api

NAMES = ["sentiment-small", "digits-mlp", "spam-filter", "topic-tagger"]


def test_delete_answers_204(api: Api) -> None:
    for name in ["digits-mlp", "spam-filter"]:
        api.delete(f"/models/{name}").expect(204, "it is deleted, and there is nothing more to say")


def test_the_answer_has_no_body(api: Api) -> None:
    answer = api.delete("/models/digits-mlp").expect(204)
    answer.expect_no_body()


def test_a_deleted_model_is_gone_and_the_others_stay(api: Api) -> None:
    api.delete("/models/digits-mlp").expect(204)
    api.get("/models").expect_json(["sentiment-small", "spam-filter", "topic-tagger"], "digits-mlp was deleted before")


def test_a_second_delete_answers_404(api: Api) -> None:
    api.delete("/models/digits-mlp").expect(204)
    api.delete("/models/digits-mlp").expect(404, "the same DELETE before deleted it").expect_detail("digits-mlp")


def test_a_name_that_never_was_answers_404(api: Api) -> None:
    api.delete("/models/toxicity-base").expect(404, "no model has this name").expect_detail("toxicity-base")
    api.get("/models").expect_json(NAMES, "a DELETE that was refused deletes nothing")


def test_a_model_in_production_answers_409(api: Api) -> None:
    for name in ["sentiment-small", "topic-tagger"]:
        api.delete(f"/models/{name}").expect(409, "its stage is production").expect_detail(name)


def test_a_model_in_production_stays(api: Api) -> None:
    api.delete("/models/sentiment-small")
    api.get("/models").expect_json(NAMES, "sentiment-small is in production, so its DELETE was refused")
