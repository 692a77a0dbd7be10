"""Grades exercise 9.4: Pages that stay stable."""

from datetime import datetime, timedelta
from types import ModuleType
from typing import Any

from sqlalchemy import Engine, delete, insert

from learn.checks import call, require
from learn.checks.database import in_no_order, traffic
from learn.lab.prediction_log import START, create_small_log, predictions

MINUTES = [1, 4, 4, 2, 4, 6, 2.0000005, 4, 2]  # of created_at, 7 by microseconds after 4; the first has the id 1
NEWEST_FIRST = [6, 8, 5, 3, 2, 7, 9, 4, 1]


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def create(engine: Engine) -> None:
    rows = [{"model": "spam-filter", "number": 1, "created_at": at(minute)} for minute in MINUTES]
    with engine.begin() as connection:
        create_small_log(connection, {"spam-filter": [1]}, rows)


class Reader:
    """Reads page after page, and says what it has read."""

    def __init__(self, exercise: ModuleType, engine: Engine, size: int) -> None:
        self.exercise, self.engine, self.size = exercise, engine, size
        self.ids: list[int] = []
        self.after: Any = None

    def expect_page(self, *ids: int, why: str) -> None:
        """The next page holds the predictions `ids`."""
        called = f"read_page(connection, {self.size})"
        if self.after is not None:
            called = f"read_page(connection, {self.size}, after=prediction {self.after.id})"
        arguments = {} if self.after is None else {"after": self.after}
        with self.engine.connect() as connection, in_no_order(self.engine, "ASC"):
            outcome = call(self.exercise.read_page, connection, self.size, **arguments)
        outcome.called = called
        page = outcome.value
        outcome.expect_that(isinstance(page, list), "a list of Prediction")
        outcome.expect_that(all(hasattr(row, "id") for row in page), "a list of Prediction, each with its id")
        found = [row.id for row in page]
        got = f"returned the predictions {found}"
        require(found == list(ids), called=called, got=got, expected=f"{list(ids)}: {why}")
        self.after = page[-1] if page else self.after


def test_the_first_page_has_the_newest(exercise: ModuleType, engine: Engine) -> None:
    create(engine)
    Reader(exercise, engine, 1).expect_page(
        6, why="it was made last; 7, 8 and 9 arrived later, and were made before it"
    )
    why = "newest first; 8, 5, 3 and 2 share a time, and the largest id comes first"
    Reader(exercise, engine, 4).expect_page(6, 8, 5, 3, why=why)
    Reader(exercise, engine, 100).expect_page(*NEWEST_FIRST, why="all 9, newest first, ties by the largest id")


def test_pages_join_without_gap_or_repetition(exercise: ModuleType, engine: Engine) -> None:
    create(engine)
    for size in (3, 2, 1, 4):
        reader = Reader(exercise, engine, size)
        for start in range(0, len(NEWEST_FIRST), size):
            expected = NEWEST_FIRST[start : start + size]
            reader.expect_page(*expected, why="the order goes on behind the last page; times may be shared")
        reader.expect_page(why="behind the end there is nothing")


def test_new_rows_do_not_move_the_next_page(exercise: ModuleType, engine: Engine) -> None:
    create(engine)
    reader = Reader(exercise, engine, 3)
    reader.expect_page(6, 8, 5, why="the three newest")
    usual = {"version_id": 1, "latency_ms": 5.0, "input_hash": "9b1e"}
    with engine.begin() as connection:  # the new rows get the ids 10, 11 and 12
        connection.execute(insert(predictions), [usual | {"created_at": at(minute)} for minute in (9, 4, 2.0000002)])
    reader.expect_page(3, 2, 7, why="the new predictions 10 and 11 belong before them, to pages that were read already")
    reader.expect_page(12, 9, 4, why="the new prediction 12 arrived late, and has its place here")


def test_deleted_rows_do_not_move_the_next_page(exercise: ModuleType, engine: Engine) -> None:
    create(engine)
    reader = Reader(exercise, engine, 3)
    reader.expect_page(6, 8, 5, why="the three newest")
    with engine.begin() as connection:
        connection.execute(delete(predictions).where(predictions.c.id.in_([6, 5])))
    reader.expect_page(3, 2, 7, why="6 and 5 were deleted meanwhile, and the place of 5 in the order is known")


def test_a_page_is_one_statement_and_few_rows(exercise: ModuleType, engine: Engine) -> None:
    create(engine)
    reader = Reader(exercise, engine, 2)
    for expected in (NEWEST_FIRST[:2], NEWEST_FIRST[2:4]):
        with traffic(engine) as sent:
            reader.expect_page(*expected, why="newest first")
        sent.expect_statements("read_page(connection, 2)", 1, "one for a page")
        sent.expect_rows("read_page(connection, 2)", 2, "the database cuts, not Python")
