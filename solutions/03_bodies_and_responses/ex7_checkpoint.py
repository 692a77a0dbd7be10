"""Exercise 3.7: Checkpoint: a model catalogue.

Everything of Part 1 in one app: the catalogue in which Lantern's callers find models.
It lives in memory and starts empty. Part 4 will put a database under the same contract.

A model as callers see it is exactly this:

    {"name": "spam-filter", "task": "text-classification", "description": null,
     "tags": ["text", "small"]}

- `POST /models` takes `name`, `task` and `artifact_uri`, all required strings,
  `description`, a string or `null`, which is `null` where it is left out, and `tags`, a
  list of strings, which is `[]` where it is left out. It answers 201 with the model and
  the header `Location`: `/models/` and the name, quoted as in exercise 3.1. A name that
  is taken, spelled exactly so, answers 409, and the first model stays as it is.
  `artifact_uri` says where the weights lie: no response shows it, except that a 422 may
  quote the body that it refuses.
- `GET /models/{name}` answers the model.
- `PATCH /models/{name}` changes those of `task`, `description` and `tags` that the body
  holds, and answers the whole model. A `description` of `null` takes it away; a `task`
  or `tags` of `null` is refused with 422. An empty text and an empty list are values
  like others. A `name` in the body has no effect, whatever it is.
- `DELETE /models/{name}` answers 204 with no body.
- `GET /models` answers a page of the models, sorted by name as `sorted` sorts texts:
  `items`, `total`, `limit` and `offset`. The parameter `limit` is 1 to 100, and 20
  where it is left out; `offset` is at least 0, and 0 where it is left out. With `task`,
  only models of exactly that task count; with `tag`, only those that have this tag, and
  where `tag` is repeated, all of them. An empty text is a task, and a tag, like others:
  `task=` finds the models whose task is empty. `total` is the number of models that
  count, on all pages together. Past the end, `items` is `[]`.

For example, `GET /models` on an empty catalogue answers

    {"items": [], "total": 0, "limit": 20, "offset": 0}

Errors: an unknown name answers 404 wherever a name stands in the path. Every 404 and
409 has the body `{"detail": …}`, where the detail is one string that contains the name.
A body or a parameter that does not fit answers 422, and changes nothing. Where a name
is unknown and the body does not fit either, 404 and 422 are both right.
"""

# region solution
from typing import Annotated
from urllib.parse import quote

from fastapi import FastAPI, HTTPException, Query, Response, status
from pydantic import BaseModel

app = FastAPI(title="Lantern's model catalogue")
# endregion
# region starter
# from fastapi import FastAPI
# from pydantic import BaseModel
#
# app = FastAPI(title="Lantern's model catalogue")
# endregion


class Model(BaseModel):
    """A model as callers see it."""

    name: str
    task: str
    description: str | None = None
    tags: list[str] = []


# region solution
class ModelRecord(Model):
    """A model as it is registered, and as the catalogue keeps it."""

    artifact_uri: str


class ModelChanges(BaseModel):
    """What may be changed.

    The defaults are never used: they only say that a field may be left out.
    """

    task: str = ""
    description: str | None = None
    tags: list[str] = []


class ModelPage(BaseModel):
    """Some of the models that a question found, and how many it found in all."""

    items: list[Model]
    total: int
    limit: int
    offset: int


MODELS: dict[str, ModelRecord] = {}


def model_or_404(name: str) -> ModelRecord:
    if name not in MODELS:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"There is no model {name!r}")
    return MODELS[name]


@app.post("/models", status_code=status.HTTP_201_CREATED)
def create_model(record: ModelRecord, response: Response) -> Model:
    if record.name in MODELS:
        raise HTTPException(
            status.HTTP_409_CONFLICT, f"There is a model {record.name!r} already"
        )
    MODELS[record.name] = record
    response.headers["Location"] = f"/models/{quote(record.name)}"
    return record


@app.get("/models")
def list_models(
    task: str | None = None,
    tag: Annotated[list[str] | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> ModelPage:
    found: list[Model] = [
        model
        for _, model in sorted(MODELS.items())
        if (task is None or model.task == task) and set(tag or []) <= set(model.tags)
    ]
    return ModelPage(
        items=found[offset : offset + limit],
        total=len(found),
        limit=limit,
        offset=offset,
    )


@app.get("/models/{name}")
def read_model(name: str) -> Model:
    return model_or_404(name)


@app.patch("/models/{name}")
def update_model(name: str, changes: ModelChanges) -> Model:
    MODELS[name] = model_or_404(name).model_copy(
        update=changes.model_dump(exclude_unset=True)
    )
    return MODELS[name]


@app.delete("/models/{name}", status_code=status.HTTP_204_NO_CONTENT)
def delete_model(name: str) -> None:
    model_or_404(name)
    del MODELS[name]


# endregion
# region starter
# MODELS: dict[str, Model] = {}
#
#
# @app.get("/models")
# def list_models() -> list[Model]:
#     return list(MODELS.values())
#
#
# endregion
