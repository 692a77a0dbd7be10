"""Exercise 6.2: Types from text.

An environment variable is a text, always. Yet Lantern needs switches, lists and a whole
group of values for its database. The starter gets them wrong: `"false"` is a text with
five letters, and so it is true.

Make `Settings()` read these attributes, with the prefix `LANTERN_`:

- `debug`, a `bool`, `False` where it is not set. The texts `true`, `1`, `yes` and `on`
  mean `True`; `false`, `0`, `no` and `off` mean `False`; `maybe` is refused.
- `allowed_origins`, a list of texts, `[]` where it is not set. The variable separates
  them by commas, and by nothing else: JSON has no part in it. Spaces around an entry do
  not count, and an empty entry is left out. So the empty text is the empty list. The
  entries stay in their order, and one that is there twice stays twice.
- `database`, an object with two attributes, read from `LANTERN_DATABASE__URL` and
  `LANTERN_DATABASE__POOL_SIZE`: `url`, where it is not set, is `sqlite:///lantern.db`,
  and only addresses that begin with `sqlite://` or `postgresql://` are allowed;
  `pool_size`, a whole number from 1 to 50, is 5 where it is not set.
  `str(settings.database.url)` is the address as it was written, letter by letter.
  Pydantic's URL types write some anew: a space becomes `%20`. One of the two may be set
  without the other.

What is refused raises Pydantic's `ValidationError`. Each call reads the variables as
they are at that moment. For instance:

    LANTERN_ALLOWED_ORIGINS="https://lantern.example, https://admin.lantern.example"
    LANTERN_DATABASE__POOL_SIZE=20
"""

from pydantic import BaseModel
from pydantic_settings import BaseSettings, SettingsConfigDict


class Database(BaseModel):
    url: str = "sqlite:///lantern.db"
    pool_size: int = 5


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="LANTERN_")

    debug: str = ""
    allowed_origins: list[str] = []
    database: Database = Database()
