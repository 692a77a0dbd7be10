"""Exercise 9.1: Predictions per model.

Which models are used, and which does Lantern keep for nobody? The second question is
the one that an inner join cannot answer: it drops exactly the models that nobody asks.

Write `predictions_per_model(connection)`. It answers a list of tuples, one for each
model: its name, and how many predictions all of its versions have made together.

- A model without predictions counts 0, whether it has versions or not. An empty log has
  no models: `[]`.
- The model with the most predictions comes first. Models with as many as each other are
  sorted by name.
- It takes one statement, however many models there are, and the database counts: one
  row for each model comes back.

For example, where `spam-filter` has two versions with 3 and 2 predictions, and
`defect-finder` has no version yet:

    [("spam-filter", 5), ("defect-finder", 0)]
"""

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
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
)
predictions = Table(
    "predictions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version_id", ForeignKey("versions.id"), nullable=False),
)


def predictions_per_model(connection: Connection) -> list[tuple[str, int]]:
    query = select(models.c.name).join_from(models, versions).join(predictions)
    return [(name, 1) for (name,) in connection.execute(query)]
