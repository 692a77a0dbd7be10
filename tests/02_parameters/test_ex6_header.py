"""Grades exercise 2.6, a header and an alias."""

from datetime import date
from types import ModuleType
from typing import Any

from learn.checks import Api, require, show

FROM_DAY: dict[str, list[int]] = {
    "2026-03-02": [102, 103],
    "2026-03-03": [103],
    "2026-01-31": [101, 102, 103],
    "2027-01-01": [],
}


def test_without_both_everything_is_listed(api: Api) -> None:
    answer = api.get("/predictions").expect(200, "the header and the parameter are optional")
    answer.expect_json({"request_id": None, "predictions": [101, 102, 103]}, "nothing was sent to choose by")


def test_the_request_id_comes_back(api: Api) -> None:
    for request_id in ["batch-7", "5F1c2E", "007", "jobs/7: again", ""]:
        answer = api.get("/predictions", headers={"X-Request-ID": request_id}).expect(200)
        answer.expect_json({"request_id": request_id, "predictions": [101, 102, 103]}, "the header was sent")


def test_from_chooses_the_first_day(api: Api) -> None:
    for day in FROM_DAY:
        answer = api.get(f"/predictions?from={day}").expect(200, "this is a date")
        answer.expect_json({"request_id": None, "predictions": FROM_DAY[day]}, f"the predictions of {day} and later")


def test_both_work_together(api: Api) -> None:
    answer = api.get("/predictions?from=2026-03-05", headers={"X-Request-ID": "batch-7"}).expect(200)
    answer.expect_json({"request_id": "batch-7", "predictions": [103]})


def test_what_is_no_date_is_refused(api: Api) -> None:
    for day in ["yesterday", "2026-02-30", "2026-03", ""]:
        api.get(f"/predictions?from={day}").expect(422, "from is a date that exists, such as 2026-03-02")


def test_a_request_id_of_64_characters_is_accepted(api: Api) -> None:
    answer = api.get("/predictions", headers={"X-Request-ID": "a" * 64}).expect(200, "64 characters are allowed")
    answer.expect_json({"request_id": "a" * 64, "predictions": [101, 102, 103]})


def test_a_longer_request_id_is_refused(api: Api) -> None:
    api.get("/predictions", headers={"X-Request-ID": "a" * 65}).expect(422, "X-Request-ID has at most 64 characters")


def test_predictions_are_added_in_any_order(api: Api, exercise: ModuleType) -> None:
    predictions: Any = getattr(exercise, "PREDICTIONS", None)
    require(
        isinstance(predictions, dict),
        called="The file",
        got=f"has PREDICTIONS = {show(predictions)}",
        expected="the dict PREDICTIONS to stay as it was in the starter",
    )
    predictions |= {104: date(2026, 3, 1), 99: date(2026, 3, 4)}
    answer = api.get("/predictions?from=2026-03-02").expect(200)
    wanted = {"request_id": None, "predictions": [102, 103, 99]}
    answer.expect_json(wanted, "104, of 2026-03-01, and 99, of 2026-03-04, were added to PREDICTIONS, in this order")
