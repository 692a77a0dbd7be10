"""Exercise 1.3: Describe the API.

Someone opens Lantern's documentation for the first time. It says "FastAPI 0.1.0" and
nothing else. Tell them what this is, and which version of it they are talking to.

The OpenAPI document (`GET /openapi.json`) says under `info`:

- `title` is `Lantern`;
- `version` is `0.2.0`;
- `description` is a text of your own, of 20 characters or more, with the word `models`
  in it, in capital letters or small. White space at its ends does not count.

`GET /` answers 200 with the same title and version, so that a client can ask for them:

    {"name": "Lantern", "version": "0.2.0"}

The documentation, a page of HTML, stays at `/docs`.
"""

from fastapi import FastAPI

app = FastAPI()


@app.get("/")
def read_about() -> dict[str, str]:
    return {"name": "...", "version": "..."}
