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

from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI(title="Lantern's model catalogue")


class Model(BaseModel):
    """A model as callers see it."""

    name: str
    task: str
    description: str | None = None
    tags: list[str] = []


MODELS: dict[str, Model] = {}


@app.get("/models")
def list_models() -> list[Model]:
    return list(MODELS.values())
