"""Exercise 1.5: Repair an app.

This app came out of a chat with a code assistant. It starts without a complaint, its
types are right, and all three of its path operations are out of order. Find out why,
and repair them.

- `GET /models` answers 200 with the list of the names in `MODELS`, as it is at the time
  of the request.
- `POST /models` answers 405: nothing can be added yet.
- `GET /models/count` answers 200 with `{"count": 3}`, where 3 is the length of `MODELS`
  at the time of the request. The response is a JSON object, and its `content-type`
  header says `application/json`.
- `GET /health` answers 200 with `{"status": "ok"}`.

Start the app and look at its `/docs` before you change anything: they show two of the
three mistakes.

    python -m learn run 1.5
"""

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

MODELS = ["sentiment-small", "digits-mlp", "spam-filter"]

app = FastAPI(title="Lantern")


@app.post("/models")
def list_models() -> list[str]:
    return MODELS


@app.get("/models/count")
def count_models() -> PlainTextResponse:
    return PlainTextResponse(str({"count": len(MODELS)}))


def read_health() -> dict[str, str]:
    return {"status": "ok"}


app.get("/health")
