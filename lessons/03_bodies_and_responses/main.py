"""Lesson 3: Bodies and responses.

Lantern takes pictures of yours: the pixels come in the body of a request, and every
prediction is kept. Callers get API keys: made, shown once, changed in part, revoked.

Run it with `python -m learn run 3`, open http://127.0.0.1:8000/docs, and play.

Replaced: `GET /samples/{number}/prediction` by `POST /models/{name}/predictions`.
"""

import hashlib
import itertools
import secrets
import time
from collections import deque
from threading import Lock
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import Depends, FastAPI, Header, HTTPException, Path, Query, Response
from pydantic import BaseModel, Field

from learn.lab import digits

app = FastAPI(
    title="Lantern",
    version="0.3.0",
    description="Serves `digits-mlp`, a model that reads handwritten digits.",
)

ModelName = Annotated[str, Path(max_length=40)]
Stage = Literal["staging", "production", "archived"]
Label = Literal["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]
Scope = Literal["predict", "review"]
CallerName = Annotated[str, Field(min_length=1, max_length=40)]
Note = Annotated[str, Field(max_length=200)]
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
    pixels: list[int] | None = None


class Version(BaseModel):
    """A trained version of a model, and its accuracy on pictures that it never saw."""

    number: int
    stage: Stage
    accuracy: float


class PredictionRequest(BaseModel):
    """A picture: 64 pixels, row by row, from 0 for paper to 16 for ink."""

    pixels: list[float]
    version: int | None = None  # without one, the version in production


class Score(BaseModel):
    """How probable a label is."""

    label: str
    probability: float


class Prediction(BaseModel):
    """What a model sees in a picture, and how sure it is."""

    id: int
    model: str
    version: int
    label: str
    probability: float
    milliseconds: float
    top: list[Score]


class PredictionPage(BaseModel):
    """A page of the predictions, and how many there are in all."""

    items: list[Prediction]
    total: int


class KeyCreate(BaseModel):
    """What a caller sends to get a key."""

    caller: CallerName
    note: Note | None = None
    scopes: list[Scope] = ["predict"]


class KeyPublic(KeyCreate):
    """A key as anybody may see it."""

    hint: str  # its first characters, by which a caller knows it again


class KeyCreated(KeyPublic):
    """A key as it is shown once, to the caller who asked for it."""

    secret: str


class KeyRecord(KeyPublic):
    """A key as Lantern keeps it: of the secret, only a digest."""

    digest: str


class KeyChanges(BaseModel):
    """What may be changed later. The defaults only say that a field may be left out."""

    note: Note | None = None
    scopes: list[Scope] = []


class Problem(BaseModel):
    """The body of every error."""

    detail: str


Responses = dict[int | str, dict[str, Any]]
UNAUTHORIZED: Responses = {401: {"model": Problem}}
NOT_FOUND: Responses = {404: {"model": Problem}}
CONFLICT: Responses = {409: {"model": Problem}}

predictions: deque[Prediction] = deque(maxlen=1_000)  # the latest, newest first
prediction_ids = itertools.count(1)
keys: dict[str, KeyRecord] = {}  # by caller
changing = Lock()  # requests run in several threads; keys change one at a time


@app.get("/")
def read_status() -> dict[str, str]:
    return {"message": "Lantern is lit.", "docs": "/docs"}


def shown(sample: digits.Sample, picture: bool = True) -> Sample:
    """A sample as it is shown, with its picture or without."""
    return Sample(
        number=sample.number,
        label=sample.label,
        picture=sample.picture if picture else None,
        pixels=sample.pixels if picture else None,
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
    name: ModelName, request: PredictionRequest, response: Response, top: Top = 3
) -> Prediction:
    """Predict the digit in a picture, name the `top` labels, and keep it all."""
    model = model_or_404(name, request.version)
    pixels = request.pixels
    if len(pixels) != 64 or not all(0 <= pixel <= 16 for pixel in pixels):
        raise HTTPException(422, "pixels must be 64 numbers from 0 to 16, row by row")
    started = time.perf_counter()
    ranking = model.rank(pixels)
    milliseconds = (time.perf_counter() - started) * 1000
    scores = [Score(label=label, probability=share) for label, share in ranking]
    prediction = Prediction(
        id=next(prediction_ids),
        model=model.name,
        version=model.version,
        label=scores[0].label,
        probability=scores[0].probability,
        milliseconds=round(milliseconds, 2),
        top=scores[:top],
    )
    predictions.appendleft(prediction)
    response.headers["Location"] = f"/predictions/{prediction.id}"
    return prediction


@app.get("/predictions", tags=["predictions"])
def list_predictions(
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Annotated[int, Query(ge=0, le=1000)] = 0,
) -> PredictionPage:
    """The predictions that are kept, newest first."""
    found = list(predictions)
    return PredictionPage(items=found[offset : offset + limit], total=len(found))


@app.get("/predictions/{prediction_id}", tags=["predictions"], responses=NOT_FOUND)
def read_prediction(prediction_id: int) -> Prediction:
    """One prediction, as long as it is kept."""
    for prediction in list(predictions):
        if prediction.id == prediction_id:
            return prediction
    raise HTTPException(404, "There is no such prediction, or none any more")


@app.get("/models/{name}/versions", tags=["models"], responses=NOT_FOUND)
def list_versions(name: ModelName, stage: Stage | None = None) -> list[Version]:
    """All versions of a model, or those in one stage."""
    model_or_404(name)
    return [
        Version(number=number, stage=its_stage, accuracy=models[number].accuracy)
        for number, its_stage in stages.items()
        if stage in (None, its_stage) and models[number].name == name
    ]


def digest_of(secret: str) -> str:
    """The SHA-256 digest of a secret: enough to recognise it, not enough to use it."""
    return hashlib.sha256(secret.encode()).hexdigest()


@app.post("/keys", status_code=201, tags=["keys"], responses=CONFLICT)
def create_key(new: KeyCreate, response: Response) -> KeyCreated:
    """Make a key. Its secret is in this response, and never in another."""
    secret = secrets.token_urlsafe()
    created = KeyCreated(**new.model_dump(), hint=secret[:4], secret=secret)
    with changing:
        if new.caller in keys:
            raise HTTPException(409, f"{new.caller!r} has a key: revoke that one first")
        keys[new.caller] = KeyRecord(
            digest=digest_of(secret), **created.model_dump(exclude={"secret"})
        )
    response.headers["Location"] = f"/keys/{quote(new.caller, safe='')}"
    return created


@app.get("/keys", tags=["keys"])
def list_keys() -> list[KeyPublic]:
    """All keys, without their secrets."""
    return list(keys.values())


def key_or_404(caller: str) -> KeyRecord:
    """The key of this caller.

    Raises:
        HTTPException: 404, there is none.
    """
    key = keys.get(caller)
    if key is None:
        raise HTTPException(
            404, f"{caller!r} has no key: GET /keys lists those that have"
        )
    return key


@app.get("/keys/{caller:path}", tags=["keys"], responses=NOT_FOUND)
def read_key(caller: CallerName) -> KeyPublic:
    """One key, without its secret."""
    return key_or_404(caller)


@app.patch("/keys/{caller:path}", tags=["keys"], responses=NOT_FOUND)
def update_key(caller: CallerName, changes: KeyChanges) -> KeyPublic:
    """Change the note or the scopes; what is left out stays."""
    with changing:
        changed = key_or_404(caller).model_copy(
            update=changes.model_dump(exclude_unset=True)
        )
        keys[caller] = changed
    return changed


@app.delete("/keys/{caller:path}", status_code=204, tags=["keys"], responses=NOT_FOUND)
def revoke_key(caller: CallerName) -> None:
    """Revoke a key for good."""
    with changing:
        key_or_404(caller)
        del keys[caller]


def key_of_caller(x_api_key: Annotated[str, Header()] = "") -> KeyRecord:
    """The key whose secret a request carries in the header `X-API-Key`.

    Raises:
        HTTPException: 401, it carries none that Lantern made.
    """
    digest = digest_of(x_api_key)
    for key in list(keys.values()):
        if secrets.compare_digest(key.digest, digest):
            return key
    headers = {"WWW-Authenticate": "APIKey"}
    raise HTTPException(401, "Send a key of Lantern's in X-API-Key", headers)


KeyDep = Annotated[KeyRecord, Depends(key_of_caller)]


@app.get("/caller", tags=["callers"], responses=UNAUTHORIZED)
def read_caller(key: KeyDep) -> KeyPublic:
    """Who the caller is, by its key, and not by what it says about itself."""
    return key
