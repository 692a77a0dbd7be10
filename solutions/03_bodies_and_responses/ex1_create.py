"""Exercise 3.1: Create from a body.

Until now Lantern's models stood in the code. From now on callers register their own.
What they send is too much for a query string: it comes as a JSON body.

Make `POST /models` register a model:

- The body is a JSON object: `name` and `task`, both strings and both required, and
  `description`, a string that is `""` where it is left out.
- The response has status 201. Its body is the model with all three fields, as they were
  sent. Its header `Location` is the address of the new model: `/models/` and then its
  name. An address is plain ASCII: `quote(name)` of `urllib.parse` writes a name so that
  it can stand in one, such as `/models/mail%20filter` for `mail filter`. Names with a
  slash are not part of this exercise.
- A body that is no JSON object, that lacks `name` or `task`, or that holds something
  other than a string in one of the three fields, such as a number or `null`, answers
  422. An empty string is a string.

`GET /models/{name}` is given. It answers a model that was registered, so it must answer
all three fields too. For example, this request body

    {"name": "spam-filter", "task": "text-classification"}

is answered with `Location: /models/spam-filter` and

    {"name": "spam-filter", "task": "text-classification", "description": ""}
"""

# region solution
from urllib.parse import quote

from fastapi import FastAPI, Response, status
from pydantic import BaseModel

app = FastAPI()
# endregion
# region starter
# from fastapi import FastAPI
# from pydantic import BaseModel
#
# app = FastAPI()
# endregion


# region solution
class Model(BaseModel):
    name: str
    task: str
    description: str = ""


MODELS: dict[str, Model] = {}


@app.post("/models", status_code=status.HTTP_201_CREATED)
def create_model(model: Model, response: Response) -> Model:
    MODELS[model.name] = model
    response.headers["Location"] = f"/models/{quote(model.name)}"
    return model


# endregion
# region starter
# class Model(BaseModel):
#     name: str
#
#
# MODELS: dict[str, Model] = {}
#
#
# @app.post("/models")
# def create_model(name: str) -> Model:
#     MODELS[name] = Model(name=name)
#     return MODELS[name]
#
#
# endregion
@app.get("/models/{name}")
def read_model(name: str) -> Model:
    # An unknown name ends in an error here; exercise 3.3 sees to that.
    return MODELS[name]
