"""Exercise 9.3: The latest of each, and the slow tail.

`GROUP BY` turns many rows into one number. Two questions need the rows themselves:
which prediction did each model make last, and how slow are its slowest answers? A
window function looks at the rows around each row and keeps it.

Write two functions. Each takes one statement, which brings nothing but the answer: the
database chooses.

`latest_predictions(connection)` answers a list of tuples, one for each model that has
made a prediction: the model's name, and the id of its latest prediction, over all
versions. Latest is the largest `created_at`; of several made at that time, it is the
one with the largest id. A prediction that arrived late has a large id and an old time:
it is not the latest. The list is sorted by name.

`p95_latencies(connection)` answers a list of tuples, one for each version that has made
a prediction: the model's name, the version's number, and its 95th percentile of
`latency_ms`. That is the smallest latency in the log that at least 95 % of the
version's predictions do not exceed: of 20 predictions the 19th, of 10 the slowest, of 1
that one. The list is sorted by name, then by number.

For example, where version 2 of `spam-filter` made the predictions 1 (at 12:00, 8 ms)
and 2 (at 11:00, 90 ms):

    latest_predictions(connection)  # [("spam-filter", 1)]
    p95_latencies(connection)  # [("spam-filter", 2, 90.0)]
"""

# region solution
from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    func,
    select,
)

# endregion
# region starter
# from sqlalchemy import (
#     Column,
#     Connection,
#     DateTime,
#     Float,
#     ForeignKey,
#     Integer,
#     MetaData,
#     String,
#     Table,
#     UniqueConstraint,
#     func,
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
    Column("number", Integer, nullable=False),
    UniqueConstraint("model_id", "number"),
)
predictions = Table(
    "predictions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version_id", ForeignKey("versions.id"), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("latency_ms", Float, nullable=False),
)


def latest_predictions(connection: Connection) -> list[tuple[str, int]]:
    # region solution
    newest_first = [predictions.c.created_at.desc(), predictions.c.id.desc()]
    place = func.row_number().over(
        partition_by=versions.c.model_id, order_by=newest_first
    )
    placed = (
        select(models.c.name, predictions.c.id, place.label("place"))
        .join_from(models, versions)
        .join(predictions)
        .subquery()
    )
    query = (
        select(placed.c.name, placed.c.id)
        .where(placed.c.place == 1)
        .order_by(placed.c.name)
    )
    return [(name, prediction_id) for name, prediction_id in connection.execute(query)]
    # endregion
    # region starter
    # latest = func.max(predictions.c.id)
    # query = (
    #     select(models.c.name, latest)
    #     .join_from(models, versions)
    #     .join(predictions)
    #     .group_by(models.c.name)
    # )
    # return [(name, prediction_id) for name, prediction_id in connection.execute(query)]
    # endregion


def p95_latencies(connection: Connection) -> list[tuple[str, int, float]]:
    # region solution
    share = func.cume_dist().over(
        partition_by=predictions.c.version_id, order_by=predictions.c.latency_ms
    )
    shared = select(
        predictions.c.version_id, predictions.c.latency_ms, share.label("share")
    ).subquery()
    query = (
        select(models.c.name, versions.c.number, func.min(shared.c.latency_ms))
        .join_from(models, versions)
        .join(shared, shared.c.version_id == versions.c.id)
        .where(shared.c.share >= 0.95)
        .group_by(models.c.name, versions.c.number)
        .order_by(models.c.name, versions.c.number)
    )
    return [
        (name, number, latency) for name, number, latency in connection.execute(query)
    ]
    # endregion
    # region starter
    # mean = func.avg(predictions.c.latency_ms)
    # query = (
    #     select(models.c.name, versions.c.number, mean)
    #     .join_from(models, versions)
    #     .join(predictions)
    #     .group_by(models.c.name, versions.c.number)
    # )
    # return [
    #     (name, number, latency) for name, number, latency in connection.execute(query)
    # ]
    # endregion
