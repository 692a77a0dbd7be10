"""Exercise 4.3: Strict and closed.

A caller sent `"top_k": true` and got one label where it wanted three: `true` had
become 1. Another wrote `topk`, and the field was dropped without a word. A request for
a prediction is written by a program. Where the program has a mistake, a 422 today is
cheaper than wrong answers for a month.

`POST /predictions` answers 200 with the request as it was read; that is given. Give the
class `PredictionRequest` these fields:

- `model`: one of `digits-mlp`, `sentiment-small` and `spam-filter`, required. A longer
  text with such a name in it is none of them.
- `features`: a list of at least one number, required. Whole numbers such as `1` are
  numbers too; `"0.5"` and `true` are not. `NaN`, which is no JSON, is not part of this
  exercise.
- `top_k`: a whole number from 1 to 10; default 1. `"3"`, `3.0` and `true` are not whole
  numbers here.
- `explain`: `true` or `false`, and nothing that could be taken for one, such as `"yes"`
  or `1`; default `false`.
- `requested_at`: a `datetime` or `null`; default `null`. It comes as a text such as
  `"2026-03-01T12:00:00Z"`, with a time zone or without, and stays the time that it is.
  A text that is no date, such as `"yesterday"` or `""`, does not fit. This one field
  may be lax: what else Pydantic reads as a `datetime` passes or not, as you like.

A body that does not fit, or that has any other field, even one that is `null`, answers
422. For example,

    {"model": "digits-mlp", "features": [0, 0.5], "topk": 3}

answers 422.
"""

# region solution
from datetime import datetime
from typing import Literal

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field

app = FastAPI()


class PredictionRequest(BaseModel):
    """What a caller wants to know, and from which model."""

    model_config = ConfigDict(strict=True, extra="forbid")

    model: Literal["digits-mlp", "sentiment-small", "spam-filter"]
    features: list[float] = Field(min_length=1)
    top_k: int = Field(default=1, ge=1, le=10)
    explain: bool = False
    # JSON has no dates: it comes as text.
    requested_at: datetime | None = Field(default=None, strict=False)


# endregion
# region starter
# from datetime import datetime
#
# from fastapi import FastAPI
# from pydantic import BaseModel
#
# app = FastAPI()
#
#
# class PredictionRequest(BaseModel):
#     """What a caller wants to know, and from which model."""
#
#     model: str
#     features: list[float]
#     top_k: int = 1
#     explain: bool = False
#     requested_at: datetime | None = None
#
#
# endregion
@app.post("/predictions")
def create_prediction(request: PredictionRequest) -> PredictionRequest:
    return request
