"""Grades exercise 8.5, all or nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from time import monotonic, sleep
from types import ModuleType

import pytest
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from learn.checks import Outcome, call, require, show
from learn.checks.database import engine_on, taken_connections

# Stages by model and number. Model 3 has nothing in production.
STORED = {
    (1, 1): "archived",
    (1, 2): "none",
    (1, 3): "production",
    (1, 4): "staging",
    (2, 3): "production",
    (2, 4): "staging",
    (3, 1): "none",
    (3, 2): "staging",
}
MOST = 12  # statements that a promotion may be made of


@pytest.fixture(autouse=True)
def prepared(exercise: ModuleType, engine: Engine) -> None:
    """A database with eight versions of three models."""
    exercise.metadata.create_all(engine)
    store(exercise, engine)


def store(exercise: ModuleType, engine: Engine) -> None:
    """Put the versions into the table, in place of those that are in it."""
    rows = [{"model_id": model, "number": number, "stage": stage} for (model, number), stage in STORED.items()]
    with engine.begin() as connection:
        connection.execute(exercise.versions.delete())
        connection.execute(exercise.versions.insert(), rows)


def stages(engine: Engine) -> dict[tuple[int, int], str]:
    """What another connection sees."""
    with engine.connect() as second:
        rows = second.execute(text("SELECT model_id, number, stage FROM versions ORDER BY model_id, number"))
        return {(row[0], row[1]): row[2] for row in rows}


def require_stages(called: str, engine: Engine, changes: dict[tuple[int, int], str], why: str) -> None:
    """Another connection sees the versions as they were, but for `changes`."""
    found = stages(engine)
    for key, before in STORED.items():
        expected = changes.get(key, before)
        require(
            found.get(key) == expected,
            called=called,
            got=f"left version {key[1]} of model {key[0]} in the stage {show(found.get(key))}",
            expected=f"{show(expected)}: {why}",
        )


def attempt(exercise: ModuleType, engine: Engine, model: int, number: int) -> Outcome:
    """Promote. A connection that was not given back is ended, with the locks that it holds."""
    with taken_connections(engine):
        return call(exercise.promote, engine, model, number)


@contextmanager
def before_statement(engine: Engine, number: int, act: Callable[[], object]) -> Iterator[list[int]]:
    """Have `act` happen right before statement `number`, where COMMIT is one too. The list says whether it came."""
    sent = 0
    reached: list[int] = []

    def count(*_: object) -> None:
        nonlocal sent
        sent += 1
        if sent == number:
            reached.append(number)
            act()

    for name in ("before_cursor_execute", "commit"):
        event.listen(engine, name, count)
    try:
        yield reached
    finally:
        for name in ("before_cursor_execute", "commit"):
            event.remove(engine, name, count)


def refuse() -> None:
    """What the database does where it cannot."""
    raise OperationalError("", {}, Exception("the connection to the server was lost"))


def each_statement(called: str) -> Iterator[int]:
    """The numbers of statements, until one is not reached; a promotion is made of a few."""
    yield from range(1, MOST + 1)
    require(False, called=called, got=f"sent over {MOST} statements", expected="no more than it needs")


@pytest.fixture
def others(engine: Engine) -> Iterator[Engine]:
    """What other processes reach the same database with."""
    others = engine_on(engine.url)
    yield others
    others.dispose()


class Rival:
    """Another process that promotes a version by the same code, while ours is between two statements.

    On PostgreSQL it waits where it meets a lock of ours, and goes on when we have committed. SQLite refuses it there.
    """

    def __init__(self, exercise: ModuleType, others: Engine, model: int, number: int) -> None:
        self._exercise, self._others, self._version = exercise, others, (model, number)
        self._thread = Thread(target=self._promote)
        self.outcome: Outcome | None = None

    def _promote(self) -> None:
        self.outcome = attempt(self._exercise, self._others, *self._version)

    def start(self) -> None:
        """Return when it has ended, or waits for a lock."""
        if self._others.dialect.name == "sqlite":
            self._promote()
            return
        self._thread.start()
        waiting = text("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")
        until = monotonic() + 5
        with self._others.connect() as connection:
            while self._thread.is_alive() and monotonic() < until and connection.execute(waiting).first() is None:
                connection.rollback()  # else what it sees of others stays as it is
                sleep(0.002)

    def end(self) -> Outcome:
        if self._thread.ident is not None:
            self._thread.join()
        assert self.outcome is not None
        return self.outcome


def done_by_another(others: Engine, statement: str) -> bool:
    """Whether another process could do so now. It waits for no lock."""
    try:
        with others.begin() as connection:
            if others.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL lock_timeout = '20ms'"))
            return connection.execute(text(statement)).rowcount > 0
    except OperationalError:
        return False


def test_one_takes_the_place_of_the_other(exercise: ModuleType, engine: Engine) -> None:
    done = attempt(exercise, engine, 1, 4).expect(None)
    changes = {(1, 4): "production", (1, 3): "archived"}
    require_stages(done.called, engine, changes, "4 takes the place of 3, for every connection, and no other changes")
    done = attempt(exercise, engine, 1, 1).expect(None)
    changes = {(1, 1): "production", (1, 3): "archived", (1, 4): "archived"}
    require_stages(f"{done.called} after that", engine, changes, "1 takes the place of 4, and no other changes")


def test_a_model_with_nothing_in_production(exercise: ModuleType, engine: Engine) -> None:
    done = attempt(exercise, engine, 3, 1).expect(None)
    require_stages(done.called, engine, {(3, 1): "production"}, "nothing was there to be archived")


def test_the_one_in_production_stays_there(exercise: ModuleType, engine: Engine) -> None:
    done = attempt(exercise, engine, 2, 3).expect(None)
    require_stages(done.called, engine, {}, "version 3 is in production already, so nothing changes")


def test_an_unknown_version_changes_nothing(exercise: ModuleType, engine: Engine) -> None:
    for model, number in ((1, 5), (7, 1)):
        done = attempt(exercise, engine, model, number)
        require_stages(done.called, engine, {}, f"model {model} has no version {number}, so everything is as it was")
        done.expect_raised(LookupError, f"model {model} has no version {number}")


def test_a_refused_statement_undoes_the_rest(exercise: ModuleType, engine: Engine) -> None:
    for number in each_statement("promote(engine, 1, 4)"):
        with before_statement(engine, number, refuse) as refused:
            done = attempt(exercise, engine, 1, 4)
        if not refused:
            require(number > 1, called=done.called, got="sent no statement", expected="it to change the database")
            return
        called = f"{done.called}, while the database refuses statement {number},"
        require_stages(called, engine, {}, "all or nothing, so everything is as it was")
        require(
            isinstance(done.error, SQLAlchemyError),
            called=called,
            got=done.got,
            expected="SQLAlchemy's error to come out: the caller must know that nothing was promoted, and why",
        )


def test_nobody_sees_one_change_without_the_other(exercise: ModuleType, engine: Engine) -> None:
    seen: list[dict[tuple[int, int], str]] = []
    looking = False

    def look(connection: Connection, *_: object) -> None:  # noqa: ARG001
        nonlocal looking
        if not looking:  # to look is to send a statement too
            looking = True
            seen.append(stages(engine))
            looking = False

    event.listen(engine, "after_cursor_execute", look)
    done = call(exercise.promote, engine, 1, 4).expect(None)
    event.remove(engine, "after_cursor_execute", look)
    for found in [*seen, stages(engine)]:
        pair = f"version 3 {found[1, 3]} and version 4 {found[1, 4]}"
        require(
            pair in ("version 3 production and version 4 staging", "version 3 archived and version 4 production"),
            called=done.called,
            got=f"let another connection see {pair}",
            expected="both changes to be seen together, or neither",
        )


def test_a_version_may_be_deleted_meanwhile(exercise: ModuleType, engine: Engine, others: Engine) -> None:
    delete = "DELETE FROM versions WHERE model_id = 1 AND number = 4"
    for number in each_statement("promote(engine, 1, 4)"):
        deleted: list[bool] = []

        def delete_it(gone: list[bool] = deleted) -> None:
            gone.append(done_by_another(others, delete))

        with before_statement(engine, number, delete_it):
            done = attempt(exercise, engine, 1, 4)
        if not deleted:
            return
        if deleted == [True]:
            found = stages(engine)[1, 3]
            require(
                found == "production" and isinstance(done.error, LookupError | SQLAlchemyError),
                called=f"{done.called}, while another process deletes version 4 before statement {number},",
                got=f"left version 3 in the stage {show(found)}, and {done.got.partition(':')[0]}",
                expected='"production" and a LookupError: nothing has taken its place',
            )
        store(exercise, engine)


def test_two_at_once_leave_one_in_production(exercise: ModuleType, engine: Engine, others: Engine) -> None:
    for model, ours, theirs in ((1, 4, 2), (3, 1, 2)):
        for number in each_statement(f"promote(engine, {model}, {ours})"):
            rival = Rival(exercise, others, model, theirs)
            with before_statement(engine, number, rival.start) as reached:
                done = attempt(exercise, engine, model, ours)
            if not reached:
                break
            outcomes = {ours: done, theirs: rival.end()}
            worked = [version for version, outcome in outcomes.items() if outcome.error is None]
            found = [key[1] for key, stage in stages(engine).items() if key[0] == model and stage == "production"]
            called = f"{done.called}, while another process calls promote(engine, {model}, {theirs}) before"
            ended = " and ".join(f"{version} {one.got.partition(':')[0]}" for version, one in outcomes.items())
            require(
                len(found) == 1 and found[0] in worked,
                called=f"{called} statement {number},",
                got=f"left the versions {found} of model {model} in production; that of {ended}",
                expected="one version in production, promoted by one of the two: whoever comes second waits",
            )
            store(exercise, engine)


def test_the_connection_goes_back_to_the_pool(exercise: ModuleType, engine: Engine) -> None:
    for number, refused, when in (
        (4, 0, "which works,"),
        (99, 0, "of which there is no version,"),
        (2, 1, "while the database refuses statement 1,"),
        (2, 2, "while the database refuses statement 2,"),
    ):
        with taken_connections(engine) as taken, before_statement(engine, refused, refuse):
            done = call(exercise.promote, engine, 1, number)
            done.called += f", {when}"
            taken.expect_given_back(done)
