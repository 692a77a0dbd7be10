"""Exercise 9.6: Store many rows.

Lantern's workers hand in the predictions of a night: a stream of rows, far more than
fit into memory. One statement for each row spends nearly all its time on the way; one
statement for all of them never starts. Batches are the middle.

Write `store(engine, rows, size)`. It stores every row of `rows` in `predictions` and
answers how many it stored.

- A row is a dict with `version_id`, `created_at` and `latency_ms`. It may have `output`
  or `error`; where one of them is left out, NULL is stored, and an empty text is one.
  Rows with and without them come mixed. The dicts are the caller's, and stay as they
  were.
- `rows` may be a list, or a generator that reads from a file: never gather more than
  `size` rows of it. Each batch of `size` rows is sent with one call of `execute`; the
  last batch may be smaller. `size` is 1,000 where it is left out.
- All or nothing: where a row cannot be stored, or `rows` itself raises in the middle,
  the exception comes out of `store` as it is, and the table is as it was. The
  connection goes back to the pool in either case.
- Without rows nothing is sent and nothing is stored: 0.

For example, `store(engine, rows, size=2)` with 5 rows calls `execute` 3 times, and
answers

    5
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    Column,
    DateTime,
    Engine,
    Float,
    Integer,
    MetaData,
    Table,
    Text,
    insert,
)

metadata = MetaData()
predictions = Table(
    "predictions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version_id", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("latency_ms", Float, nullable=False),
    Column("output", Text),
    Column("error", Text),
)


def store(engine: Engine, rows: Iterable[dict[str, Any]], size: int = 1_000) -> int:
    gathered = list(rows)
    for start in range(0, len(gathered), size):
        with engine.begin() as connection:
            for row in gathered[start : start + size]:
                connection.execute(insert(predictions), row)
    return len(gathered)
