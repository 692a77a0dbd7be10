"""Exercise 1.2: A health check.

Whatever runs Lantern in production asks it every few seconds whether it is well, and
starts it anew when no good answer comes. That question gets a path of its own. It must
answer fast, and it changes nothing.

Add a path operation for `/health`, and leave the greeting as it is:

- `GET /health` answers 200 with the keys `status` and `models`. `status` is `"ok"`.
  `models` is the length of `LOADED_MODELS` at the time of the request: models come and
  go while Lantern runs. The list itself stays as it is.
- `POST`, `PUT`, `PATCH` and `DELETE` of `/health` answer 405, because a health check
  only reads. FastAPI does this for you.
- `GET /` still answers the greeting.

For the three models below:

    GET /health
    200 {"status": "ok", "models": 3}
"""

from fastapi import FastAPI

LOADED_MODELS = ["sentiment-small", "digits-mlp", "spam-filter"]

app = FastAPI()


@app.get("/")
def read_greeting() -> dict[str, str]:
    return {"message": "Hello, AI world!"}


# region solution
@app.get("/health")
def read_health() -> dict[str, str | int]:
    return {"status": "ok", "models": len(LOADED_MODELS)}


# endregion
# region starter
# # Your path operation for /health goes here.
# endregion
