"""Grades exercise 3.6, a repair: dicts in, dicts out, always 200."""

from types import ModuleType

from learn.checks import Api


def path(prediction_id: int) -> str:
    return f"/predictions/{prediction_id}/feedback"


def test_feedback_answers_201(api: Api) -> None:
    api.post(path(2), {"label": "spam", "comment": "an advert"}).expect(201, "the feedback is created")


def test_feedback_is_answered_with_its_three_fields(api: Api) -> None:
    wanted = {"label": "spam", "comment": "an advert", "prediction_id": 2}
    api.post(path(2), {"label": "spam", "comment": "an advert"}).expect_json(wanted)
    wanted = {"label": "ham", "comment": None, "prediction_id": 1}
    api.post(path(1), {"label": "ham"}).expect_json(wanted, "a comment that is left out is null")
    wanted = {"label": "ham", "comment": None, "prediction_id": 3}
    api.post(path(3), {"label": "ham", "comment": None}).expect_json(wanted, "a comment may be null")


def test_feedback_is_kept_as_it_was_sent(api: Api) -> None:
    for number, body in [(1, {"label": "", "comment": ""}), (2, {"label": "Eggs ", "comment": " für\n" * 200})]:
        answer = api.post(path(number), body).expect(201, "an empty text is a string, and any string a label")
        answer.expect_json(body | {"prediction_id": number}, "both texts as they were sent")
        api.get(path(number)).expect_json(body | {"prediction_id": number}, "both texts as a POST before sent them")


def test_a_number_in_the_body_has_no_effect(api: Api) -> None:
    for number, other in [(2, 3), (3, None)]:
        answer = api.post(path(number), {"label": "spam", "prediction_id": other}).expect(201)
        wanted = {"label": "spam", "comment": None, "prediction_id": number}
        answer.expect_json(wanted, "the prediction_id is the one in the address")


def test_a_body_that_does_not_fit_answers_422(api: Api) -> None:
    for body, why in [
        ({"comment": "wrong"}, "label is required"),
        ({"label": None}, "label is a string"),
        ({"label": 1}, "label is a string"),
        ({"label": "spam", "comment": 1}, "comment is a string or null"),
        ([], "the body is an object"),
    ]:
        api.post(path(2), body).expect(422, why)
        api.get(path(2)).expect(404, "a POST that was refused leaves no feedback behind")
    api.post(path(2), {"label": "spam"}).expect(201, "the POSTs before were refused")


def test_feedback_on_an_unknown_prediction_answers_404(api: Api) -> None:
    for number in (99, 0):
        answer = api.post(path(number), {"label": "spam"}).expect(404, f"there is no prediction {number}")
        answer.expect_detail(number)
        api.get(path(number)).expect(404, f"there is no prediction {number}")


def test_predictions_are_those_of_this_moment(api: Api, exercise: ModuleType) -> None:
    exercise.PREDICTIONS[4] = "spam"
    api.post(path(4), {"label": "spam"}).expect(201, 'PREDICTIONS[4] = "spam" came before')
    del exercise.PREDICTIONS[3]
    api.post(path(3), {"label": "spam"}).expect(404, "prediction 3 was taken out of PREDICTIONS").expect_detail(3)


def test_a_second_feedback_answers_409(api: Api) -> None:
    api.post(path(2), {"label": "spam"})
    answer = api.post(path(2), {"label": "ham"}).expect(409, "a POST before gave feedback on prediction 2")
    answer.expect_detail(2)
    api.post(path(2), {"label": "spam"}).expect(409, "a POST before gave feedback on prediction 2").expect_detail(2)
    answer = api.post(path(2), {"label": "spam", "comment": "an advert"})
    answer.expect(409, "a POST before gave feedback on prediction 2").expect_detail(2)


def test_the_first_feedback_stays(api: Api) -> None:
    api.post(path(2), {"label": "spam"})
    api.post(path(2), {"label": "ham"})
    wanted = {"label": "spam", "comment": None, "prediction_id": 2}
    api.get(path(2)).expect(200).expect_json(wanted, "the first of two POSTs counts")


def test_feedback_can_be_read(api: Api) -> None:
    api.post(path(3), {"label": "spam", "comment": "an advert"})
    wanted = {"label": "spam", "comment": "an advert", "prediction_id": 3}
    api.get(path(3)).expect(200).expect_json(wanted, "it was sent with POST before")


def test_reading_what_is_not_there_answers_404(api: Api) -> None:
    api.get(path(1)).expect(404, "prediction 1 has no feedback yet").expect_detail(1)
    api.get(path(99)).expect(404, "there is no prediction 99").expect_detail(99)


def test_delete_answers_204_and_no_body(api: Api) -> None:
    api.post(path(2), {"label": "spam"})
    answer = api.delete(path(2)).expect(204, "a POST before gave feedback on prediction 2")
    answer.expect_no_body()


def test_deleted_feedback_is_gone(api: Api) -> None:
    for number in (2, 3):
        api.post(path(number), {"label": "spam"})
    api.delete(path(2))
    api.get(path(2)).expect(404, "a DELETE before removed it")
    api.get(path(3)).expect(200, "the DELETE before was about another prediction")
    api.post(path(2), {"label": "ham"}).expect(201, "a DELETE before removed the first feedback")


def test_deleting_what_is_not_there_answers_404(api: Api) -> None:
    api.delete(path(1)).expect(404, "prediction 1 has no feedback").expect_detail(1)
    api.delete(path(99)).expect(404, "there is no prediction 99").expect_detail(99)
