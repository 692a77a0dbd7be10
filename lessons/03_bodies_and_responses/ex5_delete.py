"""Exercise 3.5: Delete, once.

Old models must go, and a caller must be able to tell what happened: it is gone now, it
was not there, or it may not go.

`STAGES` says in which stage each model is; stages change, and models come, while the
app runs. Make `DELETE /models/{name}` delete a model:

- It is deleted: 204, with no body at all. `GET /models`, which is given and lists the
  names, no longer has it; the other models stay.
- No model has this name, because there never was one or because it was deleted
  before: 404.
- The model's stage is exactly `production`: 409, and it stays. Callers depend on it.

The body of the 404 and the 409 is `{"detail": …}`, where the detail is one string that
contains the name. For example, two calls of `DELETE /models/digits-mlp` in a row answer
204 with no body, and then 404 with, say,

    {"detail": "There is no model 'digits-mlp'"}
"""

from fastapi import FastAPI

app = FastAPI()

STAGES = {
    "sentiment-small": "production",
    "digits-mlp": "staging",
    "spam-filter": "archived",
    "topic-tagger": "production",
}


@app.get("/models")
def list_names() -> list[str]:
    return list(STAGES)


@app.delete("/models/{name}")
def delete_model(name: str) -> dict[str, str]:
    STAGES.pop(name, None)
    return {"deleted": name}
