"""Exercise 2.5: The order of routes.

Any text may be a model's id, so `/models/{model_id}` also fits `/models/latest`.
Lantern wants both addresses, and each with a response of its own.

Make these three work, all with status 200:

- `GET /models/latest`: the model that was added last, which is the last of `MODELS`.
- `GET /models/count`: how many models there are, which is the length of `MODELS`.
- `GET /models/{model_id}`: any other id, and whether there is a model of exactly that
  name in `MODELS`.

For instance:

    GET /models/latest
    {"latest": "topic-tagger"}
    GET /models/count
    {"count": 4}
    GET /models/spam-filter
    {"model_id": "spam-filter", "known": true}

- `MODELS` may grow while the app runs. After `MODELS.append("language-id")` the latest
  is `language-id`, and the count is 5.
- Each is a path operation of its own: the OpenAPI document lists all three paths.
"""

from fastapi import FastAPI

app = FastAPI()

MODELS = ["sentiment-small", "digits-mlp", "spam-filter", "topic-tagger"]


@app.get("/models/{model_id}")
def read_model(model_id: str) -> dict[str, str | bool]:
    return {"model_id": model_id, "known": model_id in MODELS}


@app.get("/models/count")
def count_models() -> dict[str, int]:
    return {"count": len(MODELS)}
