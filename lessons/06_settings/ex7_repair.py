"""Exercise 6.7: Repair: settings read at import.

These are settings as tutorials for Pydantic 1 wrote them, and as code assistants still
do. `BaseSettings` has left `pydantic`, so somebody added a way out. Since then the app
starts, and reads nothing from the environment at all. Five of its lines are outdated
and warn. And the settings are made at import: too early for every test. Bring it to
today's way:

- The settings are `model`, `max_batch` and `provider_key`, from `LANTERN_MODEL`,
  `LANTERN_MAX_BATCH` and `PROVIDER_KEY`. The last has no prefix: the provider's own
  tools read the same variable, and `LANTERN_PROVIDER_KEY` has no effect. The defaults
  stay as they are, and so do the bounds of `max_batch`, 1 to 256, and the spaces that
  are cut off around `model`.
- Importing the file reads nothing. Names without the prefix, such as `MODEL`, have no
  effect, but for `PROVIDER_KEY`. `get_settings()` returns the settings: the first
  call reads the environment, later ones return the same object, and
  `get_settings.cache_clear()` makes the next call read anew. Where a variable has no
  allowed value, that call raises Pydantic's `ValidationError`.
- `GET /info` answers `model`, `max_batch`, and `provider`: whether there is a key, true
  or false; a key that is set to nothing is none. It takes all three from
  `get_settings`, in such a way that `app.dependency_overrides[get_settings]` can put
  other settings in their place.
- The key does not show in `repr()` of the settings.
- Nothing warns.

For instance, with `PROVIDER_KEY` set and nothing else, `GET /info` answers

    {"model": "sentiment-small", "max_batch": 32, "provider": true}
"""

from typing import Any

from fastapi import FastAPI
from pydantic import Field, validator

try:
    from pydantic import BaseSettings
except ImportError:
    from pydantic import BaseModel as BaseSettings

app = FastAPI()


class Settings(BaseSettings):  # type: ignore[misc, valid-type]
    model: str = "sentiment-small"
    max_batch: int = 32
    provider_key: str = Field("", env="PROVIDER_KEY")  # type: ignore[call-overload]

    @validator("model")
    @classmethod
    def strip(cls, value: str) -> str:
        return value.strip()

    @validator("max_batch")
    @classmethod
    def check_bounds(cls, value: int) -> int:
        if not 1 <= value <= 256:
            raise ValueError("must be from 1 to 256")
        return value

    class Config:
        env_prefix = "LANTERN_"


settings = Settings()


@app.get("/info")
def read_info() -> dict[str, Any]:
    info: dict[str, Any] = settings.dict(exclude={"provider_key"})
    return {**info, "provider": bool(settings.provider_key)}
