"""Exercise 6.8: Checkpoint: a validated inference gateway.

Everything of Part 2 in one app: a gateway that stands before a model, and lets nothing
through that the model cannot use. The model is a fake, and given; Part 5 will put real
ones in its place.

`Settings` reads these variables. A value that does not fit raises Pydantic's
`ValidationError`:

- `LANTERN_ENVIRONMENT`: `environment`, `"development"` or `"production"`; the first
  where it is not set.
- `LANTERN_API_KEY`: `api_key`, at least 12 characters; `"development-key"` where it is
  not set. In production this default is refused, with an error whose text names the
  variable. No `str()` or `repr()` of the settings or of an error shows a key, and no
  answer does.
- `LANTERN_MAX_FEATURES`: `max_features`, a whole number from 1 to 1024; 4 where it is
  not set.
- `LANTERN_THRESHOLD`: `threshold`, a number from 0 to 1; 0.5 where it is not set.

`get_settings()` returns them: cached, with `cache_clear()`, and not before the app
starts. With settings that are refused, the app does not start. Requests get them, and
the model from `get_model`, in such a way that `app.dependency_overrides` can put others
in their place.

`POST /predictions` takes an `input` of one of two kinds, and answers 200 with exactly
`kind`, `score` and `label`:

    {"input": {"kind": "features", "values": [0.2, 0.9]}}
    {"input": {"kind": "prompt", "text": "Free phone"}}

`values` are 1 to `max_features` numbers, of which `nan` is not one; a text with a
number in it, `"0.2"`, may be taken or refused. `text` has 1 to 200 characters. The
second of the two is answered with

    {"kind": "prompt", "score": 0.5, "label": "spam"}

`score` is what `model.score` returns for the values or for the text. `label` is
`"spam"` where it is at least the threshold, else `"ham"`. Errors have these answers:

- The header `X-API-Key` is missing, or is not the key, whatever characters it has: 401,
  with a `detail` that is one string.
- The request does not fit: 422, with `detail`, a string, and `problems`, a list with an
  object for each problem. It has at least two strings. `field` is the place in the
  body, joined by dots as the caller wrote it: `input.values.1` for the second value,
  `input.text`, and `input` where the kind is missing or unknown. Where the body itself
  is missing or is no JSON, it is `body`. `problem` says what is wrong, and is not
  empty. Too many values are one problem, at `input.values`; for up to 1024 of them its
  text contains the number that is allowed, and above that it need not. The answer does
  not repeat what was sent, an unknown kind included. What exercise 5.6 has besides,
  such as `send`, may be there too.
- The model raises a `ModelError`: 503, with a `detail` that is one string and has
  nothing of the error's text.

Where one of the first two applies, the model is not called. Where both apply, either
answer is right.
"""

from typing import Annotated

from fastapi import Depends, FastAPI
from pydantic import BaseModel


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
