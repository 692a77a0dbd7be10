"""Exercise 3.3: Errors that help.

Callers mistype names and upload the same version twice. Today the first crashes Lantern
or makes up a model, and the second is accepted in silence.

Two path operations work on the versions of a model. Other parts of Lantern may change
`VERSIONS` at any time.

- `GET /models/{name}/versions` answers 200 with the list of version numbers.
- `POST /models/{name}/versions` takes `{"number": 2}`, adds that number to the end of
  the list, and answers 201 with `{"number": 2}`.

Make both refuse what they cannot do. The response of an error is `{"detail": …}`, where
the detail is one string:

- No model has this name: 404, and the detail contains the name that was asked for.
  Nothing is added.
- The model has this version already: 409, and the detail contains the name and the
  number. The list stays as it was.

A model without any version, such as `spam-filter`, is a model all the same: its list is
`[]`. For example, `GET /models/spam-filtre/versions` could answer 404 with

    {"detail": "There is no model 'spam-filtre'"}
"""

from fastapi import FastAPI, status
from pydantic import BaseModel

app = FastAPI()

VERSIONS: dict[str, list[int]] = {
    "sentiment-small": [1, 2, 3],
    "digits-mlp": [1],
    "spam-filter": [],
}


class NewVersion(BaseModel):
    number: int


@app.get("/models/{name}/versions")
def list_versions(name: str) -> list[int]:
    return VERSIONS[name]


@app.post("/models/{name}/versions", status_code=status.HTTP_201_CREATED)
def create_version(name: str, version: NewVersion) -> NewVersion:
    VERSIONS.setdefault(name, []).append(version.number)
    return version
