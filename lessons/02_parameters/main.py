"""Lesson 2: Parameters.

Lantern answers by request: which sample, which version of the model, how many of its
guesses. Every operation reads something from the path, the query, or a header. Start it
with

    python -m learn run 2

and open http://127.0.0.1:8000/docs. Send it values that it does not expect.

Replaced: `GET /sample` and `POST /sample` by `GET /samples/{number}`;
`GET /prediction` by `GET /samples/{number}/prediction`.
"""

import time
from typing import Annotated, Literal

from fastapi import FastAPI, Header, Path, Query
from pydantic import BaseModel

from learn.lab import digits

app = FastAPI(
    title="Lantern",
    version="0.2.0",
    description="Serves `digits-mlp`, a model that reads handwritten digits.",
)

ModelName = Literal["digits-mlp"]
Stage = Literal["staging", "production", "archived"]
Label = Literal["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]
SampleNumber = Annotated[int, Path(ge=1, le=len(digits.SAMPLES))]
VersionNumber = Annotated[int, Query(ge=1, le=2)]
Top = Annotated[int, Query(ge=1, le=10)]

models = {number: digits.load_model("digits-mlp", number) for number in (1, 2)}
stages: dict[int, Stage] = {1: "production", 2: "staging"}


class Sample(BaseModel):
    """A picture of a handwritten digit, and the digit that its writer meant."""

    number: int
    label: str
    picture: list[str] | None = None


class Version(BaseModel):
    """A trained version of a model, and its accuracy on pictures that it never saw."""

    number: int
    stage: Stage
    accuracy: float


class Score(BaseModel):
    """How probable a label is."""

    label: str
    probability: float


class Prediction(BaseModel):
    """What a model sees in a picture, and how sure it is."""

    model: str
    version: int
    label: str
    probability: float
    milliseconds: float
    top: list[Score]


@app.get("/")
def read_status() -> dict[str, str]:
    return {"message": "Lantern is lit.", "docs": "/docs"}


def shown(sample: digits.Sample, picture: bool = True) -> Sample:
    """A sample as it is shown, with its picture or without."""
    return Sample(
        number=sample.number,
        label=sample.label,
        picture=sample.picture if picture else None,
    )


@app.get("/samples", tags=["samples"])
def list_samples(
    label: Annotated[
        list[Label] | None,
        Query(description="Any of these labels; repeat it for several"),
    ] = None,
    sort_by: Annotated[Literal["number", "label"], Query(alias="sort-by")] = "number",
    limit: Annotated[int, Query(ge=1, le=20)] = 5,
    offset: Annotated[int, Query(ge=0, le=1000)] = 0,
    pictures: bool = False,
) -> list[Sample]:
    """Samples, chosen and sorted."""
    found = [one for one in digits.SAMPLES if label is None or one.label in label]
    if sort_by == "label":
        found.sort(key=lambda one: one.label)
    return [shown(one, pictures) for one in found[offset : offset + limit]]


@app.get("/samples/hardest", tags=["samples"])
def read_hardest_sample(version: VersionNumber = 1) -> Sample:
    """The sample of which this version of the model is least sure."""
    predict = models[version].predict
    return shown(min(digits.SAMPLES, key=lambda one: max(predict(one.pixels))))


@app.get("/samples/{number}", tags=["samples"])
def read_sample(number: SampleNumber) -> Sample:
    """One sample, with its picture."""
    return shown(digits.SAMPLES[number - 1])


@app.get("/samples/{number}/prediction", tags=["predictions"])
def read_prediction(
    number: SampleNumber, version: VersionNumber = 1, top: Top = 3
) -> Prediction:
    """Runs a version of the model, and names its `top` most probable labels."""
    model = models[version]
    started = time.perf_counter()
    ranking = model.rank(digits.SAMPLES[number - 1].pixels)
    milliseconds = (time.perf_counter() - started) * 1000
    scores = [Score(label=label, probability=share) for label, share in ranking]
    return Prediction(
        model=model.name,
        version=model.version,
        label=scores[0].label,
        probability=scores[0].probability,
        milliseconds=round(milliseconds, 2),
        top=scores[:top],
    )


@app.get("/models/{name}/versions", tags=["models"])
def list_versions(name: ModelName, stage: Stage | None = None) -> list[Version]:
    """All versions of a model, or those in one stage."""
    return [
        Version(number=number, stage=its_stage, accuracy=models[number].accuracy)
        for number, its_stage in stages.items()
        if stage in (None, its_stage) and models[number].name == name
    ]


@app.get("/caller", tags=["callers"])
def read_caller(
    user_agent: Annotated[str | None, Header(max_length=200)] = None,
    x_client_version: Annotated[str | None, Header(max_length=20)] = None,
) -> dict[str, str | None]:
    """What the caller says about itself."""
    return {"user_agent": user_agent, "client_version": x_client_version}
