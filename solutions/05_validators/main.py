"""Lesson 5: Validators.

Lantern checks what no type alone can say: a picture whole, two limits that belong
together, pixels or the number of a sample. And it says what is wrong in words for
people.

Run it with `python -m learn run 5`, open http://127.0.0.1:8000/docs, and send it
nonsense.

Replaced: `pixels` in the body by `input`, which is pixels or a sample.
"""

import itertools
import time
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from fastapi import FastAPI, HTTPException, Query, Request, Response
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

from learn.lab import digits, keys, samples
from learn.lab.keys import KeyDep, KeyPublic

Stage = Literal["staging", "production", "archived"]

models = {number: digits.load_model("digits-mlp", number) for number in (1, 2)}
stages: dict[int, Stage] = {1: "production", 2: "staging"}


# --8<-- [start:wire]
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


# --8<-- [end:wire]
class Version(Wire):
    """A trained version of a model, and its accuracy on pictures that it never saw."""

    number: int
    stage: Stage
    accuracy: float | None  # where it was measured


# --8<-- [start:types]
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
# --8<-- [end:types]


# --8<-- [start:inputs]
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
# --8<-- [end:inputs]


# --8<-- [start:fields]
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


# --8<-- [end:fields]
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

    # --8<-- [start:field]
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

    # --8<-- [end:field]


# --8<-- [start:responses]
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


# --8<-- [end:responses]
# --8<-- [start:page]
T = TypeVar("T")


class Page(Wire, Generic[T]):
    """A page of something, and how much there is of it in all."""

    items: list[T]
    total: int


# --8<-- [end:page]
# --8<-- [start:problem]
class Problem(Wire):
    """The body of every error; of a 422, with what is wrong by field."""

    detail: str
    fields: dict[str, str] = {}


app = FastAPI(
    title="Lantern",
    version="0.5.0",
    description="Serves `digits-mlp`, a model that reads handwritten digits.",
    responses={"4XX": {"model": Problem}},
)
app.include_router(samples.router)
app.include_router(keys.router)
# --8<-- [end:problem]


# --8<-- [start:handler]
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


@app.exception_handler(RequestValidationError)
def respond_in_words(_: Request, error: RequestValidationError) -> JSONResponse:
    """What is wrong, by field; of many mistakes, the first ten."""
    fields = {place_of(item): words_for(item) for item in error.errors()[:10]}
    detail = f"Lantern cannot use this request, because of {', '.join(fields)}"
    return JSONResponse(Problem(detail=detail, fields=fields).model_dump(), 422)


# --8<-- [end:handler]

predictions: deque[Prediction] = deque(maxlen=1_000)  # the latest, newest first
prediction_ids = itertools.count(1)


@app.get("/")
def read_status() -> dict[str, str]:
    return {"message": "Lantern is lit.", "docs": "/docs"}


@app.get("/caller", tags=["callers"])
def read_caller(key: KeyDep) -> KeyPublic:
    """Who the caller is, by its key, and not by what it says about itself."""
    return key


def model_or_404(name: str, version: int | None = None) -> digits.DigitsModel:
    """A version of a model; without a number, the one in production.

    Raises:
        HTTPException: 404, there is none.
    """
    for number, model in models.items():
        wanted = (
            stages[number] == "production" if version is None else number == version
        )
        if model.name == name and wanted:
            return model
    raise HTTPException(404, f"There is no model {name!r}, or no such version of it")


# --8<-- [start:predict]
def predict(
    model: digits.DigitsModel, request: PredictionRequest, number: int
) -> Prediction:
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


@app.post("/models/{name}/predictions", status_code=201, tags=["predictions"])
def create_prediction(
    name: Slug, request: PredictionRequest, response: Response
) -> Prediction:
    """Predict the digit in a picture, and keep the prediction."""
    model = model_or_404(name, request.options.version)
    prediction = predict(model, request, next(prediction_ids))
    predictions.appendleft(prediction)
    response.headers["Location"] = f"/predictions/{prediction.id}"
    return prediction


# --8<-- [end:predict]
# --8<-- [start:lists]
@app.get("/predictions", tags=["predictions"])
def list_predictions(
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Annotated[int, Query(ge=0, le=1000)] = 0,
) -> Page[Prediction]:
    """The predictions that are kept, newest first."""
    found = list(predictions)
    return Page[Prediction](items=found[offset : offset + limit], total=len(found))


@app.get("/models/{name}/versions", tags=["models"])
def list_versions(name: Slug, stage: Stage | None = None) -> Page[Version]:
    """All versions of a model, or those in one stage."""
    model_or_404(name)
    found = [
        Version(number=number, stage=its_stage, accuracy=models[number].accuracy)
        for number, its_stage in stages.items()
        if stage in (None, its_stage) and models[number].name == name
    ]
    return Page[Version](items=found, total=len(found))


# --8<-- [end:lists]
@app.get("/predictions/{prediction_id}", tags=["predictions"])
def read_prediction(prediction_id: int) -> Prediction:
    """One prediction, as long as it is kept."""
    for prediction in list(predictions):
        if prediction.id == prediction_id:
            return prediction
    raise HTTPException(404, "There is no such prediction, or none any more")
