"""Exercise 2.1: A typed path parameter.

Every model in Lantern has versions: 1, 2, 3 and so on. A client asks for one of them by
its address.

Make `GET /models/{model_id}/versions/{version}` answer with status 200, the version
that was asked for, and the number that the next one will have:

    GET /models/spam-filter/versions/3
    {"model_id": "spam-filter", "version": 3, "next_version": 4}

- Any text without a slash is a model, `gpt-3.5` and `GPT 4` too, and any whole number a
  version, however large, 0 and -1 too: no list of models is needed yet.
- `model_id` is the text as it was sent, even where it looks like a number:
  `/models/2024/versions/1` answers with `"model_id": "2024"`.
- A version that is not a whole number, such as `three` or `1.5`, answers 422 with
  FastAPI's own validation error. The first entry of its `detail` names the parameter:
  `"loc": ["path", "version"]`.
- The OpenAPI document, and so `/docs`, lists `version` as an `integer`.
"""

from fastapi import FastAPI

app = FastAPI()


# region solution
@app.get("/models/{model_id}/versions/{version}")
def read_version(model_id: str, version: int) -> dict[str, str | int]:
    return {"model_id": model_id, "version": version, "next_version": version + 1}


# endregion
# region starter
# @app.get("/models/{model_id}/versions/{version}")
# def read_version(model_id: str, version: str) -> dict[str, str]:
#     return {"model_id": model_id, "version": version, "next_version": "?"}
#
#
# endregion
