"""Exercise 1.1: A greeting.

Lantern, the service that you build in this course, starts with one sentence.

Make `GET /` answer with status 200 and this JSON:

    {"message": "Hello, AI world!"}

Its header `content-type` says `application/json`: FastAPI sees to that.

Keep the name `app`: servers and the checks look for it.
"""

from fastapi import FastAPI

app = FastAPI()


@app.get("/hello")
def read_greeting() -> dict[str, str]:
    return {"message": "..."}
