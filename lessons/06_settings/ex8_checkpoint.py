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

from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

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


app = FastAPI()


class PredictionRequest(BaseModel):
    input: dict[str, str | list[float]]


@app.post("/predictions")
def predict(
    request: PredictionRequest, model: Annotated[Model, Depends(get_model)]
) -> dict[str, float]:
    return {"score": model.score(request.input["values"])}
