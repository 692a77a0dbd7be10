"""Exercise 5.5: Features or a prompt.

Lantern serves two sorts of models. Some take numbers, others take a prompt, and
`POST /predictions` is for both. Today a caller who forgets the text of a prompt reads a
complaint about numbers. Make the field `input` of the body one of two things, told
apart by its `kind`:

- `{"kind": "features", "values": [0.2, 7]}`: 1 to 64 numbers. The response is
  `{"kind": "features", "count": 2}`, with how many, equal ones counted too.
- `{"kind": "prompt", "text": "Who wrote this?", "max_tokens": 100}`: `text` has at
  least one character; a space is one. `max_tokens` is a whole number from 1 to 4096,
  and 256 where it is left out. `null` is not left out: it is a mistake. The response is
  `{"kind": "prompt", "max_tokens": 100}`.

Whether the text `"7"` and `true` pass for a number is up to you, for both.

Success is 200. A body that does not fit answers FastAPI's own 422, whatever it is. Its
`detail` is a list of mistakes. It holds the mistakes in the kind that was named, one
entry for each, and none about the other kind:

- Any field that the named kind does not have is a mistake, at that field.
- A `kind` that is missing, or is anything else than one of the two texts, is one single
  entry.

For example, `{"input": {"kind": "prompt"}}` has one mistake: `text` is missing.
"""

# region solution
from typing import Annotated, Literal

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field

app = FastAPI()


class FeaturesInput(BaseModel):
    """Numbers, for a model that was trained on a table."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["features"]
    values: list[float] = Field(min_length=1, max_length=64)


class PromptInput(BaseModel):
    """Text, for a language model."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["prompt"]
    text: str = Field(min_length=1)
    max_tokens: int = Field(default=256, ge=1, le=4096)


class PredictionRequest(BaseModel):
    """What a model is asked."""

    input: Annotated[FeaturesInput | PromptInput, Field(discriminator="kind")]


@app.post("/predictions")
def predict(request: PredictionRequest) -> dict[str, str | int]:
    if isinstance(request.input, PromptInput):
        return {"kind": "prompt", "max_tokens": request.input.max_tokens}
    return {"kind": "features", "count": len(request.input.values)}


# endregion
# region starter
# from fastapi import FastAPI
# from pydantic import BaseModel, ConfigDict, Field
#
# app = FastAPI()
#
#
# class FeaturesInput(BaseModel):
#     """Numbers, for a model that was trained on a table."""
#
#     model_config = ConfigDict(extra="forbid")
#
#     kind: str
#     values: list[float] = Field(min_length=1, max_length=64)
#
#
# class PromptInput(BaseModel):
#     """Text, for a language model."""
#
#     model_config = ConfigDict(extra="forbid")
#
#     kind: str
#     text: str = Field(min_length=1)
#     max_tokens: int = Field(default=256, ge=1, le=4096)
#
#
# class PredictionRequest(BaseModel):
#     """What a model is asked."""
#
#     input: FeaturesInput | PromptInput
#
#
# @app.post("/predictions")
# def predict(request: PredictionRequest) -> dict[str, str | int]:
#     if isinstance(request.input, PromptInput):
#         return {"kind": "prompt", "max_tokens": request.input.max_tokens}
#     return {"kind": "features", "count": len(request.input.values)}
#
#
# endregion
