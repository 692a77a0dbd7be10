"""Lesson 6: Settings.

Lantern reads how it is to run: from variables, from a file `.env`, or from its
defaults. This app shows what it has read, hides what is secret, and reads anew when an
operator asks for it. With settings that are wrong it does not start.

Run it with `python -m learn run 6`, open http://127.0.0.1:8000/docs, and play. Then
write a line such as `LANTERN_MODELS=digits-mlp topic-tagger` into a file `.env` in the
course's folder, and start it again.
"""

import logging
import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Annotated, Any, Literal, Self

from fastapi import Depends, FastAPI, Header, HTTPException, status
from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    HttpUrl,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

# Where uvicorn writes what it says about itself.
logger = logging.getLogger("uvicorn.error")
PREFIX = "LANTERN_"
DEFAULT_TOKEN = "let-me-in"


# --8<-- [start:settings]
def split_words(value: object) -> object:
    """The words of a text; what is no text is left to Pydantic."""
    return value.split() if isinstance(value, str) else value


class Provider(BaseModel):
    """The outside service that runs the large models."""

    url: HttpUrl = HttpUrl("https://provider.example/v1")
    timeout: float = Field(default=10, gt=0)  # seconds


class Settings(BaseSettings):
    """How Lantern is to run."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        env_file=".env",
        extra="ignore",
        hide_input_in_errors=True,
    )

    environment: Literal["development", "production"] = "development"
    models: Annotated[
        list[str], NoDecode, BeforeValidator(split_words), Field(min_length=1)
    ] = ["sentiment-small"]
    provider: Provider = Provider()
    admin_token: SecretStr = Field(default=SecretStr(DEFAULT_TOKEN), min_length=8)

    # --8<-- [end:settings]
    # --8<-- [start:production]
    @model_validator(mode="after")
    def refuse_the_default_token_in_production(self) -> Self:
        """A token that stands in public code is none."""
        if (
            self.environment == "production"
            and self.admin_token.get_secret_value() == DEFAULT_TOKEN
        ):
            raise ValueError(f"{PREFIX}ADMIN_TOKEN: set one of your own in production")
        return self

    # --8<-- [end:production]


# --8<-- [start:get_settings]
@lru_cache
def get_settings() -> Settings:
    """The settings, read at the first call and kept."""
    return Settings()


SettingsDep = Annotated[Settings, Depends(get_settings)]


# --8<-- [end:get_settings]
# --8<-- [start:lifespan]
def problems_of(error: ValidationError) -> list[str]:
    """A line for each problem, which names the variable and quotes no value."""
    lines = []
    for item in error.errors(include_input=False):
        variable = PREFIX + "__".join(map(str, item["loc"])).upper()
        lines.append(f"{variable}: {item['msg']}" if item["loc"] else item["msg"])
    return lines


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
    """Read the settings before the first request, or do not start."""
    try:
        logger.info("Lantern starts with %r", get_settings())
    except ValidationError as error:
        raise RuntimeError(
            "Lantern cannot start. " + "; ".join(problems_of(error))
        ) from None
    yield


app = FastAPI(title="Lantern's settings", version="0.6.0", lifespan=lifespan)


# --8<-- [end:lifespan]
class Report(BaseModel):
    """The settings in force, and which of them are not the defaults."""

    settings: Settings
    were_set: list[str]


# --8<-- [start:operations]
@app.get("/settings")
def read_settings(settings: SettingsDep) -> Report:
    """What Lantern runs with; secrets are stars."""
    return Report(settings=settings, were_set=sorted(settings.model_fields_set))


@app.get("/models")
def list_models(settings: SettingsDep) -> list[str]:
    """The models that this Lantern serves."""
    return settings.models


# --8<-- [end:operations]
RELOAD_ERRORS: dict[int | str, dict[str, Any]] = {
    401: {"description": "The token is missing or wrong"},
    409: {"description": "The new settings are refused; the old ones stay in force"},
}


@app.post("/settings/reload", responses=RELOAD_ERRORS)
def reload_settings(
    settings: SettingsDep, x_admin_token: Annotated[str, Header()] = ""
) -> Report:
    """Read the settings anew, without a restart."""
    if not secrets.compare_digest(
        x_admin_token.encode(), settings.admin_token.get_secret_value().encode()
    ):
        raise HTTPException(
            status.HTTP_401_UNAUTHORIZED,
            "Send the admin token in the header X-Admin-Token",
        )
    try:
        Settings()
    except ValidationError as error:
        raise HTTPException(
            status.HTTP_409_CONFLICT, "; ".join(problems_of(error))
        ) from None
    get_settings.cache_clear()
    return read_settings(get_settings())
