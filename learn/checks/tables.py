"""What graders of tables share: create what the learner describes, write past it with SQL of their own, and read.

Statements are SQL text, with `:name` for a value. What the database says to one is a failure in the learner's words.
"""

from types import ModuleType
from typing import Any

from sqlalchemy import Engine, Table, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from learn.checks.call import call
from learn.checks.mismatch import first_line, require, show_python


def table(exercise: ModuleType, name: str) -> Table:
    """The learner's `Table` of that name."""
    found = getattr(exercise, name)
    require(
        isinstance(found, Table),
        called=f"`{name}` in the file",
        got=f"is {show_python(found)}",
        expected="a Table",
    )
    assert isinstance(found, Table)
    return found


def create_tables(exercise: ModuleType, engine: Engine) -> None:
    """Create the tables of the learner's `metadata`."""
    create_all = call(exercise.metadata.create_all, engine)
    create_all.expect_that(create_all.error is None, "the tables to be created")


def expect_done(engine: Engine, statement: str, why: str = "the task allows it", **values: object) -> None:
    """The database does what `statement` says."""
    try:
        with engine.begin() as connection:
            connection.execute(text(statement), values)
    except DBAPIError as error:
        require(False, called=statement, got=f"was refused: {first_line(str(error.orig))}", expected=f"no error: {why}")


def expect_refused(engine: Engine, statement: str, why: str, **values: object) -> None:
    """The database refuses `statement` because of a constraint, or of a type of its own; nothing is changed."""
    expected = f"the database to refuse it: {why}"
    try:
        with engine.connect() as connection:
            connection.execute(text(statement), values)
    except (IntegrityError, DataError):
        return
    except DBAPIError as error:
        require(False, called=statement, got=f"failed: {first_line(str(error.orig))}", expected=expected)
    require(False, called=statement, got="was let in", expected=expected)


def expect_rows(engine: Engine, statement: str, rows: list[tuple[Any, ...]], why: str) -> None:
    """`statement` reads just these rows."""
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(statement))]
    require(found == rows, called=statement, got=f"reads {show_python(found)}", expected=f"{show_python(rows)}: {why}")
