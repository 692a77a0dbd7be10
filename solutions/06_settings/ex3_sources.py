"""Exercise 6.3: Which source wins.

A developer keeps values in a file `.env`, the container gets some as variables, and an
operator mounts files into a folder. Sooner or later one value stands in three places,
and somebody has to know which one counts.

Make `Settings` have three attributes: `model`, a text, `"sentiment-small"` by default;
`max_batch`, a whole number, 32 by default; `timeout`, a float, 2.0 by default. Each is
looked for in this order, and what is found first counts:

1. an argument: `Settings(max_batch=8)`;
2. an environment variable: `LANTERN_MAX_BATCH`;
3. a file of that name in the folder `secrets`, in small letters:
   `secrets/lantern_max_batch`. What an operator has mounted counts more than what a
   developer left in a file;
4. a line in the file `.env`: `LANTERN_MAX_BATCH=16`;
5. the default.

- `.env` and `secrets` lie in the working directory of the call, which need not be that
  of the import, and each call of `Settings()` reads them anew. There may be no `.env`;
  the folder is always there, with or without files.
- Other programs have lines in the same `.env`, such as `COMPOSE_PROJECT_NAME=lantern`.
  They have no effect, nor has a `MODEL` without the prefix, in any source.
- A variable that is set to nothing, `LANTERN_MODEL=`, counts as not set, in the
  environment and in `.env`: what comes next in the order counts. (An argument is none:
  `Settings(model="")` has the empty text.)
- Reading leaves `os.environ` as it was.

For instance, with `.env` and `secrets/lantern_timeout` as below, `Settings()` has the
model `digits-mlp` and a timeout of 5.0 seconds:

    LANTERN_MODEL=digits-mlp
    LANTERN_TIMEOUT=1.5

    5.0
"""

# region solution
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="LANTERN_",
        env_file=".env",
        env_ignore_empty=True,
        secrets_dir="secrets",
        extra="ignore",
    )

    model: str = "sentiment-small"
    max_batch: int = 32
    timeout: float = 2.0

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  it is passed by name
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, file_secret_settings, dotenv_settings


# endregion
# region starter
# import os
# from typing import Any
#
# from dotenv import load_dotenv
# from pydantic_settings import BaseSettings, SettingsConfigDict
#
#
# class Settings(BaseSettings):
#     model_config = SettingsConfigDict(env_prefix="LANTERN_")
#
#     model: str = "sentiment-small"
#     max_batch: int = 32
#     timeout: float = 2.0
#
#     def __init__(self, **values: Any) -> None:
#         load_dotenv(os.path.abspath(".env"), override=True)
#         super().__init__(**values)
#
#
# endregion
