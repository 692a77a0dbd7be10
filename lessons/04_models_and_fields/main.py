"""Lesson 4: Models and fields.

Lantern's desk for inference. It reads vectors of features and prompts, takes nothing
that it does not understand, and answers in the JSON that its callers asked for. Behind
it are two stand-ins for models: this lesson is about the data.

Run it with `python -m learn run 4`, open http://127.0.0.1:8000/docs, and play.
"""

import math
from collections import deque
from datetime import UTC, datetime
from typing import Annotated, Generic, Literal, TypeVar

from fastapi import FastAPI
from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    computed_field,
    field_serializer,
)
from pydantic.alias_generators import to_camel

app = FastAPI(title="Lantern's inference desk", version="0.4.0")

KEPT = 100  # predictions of each kind: a log in memory needs a bound
WEIGHTS = {
    "intact": [0.1, -0.8, 0.3, -0.5],
    "scratched": [0.2, 0.9, -0.1, 0.4],
    "dented": [-0.3, 0.1, 0.6, 0.2],
}


class Wire(BaseModel):
    """What all data on the wire have in common.

    CamelCase, nothing unknown, nothing converted, no NaN.
    """

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
    )


Reading = Annotated[float, Field(ge=-10, le=10)]
StopWord = Annotated[str, Field(min_length=1, max_length=20)]


class FeatureRequest(Wire):
    """A vector of sensor readings, to be classified."""

    features: list[Reading] = Field(min_length=4, max_length=4)


class PromptOptions(Wire):
    """How a prompt is to be completed."""

    max_tokens: int = Field(default=8, ge=1, le=64)
    stop: list[StopWord] = Field(default=[], max_length=4)


class PromptRequest(Wire):
    """A text, to be completed."""

    prompt: str = Field(min_length=1, max_length=2_000)
    options: PromptOptions = PromptOptions()


class Answer(Wire):
    """What every prediction says about itself."""

    made_at: AwareDatetime = Field(default_factory=lambda: datetime.now(UTC))

    @field_serializer("made_at")
    def whole_seconds(self, time: datetime) -> datetime:
        return time.astimezone(UTC).replace(microsecond=0)


class Classification(Answer):
    """How well a vector fits each label."""

    scores: dict[str, float]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def margin(self) -> float:
        """How far the best score is ahead of the second best.

        Where it is small, a person should look.
        """
        second, best = sorted(self.scores.values())[-2:]
        return best - second


class Completion(Answer):
    """How a text goes on."""

    text: str
    finish_reason: Literal["length", "stop", "end"]


T = TypeVar("T")


class Recent(Wire, Generic[T]):
    """The latest of something, newest first."""

    items: list[T]
    kept: int


classifications: deque[Classification] = deque(maxlen=KEPT)
completions: deque[Completion] = deque(maxlen=KEPT)


@app.post("/classifications")
def classify(request: FeatureRequest) -> Classification:
    """Classify a part by four readings of its sensors."""
    powers = {
        label: math.exp(
            sum(
                weight * reading
                for weight, reading in zip(weights, request.features, strict=True)
            )
        )
        for label, weights in WEIGHTS.items()
    }
    total = sum(powers.values())
    classification = Classification(
        scores={label: power / total for label, power in powers.items()}
    )
    classifications.appendleft(classification)
    return classification


@app.get("/classifications")
def list_classifications() -> Recent[Classification]:
    """The latest classifications."""
    return Recent[Classification](items=list(classifications), kept=KEPT)


@app.post("/completions")
def complete(request: PromptRequest) -> Completion:
    """Complete a prompt.

    The stand-in says the words of the prompt again, from the last to the first.
    """
    words: list[str] = []
    reason: Literal["length", "stop", "end"] = "end"
    for word in reversed(request.prompt.split()):
        if word in request.options.stop:
            reason = "stop"
            break
        if len(words) == request.options.max_tokens:
            reason = "length"
            break
        words.append(word)
    completion = Completion(text=" ".join(words), finish_reason=reason)
    completions.appendleft(completion)
    return completion


@app.get("/completions")
def list_completions() -> Recent[Completion]:
    """The latest completions."""
    return Recent[Completion](items=list(completions), kept=KEPT)
