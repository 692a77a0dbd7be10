"""Grades exercise 1.1, a greeting."""

from learn.checks import Api


def test_root_answers_200(api: Api) -> None:
    api.get("/").expect(200, "a path operation answers GET /")


def test_root_greets(api: Api) -> None:
    api.get("/").expect_json({"message": "Hello, AI world!"})
