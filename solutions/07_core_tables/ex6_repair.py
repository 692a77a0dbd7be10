"""Exercise 7.6: Repair: a schema in strings.

This code creates Lantern's tables from strings, as many a script still does. It runs,
and that is all: it drops the rows that were there, lets in anything, keeps times of
which nobody knows the zone, and speaks to one database only. Bring it to today's way,
with a `Table` for `models` and one for `versions`, under these names.

- `create_tables(engine)` creates each of the two tables where it is missing. Rows that
  are there stay.
- `add_version(engine, model_id, number)` adds a version that is created now, in the
  stage `none`. For a number that the model has already, and for a model that is not
  there, the database's `IntegrityError` comes through, and nothing changes.
- `models` has `id`, the primary key; `name`, text of at most 64 characters, which no
  two models share, letter by letter; and `task`, text of at most 40 characters.
- `versions` has `id`, the primary key; `model_id`, which is a model, and a deleted
  model takes its versions with it; `number`, an integer from 1, each once for a model;
  `stage`, one of `none`, `staging`, `production` and `archived`, where the database
  puts `none` if a row does not say; and `created_at`, a `UtcDateTime`, the type that
  the file brings along.
- No column may be NULL. The database itself keeps all these rules, whoever writes. The
  engine that you get enforces foreign keys.
- Every primary key, foreign key, unique constraint and check has a name in the
  database. Which, is up to you.

For example, after `add_version(engine, 1, 3)` the statement `select(versions)` reads a
row such as

    (1, 1, 3, "none", datetime(2026, 7, 1, 12, 0, 0, 250000, tzinfo=UTC))
"""

from datetime import UTC, datetime

# region solution
from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
    insert,
)

# endregion
# region starter
# from sqlalchemy import DateTime, Dialect, Engine, TypeDecorator, text
#
# endregion


class UtcDateTime(TypeDecorator[datetime]):
    """An instant, kept in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _: Dialect) -> datetime | None:
        """Take a time that says its offset from UTC."""
        if value is not None and value.utcoffset() is None:
            raise ValueError(f"{value} does not say its offset from UTC")
        return value and value.astimezone(UTC)

    def process_result_value(
        self, value: datetime | None, _: Dialect
    ) -> datetime | None:
        """Give the time back in UTC: what comes without an offset went in as UTC."""
        return value and (
            value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
        )


# region solution
metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)
models = Table(
    "models",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("task", String(40), nullable=False),
)
versions = Table(
    "versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("model_id", ForeignKey("models.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("stage", String(20), nullable=False, server_default="none"),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("model_id", "number"),
    CheckConstraint("number >= 1", name="number_positive"),
    CheckConstraint(
        "stage IN ('none', 'staging', 'production', 'archived')", name="stage_known"
    ),
)


def create_tables(engine: Engine) -> None:
    metadata.create_all(engine)


def add_version(engine: Engine, model_id: int, number: int) -> None:
    row = {"model_id": model_id, "number": number, "created_at": datetime.now(UTC)}
    with engine.begin() as connection:
        connection.execute(insert(versions), row)


# endregion
# region starter
# SCHEMA = {
#     "models": "id INTEGER PRIMARY KEY, name TEXT, task TEXT",
#     "versions": "id INTEGER PRIMARY KEY, model_id INTEGER, number TEXT, "
#     "stage TEXT, created_at TEXT",
# }
#
#
# def create_tables(engine: Engine) -> None:
#     with engine.connect() as connection:
#         for name, columns in SCHEMA.items():
#             connection.execute(text(f"DROP TABLE IF EXISTS {name}"))
#             connection.execute(text(f"CREATE TABLE {name} ({columns})"))
#         connection.commit()
#
#
# def add_version(engine: Engine, model_id: int, number: int) -> None:
#     columns = "model_id, number, stage, created_at"
#     values = f"{model_id}, {number}, 'none', '{datetime.now()}'"
#     with engine.connect() as connection:
#         connection.execute(text(f"INSERT INTO versions ({columns}) VALUES ({values})"))
#         connection.commit()
#
#
# endregion
