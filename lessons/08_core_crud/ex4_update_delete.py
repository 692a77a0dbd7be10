"""Exercise 8.4: Update and delete, and count.

The log of predictions has mistakes in it. One client sent latencies in seconds, where
Lantern counts in milliseconds. An error was noted at the wrong prediction. Test calls
must go. An UPDATE or DELETE that hits no row is no error for the database, and one that
hits every row is none either, so your code has to look.

The table `predictions` is given. Write three functions that change it:

- `seconds_to_ms(connection, version_id)` multiplies the `latency_ms` of every
  prediction of this version by 1000, and returns how many it has changed. 0 is no
  error.
- `set_error(connection, prediction_id, error)` sets the `error` of one prediction to a
  text, or to null where it is `None`. Where there is no such prediction, it raises a
  `LookupError`. It returns nothing.
- `delete_predictions(connection, ids)` deletes the predictions with these ids, and
  returns how many it has deleted. An id that does not exist, or stands twice in the
  list, counts for nothing. An empty list deletes nothing.

No other row and no other column changes, nor does a list that is handed over. Each call
sends at most one statement, however many rows it is about; a list has up to 10,000 ids.
All three leave it to the caller to commit or to roll back, after a `LookupError` too.

For example, where the predictions 1, 2 and 3 are stored:

    delete_predictions(connection, [3, 1, 99])  # 2
"""

from sqlalchemy import (
    Column,
    Connection,
    Float,
    Integer,
    MetaData,
    Table,
    Text,
    delete,
    select,
    update,
)

metadata = MetaData()

predictions = Table(
    "predictions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version_id", Integer, nullable=False),
    Column("latency_ms", Float, nullable=False),
    Column("error", Text),
)


def seconds_to_ms(connection: Connection, version_id: int) -> int:
    """Mend the latencies of a version's predictions. Returns how many."""
    rows = connection.execute(
        select(predictions).where(predictions.c.version_id == version_id)
    ).all()
    for row in rows:
        connection.execute(update(predictions).values(latency_ms=row.latency_ms * 1000))
    return len(rows)


def set_error(connection: Connection, prediction_id: int, error: str | None) -> None:
    """Note what went wrong in one prediction, or that nothing did.

    Raises:
        LookupError: there is no such prediction.
    """
    connection.execute(
        update(predictions).where(predictions.c.id == prediction_id).values(error=error)
    )


def delete_predictions(connection: Connection, ids: list[int]) -> int:
    """Delete predictions by their ids. Returns how many there were."""
    statement = delete(predictions)
    if ids:
        statement = statement.where(predictions.c.id.in_(ids))
    connection.execute(statement)
    return len(ids)
