"""Exercise 8.7: Repair: lost rows, lost connections.

This code keeps Lantern's prediction log. It was written for SQLAlchemy 1, brought over
until no error came, and tried once on somebody's laptop. In production rows vanish, the
service stands still after a while, and since a column was added, latencies are wrong.
Bring it to today's way. Both functions open their own connection:

- `record_prediction(engine, version_id, latency_ms, output)` adds a prediction and
  returns its id, the number that the database gave it, also when somebody else adds one
  right after. When it returns, every other connection sees the row. If the database
  refuses the row, for whatever reason, the error of SQLAlchemy comes out as it is, and
  nothing is stored.
- `slowest_predictions(engine, limit=3)` returns a list of dicts with the keys `id`,
  `latency_ms` and `output`, and no others, the slowest first, of two that are equally
  slow the one with the lower id. There are at most `limit` of them. The log is long, so
  no row is read that is not returned. A row of `mappings()` is as good as a dict.

Both give their connection back to the pool, after an error too: `close()` does, and so
does the end of a `with`; to throw the pool away by `engine.dispose()` does not. Both
work on SQLite and on PostgreSQL. And both work in whatever order the columns stand in
the database: servers that were brought up to date at different times differ in it, so
the `Table` below, which is right in names and types, may have another order than the
database.

For example:

    record_prediction(engine, 1, 12.5, "spam")  # 1
    slowest_predictions(engine)  # [{"id": 1, "latency_ms": 12.5, "output": "spam"}]
"""

from typing import Any

from sqlalchemy import (
    Column,
    Engine,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    Text,
    text,
)

metadata = MetaData()

versions = Table(
    "versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Integer, nullable=False),
)

predictions = Table(
    "predictions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version_id", ForeignKey("versions.id"), nullable=False),
    Column("latency_ms", Float, nullable=False),
    Column("output", Text, nullable=False),
)


def record_prediction(
    engine: Engine, version_id: int, latency_ms: float, output: str
) -> int:
    """Add a prediction to the log. Returns its id."""
    connection = engine.connect()
    values = {"version": version_id, "latency": latency_ms, "output": output}
    connection.execute(
        text(
            "INSERT INTO predictions (version_id, latency_ms, output) "
            "VALUES (:version, :latency, :output)"
        ),
        values,
    )
    rows = connection.execute(text("SELECT * FROM predictions ORDER BY id"))
    return int(rows.all()[-1][0])


def slowest_predictions(engine: Engine, limit: int = 3) -> list[dict[str, Any]]:
    """The predictions that took longest."""
    connection = engine.connect()
    rows = connection.execute(
        text("SELECT * FROM predictions ORDER BY latency_ms DESC")
    ).fetchall()
    return [
        {"id": row[0], "latency_ms": row[2], "output": row[3]} for row in rows[:limit]
    ]
