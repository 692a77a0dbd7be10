"""Exercise 3.2: Hide what is secret.

Some models run at an outside provider. Lantern keeps the provider's key with the model,
because it needs the key at every prediction. Nobody else needs it, and today every
response gives it away.

Change what three path operations answer. What they take stays as it is:

- `POST /models` takes `name`, `task` and `provider_key`, all strings and required, and
  answers 201 with the model.
- `GET /models` answers a list of all models, in the order in which they were
  registered.
- `GET /models/{name}` answers one model.

In each of the three, a model is exactly `name` and `task`:

    {"name": "toxicity-base", "task": "text-classification"}

Lantern still keeps the whole key: `MODELS[name].provider_key` is what was sent, and
`GET /models/{name}/provider`, which is given, shows the last four characters of it.
Names that are not registered are not part of this exercise.
"""

from fastapi import FastAPI, status
from pydantic import BaseModel

app = FastAPI()


# region solution
class Model(BaseModel):
    """A model as callers see it."""

    name: str
    task: str


class ModelRecord(Model):
    """A model as it is registered, and as Lantern keeps it."""

    provider_key: str


MODELS: dict[str, ModelRecord] = {}


@app.post("/models", status_code=status.HTTP_201_CREATED)
def create_model(record: ModelRecord) -> Model:
    MODELS[record.name] = record
    return record


@app.get("/models")
def list_models() -> list[Model]:
    return list(MODELS.values())


@app.get("/models/{name}")
def read_model(name: str) -> Model:
    return MODELS[name]


# endregion
# region starter
# class ModelRecord(BaseModel):
#     """A model as it is registered, and as Lantern keeps it."""
#
#     name: str
#     task: str
#     provider_key: str
#
#
# MODELS: dict[str, ModelRecord] = {}
#
#
# @app.post("/models", status_code=status.HTTP_201_CREATED)
# def create_model(record: ModelRecord) -> ModelRecord:
#     MODELS[record.name] = record
#     return record
#
#
# @app.get("/models")
# def list_models() -> list[ModelRecord]:
#     return list(MODELS.values())
#
#
# @app.get("/models/{name}")
# def read_model(name: str) -> ModelRecord:
#     return MODELS[name]
#
#
# endregion
@app.get("/models/{name}/provider")
def read_provider(name: str) -> dict[str, str]:
    return {"key_ends_with": MODELS[name].provider_key[-4:]}
