"""Exercise 5.6: An answer that a person can act on.

FastAPI's own 422 is made for programs, and it repeats what was sent. A caller of
Lantern sends the key of a model's provider, and such a response ends up in logs,
tickets and screenshots. The app below works. Change its response where a request does
not fit, for all path operations at once, those that are added later too: status 422, a
`Content-Type` of `application/problem+json`, and the `Problem` of exercise 4.6 with one
field more. So the body is a JSON object with exactly four fields:

- `status`: 422, the status code again;
- `title`: the name of that status, `Unprocessable Content`. Its old name,
  `Unprocessable Entity`, will do: `HTTPStatus(422).phrase` is that up to Python 3.12;
- `detail`: one string, which contains the number of problems;
- `problems`: a list with one object for each, in Pydantic's order. Each has exactly
  three fields, which are strings and not empty:
    - `field`: the place, joined by dots, without its first part, which only says body,
      query, path or header: `replicas`, or `labels.1` for the second label. Where
      nothing is left, because the body itself is missing or is no object: `body`. It is
      `body` too where the body is no JSON, an error of the type `json_invalid`: the
      number in its place is a position in the text, and no field.
    - `problem`: what is wrong. Of a wrong key, it says `pk-`. Which keys are wrong
      stays as it is.
    - `send`: what to send instead. `SEND`, which is given, has a text for the `type` of
      many errors; the names in its braces are keys of the error's `ctx`. For all other
      types write a text yourself.

Nothing in the response to one of the two operations below repeats a value that was
sent, nor a piece of it, whatever characters are in it. Mind the validator of
`provider_key`: its message quotes the key. All other responses stay as they are. For
example, `POST /deployments` with `replicas` 9 could be answered with

    {"status": 422, "title": "Unprocessable Content", "detail": "Problems found: 1",
     "problems": [{"field": "replicas", "send": "8 or less",
                   "problem": "Input should be less than or equal to 8"}]}
"""

# region solution
from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Query, Request, status
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, StringConstraints, field_validator

# endregion
# region starter
# from typing import Annotated
#
# from fastapi import FastAPI, HTTPException, Query, status
# from pydantic import BaseModel, Field, StringConstraints, field_validator
#
# endregion
app = FastAPI()

# From exercise 5.3.
Slug = Annotated[
    str,
    StringConstraints(min_length=3, max_length=40, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$"),
]


class Problem(BaseModel):
    """The body of an error, in the form of RFC 9457: from exercise 4.6."""

    status: int
    title: str
    detail: str


SEND = {  # what to send instead, by the `type` of an error
    "missing": "this field: it is required",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "string_type": "text",
    "string_too_short": "at least {min_length} characters",
    "greater_than_equal": "{ge} or more",
    "less_than_equal": "{le} or less",
}


# region solution
class FieldProblem(BaseModel):
    """One thing that is wrong in a request, and what to send instead."""

    field: str
    problem: str
    send: str


class RequestProblem(Problem):
    """The body of a 422."""

    problems: list[FieldProblem]


def problem_of(error: dict[str, Any]) -> FieldProblem:
    """One error of Pydantic's for people, without the `input` that it repeats."""
    place = error["loc"][1:]
    # The place of broken JSON is a position in the text.
    if not place or error["type"] == "json_invalid":
        place = ("body",)
    send = SEND.get(error["type"], "what /docs shows for this field")
    return FieldProblem(
        field=".".join(map(str, place)),
        problem=error["msg"],
        send=send.format(**error.get("ctx", {})),
    )


@app.exception_handler(RequestValidationError)
def answer_problems(_: Request, error: RequestValidationError) -> JSONResponse:
    problems = [problem_of(item) for item in error.errors()]
    body = RequestProblem(
        status=status.HTTP_422_UNPROCESSABLE_CONTENT,
        title="Unprocessable Content",
        detail=f"Problems found: {len(problems)}",
        problems=problems,
    )
    return JSONResponse(
        body.model_dump(), body.status, media_type="application/problem+json"
    )


class Deployment(BaseModel):
    model: Slug
    replicas: int = Field(ge=1, le=8)
    labels: list[str] = []


class NewDeployment(Deployment):
    provider_key: str

    @field_validator("provider_key")
    @classmethod
    def check_key(cls, key: str) -> str:
        if not key.startswith("pk-"):
            raise ValueError("a provider key starts with pk-")
        return key


# endregion
# region starter
# class Deployment(BaseModel):
#     model: Slug
#     replicas: int = Field(ge=1, le=8)
#     labels: list[str] = []
#
#
# class NewDeployment(Deployment):
#     provider_key: str
#
#     @field_validator("provider_key")
#     @classmethod
#     def check_key(cls, key: str) -> str:
#         if not key.startswith("pk-"):
#             raise ValueError(f"{key!r} does not start with pk-")
#         return key
#
#
# endregion
DEPLOYMENTS: list[Deployment] = []


@app.post("/deployments", status_code=status.HTTP_201_CREATED)
def create_deployment(new: NewDeployment) -> Deployment:
    if any(new.model == deployment.model for deployment in DEPLOYMENTS):
        raise HTTPException(
            status.HTTP_409_CONFLICT, f"{new.model!r} is deployed already"
        )
    DEPLOYMENTS.append(new)
    return new


@app.get("/deployments")
def list_deployments(
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> list[Deployment]:
    return DEPLOYMENTS[:limit]
