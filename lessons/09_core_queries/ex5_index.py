"""Exercise 9.5: An index, and the plan that proves it.

Two questions are asked of the log all day: what did this version answer last, and has
this input been seen before? Without an index the database reads the whole table for
each, and the log grows every second.

The starter answers both questions right, and slowly. Make the database search where it
now scans:

- Declare indexes on `predictions`, so that `metadata.create_all` makes them. Two are
  enough, and more than two are not allowed: every index is written with every new row.
- `latest(version_id, size)` is a `select` for the ids of a version's newest
  predictions, and nothing else of them: the largest `created_at` first, of the same
  time the largest id first. For every version, its plan searches an index by
  `version_id`, and sorts nothing: the index is in the right order already.
- `same_input(input_hash)` is a `select` for the ids of all predictions with that hash,
  the smallest first. Hashes are in lower case in the table, and people ask in any case:
  `9B1E` finds `9b1e`. Its plan searches an index, and reads no row that it does not
  need.

`plan(connection, statement)` is given: it asks the database how it would run a
statement. Run this file to see both plans:
`python lessons/09_core_queries/ex5_index.py`. The plan of `latest` may come out as
this, on one line:

    SEARCH predictions USING COVERING INDEX
    ix_predictions_version_id_created_at_id (version_id=?)
"""

from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    create_engine,
    func,
    select,
)

metadata = MetaData()
predictions = Table(
    "predictions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version_id", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("input_hash", String(64), nullable=False),
)


def latest(version_id: int, size: int) -> Select[Any]:
    query = select(predictions.c.id).where(predictions.c.version_id == version_id)
    return query.order_by(
        predictions.c.created_at.desc(), predictions.c.id.desc()
    ).limit(size)


def same_input(input_hash: str) -> Select[Any]:
    query = select(predictions.c.id).where(
        func.lower(predictions.c.input_hash) == input_hash.lower()
    )
    return query.order_by(predictions.c.id)


def plan(connection: Connection, statement: Select[Any]) -> list[str]:
    """The steps in which the database would run `statement`; it does not run it."""
    sql = statement.compile(connection, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    return [row[-1] for row in connection.exec_driver_sql(f"{explain} {sql}")]


if __name__ == "__main__":
    with create_engine("sqlite://").begin() as connection:
        metadata.create_all(connection)
        for statement in (latest(3, size=5), same_input("9B1E")):
            print(*plan(connection, statement), sep="\n")
