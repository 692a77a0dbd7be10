"""Exercise {number}: {title}.

This is what a new exercise begins with: a whole one, for you to replace. Say here
in a sentence or two why Lantern needs what is built. Then give the contract: all
that the grader checks stands in this text.

The table `models` is given. Write `names_for(connection, task)`, which returns a
list with the names of the models of exactly this task, sorted. There may be none.
It sends one statement.

For example, where two models are stored:

    names_for(connection, "ocr")  # ["digits-forest", "digits-mlp"]
"""

from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, select

metadata = MetaData()

models = Table(
    "models",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(60), nullable=False, unique=True),
    Column("task", String(60), nullable=False),
)


def names_for(connection: Connection, task: str) -> list[str]:
    """The names of the models of `task`."""
    # region solution
    query = select(models.c.name).where(models.c.task == task).order_by(models.c.name)
    return list(connection.execute(query).scalars())
    # endregion
    # region starter
    # return [f"{row.name}: {task}" for row in connection.execute(select(models))]
    # endregion
