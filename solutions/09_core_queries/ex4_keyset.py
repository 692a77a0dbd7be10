"""Exercise 9.4: Pages that stay stable.

A support desk pages through the log, newest first, while Lantern goes on writing to it.
With an offset, each new row pushes all others down by one: the last row of page 1 comes
again as the first of page 2. And a database that is told to skip 30,000 rows has to
read them. Keyset paging asks otherwise: what comes after the row that I saw last?

Write `read_page(connection, size, after)`. It answers a list of `Prediction`, at most
`size` of them:

- Newest first: sorted by `created_at`, the largest first; of the same `created_at`, the
  largest id first. Several predictions may share a time, and one that arrived late has
  a larger id than others that were made after it.
- Without `after`, the page begins at the newest prediction. Else `after` is the last
  prediction of the page before, as this function answered it, and the page begins right
  behind its place in the order.
- Rows that arrive or are deleted between two pages move nothing: no page repeats what
  an earlier page had, and none leaves out what was there all the time. That holds where
  the row of `after` itself is deleted too.
- Behind the end there is the empty list.
- It takes one statement, which brings no more than `size` rows.

For example, where the predictions 1, 2 and 3 were made at 10:00, 11:00 and 11:00:

    first = read_page(connection, 2)  # the predictions 3 and 2
    read_page(connection, 2, after=first[-1])  # the prediction 1
"""

from datetime import datetime
from typing import NamedTuple

# region solution
from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Float,
    Integer,
    MetaData,
    Table,
    select,
    tuple_,
)

# endregion
# region starter
# from sqlalchemy import (
#     Column,
#     Connection,
#     DateTime,
#     Float,
#     Integer,
#     MetaData,
#     Table,
#     select,
# )
#
# endregion
metadata = MetaData()
predictions = Table(
    "predictions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("latency_ms", Float, nullable=False),
)


class Prediction(NamedTuple):
    id: int
    created_at: datetime
    latency_ms: float


def read_page(
    connection: Connection, size: int, after: Prediction | None = None
) -> list[Prediction]:
    # region solution
    order = [predictions.c.created_at, predictions.c.id]
    query = (
        select(predictions).order_by(*[column.desc() for column in order]).limit(size)
    )
    if after is not None:
        query = query.where(tuple_(*order) < (after.created_at, after.id))
    return [Prediction(*row) for row in connection.execute(query)]
    # endregion
    # region starter
    # query = select(predictions).order_by(predictions.c.created_at.desc())
    # if after is not None:
    #     query = query.where(predictions.c.created_at < after.created_at)
    # return [Prediction(*row) for row in connection.execute(query)][:size]
    # endregion
