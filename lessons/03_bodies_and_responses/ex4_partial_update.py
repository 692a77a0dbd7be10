"""Exercise 3.4: Update a part.

A caller who mends one tag should not have to send the whole model again, and must not
lose its description by the way. So a field that is left out stays as it is. A field
that is sent as `null` is something else: the caller wants it empty.

The starter replaces a model whole. Make `PATCH /models/{name}` change only the fields
that the body holds:

- `task`: a string. `null` is refused with 422.
- `description`: a string, or `null`, which takes the description away.
- `tags`: a list of strings, which takes the place of the old list. `null` is refused
  with 422.

A value of any other type is refused with 422 too, for instance a number among the tags.
An empty text and an empty list are values like others, and all are kept as they were
sent.

The response has status 200 and is the whole model as it now is; `GET /models/{name}`,
which is given, answers the same from then on. An empty body `{}` changes nothing. The
name cannot be changed: a `name` in the body has no effect, whatever it is. A refused
body changes nothing. An unknown model answers 404 with a `detail` that contains its
name, also where the body is `{}`; where the body does not fit either, 422 will do too.

For example, after `PATCH /models/digits-mlp` with `{"description": null}` the model is

    {"name": "digits-mlp", "task": "image-classification", "description": null,
     "tags": ["vision", "small"]}
"""

from fastapi import FastAPI, HTTPException, status
from pydantic import BaseModel

app = FastAPI()


class Model(BaseModel):
    name: str
    task: str
    description: str | None
    tags: list[str]


KNOWN = [
    Model(
        name="digits-mlp",
        task="image-classification",
        description="Handwritten digits, 8 by 8 pixels",
        tags=["vision", "small"],
    ),
    Model(
        name="topic-tagger", task="text-classification", description=None, tags=["text"]
    ),
]
MODELS = {model.name: model for model in KNOWN}


def model_or_404(name: str) -> Model:
    if name not in MODELS:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"There is no model {name!r}")
    return MODELS[name]


@app.get("/models/{name}")
def read_model(name: str) -> Model:
    return model_or_404(name)


class ModelChanges(BaseModel):
    task: str
    description: str | None
    tags: list[str]


@app.patch("/models/{name}")
def update_model(name: str, changes: ModelChanges) -> Model:
    MODELS[name] = Model(name=name, **changes.model_dump())
    return MODELS[name]
