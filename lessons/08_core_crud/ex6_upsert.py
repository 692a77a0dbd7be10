"""Exercise 8.6: Insert, or else update.

Every night Lantern takes over the catalogue of another service. Some of its models are
new, some are known. To look first and then insert or update is two trips, and between
them another process may insert the same name. The database can do both in one
statement, which is called an upsert. SQLAlchemy spells it by dialect: the function
`insert` of `sqlalchemy.dialects.sqlite`, and that of `sqlalchemy.dialects.postgresql`,
make statements that have `on_conflict_do_update` and `on_conflict_do_nothing`.

The tables are given. Write two functions. `new` is a list of dicts, each with `name`,
`task` and `description`, which may be `None`. No name stands in it twice.

- `save_models(connection, new)`: a model whose name is not there yet is added. One that
  is there gets the new task and the new description, `None` and an empty text too. It
  keeps its id, and its versions.
- `add_missing_models(connection, new)`: a model whose name is not there yet is added.
  One that is there stays as it is.

Both leave it to the caller to commit or to roll back. Models that are not in `new` stay
as they are. However long the list is, at most one statement is sent, for 10,000 models
too, and for an empty list none. The list itself stays as it was. Both work on a
connection to SQLite and on one to PostgreSQL: `connection.dialect.name` is `"sqlite"`
or `"postgresql"`.

For example, after this the model has the task `ocr`, whether it was there before or
not:

    new = {"name": "digits-mlp", "task": "ocr", "description": None}
    save_models(connection, [new])
"""

from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    delete,
    insert,
)

metadata = MetaData()

models = Table(
    "models",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(60), nullable=False, unique=True),
    Column("task", String(60), nullable=False),
    Column("description", String(200)),
)

versions = Table(
    "versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("model_id", ForeignKey("models.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
)


def save_models(connection: Connection, new: list[dict[str, Any]]) -> None:
    """Add the models that are new, and bring those that are known up to date."""
    for model in new:
        connection.execute(delete(models).where(models.c.name == model["name"]))
        connection.execute(insert(models).values(model))


def add_missing_models(connection: Connection, new: list[dict[str, Any]]) -> None:
    """Add the models that are new, and leave those that are known alone."""
    connection.execute(insert(models), new)
