"""Grades exercise 7.1, an engine and first statements with bound parameters."""

from pathlib import Path
from types import ModuleType

from sqlalchemy import URL, Connection, Engine, event, make_url, text
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from learn.checks import call, require, show
from learn.checks.database import recorded

STRANGE = [
    "Spam-Filter",
    " spam-filter ",
    "o'neill's tagger",
    'the "best" tagger',
    "nlp :tagger",
    "x' OR '1'='1",
    "x'; DROP TABLE models; --",
    "100 %s",
    "%",
    "spam_filter",
    "",
    "a\nb\\c\td",
    "模型 🙂 ñ n\u0303",
]


class Elsewhere(SQLiteDialect_pysqlite):
    """A database of another kind than SQLite and PostgreSQL, whose driver is installed wherever Python is."""

    name = "elsewhere"
    supports_statement_cache = True

    def create_connect_args(self, url: URL) -> tuple[list[str], dict[str, str]]:  # noqa: ARG002
        return [], {}


registry.impls["elsewhere"] = lambda: Elsewhere


def create_models(engine: Engine, *names: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE models (name VARCHAR(64) NOT NULL UNIQUE, task VARCHAR(40) NOT NULL)"))
        for name in names:
            row = {"name": name, "task": f"the task of {name}"}
            connection.execute(text("INSERT INTO models VALUES (:name, :task)"), row)


def rows(engine: Engine) -> list[tuple[str, str]]:
    with engine.connect() as connection:
        return [(name, task) for name, task in connection.execute(text("SELECT name, task FROM models ORDER BY name"))]


def require_closed(engine: Engine, opened: list[Connection], called: str) -> None:
    """Each connection is closed, not merely forgotten: `opened` keeps it from being cleared away."""
    still = sum(not connection.closed for connection in opened)
    require(
        engine.pool.checkedout() == 0 and not still,  # type: ignore[attr-defined]
        called=called,
        got="left a connection open",
        expected="every connection that it opens to be closed when it returns",
    )


def test_the_engine_is_on_the_database_of_the_url(exercise: ModuleType, engine: Engine) -> None:
    create_models(engine, "spam-filter")
    url = engine.url.render_as_string(hide_password=False)
    opened = exercise.open_database(url)
    require(
        isinstance(opened, Engine),
        called="open_database(url)",
        got=f"returned {show(opened)}",
        expected="an Engine, as `create_engine` makes it",
    )
    try:
        require(
            opened.url == engine.url,
            called=f"open_database(url) with the URL of a {engine.dialect.name} database",
            got="returned an engine on another database",
            expected="an engine on the database that the URL names",
        )
        with opened.connect() as connection:
            found = connection.execute(text("SELECT name FROM models")).scalars().all()
        require(
            found == ["spam-filter"],
            called="The engine of open_database(url)",
            got=f"reads the names {show(found)}",
            expected='["spam-filter"], the one row of the database that the URL names',
        )
    finally:
        opened.dispose()


def test_opening_does_not_connect(exercise: ModuleType) -> None:
    for name in ["archive.db", "second.db"]:
        outcome = call(exercise.open_database, f"sqlite:///{name}")
        database = getattr(getattr(outcome.value, "url", None), "database", None)
        outcome.expect_that(database == name, f"an engine on the file {name}, which the URL names")
        there = Path(name).exists()
        outcome.value.dispose()
        Path(name).unlink(missing_ok=True)
        require(
            not there,
            called=outcome.called,
            got=f"made the file {name}",
            expected="no file yet: an engine connects when it is first used",
        )
    memory = call(exercise.open_database, "sqlite://")
    memory.expect_that(memory.value.url.database is None, "an engine on a database in memory, which the URL names")
    memory.value.dispose()


def test_the_whole_url_counts(exercise: ModuleType) -> None:
    for url in (
        "sqlite:///file:archive.db?mode=ro&uri=true",
        "sqlite:////data/my models.db",
        "elsewhere://lantern:secret@db.example:5432/registry?ssl=on",
    ):
        outcome = call(exercise.open_database, url)
        found = getattr(outcome.value, "url", None)
        dialect = getattr(getattr(outcome.value, "dialect", None), "name", None)
        require(
            found == make_url(url) and dialect == url.partition(":")[0],
            called=outcome.called,
            got=f"returned an engine of the kind {dialect} on {found}",
            expected="an engine of the kind and on the database that the whole URL names",
        )
        outcome.value.dispose()


def test_the_task_of_a_model_is_found(exercise: ModuleType, engine: Engine) -> None:
    create_models(engine, "spam-filter", "digits-mlp")
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO models VALUES ('draft', '')"))
    for name in ["spam-filter", "digits-mlp"]:
        call(exercise.find_task, engine, name).expect(f"the task of {name}")
    call(exercise.find_task, engine, "spam").expect(None, "no model has this name")
    call(exercise.find_task, engine, "draft").expect("", "the model has this task, a text without a letter")


def test_an_added_model_stays(exercise: ModuleType, engine: Engine) -> None:
    create_models(engine)
    call(exercise.add_model, engine, "spam-filter", "text-classification").expect(None, "it returns nothing")
    engine.dispose()  # nothing that a connection still held is left
    require(
        rows(engine) == [("spam-filter", "text-classification")],
        called="add_model(engine, 'spam-filter', 'text-classification')",
        got=f"left {show(rows(engine))} in models, as a later connection sees it",
        expected="the row [['spam-filter', 'text-classification']]: it is committed",
    )


def test_a_name_that_is_taken_is_refused(exercise: ModuleType, engine: Engine) -> None:
    create_models(engine, "spam-filter")
    outcome = call(exercise.add_model, engine, "spam-filter", "regression")
    error = outcome.expect_raised(IntegrityError, "the name is taken")
    drivers_own = engine.dialect.loaded_dbapi.Error
    outcome.expect_that(isinstance(error.orig, drivers_own), "the error that the database itself raises")
    call(exercise.find_task, engine, "spam-filter").expect("the task of spam-filter", "the first row stays as it was")


def test_a_name_may_be_any_text(exercise: ModuleType, engine: Engine) -> None:
    create_models(engine, "spam-filter")
    for name in STRANGE:
        call(exercise.find_task, engine, name).expect(None, "no model has this name, strange as it is")
        task = f"it's a test of {name}"
        call(exercise.add_model, engine, name, task).expect(None, "a name is any text, and so is a task")
        call(exercise.find_task, engine, name).expect(task, "add_model stored it before")
        engine.dispose()  # a pool of its own for each name: what is left open is the matter of another test
    require(
        len(rows(engine)) == 1 + len(STRANGE),
        called=f"add_model, called with {len(STRANGE)} names,",
        got=f"left {len(rows(engine))} rows in models, which had 1",
        expected=f"{1 + len(STRANGE)} rows: what looks like SQL is a name like others",
    )


def test_values_travel_beside_the_sql(exercise: ModuleType, engine: Engine) -> None:
    create_models(engine, "spam-filter")
    for function, values in [
        (exercise.find_task, ["spam-filter"]),
        (exercise.add_model, ["topic-tagger", "text-classification"]),
    ]:
        with recorded(engine) as sent:
            called = call(function, engine, *values)
        called.expect_that(called.error is None, "no error")
        pasted = [statement for statement in sent if any(value in statement for value in values)]
        require(
            not pasted,
            called=called.called,
            got=f"sent {show(pasted[0]) if pasted else ''}",
            expected="SQL without the values in it: they travel beside it, as bound parameters",
        )


def test_connections_are_closed(exercise: ModuleType, engine: Engine) -> None:
    create_models(engine, "spam-filter")
    opened: list[Connection] = []
    event.listen(engine, "engine_connect", opened.append)
    for function, arguments in [
        (exercise.find_task, ["spam-filter"]),
        (exercise.find_task, ["digits-mlp"]),
        (exercise.add_model, ["topic-tagger", "text-classification"]),
        (exercise.add_model, ["spam-filter", "text-classification"]),
    ]:
        outcome = call(function, engine, *arguments)
        require_closed(engine, opened, f"{outcome.called} {'raised an error and' if outcome.error else ''}".strip())
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE models"))
    for function, arguments in [(exercise.find_task, ["draft"]), (exercise.add_model, ["draft", "regression"])]:
        outcome = call(function, engine, *arguments)
        outcome.called += ", where there is no table `models`,"
        outcome.expect_raised(SQLAlchemyError, "the database refuses the statement")
        require_closed(engine, opened, f"{outcome.called} raised an error and")
