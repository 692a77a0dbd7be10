"""Exercise 2.4: A repeated query parameter.

Models carry tags. Somebody who looks for a small model for English text wants to name
all three tags in one request.

Make `GET /models` answer with status 200 and the names of those models, in the order of
`MODELS`, that carry every tag asked for. Models come and go, and their tags change,
while the app runs. A request names a tag with the query parameter `tag`, and repeats it
for more:

    GET /models?tag=small&tag=text
    ["sentiment-small", "topic-tagger"]

- Without any `tag` the response is every name. To name a tag twice asks for no more
  than to name it once.
- A tag that no model carries finds nothing, also beside others: the response is an
  empty list. A part of a tag is not that tag, nor is another spelling: `sma` and
  `Small` find nothing. Neither does an empty `tag=`.
- A comma does not part tags: `tag=small,text` asks for one tag of that name, and finds
  nothing.
"""

from fastapi import FastAPI

app = FastAPI()

MODELS = {
    "sentiment-small": {"english", "small", "text"},
    "toxicity-base": {"english", "text"},
    "digits-mlp": {"image", "small"},
    "topic-tagger": {"german", "small", "text"},
}


@app.get("/models")
def list_models() -> list[str]:
    return list(MODELS)
