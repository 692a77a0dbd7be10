"""Grades exercise 5.6, an answer that a person can act on."""

from types import ModuleType
from typing import Annotated, Any

from fastapi import Header, status
from pydantic import BaseModel

from learn.checks import Answer, Api, show

SECRET = "zq7x-5f0c-9b1e-77d2"
PIECES = [SECRET[start : start + 4] for start in range(len(SECRET) - 3)]
TITLES = ("Unprocessable Content", "Unprocessable Entity")
RIGHT = {"model": "spam-filter", "replicas": 2, "labels": ["mail"], "provider_key": f"pk-{SECRET}"}


def deploy(api: Api, **changed: Any) -> Answer:
    """`POST /deployments` with a body that is right but for `changed`; None leaves a field out."""
    body = RIGHT | changed
    return api.post("/deployments", {name: value for name, value in body.items() if value is not None})


def expect_form(answer: Answer, *fields: str) -> list[dict[str, str]]:
    """The answer is a 422 in the form of the task; how the fields are named is not looked at."""
    answer.expect(422, f"wrong here: {', '.join(fields)}")
    keys = set(answer.json) if isinstance(answer.json, dict) else set()
    wanted = {"status", "title", "detail", "problems"}
    answer.expect_that(keys == wanted, "an object with exactly status, title, detail and problems")
    number, title = answer.field("status"), answer.field("title")
    answer.expect_that(number == 422, "a status of 422 in the body too")
    answer.expect_that(title in TITLES, "a title that is Unprocessable Content")
    answer.expect_detail(len(fields))
    problems = answer.field("problems")
    answer.expect_that(isinstance(problems, list), "problems to be a list")
    for problem in problems:
        keys = set(problem) if isinstance(problem, dict) else set()
        answer.expect_that(keys == {"field", "problem", "send"}, "problems with exactly field, problem and send")
        texts = all(isinstance(text, str) and text.strip() for text in problem.values())
        answer.expect_that(texts, "a field, problem and send that are strings and not empty")
    return list(problems)


def expect_problems(answer: Answer, *fields: str) -> list[dict[str, str]]:
    """The answer is a 422 in the form of the task, with these fields in this order."""
    problems = expect_form(answer, *fields)
    named = [problem["field"] for problem in problems]
    answer.expect_that(named == list(fields), f"the fields {show(list(fields))}, and they are {show(named)}")
    return problems


def test_one_problem_is_answered_in_the_new_form(api: Api) -> None:
    expect_form(deploy(api, replicas=9), "replicas")


def test_a_field_is_named_without_the_word_body(api: Api) -> None:
    expect_problems(deploy(api, replicas=9), "replicas")


def test_an_error_without_a_bound_is_answered_too(api: Api) -> None:
    expect_problems(deploy(api, model=None), "model")
    expect_problems(deploy(api, model=7), "model")


def test_the_answer_says_that_it_is_a_problem(api: Api) -> None:
    answer = deploy(api, replicas=9).expect(422, "replicas is at most 8")
    kind = answer.header("content-type")
    wanted = "application/problem+json"
    answer.expect_that(kind.partition(";")[0] == wanted, f"a Content-Type of {wanted}, but it is {kind}")


def test_what_was_sent_is_not_repeated(api: Api) -> None:
    requests: list[dict[str, Any]] = [
        {"provider_key": SECRET},
        {"provider_key": f"{SECRET}'\"\\"},  # is written differently in repr
        {"provider_key": f"{SECRET}é\n"},
        {"model": None},
        {"model": f"{SECRET}!"},
        {"model": SECRET * 3},
        {"replicas": SECRET},
        {"labels": SECRET},
        {"labels": ["mail", {"of": SECRET}]},
        {"model": [SECRET]},
    ]
    for changed in requests:
        expect_no_secret(deploy(api, **changed).expect(422, "this body does not fit"))
    expect_no_secret(api.post("/deployments", SECRET).expect(422, "the body is an object"))
    expect_no_secret(api.post("/deployments", f'{{"model": "{SECRET}'.encode()).expect(422, "the body is no JSON"))
    expect_no_secret(api.get("/deployments", limit=SECRET).expect(422, "limit is a number"))


def expect_no_secret(answer: Answer) -> None:
    """The answer does not repeat the value that was sent; the failure quotes where it does."""
    text = show(answer.json, limit=100_000)
    place = max(map(text.find, [SECRET, *PIECES]), key=lambda found: (found >= 0, -found))
    answer.expect_that(place < 0, f"no value that was sent, and it says: …{text[max(place - 60, 0) : place + 40]}…")


def test_every_problem_is_listed_in_order(api: Api) -> None:
    expect_problems(deploy(api, model="ab", replicas="many", provider_key=SECRET), "model", "replicas", "provider_key")
    expect_problems(api.post("/deployments", {}), "model", "replicas", "provider_key")
    expect_problems(deploy(api, labels=[7] * 12), *[f"labels.{index}" for index in range(12)])


def test_a_place_inside_a_list_is_joined_by_dots(api: Api) -> None:
    expect_problems(deploy(api, labels=["mail", 7]), "labels.1")
    expect_problems(deploy(api, labels=[1, "mail", 3]), "labels.0", "labels.2")


def test_a_query_parameter_is_named_as_it_is_sent(api: Api) -> None:
    expect_problems(api.get("/deployments", limit=0), "limit")
    expect_problems(api.get("/deployments", limit="all"), "limit")


def test_a_body_that_is_no_object_is_named_body(api: Api) -> None:
    expect_problems(api.post("/deployments"), "body")
    for body in list[Any](["spam-filter", [], 7, b"null"]):
        expect_problems(api.post("/deployments", body), "body")
    answer = api.request("POST", "/deployments", body=b'{"model": "mlp"}', headers={"Content-Type": "text/plain"})
    expect_problems(answer, "body")


def test_a_body_that_is_no_json_is_named_body(api: Api) -> None:
    for text in (b'{"model": "spam-filter"', b"{", b"spam", b'{"model": 1,}'):
        expect_problems(api.post("/deployments", text), "body")


def test_send_says_what_to_send(api: Api) -> None:
    for answer, field, send in [
        (deploy(api, replicas=9), "replicas", "8 or less"),
        (deploy(api, replicas=0), "replicas", "1 or more"),
        (deploy(api, replicas="many"), "replicas", "a whole number"),
        (deploy(api, replicas=[2]), "replicas", "a whole number"),
        (deploy(api, model="ab"), "model", "at least 3 characters"),
        (deploy(api, model=None), "model", "this field: it is required"),
        (deploy(api, labels=[7]), "labels.0", "text"),
        (api.get("/deployments", limit=101), "limit", "100 or less"),
    ]:
        [problem] = expect_problems(answer, field)
        answer.expect_that(problem["send"] == send, f"a send of {show(send)}, and it is {show(problem['send'])}")


def test_an_error_without_a_text_in_send_is_answered_too(api: Api) -> None:
    for changed, field in (
        ({"model": "a" * 41}, "model"),
        ({"model": "Spam Filter"}, "model"),
        ({"replicas": 1.5}, "replicas"),
        ({"labels": "mail"}, "labels"),
    ):
        expect_problems(deploy(api, **changed), field)


def test_a_wrong_key_is_explained(api: Api) -> None:
    for key in (SECRET, "", "PK-77d2", "my-pk-77d2", " pk-77d2"):
        answer = deploy(api, provider_key=key)
        [problem] = expect_problems(answer, "provider_key")
        answer.expect_that("pk-" in problem["problem"], "a problem that says pk-, with which a key starts")


class Question(BaseModel):
    query: int
    body: list[int] = []


def test_operations_that_are_added_later_answer_so_too(api: Api, exercise: ModuleType) -> None:
    def later(number: int, question: Question, x_count: Annotated[int, Header()] = 0) -> int:
        return number + question.query + x_count

    def replace(numbers: list[int]) -> int:
        return len(numbers)

    exercise.app.add_api_route("/later/{number}", later, methods=["POST"])
    exercise.app.add_api_route("/later", replace, methods=["PUT"])

    expect_problems(api.post("/later/one", {"query": 1}), "number")
    expect_problems(api.post("/later/1", {"query": "many", "body": ["?"]}), "query", "body.0")
    expect_problems(api.post("/later/1", {"query": 1}, headers={"X-Count": "many"}), "x-count")
    expect_problems(api.put("/later", [1, "two"]), "1")
    api.post("/later/1", {"query": 1}).expect(status.HTTP_200_OK, "this request fits").expect_json(2)


def test_all_other_answers_stay(api: Api) -> None:
    wanted = {"model": "spam-filter", "replicas": 2, "labels": ["mail"]}
    deploy(api).expect(201, "this body fits").expect_json(wanted)
    answer = deploy(api).expect(409, "it is deployed already")
    answer.expect_json({"detail": "'spam-filter' is deployed already"}, "a 409 stays as it is")
    kind = answer.header("content-type")
    answer.expect_that(kind == "application/json", f"a Content-Type of application/json, but it is {kind}")
    api.get("/deployments").expect(200).expect_json([wanted])
    api.get("/deployments", limit=1).expect(200, "1 is allowed")
    answer = deploy(api, model="mlp", replicas=8, labels=None)
    answer.expect(201, "8 replicas are allowed, labels may be left out")
    answer.expect_json({"model": "mlp", "replicas": 8, "labels": []})
    api.get("/deployment").expect(404, "there is no such path").expect_json({"detail": "Not Found"})
    api.delete("/deployments").expect(405, "nothing is deleted").expect_json({"detail": "Method Not Allowed"})
