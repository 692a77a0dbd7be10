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

# region solution
from typing import Literal, Self

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

# endregion
# region starter
# from typing import Literal
#
# from pydantic import Field, SecretStr
# from pydantic_settings import BaseSettings, SettingsConfigDict
#
# endregion
PREFIX = "LANTERN_"


class ConfigurationError(Exception):
    """Lantern cannot start with these settings; the message says what to mend."""


# region solution
class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, hide_input_in_errors=True)

    environment: Literal["development", "production"] = "development"
    debug: bool = False
    secret_key: SecretStr = SecretStr("change-me")
    port: int = Field(default=8000, ge=1, le=65535)

    @model_validator(mode="after")
    def refuse_what_is_unsafe_in_production(self) -> Self:
        if self.environment == "development":
            return self
        problems = []
        if self.debug:
            problems.append(f"{PREFIX}DEBUG: must be off in production")
        if len(self.secret_key) < 16:  # the default is shorter, too
            problems.append(
                f"{PREFIX}SECRET_KEY: needs at least 16 characters in production"
            )
        if problems:
            raise ValueError("; ".join(problems))
        return self


def load_settings() -> Settings:
    """The settings.

    Raises:
        ConfigurationError: some are wrong; the message names them.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise ConfigurationError("\n".join(explain(error))) from None


def explain(error: ValidationError) -> list[str]:
    """A line for each problem.

    That of the whole, from the validator above, names its variables itself.
    """
    lines = []
    for item in error.errors(include_input=False):
        variable = "".join(f"{PREFIX}{name}".upper() + ": " for name in item["loc"])
        lines.append(f"{variable}{item['msg']}")
    return lines


# endregion
# region starter
# class Settings(BaseSettings):
#     model_config = SettingsConfigDict(env_prefix=PREFIX)
#
#     environment: Literal["development", "production"] = "development"
#     debug: bool = False
#     secret_key: SecretStr = SecretStr("change-me")
#     port: int = Field(default=8000, ge=1, le=65535)
#
#
# def load_settings() -> Settings:
#     return Settings()
#
#
# endregion
