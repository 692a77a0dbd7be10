"""Lesson 5: Validators.

Before a new version of a model takes over, Lantern wants to know who looked at it and
how it goes out: at once, to a share of the requests, or beside the old version without
being heard. This app takes such releases, and refuses those that make no sense, in
words for people.

Run it with `python -m learn run 5`, open http://127.0.0.1:8000/docs, and send it
nonsense.
"""

from typing import Annotated, Any, Literal, Self

from fastapi import FastAPI, Request, status
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)


# --8<-- [start:refusal]
class Refusal(BaseModel):
    """The body of every 422: what is wrong, by field."""

    detail: str
    fields: dict[str, str]


app = FastAPI(
    title="Lantern's releases", version="0.5.0", responses={422: {"model": Refusal}}
)
# --8<-- [end:refusal]

# --8<-- [start:types]
Share = Annotated[float, Field(gt=0, lt=1, description="A part of all requests")]
Handle = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, to_lower=True, min_length=2, max_length=20
    ),
]
Semver = Annotated[
    str, StringConstraints(pattern=r"^(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){2}$")
]
# --8<-- [end:types]


# --8<-- [start:rollouts]
class AtOnce(BaseModel):
    """The new version answers every request from now on."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["at-once"]


class Canary(BaseModel):
    """The new version answers a share of the requests.

    It answers all of them if nobody objects in time.
    """

    model_config = ConfigDict(extra="forbid")

    kind: Literal["canary"]
    share: Share
    minutes: int = Field(default=60, ge=5, le=24 * 60)


class Shadow(BaseModel):
    """The new version is asked too, and its answers are only compared."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["shadow"]
    share: Share = 0.1


Rollout = Annotated[AtOnce | Canary | Shadow, Field(discriminator="kind")]
# --8<-- [end:rollouts]


class Release(BaseModel):
    """A version that is to be served, and how."""

    model_config = ConfigDict(extra="forbid")

    version: Semver
    note: str = ""
    author: Handle
    reviewers: list[Handle] = Field(min_length=1, max_length=5)
    rollout: Rollout

    # --8<-- [start:field]
    @field_validator("note")
    @classmethod
    def check_note(cls, note: str) -> str:
        """What is at the ends does not count; the rest fits the list of releases."""
        note = note.strip()
        if "\n" in note or len(note) > 80:
            raise ValueError("a note is one line of at most 80 characters")
        return note

    # --8<-- [end:field]
    # --8<-- [start:fields]
    @model_validator(mode="after")
    def check_four_eyes(self) -> Self:
        """Two people have looked at a release, whoever wrote it."""
        if self.author in self.reviewers:
            raise ValueError(
                "author must not be among the reviewers: ask somebody else for a review"
            )
        return self

    # --8<-- [end:fields]


# --8<-- [start:handler]
def place_of(item: dict[str, Any]) -> str:
    """Where it is wrong.

    Of a body that is no JSON, the place names a position in the text, and no field.
    """
    return "body" if item["type"] == "json_invalid" else ".".join(map(str, item["loc"]))


def words_for(item: dict[str, Any]) -> str:
    """What is wrong, without the value that was sent."""
    if item["type"] == "union_tag_invalid":  # the message quotes the kind that was sent
        context = item["ctx"]
        return f"{context['discriminator']} must be one of {context['expected_tags']}"
    return str(item["msg"])


@app.exception_handler(RequestValidationError)
def answer_in_words(_: Request, error: RequestValidationError) -> JSONResponse:
    """What is wrong, by field."""
    fields = {place_of(item): words_for(item) for item in error.errors()}
    body = Refusal(
        detail=f"Lantern cannot use this request, because of {', '.join(fields)}",
        fields=fields,
    )
    return JSONResponse(body.model_dump(), status.HTTP_422_UNPROCESSABLE_CONTENT)


# --8<-- [end:handler]
RELEASES: list[Release] = []


@app.post("/releases", status_code=status.HTTP_201_CREATED)
def create_release(release: Release) -> Release:
    """Take a release, and answer it in the form in which it is kept."""
    RELEASES.append(release)
    return release


@app.get("/releases")
def list_releases() -> list[Release]:
    """All releases, the newest first."""
    return RELEASES[::-1]
