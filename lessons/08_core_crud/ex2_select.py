"""Exercise 8.2: Select what was asked for.

Lantern's catalogue page shows a few models at a time, those of one task perhaps, or
those that still lack a description. The database has them all in order in a moment, so
it should do the choosing, the sorting and the cutting.

The table `models` is given. Write two functions that read it:

- `find_models(connection, task=None, described=None, limit=10)` returns a list of dicts
  with the keys `name` and `task`, and no others. They are sorted by task, and within a
  task by name. There are at most `limit` of them: the first ones in that order, of
  those that fit. With a `task`, only models of exactly that task fit. With
  `described=True`, only models that have a description fit, with `described=False` only
  those whose description is null; an empty text is a description. What is `None` leaves
  nothing out. Nothing that fits is the empty list.
- `read_model(connection, name)` returns the whole model with exactly this name as a
  dict, with the keys `id`, `name`, `task` and `description`, or `None` if there is
  none.

Each call sends at most one statement, and gets from the database no row that it does
not return. A row as SQLAlchemy's `mappings()` gives it is as good as a dict.

For example, where two models are stored:

    find_models(connection, described=False)  # [{"name": "digits-mlp", "task": "ocr"}]
    read_model(connection, "digits-mlp")
    # {"id": 2, "name": "digits-mlp", "task": "ocr", "description": None}
"""

from typing import Any

from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, select

metadata = MetaData()

models = Table(
    "models",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(60), nullable=False, unique=True),
    Column("task", String(60), nullable=False),
    Column("description", String(200)),
)


def find_models(
    connection: Connection,
    task: str | None = None,
    described: bool | None = None,
    limit: int = 10,
) -> list[dict[str, Any]]:
    """The first models that fit, by task and name."""
    rows = [dict(row) for row in connection.execute(select(models)).mappings()]
    if task:
        rows = [row for row in rows if row["task"] == task]
    if described:
        rows = [row for row in rows if row["description"]]
    return rows[:limit]


def read_model(connection: Connection, name: str) -> dict[str, Any] | None:
    """The model of this name, or nothing."""
    return dict(
        connection.execute(select(models).where(models.c.name == name)).mappings().one()
    )
