"""Exercise 6.4: A secret that stays one.

Lantern calls an outside provider and needs its key. The key went into a log line, from
there into a search index that half the company reads, and then it had to be changed in
a hurry. Nobody had meant to print it.

Make `Settings()` read, with the prefix `LANTERN_`: `provider_url`, a required text;
`provider_key`, a required text of at least 16 characters; `max_batch`, a whole number
of at least 1, which is 32 where it is not set. What does not fit raises Pydantic's
`ValidationError`.

The key must not show, nor four characters of it in a row, in any of these:

- `str()` and `repr()` of the settings; what `model_dump_json()` gives; `str()` of what
  `model_dump()` gives;
- `str()` and `repr()` of a `ValidationError`: neither a key that is too short, nor one
  that is right while `provider_url` is missing. The error still says which field is
  wrong;
- the line that `announce(settings)` writes to the logger `lantern`, at the level INFO.
  The line still has the address of the provider, that of these settings;
- the response to `GET /settings`, which has `provider_url` and `max_batch` as they are
  at that moment. Whether it has a masked `provider_key` too is up to you. In a service
  that others reach it would ask for a key, as that of exercise 6.8 does;
- the app's OpenAPI document.

And Lantern can still use it: `provider_headers(settings)` returns exactly
`{"Authorization": "Bearer "}` with the whole key after the space. For instance, the
settings may print like this, on one line:

    provider_url='https://provider.example/v1' provider_key=SecretStr('**********')
    max_batch=32
"""

import logging

from fastapi import FastAPI
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

app = FastAPI(title="Lantern")
logger = logging.getLogger("lantern")


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="LANTERN_")

    provider_url: str
    provider_key: str = Field(min_length=16)
    max_batch: int = Field(default=32, ge=1)


def announce(settings: Settings) -> None:
    """Say in the log what Lantern starts with."""
    logger.info("Starting with %s", settings)


def provider_headers(settings: Settings) -> dict[str, str]:
    """What the provider wants to see with each request."""
    return {"Authorization": f"Bearer {settings.provider_key}"}


@app.get("/settings")
def read_settings() -> Settings:
    return Settings()  # type: ignore[call-arg]  # the environment has what is required
