"""Grades exercise 3.5, delete, once."""

from types import ModuleType

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


def test_the_stage_of_this_moment_counts(api: Api, exercise: ModuleType) -> None:
    exercise.STAGES.update(
        {"digits-mlp": "production", "topic-tagger": "archived", "language-id": "staging", "ocr": ""}
    )
    answer = api.delete("/models/digits-mlp").expect(409, 'STAGES["digits-mlp"] = "production" came before')
    answer.expect_detail("digits-mlp")
    api.delete("/models/topic-tagger").expect(204, 'STAGES["topic-tagger"] = "archived" came before')
    api.delete("/models/language-id").expect(204, 'STAGES["language-id"] = "staging" came before')
    api.delete("/models/ocr").expect(204, 'STAGES["ocr"] = "" came before')
    wanted = ["sentiment-small", "digits-mlp", "spam-filter"]
    api.get("/models").expect_json(wanted, "three were deleted, and the DELETE of digits-mlp was refused")
    exercise.STAGES["ocr"] = "production"
    api.delete("/models/ocr").expect(409, 'ocr was deleted, and STAGES["ocr"] = "production" came before')


def test_only_production_is_protected(api: Api, exercise: ModuleType) -> None:
    for stage in ("pre-production", "production-2", "prod", "canary"):
        exercise.STAGES["digits-mlp"] = stage
        api.delete("/models/digits-mlp").expect(204, f'its stage is "{stage}", which is not "production"')


def test_a_second_delete_answers_404(api: Api) -> None:
    api.delete("/models/digits-mlp").expect(204)
    api.delete("/models/digits-mlp").expect(404, "the same DELETE before deleted it").expect_detail("digits-mlp")


def test_a_name_that_never_was_answers_404(api: Api) -> None:
    for name in ["toxicity-base", "digits", "Spam-Filter"]:
        api.delete(f"/models/{name}").expect(404, "no model has this name").expect_detail(name)
    api.get("/models").expect_json(NAMES, "a DELETE that was refused deletes nothing")


def test_a_model_in_production_answers_409(api: Api) -> None:
    for name in ["sentiment-small", "topic-tagger"]:
        api.delete(f"/models/{name}").expect(409, "its stage is production").expect_detail(name)


def test_all_that_may_go_can_go(api: Api, exercise: ModuleType) -> None:
    exercise.STAGES.update(dict.fromkeys(NAMES, "archived"))
    for name in NAMES:
        api.delete(f"/models/{name}").expect(204, "no model is in production any more")
    api.get("/models").expect_json([], "every model was deleted")


def test_a_model_in_production_stays(api: Api) -> None:
    api.delete("/models/sentiment-small")
    api.get("/models").expect_json(NAMES, "sentiment-small is in production, so its DELETE was refused")
