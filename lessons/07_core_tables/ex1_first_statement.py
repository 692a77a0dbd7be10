"""Exercise 7.1: A first statement.

Until now Lantern forgot its models at each restart. From now on a database keeps them.
Its table `models` is there already: each row has a `name` and a `task`, both text, and
a name occurs only once.

Write three functions:

- `open_database(url)` returns an engine on the database that the URL names, whatever
  kind it is and whatever else the URL says. It does not connect yet: for
  `sqlite:///archive.db` no file appears.
- `find_task(engine, name)` returns the task of the model with that name, or `None`
  where there is none.
- `add_model(engine, name, task)` adds a row and returns nothing. The row stays: every
  later connection sees it. For a name that is taken the database's own `IntegrityError`
  comes through, and the table stays as it was.

A name is any text, the empty one too, and is kept letter by letter. It may hold quotes
or a colon or a line break, and text that looks like SQL is a name like others, which
may be stored and found again. The same holds for tasks. So names and tasks are bound
parameters, and never a part of the SQL. Each function closes the connection that it
opens, after an error too. For example:

    add_model(engine, "spam-filter", "text-classification")
    find_task(engine, "spam-filter")    # "text-classification"
    find_task(engine, "digits-mlp")     # None
"""

from sqlalchemy import Engine, create_engine


def open_database(url: str) -> Engine:
    return create_engine(url.partition("//")[0] + "//")


def find_task(engine: Engine, name: str) -> str | None:
    return f"the task of {name} on {engine.dialect.name}"


def add_model(engine: Engine, name: str, task: str) -> None:
    print(f"{name} for {task} is not added on {engine.dialect.name} yet")
