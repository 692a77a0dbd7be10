"""Lesson 6: Settings.

Lantern reads how it is to run: from variables, from a file `.env`, or from its
defaults. It loads the models that it is told to, before the first request. Where no
token and no key is set, nobody may do anything; with settings that are wrong it does
not start.

Run it with `python -m learn run 6`, open http://127.0.0.1:8000/docs, and play. Then
write a line such as `LANTERN_API_KEY=one-of-my-own` into a file `.env` in the course's
folder, and start it again.

Moved, word for word: the schemas and the responses in words to `learn/lab/schemas.py`.
"""

import itertools
import logging
import secrets
from collections import deque
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import lru_cache
from typing import Annotated, Literal, Self

from fastapi import Depends, FastAPI, Header, HTTPException, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    SettingsConfigDict,
    SettingsError,
)

from learn.lab import digits, keys, samples
from learn.lab.keys import KeyDep, KeyPublic, KeyRecord, digest_of
from learn.lab.schemas import (
    Page,
    Prediction,
    PredictionRequest,
    Problem,
    Slug,
    Stage,
    Version,
    predict,
    respond_in_words,
)

# Where uvicorn writes what it says about itself.
logger = logging.getLogger("uvicorn.error")
PREFIX = "LANTERN_"


def split_words(value: object) -> object:
    """The words of a text; what is no text is left to Pydantic."""
    return value.split() if isinstance(value, str) else value


Secret = Annotated[SecretStr, Field(min_length=12)]


class Limits(BaseModel):
    """How much Lantern keeps."""

    predictions: int = Field(default=1_000, ge=1, le=100_000)


class Settings(BaseSettings):
    """How Lantern is to run."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        env_file=".env",
        extra="ignore",
        hide_input_in_errors=True,
    )

    environment: Literal["development", "production"] = "development"
    models: Annotated[
        list[Slug], NoDecode, BeforeValidator(split_words), Field(min_length=1)
    ] = ["digits-mlp"]
    version: int = Field(default=1, ge=1, le=2)  # of each model, the one in production
    limits: Limits = Limits()
    admin_token: Secret | None = None  # without one, nobody makes keys
    api_key: Secret | None = None  # of the caller `local`, from the start

    @model_validator(mode="after")
    def check_production(self) -> Self:
        """A key that stands in a file is for the machine of whoever develops."""
        if self.environment == "production":
            if self.admin_token is None:
                raise ValueError(f"{PREFIX}ADMIN_TOKEN must be set in production")
            if self.api_key is not None:
                raise ValueError(f"{PREFIX}API_KEY must not be set in production")
        return self


@lru_cache
def get_settings() -> Settings:
    """The settings, read at the first call and kept."""
    return Settings()


SettingsDep = Annotated[Settings, Depends(get_settings)]


@lru_cache
def get_log() -> deque[Prediction]:
    """The latest predictions, newest first."""
    return deque(maxlen=get_settings().limits.predictions)


LogDep = Annotated[deque[Prediction], Depends(get_log)]
models: dict[tuple[str, int], digits.DigitsModel] = {}
prediction_ids = itertools.count(1)


def problems_of(error: Exception) -> list[str]:
    """A line for each problem, which names the variable and quotes no value."""
    if not isinstance(error, ValidationError):
        return [str(error)]
    lines = []
    for item in error.errors(include_input=False):
        variable = PREFIX + "__".join(map(str, item["loc"])).upper()
        lines.append(f"{variable}: {item['msg']}" if item["loc"] else item["msg"])
    return lines


@contextmanager
def starting() -> Iterator[None]:
    """Of what goes wrong inside, tell only the problems."""
    try:
        yield
    except (ValidationError, SettingsError, LookupError) as error:
        problems = "; ".join(problems_of(error))
        raise RuntimeError(f"Lantern cannot start. {problems}") from None


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
    """Read the settings and load the models before the first request, or not start."""
    with starting():
        settings = get_settings()
        load_models(settings)
    logger.info("Lantern starts with %r", settings)
    if settings.api_key is not None:
        secret = settings.api_key.get_secret_value()
        keys.keys["local"] = KeyRecord(
            caller="local", hint="…", digest=digest_of(secret)
        )
    yield


app = FastAPI(
    title="Lantern",
    version="0.6.0",
    description="Serves `digits-mlp`, a model that reads handwritten digits.",
    responses={"4XX": {"model": Problem}},
    lifespan=lifespan,
)
app.exception_handler(RequestValidationError)(respond_in_words)


def check_admin(
    settings: SettingsDep, x_admin_token: Annotated[str, Header()] = ""
) -> None:
    """Let pass who sends the admin token. Where none is set, nobody passes.

    Raises:
        HTTPException: 401, it is missing or wrong.
    """
    token = settings.admin_token
    if token is None or not secrets.compare_digest(
        digest_of(x_admin_token), digest_of(token.get_secret_value())
    ):
        raise HTTPException(
            401,
            "Send the admin token in X-Admin-Token",
            {"WWW-Authenticate": "AdminToken"},
        )


def check_scope(request: Request, key: KeyDep) -> None:
    """Let pass who has a key; who wants to do more than read needs a scope for it.

    Raises:
        HTTPException: 403, the key lacks it.
    """
    if request.method != "GET" and "predict" not in key.scopes:
        raise HTTPException(403, "This key lacks the scope 'predict'")


ADMIN = Depends(check_admin)
KEY = Depends(check_scope)
app.include_router(samples.router, dependencies=[KEY])
app.include_router(keys.router, dependencies=[ADMIN])


@app.get("/")
def read_status() -> dict[str, str]:
    return {"message": "Lantern is lit.", "docs": "/docs"}


@app.get("/caller", tags=["callers"])
def read_caller(key: KeyDep) -> KeyPublic:
    """Who the caller is, by its key, and not by what it says about itself."""
    return key


class Report(BaseModel):
    """The settings in force, and which of them are not the defaults."""

    settings: Settings
    were_set: list[str]


@app.get("/settings", tags=["settings"], dependencies=[ADMIN])
def read_settings(settings: SettingsDep) -> Report:
    """What Lantern runs with; secrets are stars."""
    return Report(settings=settings, were_set=sorted(settings.model_fields_set))


@app.get("/models", tags=["models"], dependencies=[KEY])
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


@app.post(
    "/models/{name}/predictions",
    status_code=201,
    tags=["predictions"],
    dependencies=[KEY],
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


@app.get("/predictions", tags=["predictions"], dependencies=[KEY])
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


@app.get("/models/{name}/versions", tags=["models"], dependencies=[KEY])
def list_versions(
    name: Slug, settings: SettingsDep, stage: Stage | None = None
) -> Page[Version]:
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


@app.get("/predictions/{prediction_id}", tags=["predictions"], dependencies=[KEY])
def read_prediction(prediction_id: int, log: LogDep) -> Prediction:
    """One prediction, as long as it is kept."""
    for prediction in list(log):
        if prediction.id == prediction_id:
            return prediction
    raise HTTPException(404, "There is no such prediction, or none any more")
