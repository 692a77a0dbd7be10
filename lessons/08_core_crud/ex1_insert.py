"""Exercise 8.1: Insert one, insert many.

Lantern learns of a new model in two ways. A person registers one, and wants to know its
id. Or a whole catalogue comes over from another service, hundreds of models at once,
and each trip to the database costs time.

The table `models` is given. Write two functions that add to it:

- `add_model(connection, name, task, description=None)` adds one model with one
  statement, and returns its id, the number that the database gave it, also when another
  caller adds a model right after. A description that is left out is stored as null, an
  empty text as an empty text.
- `add_models(connection, new)` adds as many models as the list `new` holds, and returns
  their ids as a dict, by name, in whatever order the database gives back the rows. Each
  item is a dict with `name` and `task`, and may or may not have a `description`, so the
  items of one list may differ. The list stays as it was. All of them together are one
  statement, where the list is no longer than 500. An empty list sends nothing and
  answers `{}`.

Every text is stored as it is. Both leave it to the caller to commit or to roll back,
and use no connection but the caller's. Where the database refuses a row, for
instance because its name is there already or stands in the list twice, SQLAlchemy's
error comes out as it is.

For example, in a database that holds one model already, with the id 1:

    add_model(connection, "spam-filter", "text-classification")  # 2
    add_models(connection, [{"name": "digits-mlp", "task": "ocr"}])  # {"digits-mlp": 3}
"""

from typing import Any

from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, insert

metadata = MetaData()

models = Table(
    "models",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(60), nullable=False, unique=True),
    Column("task", String(60), nullable=False),
    Column("description", String(200)),
)


def add_model(
    connection: Connection, name: str, task: str, description: str | None = None
) -> int:
    """Add one model. Returns its id."""
    connection.execute(
        insert(models).values(name=name, task=task, description=description or "")
    )
    return 1


def add_models(connection: Connection, new: list[dict[str, Any]]) -> dict[str, int]:
    """Add many models in one statement. Returns their ids by name."""
    return {model["name"]: add_model(connection, **model) for model in new}
