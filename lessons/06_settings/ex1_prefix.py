"""Exercise 6.1: Settings with a prefix.

Lantern runs on your laptop, in a test and in a data centre, and it is the same code.
What differs stands in environment variables. The starter reads them by hand: once, when
the file is imported, and as text, whatever it says.

Write a class `Settings` that reads them with pydantic-settings. `Settings()` has these
four attributes:

| attribute | variable | what it may be | where the variable is not set |
|---|---|---|---|
| `host` | `LANTERN_HOST` | text | `"127.0.0.1"` |
| `port` | `LANTERN_PORT` | a whole number from 1 to 65535 | `8000` |
| `log_level` | `LANTERN_LOG_LEVEL` | `debug`, `info`, `warning` or `error` | `"info"` |
| `max_batch` | `LANTERN_MAX_BATCH` | a whole number of at least 1 | `32` |

- Each call of `Settings()` reads the variables as they are at that moment. What they
  were when the file was imported has no effect.
- A text that is not allowed raises Pydantic's `ValidationError`. A log level is one of
  the four words, letter by letter: `INFO`, `debugging` and `info` with a space before
  it are not allowed.
- A variable that is set to nothing is set: `LANTERN_HOST=` is the empty host, and
  `LANTERN_PORT=` is not allowed.
- A variable without the prefix, such as `PORT`, has no effect: it belongs to some other
  program.

For instance, after `export LANTERN_PORT=9000`:

    >>> Settings().port
    9000
"""

import os

from pydantic import BaseModel


class Settings(BaseModel):
    host: str = os.getenv("LANTERN_HOST", "127.0.0.1")
    port: str = os.getenv("LANTERN_PORT", "8000")
    log_level: str = os.getenv("LANTERN_LOG_LEVEL", "info")
    max_batch: str = os.getenv("LANTERN_MAX_BATCH", "32")
