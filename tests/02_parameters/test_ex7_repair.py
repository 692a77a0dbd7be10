"""Grades exercise 2.7, the repair of a search from an old tutorial."""

from types import ModuleType

from learn.checks import Api, call

PHONE = {"text": "Win a free phone", "label": "spam", "score": 0.98}
LUNCH = {"text": "Lunch on Friday?", "label": "ham", "score": 0.95}
BILL = {"text": "Your phone bill for March", "label": "ham", "score": 0.81}
ENTRY = {"text": "Last chance: free entry", "label": "spam", "score": 0.9}
CALL = {"text": "Call me back", "label": "unsure", "score": 0.5}
EVERYTHING = [PHONE, LUNCH, BILL, ENTRY, CALL]


def test_every_parameter_may_be_left_out(api: Api) -> None:
    answer = api.get("/predictions").expect(200, "q, label, min_score and limit are optional")
    answer.expect_json([PHONE, LUNCH, BILL], "all predictions fit, and limit is 3 where it is left out")


def test_a_text_alone_chooses(api: Api) -> None:
    api.get("/predictions", q="free").expect(200).expect_json([PHONE, ENTRY], "the texts that contain it")
    api.get("/predictions", q="fReE").expect(200).expect_json([PHONE, ENTRY], "capital and small letters are the same")
    api.get("/predictions", q="lunch").expect(200).expect_json([LUNCH], "capital and small letters are the same")
    api.get("/predictions", q="invoice").expect(200).expect_json([], "no text contains it")
    api.get("/predictions", q="a ").expect(200).expect_json([PHONE], "the space is a part of the text asked for")
    api.get("/predictions", q="phone free").expect(200).expect_json([], "no text contains it, in this order")
    api.get("/predictions", q="ree ent").expect(200).expect_json([ENTRY], "the text that contains it")
    for sign in ["(", ".", "*", "[a-z]", "%", "\\"]:
        api.get("/predictions", q=sign).expect(200, "q is a text, and no pattern").expect_json(
            [], "no text contains it"
        )
    api.get("/predictions", q="?").expect(200, "q is a text").expect_json([LUNCH], "the text that contains it")


def test_one_label_alone_chooses(api: Api) -> None:
    api.get("/predictions", label="ham").expect(200).expect_json([LUNCH, BILL], "the predictions with this label")
    api.get("/predictions", label="eggs").expect(200, "an unknown label fits nothing").expect_json([])
    api.get("/predictions", label="spa").expect(200).expect_json([], "a part of a label is not that label")
    api.get("/predictions", label="Spam").expect(200).expect_json([], "another spelling of a label is not that label")
    api.get("/predictions?label=").expect(200).expect_json([], "an empty label is an unknown one, and fits nothing")


def test_several_labels_choose_any_of_them(api: Api) -> None:
    answer = api.get("/predictions", label=["spam", "unsure"]).expect(200, "label may be repeated")
    answer.expect_json([PHONE, ENTRY, CALL], "any of the labels will do")
    answer = api.get("/predictions", label=["unsure", "spam"]).expect(200, "label may be repeated")
    answer.expect_json([PHONE, ENTRY, CALL], "in the order of PREDICTIONS, not of the labels")
    labels = ["eggs", "spam", "spam"] * 20
    answer = api.get("/predictions", label=labels).expect(200, "label may be repeated, however often")
    answer.expect_json([PHONE, ENTRY], "any of the labels will do, and eggs fits nothing")


def test_a_least_score_alone_chooses(api: Api) -> None:
    api.get("/predictions", min_score=0.9).expect(200).expect_json([PHONE, LUNCH, ENTRY], "the scores of 0.9 and more")
    api.get("/predictions", min_score=0.96).expect(200).expect_json([PHONE], "the scores of 0.96 and more")
    api.get("/predictions", min_score=1).expect(200, "1 is allowed").expect_json([], "no score is that high")
    api.get("/predictions", min_score=0, limit=5).expect(200, "0 is allowed").expect_json(EVERYTHING)


def test_the_limit_counts_what_fits(api: Api) -> None:
    answer = api.get("/predictions", label="spam", limit=2).expect(200)
    answer.expect_json([PHONE, ENTRY], "the first two of those that fit")
    api.get("/predictions", limit=1).expect(200, "1 is allowed").expect_json([PHONE])
    api.get("/predictions", limit=50).expect(200, "50 is allowed").expect_json(EVERYTHING)


def test_all_of_them_work_together(api: Api) -> None:
    answer = api.get("/predictions", q="phone", label=["spam", "unsure"], min_score=0.5, limit=5).expect(200)
    answer.expect_json([PHONE], "it alone fits all that was asked")


def test_a_limit_outside_its_bounds_is_refused(api: Api) -> None:
    for limit in [51, 0, -1, "ten", 2.5, ""]:
        api.get("/predictions", limit=limit).expect(422, "limit is a whole number from 1 to 50")


def test_a_score_outside_its_bounds_is_refused(api: Api) -> None:
    for min_score in ["high", 1.01, -0.1, "nan", "inf", ""]:
        api.get("/predictions", min_score=min_score).expect(422, "min_score is a number from 0 to 1")


def test_a_long_text_is_refused(api: Api) -> None:
    for character in "aä":
        api.get("/predictions", q=character * 50).expect(200, "q may have 50 characters").expect_json([])
    for text in ["a" * 51, " " * 51]:
        api.get("/predictions", q=text).expect(422, "q has at most 50 characters")


def test_predictions_may_grow(api: Api, exercise: ModuleType) -> None:
    win = {"text": "You have won", "label": "spam", "score": 1.0}
    exercise.PREDICTIONS.extend([call(exercise.Prediction, **win).value] * 60)
    answer = api.get("/predictions", min_score=1, limit=50).expect(200)
    answer.expect_json([win] * 50, "50 of the 60 that were added to PREDICTIONS")
    call(exercise.PREDICTIONS.clear)
    api.get("/predictions").expect(200).expect_json([], "PREDICTIONS was emptied")
