"""Exercise 7.3: Foreign keys that SQLite enforces.

Somebody deleted a model, and its versions stayed behind. Predictions point at a version
that never was. The tables say `ForeignKey`, but SQLite keeps that rule only on
connections that ask for it.

Write `open_database(url)`. It returns an engine on the SQLite database that the URL
names, such as `sqlite:///lantern.db` or, in memory, `sqlite://`, and **every**
connection of this engine enforces foreign keys.

Then add foreign keys to the tables in `metadata`, and nothing else: the columns stay as
they are, with their types. On such a connection

- a version is refused whose `model_id` is no model, and a prediction whose `version_id`
  is no version; NULL is none;
- a deleted model takes its versions with it;
- a version that has predictions cannot be deleted, and so neither can its model: the
  database refuses with an `IntegrityError`, and all rows stay;
- a deleted key leaves the predictions that were made with it: their `key_id`, which may
  be NULL, becomes NULL. A prediction whose `key_id` is no key is refused.

For example, with model 1 and its versions 1 and 2, of which only version 2 has a
prediction:

    DELETE FROM versions WHERE id = 1  -- is done
    DELETE FROM models WHERE id = 1    -- IntegrityError: the prediction needs version 2
"""

# region solution
from sqlite3 import Connection

from sqlalchemy import (
    Column,
    Engine,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    event,
)

# endregion
# region starter
# from sqlalchemy import (
#     Column,
#     Engine,
#     Float,
#     Integer,
#     MetaData,
#     String,
#     Table,
#     create_engine,
# )
#
# endregion
metadata = MetaData()


# region solution
def open_database(url: str) -> Engine:
    engine = create_engine(url)

    @event.listens_for(engine, "connect")
    def enforce_foreign_keys(connection: Connection, _: object) -> None:
        connection.execute("PRAGMA foreign_keys = ON")

    return engine


# endregion
# region starter
# def open_database(url: str) -> Engine:
#     return create_engine(url)
#
#
# endregion
models = Table(
    "models",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False),
)
keys = Table(
    "keys",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("caller", String, nullable=False),
)
# region solution
versions = Table(
    "versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("model_id", ForeignKey("models.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
)
predictions = Table(
    "predictions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version_id", ForeignKey("versions.id"), nullable=False),
    Column("key_id", ForeignKey("keys.id", ondelete="SET NULL")),
    Column("latency_ms", Float, nullable=False),
)
# endregion
# region starter
# versions = Table(
#     "versions",
#     metadata,
#     Column("id", Integer, primary_key=True),
#     Column("model_id", Integer, nullable=False),
#     Column("number", Integer, nullable=False),
# )
# predictions = Table(
#     "predictions",
#     metadata,
#     Column("id", Integer, primary_key=True),
#     Column("version_id", Integer, nullable=False),
#     Column("key_id", Integer),
#     Column("latency_ms", Float, nullable=False),
# )
# endregion
