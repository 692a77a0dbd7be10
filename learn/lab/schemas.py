"""What Lantern reads and what it responds with, as lessons 4 and 5 have made it. The later lessons' apps import it."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    computed_field,
    field_serializer,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel

from learn.lab import digits

Stage = Literal["staging", "production", "archived"]


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


class Version(Wire):
    """A trained version of a model, and its accuracy on pictures that it never saw."""

    number: int
    stage: Stage
    accuracy: float | None  # where it was measured


Slug = Annotated[
    str,
    StringConstraints(min_length=3, max_length=40, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$"),
]
Probability = Annotated[float, Field(strict=True, ge=0, le=1)]
Pixel = Annotated[float, Field(strict=True, ge=0, le=16, allow_inf_nan=False)]


def be_a_picture(pixels: list[float]) -> list[float]:
    """Refuse any other number of pixels, in words that say what to send."""
    if len(pixels) != 64:
        raise ValueError(f"send 64 pixels, 8 rows of 8; these are {len(pixels)}")
    return pixels


Pixels = Annotated[list[Pixel], Field(max_length=1_024), AfterValidator(be_a_picture)]


class PixelsInput(Wire):
    """A picture of the caller's: 64 pixels, row by row, from 0 for paper to 16."""

    kind: Literal["pixels"]
    pixels: Pixels

    def read(self) -> Sequence[float]:
        """The pixels."""
        return self.pixels


class SampleInput(Wire):
    """One of Lantern's own pictures, by its number."""

    kind: Literal["sample"]
    number: int = Field(ge=1, le=len(digits.SAMPLES))

    def read(self) -> Sequence[float]:
        """The pixels of that sample."""
        return digits.SAMPLES[self.number - 1].pixels


Input = Annotated[PixelsInput | SampleInput, Field(discriminator="kind")]


class Thresholds(Wire):
    """How sure the model must be: below one a person looks, below the other nobody."""

    reject_below: Probability = 0.0
    review_below: Probability = 0.5

    @model_validator(mode="after")
    def check_order(self) -> Self:
        """What is rejected would have been reviewed."""
        if self.reject_below > self.review_below:
            raise ValueError("rejectBelow must not be more than reviewBelow")
        return self

    def decide(self, probability: float) -> Literal["accept", "review", "reject"]:
        """What is to become of a prediction that is this sure."""
        if probability < self.reject_below:
            return "reject"
        return "review" if probability < self.review_below else "accept"


class PredictionOptions(Wire):
    """How a prediction is to be made."""

    version: int | None = Field(default=None, ge=1)  # or else the one in production
    top: int = Field(default=3, ge=1, le=10)
    thresholds: Thresholds = Thresholds()


class PredictionRequest(Wire):
    """What a digit is to be found in."""

    input: Input
    options: PredictionOptions = PredictionOptions()
    reference: str | None = None

    @field_validator("reference")
    @classmethod
    def check_reference(cls, reference: str | None) -> str | None:
        """The caller's own name for this. What is at its ends does not count."""
        if reference is None:
            return None
        reference = reference.strip()
        if not reference.isprintable() or not 1 <= len(reference) <= 80:
            raise ValueError("a reference is one line of 1 to 80 characters")
        return reference


class Score(Wire):
    """How probable a label is."""

    label: str
    probability: Probability


class Prediction(Wire):
    """What a model sees in a picture, and how sure it is."""

    id: int
    model: str
    version: int
    made_at: AwareDatetime = Field(default_factory=lambda: datetime.now(UTC))
    milliseconds: float
    reference: str | None
    decision: Literal["accept", "review", "reject"]
    top: list[Score] = Field(min_length=1)

    @field_serializer("made_at")
    def whole_seconds(self, time: datetime) -> datetime:
        return time.astimezone(UTC).replace(microsecond=0)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def label(self) -> str:
        """The most probable label."""
        return self.top[0].label

    @computed_field  # type: ignore[prop-decorator]
    @property
    def probability(self) -> float:
        """How probable that is. Where it is small, a person should look."""
        return self.top[0].probability


T = TypeVar("T")


class Page(Wire, Generic[T]):
    """A page of something, and how much there is of it in all."""

    items: list[T]
    total: int


class Problem(Wire):
    """The body of every error; of a 422, with what is wrong by field."""

    detail: str
    fields: dict[str, str] = {}


def place_of(item: dict[str, Any]) -> str:
    """Where it is wrong. Names that a caller made up are cut, and odd characters shown.

    Of a body that is no JSON, the place names a position in the text, and no field.
    """
    place = [] if item["type"] == "json_invalid" else item["loc"][1:]
    text = ".".join(map(str, place)) or str(item["loc"][0])
    return text[:80].encode(errors="backslashreplace").decode()


def words_for(item: dict[str, Any]) -> str:
    """What is wrong, without the value that was sent."""
    if item["type"] == "union_tag_invalid":  # the message quotes the kind that was sent
        context = item["ctx"]
        return f"{context['discriminator']} must be one of {context['expected_tags']}"
    return str(item["msg"]).removeprefix("Value error, ")


def respond_in_words(_: Request, error: RequestValidationError) -> JSONResponse:
    """What is wrong, by field; of many mistakes, the first ten."""
    fields = {place_of(item): words_for(item) for item in error.errors()[:10]}
    detail = f"Lantern cannot use this request, because of {', '.join(fields)}"
    return JSONResponse(Problem(detail=detail, fields=fields).model_dump(), 422)


def predict(model: digits.DigitsModel, request: PredictionRequest, number: int) -> Prediction:
    """Run the model on what was sent, and say what is to become of the result."""
    started = time.perf_counter()
    ranking = model.rank(request.input.read())
    milliseconds = (time.perf_counter() - started) * 1000
    scores = [Score(label=label, probability=share) for label, share in ranking]
    return Prediction(
        id=number,
        model=model.name,
        version=model.version,
        milliseconds=round(milliseconds, 2),
        reference=request.reference,
        decision=request.options.thresholds.decide(scores[0].probability),
        top=scores[: request.options.top],
    )
