"""Exercise 7.5: Types that travel.

Lantern runs on SQLite on a laptop and on PostgreSQL in production. A time, a choice and
a bit of JSON must come back from both as they went in.

Write the type `UtcDateTime`, a `TypeDecorator`:

- It takes a `datetime` that knows its offset from UTC, whatever that is, and keeps the
  instant in UTC.
- What comes back is a `datetime` of the same instant, to the microsecond, with offset 0
  from UTC, on each database.
- A naive `datetime`, one whose `utcoffset()` is `None`, is refused with a `ValueError`,
  which SQLAlchemy wraps in a `StatementError`. `None` stays `None`.
- Using it warns of nothing.

Then give the table `versions` its columns, in addition to `id`:

- `stage`: one of the four in `Stage`, required. Python gets a `Stage`. The database
  keeps its value, such as `"staging"`, not its name in Python, and refuses every other
  text, even from SQL that goes past your Python.
- `metrics`: JSON, in the database too, or nothing. `None` is stored as NULL, so that
  `metrics IS NULL` finds it, and so is what a row does not say. `{}` and `0` are
  something.
- `created_at`: a `UtcDateTime`, required.

For example, a version created at 14:00 in Berlin in summer (+02:00) comes back created
at

    datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
"""

# region solution
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    Column,
    DateTime,
    Dialect,
    Enum,
    Integer,
    MetaData,
    Table,
    TypeDecorator,
)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant, kept in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"{value} does not say its offset from UTC")
        return value.astimezone(UTC)

    def process_result_value(
        self, value: datetime | None, _: Dialect
    ) -> datetime | None:
        if value is None:
            return None
        # SQLite keeps no offset: what comes back is UTC, because that is what went in
        return (
            value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        )


# endregion
# region starter
# from datetime import datetime
# from enum import StrEnum
#
# from sqlalchemy import Column, DateTime, Integer, MetaData, String, Table, TypeDecorator
#
#
# class UtcDateTime(TypeDecorator[datetime]):
#     """An instant, kept in UTC."""
#
#     impl = DateTime
#     cache_ok = True
#
#
# endregion
class Stage(StrEnum):
    """How far a version has come."""

    NONE = "none"
    STAGING = "staging"
    PRODUCTION = "production"
    ARCHIVED = "archived"


# region solution
def values_of(kind: type[Stage]) -> list[str]:
    return [stage.value for stage in kind]


metadata = MetaData()
versions = Table(
    "versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column(
        "stage",
        Enum(
            Stage, values_callable=values_of, native_enum=False, create_constraint=True
        ),
        nullable=False,
    ),
    Column("metrics", JSON(none_as_null=True)),
    Column("created_at", UtcDateTime, nullable=False),
)
# endregion
# region starter
# metadata = MetaData()
# versions = Table(
#     "versions",
#     metadata,
#     Column("id", Integer, primary_key=True),
#     Column("stage", String(20), nullable=False),
#     Column("metrics", String),
#     Column("created_at", UtcDateTime, nullable=False),
# )
# endregion
