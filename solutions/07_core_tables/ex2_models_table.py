"""Exercise 7.2: The table of models.

A rule that only Lantern's code knows is broken by the first script that writes to the
database without it. So the rules belong into the table. Describe the table `models` as
a `Table` called `models`, in a `MetaData` called `metadata`;
`metadata.create_all(engine)` then creates it. It has exactly these columns, in this
order:

- `id`: an integer, the primary key, which the database counts up by itself.
- `name`: text of at most 64 characters, required. No two models have the same.
- `task`: text of at most 40 characters, required.
- `description`: text of any length, or nothing.
- `public`: a boolean, required. Where a row does not say, the database puts true.
- `downloads`: an integer, required. Where a row does not say, the database puts 0.

"Required" means that the database refuses NULL. There are no other rules: an empty text
is a text, and names that differ in capitals are two names. The grader also writes with
SQL of its own, past your Python: what the database is to put, it must know itself. For
example,

    INSERT INTO models (name, task) VALUES ('spam-filter', 'text-classification')

makes a row that reads as

    (1, "spam-filter", "text-classification", None, True, 0)
"""

# region solution
from sqlalchemy import Boolean, Column, Integer, MetaData, String, Table, Text, true

# endregion
# region starter
# from sqlalchemy import Column, Integer, MetaData, String, Table
#
# endregion
metadata = MetaData()

# region solution
models = Table(
    "models",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("task", String(40), nullable=False),
    Column("description", Text),
    Column("public", Boolean, nullable=False, server_default=true()),
    Column("downloads", Integer, nullable=False, server_default="0"),
)
# endregion
# region starter
# models = Table(
#     "models",
#     metadata,
#     Column("id", Integer, primary_key=True),
#     Column("name", String),
# )
# endregion
