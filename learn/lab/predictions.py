"""Lantern's predictions, as lesson 6 has made them: in memory. Lesson 7 includes them, lesson 8 has tables for them."""

import itertools
from collections import deque
from functools import lru_cache
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Response

from learn.lab import digits
from learn.lab.schemas import Page, Prediction, PredictionRequest, Slug, Stage, Version, predict
from learn.lab.settings import Settings, SettingsDep, get_settings

router = APIRouter()


@lru_cache
def get_log() -> deque[Prediction]:
    """The latest predictions, newest first."""
    return deque(maxlen=get_settings().limits.predictions)


LogDep = Annotated[deque[Prediction], Depends(get_log)]
models: dict[tuple[str, int], digits.DigitsModel] = {}
prediction_ids = itertools.count(1)


@router.get("/models", tags=["models"])
def list_models(settings: SettingsDep) -> Page[str]:
    """The models that this Lantern serves."""
    return Page[str](items=settings.models, total=len(settings.models))


def load_models(settings: Settings) -> None:
    """Load the versions of the models that are to be served.

    Raises:
        LookupError: there is no such model.
    """
    for name, version in itertools.product(settings.models, (1, 2)):
        models[name, version] = digits.load_model(name, version)


def model_or_404(name: str, version: int) -> digits.DigitsModel:
    """A version of a model.

    Raises:
        HTTPException: 404, there is none.
    """
    if (name, version) not in models:
        raise HTTPException(404, f"There is no version {version} of {name!r} here")
    return models[name, version]


@router.post(
    "/models/{name}/predictions",
    status_code=201,
    tags=["predictions"],
)
def create_prediction(
    name: Slug,
    request: PredictionRequest,
    response: Response,
    settings: SettingsDep,
    log: LogDep,
) -> Prediction:
    """Predict the digit in a picture, and keep the prediction."""
    model = model_or_404(name, request.options.version or settings.version)
    prediction = predict(model, request, next(prediction_ids))
    log.appendleft(prediction)
    response.headers["Location"] = f"/predictions/{prediction.id}"
    return prediction


@router.get("/predictions", tags=["predictions"])
def list_predictions(
    log: LogDep,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Annotated[int, Query(ge=0, le=1000)] = 0,
) -> Page[Prediction]:
    """The predictions that are kept, newest first."""
    found = list(log)
    return Page[Prediction](items=found[offset : offset + limit], total=len(found))


def stage_of(version: int, settings: Settings) -> Stage:
    """Where a version stands, by the settings."""
    return "production" if version == settings.version else "staging"


@router.get("/models/{name}/versions", tags=["models"])
def list_versions(name: Slug, settings: SettingsDep, stage: Stage | None = None) -> Page[Version]:
    """All versions of a model, or those in one stage."""
    model_or_404(name, settings.version)
    found = [
        Version(number=model.version, stage=its_stage, accuracy=model.accuracy)
        for model in models.values()
        if model.name == name
        for its_stage in [stage_of(model.version, settings)]
        if stage in (None, its_stage)
    ]
    return Page[Version](items=found, total=len(found))


@router.get("/predictions/{prediction_id}", tags=["predictions"])
def read_prediction(prediction_id: int, log: LogDep) -> Prediction:
    """One prediction, as long as it is kept."""
    for prediction in list(log):
        if prediction.id == prediction_id:
            return prediction
    raise HTTPException(404, "There is no such prediction, or none any more")
