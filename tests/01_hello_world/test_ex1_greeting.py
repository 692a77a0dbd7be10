"""Grades exercise 1.1, a greeting."""

from learn.checks import Api


def test_root_answers_200(api: Api) -> None:
    api.get("/").expect(200, "a path operation answers GET /")


def test_root_greets(api: Api) -> None:
    for _ in range(2):
        answer = api.get("/").expect_json({"message": "Hello, AI world!"})
    kind = answer.header("content-type")
    expected = f"the content-type application/json, but it is {kind}"
    answer.expect_that("application/json" in kind, expected)
