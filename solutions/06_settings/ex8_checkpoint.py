"""Exercise 6.8: Checkpoint: a validated inference gateway.

Everything of Part 2 in one app: a gateway that stands before a model, and lets nothing
through that the model cannot use. The model is a fake, and given; Part 5 will put real
ones in its place.

`Settings` reads these variables. A value that does not fit raises Pydantic's
`ValidationError`:

- `LANTERN_ENVIRONMENT`: `environment`, `"development"` or `"production"`; the second
  where it is not set, so that the rules are strict for whoever forgets to say.
- `LANTERN_API_KEY`: `api_key`, at least 12 characters; `"development-key"` where it is
  not set. In production this default is refused, with an error whose text names the
  variable: with nothing configured nobody gets in. No `str()` or `repr()` of the
  settings or of an error shows a key, and no response does.
- `LANTERN_MAX_FEATURES`: `max_features`, a whole number from 1 to 1024; 4 where it is
  not set.
- `LANTERN_THRESHOLD`: `threshold`, a number from 0 to 1; 0.5 where it is not set.

`get_settings()` returns them: cached, with `cache_clear()`, and not before the app
starts. With settings that are refused, the app does not start. Requests get them, and
the model from `get_model`, in such a way that `app.dependency_overrides` can put others
in their place.

`POST /predictions` takes an `input` of one of two kinds, and responds with 200 and
exactly `kind`, `score` and `label`:

    {"input": {"kind": "features", "values": [0.2, 0.9]}}
    {"input": {"kind": "prompt", "text": "Free phone"}}

`values` are 1 to `max_features` finite numbers; a text with a number in it, `"0.2"`,
and `true` may be taken or refused. `text` has 1 to 200 characters, and reaches the
model as it was sent. The second of the two is answered with

    {"kind": "prompt", "score": 0.5, "label": "spam"}

`score` is what `model.score` returns for the values or for the text. `label` is
`"spam"` where it is at least the threshold, else `"ham"`. Each of these errors is
answered with a `Problem`, as in exercise 4.6: `status`, `title` and `detail`, and the
`Content-Type` `application/problem+json`. `answer_problem` makes one of an
`HTTPException`; both are given.

- The header `X-API-Key` is missing, or is not the whole key, letter by letter, whatever
  characters it has: 401, with the header `WWW-Authenticate: APIKey`, as each 401 has to
  say how one gets in.
- The request does not fit: 422. As in exercise 5.6 there is a fourth field, `problems`,
  a list with an object for each problem, in their order. It has at least two strings.
  `field` is the place in the body, joined by dots as the caller wrote it:
  `input.values.1` for the second value, `input.text`, and `input` where the kind is
  missing or unknown, a list for instance. Where the body itself is missing or is no
  JSON object, it is `body`. `problem` says what is wrong, and is not empty. Too many
  values are one problem, at `input.values`; for up to 1024 of them its text contains
  the number that is allowed, and above that it need not. The response does not repeat
  what was sent, an unknown kind included. `send` may be there too.
- The model raises a `ModelError`: 503, with a `detail` that has nothing of its text.

Where one of the first two applies, the model is not called. Where both apply, either
response is right.
"""

# region solution
import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import lru_cache
from http import HTTPStatus
from typing import Annotated, Any, Literal, Self

from fastapi import Depends, FastAPI, Header, HTTPException, Request, status
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, FiniteFloat, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

# endregion
# region starter
# from http import HTTPStatus
# from typing import Annotated
#
# from fastapi import Depends, FastAPI, HTTPException, Request
# from fastapi.responses import JSONResponse
# from pydantic import BaseModel, Field
#
# endregion
# From exercise 5.3. It takes no text, so it is no type for a setting.
Probability = Annotated[float, Field(strict=True, ge=0, le=1)]


class Problem(BaseModel):
    """The body of an error, in the form of RFC 9457: from exercise 4.6."""

    status: int
    title: str
    detail: str


def answer_problem(_: Request, error: HTTPException) -> JSONResponse:
    """Answer an error that was raised with a `Problem`."""
    title = HTTPStatus(error.status_code).phrase
    problem = Problem(status=error.status_code, title=title, detail=error.detail)
    return JSONResponse(
        problem.model_dump(),
        error.status_code,
        error.headers,
        media_type="application/problem+json",
    )


class ModelError(Exception):
    """The model could not answer."""


class Model:
    """A fake of a model that finds spam."""

    def score(self, data: list[float] | str) -> float:
        """How much `data` looks like spam, from 0 to 1."""
        if isinstance(data, str):
            return min(data.lower().count("free") / 2, 1.0)
        return min(max(sum(data) / len(data), 0.0), 1.0)


def get_model() -> Model:
    return Model()


# region solution
DEFAULT_KEY = "development-key"
KINDS = ("features", "prompt")
MOST_VALUES = 1024  # whatever the settings allow


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="LANTERN_", hide_input_in_errors=True)

    environment: Literal["development", "production"] = "production"
    api_key: SecretStr = Field(default=SecretStr(DEFAULT_KEY), min_length=12)
    max_features: int = Field(default=4, ge=1, le=MOST_VALUES)
    threshold: float = Field(default=0.5, ge=0, le=1)

    @model_validator(mode="after")
    def refuse_the_default_key_in_production(self) -> Self:
        if (
            self.environment == "production"
            and self.api_key.get_secret_value() == DEFAULT_KEY
        ):
            raise ValueError("LANTERN_API_KEY: set a key of your own in production")
        return self


@lru_cache
def get_settings() -> Settings:
    return Settings()


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
    get_settings()  # raises here, before the first request, where they are refused
    yield


app = FastAPI(lifespan=lifespan)
app.exception_handler(HTTPException)(answer_problem)  # a decorator, called by hand


class Features(BaseModel):
    kind: Literal["features"]
    values: list[FiniteFloat] = Field(min_length=1, max_length=MOST_VALUES)


class Prompt(BaseModel):
    kind: Literal["prompt"]
    text: str = Field(min_length=1, max_length=200)


class PredictionRequest(BaseModel):
    input: Annotated[Features | Prompt, Field(discriminator="kind")]


class Prediction(BaseModel):
    kind: Literal["features", "prompt"]
    score: Probability
    label: Literal["spam", "ham"]


class FieldProblem(BaseModel):
    field: str
    problem: str


class RequestProblem(Problem):
    problems: list[FieldProblem]


def problem_of(item: dict[str, Any]) -> FieldProblem:
    """One error of Pydantic's, without what was sent."""
    if item["type"] == "json_invalid":  # its place is a position in the text
        return FieldProblem(field="body", problem=item["msg"])
    # A kind stands in the place, but is no part of the body.
    place = [str(part) for part in item["loc"][1:] if part not in KINDS]
    problem = item["msg"]
    if item["type"] == "union_tag_invalid":  # its message quotes the kind
        problem = "kind is features or prompt"
    return FieldProblem(field=".".join(place) or "body", problem=problem)


@app.exception_handler(RequestValidationError)
def answer_problems(_: object, error: RequestValidationError) -> JSONResponse:
    problem = RequestProblem(
        status=status.HTTP_422_UNPROCESSABLE_CONTENT,
        title="Unprocessable Content",
        detail="The request does not fit",
        problems=[problem_of(item) for item in error.errors()],
    )
    return JSONResponse(
        problem.model_dump(), problem.status, media_type="application/problem+json"
    )


SettingsDep = Annotated[Settings, Depends(get_settings)]


def check_key(settings: SettingsDep, x_api_key: Annotated[str, Header()] = "") -> None:
    """Let nobody through without the key.

    Raises:
        HTTPException: 401, the key is missing or wrong.
    """
    # In constant time: how long it takes tells nothing about the key. As bytes: a text
    # must be ASCII, and a header may hold anything.
    if not secrets.compare_digest(
        x_api_key.encode(), settings.api_key.get_secret_value().encode()
    ):
        raise HTTPException(
            status.HTTP_401_UNAUTHORIZED,
            "Send your key in the header X-API-Key",
            {"WWW-Authenticate": "APIKey"},
        )


@app.post("/predictions", dependencies=[Depends(check_key)])
def predict(
    request: PredictionRequest,
    settings: SettingsDep,
    model: Annotated[Model, Depends(get_model)],
) -> Prediction:
    data = (
        request.input.text
        if isinstance(request.input, Prompt)
        else request.input.values
    )
    if isinstance(data, list) and len(data) > settings.max_features:
        problem = f"send at most {settings.max_features} values"
        raise RequestValidationError(
            [{"type": "too_long", "loc": ("body", "input", "values"), "msg": problem}]
        )
    try:
        score = model.score(data)
    except ModelError:
        raise HTTPException(
            status.HTTP_503_SERVICE_UNAVAILABLE,
            "The model cannot answer now: try again",
        ) from None
    return Prediction(
        kind=request.input.kind,
        score=score,
        label="spam" if score >= settings.threshold else "ham",
    )


# endregion
# region starter
# app = FastAPI()
#
#
# class PredictionRequest(BaseModel):
#     input: dict[str, str | list[float]]
#
#
# @app.post("/predictions")
# def predict(
#     request: PredictionRequest, model: Annotated[Model, Depends(get_model)]
# ) -> dict[str, float]:
#     return {"score": model.score(request.input["values"])}
#
#
# endregion
