"""Exercise 6.6: Settings as a dependency.

Two operations of Lantern read the settings, each in its own way and anew at every
request. A test that wants to see what happens with a smaller limit has to change the
environment of the whole process. Give the settings one door.

Write `get_settings()`, which returns the `Settings`:

- The first call reads the environment. Every later call returns the very same object,
  even where a variable has changed since. After `get_settings.cache_clear()` the next
  call reads anew.
- Importing the file reads nothing: a variable that is set after the import counts, and
  one that is gone since then does not.

Both operations get the settings from it through FastAPI, so that a test can put others
in their place: `app.dependency_overrides[get_settings] = lambda: Settings(max_batch=2)`
decides what both do, and without that entry they are as before.

- `GET /info` answers 200 with `model` and `max_batch`.
- `POST /predictions` takes a list of texts, which may be empty, and answers 200 with
  `{"count": …}`, how many they are, equal ones counted too. More than `max_batch` texts
  answer 422 with a `detail` that is one string and contains that limit.

For instance, where nothing is set, `GET /info` answers

    {"model": "sentiment-small", "max_batch": 32}
"""

from fastapi import FastAPI, HTTPException, status
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

app = FastAPI(title="Lantern")


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="LANTERN_")

    model: str = "sentiment-small"
    max_batch: int = Field(default=32, ge=1)


def get_settings() -> Settings:
    return Settings()


@app.get("/info")
def read_info() -> Settings:
    return get_settings()


@app.post("/predictions")
def create_predictions(texts: list[str]) -> dict[str, int]:
    if len(texts) > Settings().max_batch:
        raise HTTPException(
            status.HTTP_422_UNPROCESSABLE_CONTENT,
            f"Send at most {Settings().max_batch} texts",
        )
    return {"count": len(texts)}
