"""Exercise 9.7: Repair: a query in a loop.

This report works on a laptop with fifty predictions. In production it takes a minute
and half of the server's memory: it asks for each model by itself, fetches whole rows
with texts that nobody reads, and counts them in Python. Code assistants write it this
way when they are asked for "the statistics of each model".

Repair it. `report(connection)` answers a list of dicts, one for each model, sorted by
name:

- `model`: its name; `predictions`: how many its versions have made; `errors`: how many
  of these failed, where `error` is not NULL; `mean_ms`: the mean of their `latency_ms`.
- A model without predictions is in the list, with 0 predictions and 0 errors. The mean
  of nothing is `None`: the starter says 0, and so the model that nobody uses leads the
  list of the fastest. Any other mean is a number, and not rounded.
- It takes one statement, which brings one row for each model.

For example, where `spam-filter` has made two predictions, one in 8 ms and one that
failed after 100 ms:

    [{"model": "spam-filter", "predictions": 2, "errors": 1, "mean_ms": 54.0}]
"""

from typing import Any

# region solution
from sqlalchemy import (
    Column,
    Connection,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    func,
    select,
)

# endregion
# region starter
# from sqlalchemy import (
#     Column,
#     Connection,
#     Float,
#     ForeignKey,
#     Integer,
#     MetaData,
#     String,
#     Table,
#     Text,
#     select,
# )
#
# endregion
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
    Column("latency_ms", Float, nullable=False),
    Column("output", Text),
    Column("error", Text),
)


def report(connection: Connection) -> list[dict[str, Any]]:
    # region solution
    query = (
        select(
            models.c.name.label("model"),
            func.count(predictions.c.id).label("predictions"),
            func.count(predictions.c.error).label("errors"),
            func.avg(predictions.c.latency_ms).label("mean_ms"),
        )
        .outerjoin_from(models, versions)
        .outerjoin(predictions)
        .group_by(models.c.name)
        .order_by(models.c.name)
    )
    return [dict(row) for row in connection.execute(query).mappings()]
    # endregion
    # region starter
    # lines = []
    # for model in connection.execute(select(models).order_by(models.c.name)).all():
    #     made: list[Any] = []
    #     for version in connection.execute(
    #         select(versions).where(versions.c.model_id == model.id)
    #     ).all():
    #         made += connection.execute(
    #             select(predictions).where(predictions.c.version_id == version.id)
    #         ).all()
    #     errors = len([row for row in made if row.error is not None])
    #     mean_ms = sum(row.latency_ms for row in made) / len(made) if made else 0
    #     lines.append(
    #         {
    #             "model": model.name,
    #             "predictions": len(made),
    #             "errors": errors,
    #             "mean_ms": mean_ms,
    #         }
    #     )
    # return lines
    # endregion
