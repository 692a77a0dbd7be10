"""Exercise 2.3: Bound a query parameter.

A catalogue grows. A client that wants all of it at once costs memory and time, so
Lantern hands it out in pages.

Make `GET /models` answer with status 200 and a list of names from `MODELS`, in their
order. `MODELS` may grow while the app runs. Two optional query parameters choose the
page:

- `limit`: how many names at most. From 1 to 100; 10 where it is left out.
- `offset`: how many names to skip first. 0 or more; 0 where it is left out.

For instance, the fourth and fifth name:

    GET /models?limit=2&offset=3
    ["topic-tagger", "digits-mlp"]

- The last page may be short. An `offset` beyond the last name answers with an empty
  list.
- A number outside its bounds, or no whole number at all, such as `2.5` or an empty
  text, answers 422. It is never replaced by another number.
"""

from fastapi import FastAPI

app = FastAPI()

MODELS = [
    "sentiment-small",
    "sentiment-base",
    "spam-filter",
    "topic-tagger",
    "digits-mlp",
    "toxicity-base",
    "language-id",
    "ner-german",
    "ner-english",
    "receipt-reader",
    "query-embedder",
    "image-tagger",
]


@app.get("/models")
def list_models() -> list[str]:
    return MODELS
