"""Lesson 4: Models and fields.

Lantern takes nothing that it does not understand, and responds in the JSON that its
callers asked for: the shapes of requests and responses say all of it.

Run it with `python -m learn run 4`, open http://127.0.0.1:8000/docs, and play.

Moved, word for word: the samples to `learn/lab/samples.py`, the keys to
`learn/lab/keys.py`.
Replaced: `PredictionPage` by `Page[Prediction]`; `?top=` by `options` in the body.
"""

import itertools
import time
from collections import deque
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from fastapi import FastAPI, HTTPException, Path, Query, Response
from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    computed_field,
    field_serializer,
)
from pydantic.alias_generators import to_camel

from learn.lab import digits, keys, samples
from learn.lab.keys import KeyDep, KeyPublic

app = FastAPI(
    title="Lantern",
    version="0.4.0",
    description="Serves `digits-mlp`, a model that reads handwritten digits.",
)
ModelName = Annotated[str, Path(max_length=40)]
Stage = Literal["staging", "production", "archived"]

models = {number: digits.load_model("digits-mlp", number) for number in (1, 2)}
stages: dict[int, Stage] = {1: "production", 2: "staging"}


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


Pixel = Annotated[float, Field(ge=0, le=16)]


class PredictionOptions(Wire):
    """How a prediction is to be made."""

    version: int | None = Field(default=None, ge=1)  # or else the one in production
    top: int = Field(default=3, ge=1, le=10)


class PredictionRequest(Wire):
    """A picture: 64 pixels, row by row, from 0 for paper to 16 for ink."""

    pixels: list[Pixel] = Field(min_length=64, max_length=64)
    options: PredictionOptions = PredictionOptions()


class Score(Wire):
    """How probable a label is."""

    label: str
    probability: float = Field(ge=0, le=1)


class Prediction(Wire):
    """What a model sees in a picture, and how sure it is."""

    id: int
    model: str
    version: int
    made_at: AwareDatetime = Field(default_factory=lambda: datetime.now(UTC))
    milliseconds: float
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
    """The body of every error."""

    detail: str


Responses = dict[int | str, dict[str, Any]]
UNAUTHORIZED: Responses = {401: {"model": Problem}}
NOT_FOUND: Responses = {404: {"model": Problem}}
CONFLICT: Responses = {409: {"model": Problem}}

app.include_router(samples.router)
app.include_router(keys.router, responses=NOT_FOUND | CONFLICT)

predictions: deque[Prediction] = deque(maxlen=1_000)  # the latest, newest first
prediction_ids = itertools.count(1)


@app.get("/")
def read_status() -> dict[str, str]:
    return {"message": "Lantern is lit.", "docs": "/docs"}


@app.get("/caller", tags=["callers"], responses=UNAUTHORIZED)
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


@app.post(
    "/models/{name}/predictions",
    status_code=201,
    tags=["predictions"],
    responses=NOT_FOUND,
)
def create_prediction(
    name: ModelName, request: PredictionRequest, response: Response
) -> Prediction:
    """Predict the digit in a picture, and keep the prediction."""
    model = model_or_404(name, request.options.version)
    started = time.perf_counter()
    ranking = model.rank(request.pixels)
    milliseconds = (time.perf_counter() - started) * 1000
    scores = [Score(label=label, probability=share) for label, share in ranking]
    prediction = Prediction(
        id=next(prediction_ids),
        model=model.name,
        version=model.version,
        milliseconds=round(milliseconds, 2),
        top=scores[: request.options.top],
    )
    predictions.appendleft(prediction)
    response.headers["Location"] = f"/predictions/{prediction.id}"
    return prediction


@app.get("/predictions", tags=["predictions"])
def list_predictions(
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Annotated[int, Query(ge=0, le=1000)] = 0,
) -> Page[Prediction]:
    """The predictions that are kept, newest first."""
    found = list(predictions)
    return Page[Prediction](items=found[offset : offset + limit], total=len(found))


@app.get("/models/{name}/versions", tags=["models"], responses=NOT_FOUND)
def list_versions(name: ModelName, stage: Stage | None = None) -> Page[Version]:
    """All versions of a model, or those in one stage."""
    model_or_404(name)
    found = [
        Version(number=number, stage=its_stage, accuracy=models[number].accuracy)
        for number, its_stage in stages.items()
        if stage in (None, its_stage) and models[number].name == name
    ]
    return Page[Version](items=found, total=len(found))


@app.get("/predictions/{prediction_id}", tags=["predictions"], responses=NOT_FOUND)
def read_prediction(prediction_id: int) -> Prediction:
    """One prediction, as long as it is kept."""
    for prediction in list(predictions):
        if prediction.id == prediction_id:
            return prediction
    raise HTTPException(404, "There is no such prediction, or none any more")
