"""Exercise 8.5: All or nothing.

To promote a version means two changes: the version that is in production is archived,
and the new one takes its place. Between the two, a power failure, a lost connection or
an error in the code would leave a model with nothing in production, and every
prediction would fail. So both changes happen, or neither.

The table `versions` is given. Write `promote(engine, model_id, number)`, which opens
its own connection:

- Afterwards the version of this model with this number has the stage `production`. The
  version of this model that had it before, if there was one, has the stage `archived`.
  All other versions are as they were. To promote the version that is in production
  already changes nothing.
- It returns nothing. What it has done is committed.
- If the model has no version with this number, it raises a `LookupError`, and
  everything is as it was.
- If the database refuses any of its statements, everything is as it was, and
  SQLAlchemy's error comes out of the function.
- At no moment does another connection see one change without the other.
- Other processes write too, between any two of your statements. Where one of them
  deletes the version before it is promoted, the model has no version with this number.
  Where two promotions of one model run at once, one version is in production
  afterwards, as if one had come after the other, also where there was none before. One
  of the two may end in SQLAlchemy's error instead.
- Its connection goes back to the pool, after an error too.

SQLite lets one connection write at a time. PostgreSQL lets many, and the second may
have looked before the first has committed. There, a `select(…).with_for_update()` locks
the rows that it finds until its transaction ends, and waits where they are locked;
SQLite does without.

For example, where version 3 of model 1 is in production and version 4 in staging:

    promote(engine, 1, 4)  # now 3 is archived and 4 is in production
"""

# region solution
from sqlalchemy import (
    Column,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    select,
    update,
)

# endregion
# region starter
# from sqlalchemy import (
#     Column,
#     Engine,
#     Integer,
#     MetaData,
#     String,
#     Table,
#     UniqueConstraint,
#     update,
# )
#
# endregion
metadata = MetaData()

versions = Table(
    "versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("model_id", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("stage", String(20), nullable=False, server_default="none"),
    UniqueConstraint("model_id", "number"),
)


def promote(engine: Engine, model_id: int, number: int) -> None:
    """Put one version of a model in production, in the place of the one that is there.

    Raises:
        LookupError: the model has no such version.
    """
    # region solution
    every_version = select(versions.c.id).where(versions.c.model_id == model_id)
    of_model = update(versions).where(versions.c.model_id == model_id)
    with engine.begin() as connection:
        # Whoever promotes a version of this model at the same time waits here. All lock
        # in the same order, so that no two of them wait for each other.
        connection.execute(every_version.order_by(versions.c.id).with_for_update())
        connection.execute(
            of_model.where(versions.c.stage == "production").values(stage="archived")
        )
        promoted = connection.execute(
            of_model.where(versions.c.number == number).values(stage="production")
        )
        if promoted.rowcount == 0:
            raise LookupError(f"Model {model_id} has no version {number}")
    # endregion
    # region starter
    # connection = engine.connect()
    # of_model = update(versions).where(versions.c.model_id == model_id)
    # connection.execute(
    #     of_model.where(versions.c.stage == "production").values(stage="archived")
    # )
    # connection.commit()
    # connection.execute(
    #     of_model.where(versions.c.number == number).values(stage="production")
    # )
    # connection.commit()
    # endregion
