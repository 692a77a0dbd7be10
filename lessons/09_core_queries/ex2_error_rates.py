"""Exercise 9.2: Error rates, where there is enough data.

A version with two predictions of which one failed has an error rate of 50 %, and it
says nothing. On a dashboard it stands above the version that really is in trouble. So
the report leaves out what has too little data.

Write `error_rates(connection, at_least)`. It answers a list of tuples, one for each
version with `at_least` predictions or more: the name of its model, its number, and its
error rate, from 0 to 1 and not rounded.

- A prediction has failed where `error` is not NULL. An empty text is an error too:
  somebody forgot to say which.
- A version of which nothing failed has the rate 0, and is in the list. One without
  predictions is in no list: `at_least` is 1 or more.
- The highest rate comes first; equal rates are sorted by the model's name, then by the
  version's number.
- It takes one statement, and the database leaves out what the list leaves out: only the
  rows of the answer come back.

For example, where version 2 of `spam-filter` made 4 predictions of which 1 failed, and
version 1 made only 2: `error_rates(connection, 3)` answers

    [("spam-filter", 2, 0.25)]
"""

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    select,
)

metadata = MetaData()
models = Table(
    "models",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
)
versions = Table(
    "versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("model_id", ForeignKey("models.id"), nullable=False),
    Column("number", Integer, nullable=False),
    UniqueConstraint("model_id", "number"),
)
predictions = Table(
    "predictions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version_id", ForeignKey("versions.id"), nullable=False),
    Column("error", Text),
)


def error_rates(connection: Connection, at_least: int) -> list[tuple[str, int, float]]:
    query = (
        select(models.c.name, versions.c.number, func.count())
        .join_from(models, versions)
        .join(predictions)
        .where(predictions.c.error != "", versions.c.number >= at_least)
        .group_by(models.c.name, versions.c.number)
    )
    return [(name, number, share) for name, number, share in connection.execute(query)]
