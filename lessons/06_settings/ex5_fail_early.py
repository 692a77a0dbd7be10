"""Exercise 6.5: Fail early.

A wrong setting that is noticed at the start costs a minute. The same one, noticed by
the first customer at night, costs a night. So Lantern checks everything before it
serves anything, and names what has to be mended: the variable, as the person who set it
knows it. Some values are right on a laptop and dangerous in production; those it
refuses there.

`Settings()` reads, with the prefix `LANTERN_`:

- `environment`: `"development"` or `"production"`; the first where it is not set;
- `debug`: a `bool`; `False` where it is not set;
- `secret_key`: a `SecretStr`, as in exercise 6.4; `"change-me"` where it is not set;
- `port`: a whole number from 1 to 65535; 8000 where it is not set.

A variable that is set to nothing is set: an `environment` of `""` is wrong, as is
`"Production"`. In production, `debug` must be off, and the secret key must have at
least 16 characters and must not be the default. That is all: whatever else has the
right type is right, and in development all of it.

Write `load_settings()`. It returns the `Settings`, or raises a `ConfigurationError`,
which is given. The text of the error

- names each variable that is wrong, in full: `LANTERN_PORT`. Where all texts have the
  right type, those that production refuses are named, both of them if both are wrong;
  where some have the wrong type, those must be named, and the others may be;
- names no variable that is right, but `LANTERN_ENVIRONMENT` may be mentioned;
- does not contain the value of the secret key.

For instance, in production with debug on and a good key, the text might be:

    LANTERN_DEBUG: must be off in production
"""

from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "LANTERN_"


class ConfigurationError(Exception):
    """Lantern cannot start with these settings; the message says what to mend."""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX)

    environment: Literal["development", "production"] = "development"
    debug: bool = False
    secret_key: SecretStr = SecretStr("change-me")
    port: int = Field(default=8000, ge=1, le=65535)


def load_settings() -> Settings:
    return Settings()
