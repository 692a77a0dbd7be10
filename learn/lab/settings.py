"""How Lantern is to run, as lesson 6 has made it: its settings, and who may see and change what. The later lessons'
apps import it. Which version is in production, and how much is kept, the database knows by then.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Depends, Header, HTTPException
from pydantic import BaseModel, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict, SettingsError

from learn.lab.keys import digest_of
from learn.lab.schemas import Slug

PREFIX = "LANTERN_"
router = APIRouter()


def split_words(value: object) -> object:
    """The words of a text; what is no text is left to Pydantic."""
    return value.split() if isinstance(value, str) else value


Secret = Annotated[SecretStr, Field(min_length=12)]


class Limits(BaseModel):
    """How much Lantern keeps."""

    predictions: int = Field(default=1_000, ge=1, le=100_000)


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
    models: Annotated[list[Slug], NoDecode, BeforeValidator(split_words), Field(min_length=1)] = ["digits-mlp"]
    version: int = Field(default=1, ge=1, le=2)  # of each model, the one in production
    limits: Limits = Limits()
    admin_token: Secret | None = None  # without one, nobody makes keys
    database_url: SecretStr = SecretStr("sqlite:///lantern.db")
    api_key: Secret | None = None  # of the caller `local`, from the start

    @model_validator(mode="after")
    def check_production(self) -> Self:
        """A key that stands in a file is for the machine of whoever develops."""
        if self.environment == "production":
            if self.admin_token is None:
                raise ValueError(f"{PREFIX}ADMIN_TOKEN must be set in production")
            if self.api_key is not None:
                raise ValueError(f"{PREFIX}API_KEY must not be set in production")
        return self


@lru_cache
def get_settings() -> Settings:
    """The settings, read at the first call and kept."""
    return Settings()


SettingsDep = Annotated[Settings, Depends(get_settings)]


def problems_of(error: Exception) -> list[str]:
    """A line for each problem, which names the variable and quotes no value."""
    if not isinstance(error, ValidationError):
        return [str(error)]
    lines = []
    for item in error.errors(include_input=False):
        variable = PREFIX + "__".join(map(str, item["loc"])).upper()
        lines.append(f"{variable}: {item['msg']}" if item["loc"] else item["msg"])
    return lines


@contextmanager
def starting() -> Iterator[None]:
    """Of what goes wrong inside, tell only the problems."""
    try:
        yield
    except (ValidationError, SettingsError, LookupError) as error:
        problems = "; ".join(problems_of(error))
        raise RuntimeError(f"Lantern cannot start. {problems}") from None


def check_admin(settings: SettingsDep, x_admin_token: Annotated[str, Header()] = "") -> None:
    """Let pass who sends the admin token. Where none is set, nobody passes.

    Raises:
        HTTPException: 401, it is missing or wrong.
    """
    token = settings.admin_token
    if token is None or not secrets.compare_digest(digest_of(x_admin_token), digest_of(token.get_secret_value())):
        raise HTTPException(
            401,
            "Send the admin token in X-Admin-Token",
            {"WWW-Authenticate": "AdminToken"},
        )


ADMIN = Depends(check_admin)


class Report(BaseModel):
    """The settings in force, and which of them are not the defaults."""

    settings: Settings
    were_set: list[str]


@router.get("/settings", tags=["settings"], dependencies=[ADMIN])
def read_settings(settings: SettingsDep) -> Report:
    """What Lantern runs with; secrets are stars."""
    return Report(settings=settings, were_set=sorted(settings.model_fields_set))
