"""Grades exercise 3.3, errors that help."""

from types import ModuleType

from learn.checks import Api


def test_unknown_model_answers_404(api: Api) -> None:
    answer = api.get("/models/spam-filtre/versions").expect(404, "no model has this name")
    answer.expect_detail("spam-filtre")
    api.get("/models/digits/versions").expect(404, "no model has this name").expect_detail("digits")
    api.get("/models/Digits-MLP/versions").expect(404, "no model has this name").expect_detail("Digits-MLP")
    api.get("/models/mail%20filter/versions").expect(404, "no model has this name").expect_detail("mail filter")


def test_versions_are_listed(api: Api) -> None:
    api.get("/models/sentiment-small/versions").expect(200).expect_json([1, 2, 3])
    api.get("/models/digits-mlp/versions").expect(200).expect_json([1])


def test_model_without_versions_is_no_error(api: Api) -> None:
    answer = api.get("/models/spam-filter/versions")
    answer.expect(200, "the model is there, it only has no version yet").expect_json([])


def test_new_version_is_added(api: Api) -> None:
    for name, number, wanted in [
        ("digits-mlp", 2, [1, 2]),
        ("spam-filter", 7, [7]),
        ("sentiment-small", 0, [1, 2, 3, 0]),
        ("sentiment-small", -1, [1, 2, 3, 0, -1]),
        ("digits-mlp", 34, [1, 2, 34]),
        ("digits-mlp", 3, [1, 2, 34, 3]),
    ]:
        answer = api.post(f"/models/{name}/versions", {"number": number})
        answer.expect(201, "the model does not have this version yet").expect_json({"number": number})
        api.get(f"/models/{name}/versions").expect_json(wanted, f"a POST added version {number} to the end")
    api.get("/models/spam-filter/versions").expect_json([7], "the POSTs after were about other models")


def test_new_version_of_unknown_model_answers_404(api: Api) -> None:
    answer = api.post("/models/spam-filtre/versions", {"number": 1}).expect(404, "no model has this name")
    answer.expect_detail("spam-filtre")


def test_refused_version_makes_no_model(api: Api) -> None:
    api.post("/models/spam-filtre/versions", {"number": 1})
    api.get("/models/spam-filtre/versions").expect(404, "a POST that was refused adds nothing")


def test_version_that_is_there_answers_409(api: Api) -> None:
    answer = api.post("/models/sentiment-small/versions", {"number": 3}).expect(409, "it has version 3 already")
    answer.expect_detail("sentiment-small", "3")


def test_version_posted_twice_answers_409(api: Api) -> None:
    api.post("/models/spam-filter/versions", {"number": 5})
    answer = api.post("/models/spam-filter/versions", {"number": 5})
    answer.expect(409, "the same POST before added version 5").expect_detail("spam-filter", "5")
    api.post("/models/spam-filter/versions", {"number": 0}).expect(201)
    answer = api.post("/models/spam-filter/versions", {"number": 0})
    answer.expect(409, "the same POST before added version 0").expect_detail("spam-filter", "0")


def test_refused_version_leaves_the_list_as_it_was(api: Api) -> None:
    api.post("/models/sentiment-small/versions", {"number": 2})
    api.get("/models/sentiment-small/versions").expect_json([1, 2, 3], "the POST of version 2 before was refused")


def test_versions_may_change_at_any_time(api: Api, exercise: ModuleType) -> None:
    exercise.VERSIONS["topic-tagger"] = [4]
    changed = 'VERSIONS["topic-tagger"] = [4] came before'
    api.get("/models/topic-tagger/versions").expect(200, changed).expect_json([4], changed)
    api.post("/models/topic-tagger/versions", {"number": 4}).expect(409, changed)
    api.post("/models/topic-tagger/versions", {"number": 5}).expect(201, changed)
    exercise.VERSIONS["topic-tagger"].remove(5)
    api.post("/models/topic-tagger/versions", {"number": 5}).expect(201, "version 5 was taken out of VERSIONS before")
    del exercise.VERSIONS["topic-tagger"]
    gone = "topic-tagger was taken out of VERSIONS before"
    api.get("/models/topic-tagger/versions").expect(404, gone).expect_detail("topic-tagger")
    api.post("/models/topic-tagger/versions", {"number": 6}).expect(404, gone)
