"""Exercise 8.3: Make a search safe.

Lantern's search builds its SQL with an f-string, from what the caller typed. So a
caller can type SQL. The digests of Lantern's API keys stand in the same database, in
the table `api_keys`, and this grader knows how to get at them.

Write `search_models(connection, task, part, sort="name")` anew. It does all that it did
before, and returns a list of names: those of the models that have exactly this `task`
and whose name contains `part`. For `part`, a capital letter from A to Z is the same as
the small one, also where the database's `LIKE` tells them apart, as PostgreSQL's does.
In this exercise SQLite's does so too. An empty `part` is contained in every name.

- `sort` is one of four: `name`, `-name`, `id` and `-id`. It says by what the list is
  sorted, with `-` from the last to the first. Any other `sort` raises a `ValueError`.
- `task` and `part` are plain text, whatever stands in them: a quote, a colon, a
  backslash or a blank is a character like others, and so are `%` and `_`, which mean
  something to SQL's `LIKE`.
- Neither of the two is ever a part of a statement's SQL. They travel beside it.

A text that tries to be SQL therefore finds nothing, reads no other table, and changes
nothing.

For example:

    search_models(connection, "text-classification", "SPAM")  # ["spam-filter"]
    search_models(connection, "text-classification", "' OR 1=1 --")  # []
"""

from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, text

metadata = MetaData()

models = Table(
    "models",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(60), nullable=False, unique=True),
    Column("task", String(60), nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("caller", String(60), nullable=False),
    Column("digest", String(64), nullable=False),
)


def search_models(
    connection: Connection, task: str, part: str, sort: str = "name"
) -> list[str]:
    """The names of a task's models that contain `part`.

    Raises:
        ValueError: nothing is sorted by `sort`.
    """
    order = f"{sort[1:]} DESC" if sort.startswith("-") else sort
    query = (
        f"SELECT name FROM models WHERE task = '{task}' "
        f"AND lower(name) LIKE '%{part.lower()}%' ORDER BY {order}"
    )
    return list(connection.execute(text(query)).scalars())
