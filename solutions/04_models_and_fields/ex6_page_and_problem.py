"""Exercise 4.6: One page, one problem.

Lantern lists models, versions and soon predictions. Each list came with a class of its
own, each error with a shape of its own, and every client had to learn them all. Two
shapes are enough, and you will use them to the end of the course.

`Page[T]` is a generic model, one page of a list of `T`: `items`, a list of `T`;
`total`, how many there are in all; `limit` and `offset`, the page that was asked for;
and `next_offset`, computed: the `offset` of the next page, which is `limit` further, or
`null` where this page reaches the end; one that is given has no effect. So
`Page[int](items=["1"], total=1, limit=20, offset=0).items` is `[1]`.

`Problem` is the body of the errors that are raised, here every 404 and every 405:
`status`, the status code again; `title`, the name of the status, such as `Not Found`;
and `detail`, a string that says what is wrong.

- `GET /models` answers a `Page` of `ModelSummary`, in the order of `MODELS`, which may
  grow while the app runs, as `VERSIONS` may. A `digest` is never shown.
- `GET /models/{name}/versions` answers a `Page` of `Version`, in their order. An
  unknown name answers 404 with a `detail` that contains the name.
- Both take `limit`, 1 to 100, default 20, and `offset`, at least 0, default 0. Other
  values answer 422 in FastAPI's own form.
- Every 404 and every 405 is a `Problem`, with exactly these fields, for addresses that
  do not exist too. Its header `Content-Type` is `application/problem+json`. Headers
  that the error brings, such as `Allow` of a 405, are sent as well.
- In the OpenAPI document, the 200 of each of the two describes what its items are, and
  the 404 of `/models/{name}/versions` refers to the schema `Problem`.

For example, `GET /models?limit=1` answers

    {"items": [{"name": "digits-mlp", "task": "image-classification"}], "total": 3,
     "limit": 1, "offset": 0, "next_offset": 1}
"""

# region solution
# --8<-- [start:imports]
from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Generic, Self, TypeVar

from fastapi import FastAPI, HTTPException, Query, Request, status
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, computed_field
from starlette.exceptions import HTTPException as AnyHTTPException

# --8<-- [end:imports]
app = FastAPI()
# endregion
# region starter
# from fastapi import FastAPI, HTTPException, status
# from pydantic import BaseModel
#
# app = FastAPI()
# endregion


class ModelSummary(BaseModel):
    """A model as callers see it in a list."""

    name: str
    task: str


class ModelRecord(ModelSummary):
    """A model as Lantern keeps it."""

    digest: str


class Version(BaseModel):
    """One trained version of a model."""

    number: int
    accuracy: float


MODELS = [
    ModelRecord(name="digits-mlp", task="image-classification", digest="sha256:41d0"),
    ModelRecord(
        name="sentiment-small", task="text-classification", digest="sha256:9b1e"
    ),
    ModelRecord(name="embedder-base", task="embedding", digest="sha256:c07f"),
]
VERSIONS = {
    "digits-mlp": [
        Version(number=number, accuracy=0.9 + number / 1000) for number in range(1, 26)
    ],
    "sentiment-small": [
        Version(number=1, accuracy=0.87),
        Version(number=2, accuracy=0.89),
    ],
    "embedder-base": [],
}


# region solution
# --8<-- [start:page]
T = TypeVar("T")


class Paging(BaseModel):
    """Which part of a list a caller wants: query parameters."""

    limit: int = Field(default=20, ge=1, le=100)
    offset: int = Field(default=0, ge=0)


class Page(BaseModel, Generic[T]):
    """One page of a list of `T`."""

    items: list[T]
    total: int
    limit: int
    offset: int

    @classmethod
    def cut(cls, found: Sequence[T], paging: Paging) -> Self:
        """The page of `found` that `paging` asks for."""
        items = list(found[paging.offset : paging.offset + paging.limit])
        return cls(
            items=items, total=len(found), limit=paging.limit, offset=paging.offset
        )

    @computed_field  # type: ignore[prop-decorator]
    @property
    def next_offset(self) -> int | None:
        """Where the next page begins, or nothing where this one reaches the end."""
        following = self.offset + self.limit
        return following if following < self.total else None


# --8<-- [end:page]
# --8<-- [start:problem]
class Problem(BaseModel):
    """The body of an error, in the form of RFC 9457."""

    status: int
    title: str
    detail: str


@app.exception_handler(AnyHTTPException)
def answer_problem(_: Request, error: AnyHTTPException) -> JSONResponse:
    """Answer an error that was raised, by us or by the framework, with a `Problem`."""
    title = HTTPStatus(error.status_code).phrase
    problem = Problem(status=error.status_code, title=title, detail=error.detail)
    return JSONResponse(
        problem.model_dump(),
        error.status_code,
        error.headers,
        media_type="application/problem+json",
    )


# --8<-- [end:problem]
# --8<-- [start:endpoints]
@app.get("/models")
def list_models(paging: Annotated[Paging, Query()]) -> Page[ModelSummary]:
    return Page[ModelSummary].cut(MODELS, paging)


@app.get("/models/{name}/versions", responses={404: {"model": Problem}})
def list_versions(name: str, paging: Annotated[Paging, Query()]) -> Page[Version]:
    if name not in VERSIONS:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"There is no model {name!r}")
    return Page[Version].cut(VERSIONS[name], paging)


# --8<-- [end:endpoints]
# endregion
# region starter
# @app.get("/models")
# def list_models() -> list[ModelSummary]:
#     return list(MODELS)
#
#
# @app.get("/models/{name}/versions")
# def list_versions(name: str) -> list[Version]:
#     if name not in VERSIONS:
#         raise HTTPException(status.HTTP_404_NOT_FOUND, f"There is no model {name!r}")
#     return VERSIONS[name]
#
#
# endregion
