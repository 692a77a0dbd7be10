"""Exercise 1.4: Describe an operation.

A colleague writes a program that talks to Lantern, and reads the OpenAPI document to
find out how. The operation below answers correctly. But its documentation has no group,
a guessed summary, no explanation, and not a word about what the response holds.

`GET /models/default` answers 200, as it does now:

    {"name": "sentiment-small", "task": "text-classification", "version": 3}

Describe it, so that the OpenAPI document says of this operation:

- its tags are exactly `["models"]`;
- its summary is `Show the default model`;
- its description is a text of your own, of 20 characters or more, not counting white
  space at its ends;
- the schema of its 200 response has the properties `name` (a string), `task` (a string)
  and `version` (an integer).
"""

# region solution
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI(title="Lantern")


class Model(BaseModel):
    name: str
    task: str
    version: int


@app.get("/models/default", tags=["models"], summary="Show the default model")
def read_default_model() -> Model:
    """The model that answers when a request names none."""
    return Model(name="sentiment-small", task="text-classification", version=3)


# endregion
# region starter
# from fastapi import FastAPI
#
# app = FastAPI(title="Lantern")
#
#
# @app.get("/models/default")
# def read_default_model() -> dict[str, str | int]:
#     return {"name": "sentiment-small", "task": "text-classification", "version": 3}
#
#
# endregion
