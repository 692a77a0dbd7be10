"""Grades exercise 9.8, the checkpoint: reports, read only."""
# long: one checkpoint, four operations of one app

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, Connection, Engine, Executable, delete, event, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from learn.checks import Answer, Api, Mismatch, require, show
from learn.checks.database import engine_on, fill_once, in_no_order
from learn.lab.prediction_log import START, create_small_log, models, predictions, versions

NUMBERS = {"topic-tagger": [1], "spam-filter": [1, 2, 3], "toxicity-base": [1], "digits-mlp": [1], "defect-finder": []}
OCTOBER: dict[str, Any] = {"since": "2026-10-01", "until": "2026-11-01"}
OCTOBER_FILE = "october #1 100%25.db"  # each of its characters may stand in a path
REPORTS: list[tuple[str, dict[str, Any]]] = [
    ("/models", OCTOBER),
    ("/models/spam-filter/versions", {}),
    ("/models/spam-filter/predictions", {}),
]


class Database:
    """The log, and what the app does with it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.engines: list[Engine] = []  # of the app
        self.sent: list[tuple[str, Any]] = []  # by the app

    def note(self, connection: Any, cursor: Any, statement: str, parameters: Any, *_: object) -> None:  # noqa: ARG002
        if connection.engine is not self.engine:
            self.sent.append((statement, parameters))
            if connection.engine not in self.engines:
                self.engines.append(connection.engine)

    def size(self) -> tuple[int, int]:
        """How many models and predictions there are."""
        with self.engine.connect() as connection:
            tables = (models, predictions)
            numbers = [connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]
        return numbers[0], numbers[1]

    def add_models_and_versions(self) -> None:
        """Make it 25 models, and 24 versions of spam-filter with a prediction each or more."""
        with self.engine.begin() as connection:
            new = [{"name": f"new-{place}", "task": "text-classification"} for place in range(20)]
            connection.execute(insert(models), new)
            spam_filter = select(models.c.id).where(models.c.name == "spam-filter").scalar_subquery()
            for number in range(4, 25):
                version = insert(versions).values(model_id=spam_filter, number=number, stage="none")
                key = connection.execute(version).inserted_primary_key
                assert key is not None
                made = {"version_id": key[0], "created_at": START, "latency_ms": 1.0, "input_hash": "c0"}
                connection.execute(insert(predictions), [made])

    def add_model(self, name: str, times: int) -> None:
        """One more model, whose version 5 has made so many."""
        with self.engine.begin() as connection:
            connection.execute(insert(models), [{"name": name, "task": "text-classification"}])
            new = select(models.c.id).where(models.c.name == name).scalar_subquery()
            key = connection.execute(insert(versions).values(model_id=new, number=5, stage="none")).inserted_primary_key
            assert key is not None
            made = {"version_id": key[0], "created_at": START, "latency_ms": 1.0, "input_hash": "c0"}
            connection.execute(insert(predictions), [made] * times)

    def most_rows(self) -> int:
        """How many rows the app's largest question brought; the questions are asked once more to find out."""
        with self.engine.connect() as connection:
            results = [connection.exec_driver_sql(statement, parameters) for statement, parameters in self.sent]
            return max((len(result.all()) for result in results if result.returns_rows), default=0)


def sqlite_file(name: str) -> Engine:
    """An engine on a file of SQLite, in the folder in which the tests run."""
    return engine_on(URL.create("sqlite", database=str(Path(name).absolute())))


def rows() -> Iterator[dict[str, Any]]:
    """The log: 20 predictions of version 1 of spam-filter, 3 of version 2, 20 of version 3, some of other models.

    Those of version 1 are a microsecond apart, and their ids are not in the order of their times.
    """
    for place in range(20):
        error = "timeout" if place % 4 == 0 else None
        step = (place * 7) % 20  # 0 to 19, in no order
        row = {"model": "spam-filter", "number": 1, "day": 2, "minute": 0, "microsecond": 123_456 + step}
        yield row | {"latency_ms": 1.0 + step, "error": error}
    yield {"model": "spam-filter", "number": 2, "day": 5, "minute": 7, "latency_ms": 30.0, "error": ""}
    yield {"model": "spam-filter", "number": 2, "day": 4, "minute": 7, "latency_ms": 10.0}
    yield {"model": "spam-filter", "number": 2, "day": 5, "minute": 7, "latency_ms": 20.0}
    for _ in range(20):
        yield {"model": "spam-filter", "number": 3, "day": 5, "minute": 7, "latency_ms": 5.0}
    for model, day, minute in [
        ("digits-mlp", 0, 0),
        ("digits-mlp", 9, 1439),
        ("digits-mlp", 10, 0),
        ("topic-tagger", 3, 0),
        ("topic-tagger", 31, 0),
    ]:
        yield {"model": model, "number": 1, "day": day, "minute": minute}


def fill(connection: Connection) -> None:
    """Create the log."""
    log = []
    for row in rows():
        since = timedelta(days=row["day"], minutes=row["minute"], microseconds=row.get("microsecond", 0))
        log.append({"created_at": START + since, **row})
    create_small_log(connection, NUMBERS, log)


@pytest.fixture(autouse=True)
def database(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The log, filled, before the app is imported; its address is in the environment, and not the usual one."""
    if engine.dialect.name == "sqlite":
        engine = sqlite_file(OCTOBER_FILE)
    fill_once(engine, fill)
    monkeypatch.setenv("TZ", "JST-9")  # a machine that keeps the time of Tokyo: days are in UTC all the same
    if hasattr(time, "tzset"):  # not on Windows; and in the page it changes nothing
        time.tzset()
    monkeypatch.setenv("LANTERN_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    database = Database(engine)
    event.listen(Engine, "before_cursor_execute", database.note)
    yield database
    event.remove(Engine, "before_cursor_execute", database.note)
    for used in (engine, *database.engines):
        used.dispose()
    for name in (OCTOBER_FILE, "lantern.db"):
        Path(name).unlink(missing_ok=True)


def line(model: str, number: int, errors: int = 0) -> dict[str, Any]:
    return {"model": model, "predictions": number, "errors": errors}


def ids_of(answer: Answer) -> list[Any]:
    """The ids of the page."""
    items = answer.field("items")
    answer.expect_that(isinstance(items, list), "items to be a list")
    return [answer.field("items", place, "id") for place in range(len(items))]


# Models


def test_models_are_counted_and_sorted(api: Api) -> None:
    with in_no_order(Engine):
        answer = api.get("/models", **OCTOBER).expect(200)
    expected = [line("spam-filter", 43, 6), line("digits-mlp", 3), line("topic-tagger", 1)]
    nothing = [line("defect-finder", 0), line("toxicity-base", 0)]
    answer.expect_that(isinstance(answer.json, list), "a list")
    for place, wanted in enumerate([*expected, *nothing]):
        found = answer.json[place] if place < len(answer.json) else None
        got = f"answered {show(found) if found else 'nothing'} in place {place + 1}"
        why = "every model, the most predictions first, then by name"
        require(found == wanted, called=answer.request, got=got, expected=f"{show(wanted)}: {why}")
    answer.expect_that(len(answer.json) == 5, "5 models, each once")


def test_the_days_bound_what_counts(api: Api) -> None:
    for since, until, number, why in [
        ("2026-10-01", "2026-10-02", 1, "one was made at 2026-10-01 00:00, which belongs to the day"),
        ("2026-10-02", "2026-10-11", 1, "one was made at 2026-10-10 23:59; that of 2026-10-11 00:00 is outside"),
        ("2026-10-11", "2026-10-12", 1, "the one of 2026-10-11 00:00"),
        ("2026-10-12", "2026-10-13", 0, "none was made then, and the model is in the list all the same"),
    ]:
        answer = api.get("/models", since=since, until=until).expect(200)
        answer.expect_that(isinstance(answer.json, list), "a list")
        found = [item for item in answer.json if item == line("digits-mlp", number)]
        answer.expect_that(len(found) == 1, f"digits-mlp with {number} predictions: {why}")


def test_days_that_make_no_sense_are_refused(api: Api) -> None:
    for since, until, why in [
        ("2026-10-02", "2026-10-01", "until is before since"),
        ("2026-10-01", "2026-10-01", "until is not after since"),
        ("2026-08-01", "2026-11-02", "93 days are more than 92"),
        ("0001-01-01", "9999-12-31", "this is more than 92 days"),
        ("yesterday", "2026-10-01", "since is no day"),
        ("2026-10-01T12:00:00", "2026-10-02", "since is a time, and no day"),
        ("2026-10-01", "2026-10-02T12:00:00Z", "until is a time, and no day"),
    ]:
        api.get("/models", since=since, until=until).expect(422, why)
    for day in ("2026-10-32", "2026-02-29", "", "01.10.2026"):
        api.get("/models", since=day, until="2026-10-02").expect(422, "since is no day")
    api.get("/models", since="2026-10-01").expect(422, "until is required")
    api.get("/models", until="2026-10-01").expect(422, "since is required")
    api.get("/models", since="2026-08-01", until="2026-11-01").expect(200, "these are 92 days")
    api.get("/models", since="9999-12-30", until="9999-12-31").expect(200, "this is one day, if far away")


# Versions


def test_versions_are_judged_where_there_is_enough_data(api: Api, database: Database) -> None:
    third = {"number": 3, "predictions": 20, "error_rate": 0.0, "p95_ms": 5.0}
    second = {"number": 2, "predictions": 3, "error_rate": 1 / 3, "p95_ms": 30.0}
    first = {"number": 1, "predictions": 20, "error_rate": 0.25, "p95_ms": 19.0}
    path = "/models/spam-filter/versions"
    api.get(path).expect(200).expect_json([third, first], "at least 20 predictions, the highest number first")
    with in_no_order(Engine, "ASC"):
        answer = api.get(path, at_least=3).expect(200)
    answer.expect_that(isinstance(answer.json, list), "a list")
    numbers = [answer.field(place, "number") for place in range(len(answer.json))]
    answer.expect_that(numbers == [3, 2, 1], "the versions 3, 2 and 1: all have made at least 3")
    near = abs(float(answer.field(1, "error_rate")) - second["error_rate"]) < 1e-13
    answer.expect_that(near and answer.field(1, "p95_ms") == 30.0, "of version 2: 1 of 3 failed, and the p95 is 30.0")
    api.get(path, at_least=21).expect(200).expect_json([], "none has made 21")
    database.add_model("digits-mlp-2", times=3)
    api.get("/models/digits-mlp/versions", at_least=3).expect_json(
        [{"number": 1, "predictions": 3, "error_rate": 0.0, "p95_ms": 10.0}], "the versions of this model, and no other"
    )
    api.get("/models/defect-finder/versions").expect(200, "this model has no version").expect_json([])


# Predictions


def test_a_prediction_is_shown_as_it_was_logged(api: Api, database: Database) -> None:
    database.add_model("digits-mlp-2", times=1)
    answer = api.get("/models/digits-mlp/predictions").expect(200)
    answer.expect_that(answer.field("next") is None, "next to be null: there are only 3, and they are on this page")
    times = {44: "2026-10-01T00:00:00Z", 45: "2026-10-10T23:59:00Z", 46: "2026-10-11T00:00:00Z"}
    items = [
        {"id": number, "version": 1, "created_at": times[number], "latency_ms": 10.0, "error": None}
        for number in (46, 45, 44)
    ]
    answer.expect_json({"items": items, "next": None}, "those of digits-mlp, the newest first, on one page")


def test_pages_of_predictions_join(api: Api, database: Database) -> None:
    version_3, version_2 = list(range(43, 23, -1)), [23, 21]  # all made at the same time
    version_1 = sorted(range(1, 21), key=lambda number: (number - 1) * 7 % 20, reverse=True)
    expected = [*version_3, *version_2, 22, *version_1]
    for limit in (20, 43, 3, 7):
        seen: list[Any] = []
        answer = api.get("/models/spam-filter/predictions", limit=limit)
        while True:
            ids = ids_of(answer.expect(200))
            wanted = expected[len(seen) : len(seen) + limit]
            got = f"answered the predictions {ids}"
            require(ids == wanted, called=answer.request, got=got, expected=f"{wanted}: the newest first, no gap")
            seen += ids
            cursor = answer.field("next")
            last = len(seen) == len(expected)
            what = "null" if last else "a text"
            why = "this is the last page" if last else f"there are {len(expected) - len(seen)} more"
            answer.expect_that((cursor is None) if last else isinstance(cursor, str), f"next to be {what}: {why}")
            if last:
                break
            if limit == 7:  # a new prediction arrives between the pages
                new = {"version_id": 3, "created_at": START + timedelta(days=20), "latency_ms": 1.0, "input_hash": "c0"}
                with database.engine.begin() as connection:
                    connection.execute(insert(predictions), [new])
            answer = api.get("/models/spam-filter/predictions", limit=limit, cursor=cursor)


def test_a_cursor_that_is_none_is_refused(api: Api) -> None:
    huge = "9" * 40
    for cursor in (
        "abc",
        "٣-٤",
        "1_000-7",
        "+1-7",
        "1e3-7",
        " ",
        "7",
        "' OR 1=1 --",
        "-",
        huge,
        f"{huge}-1",
        f"1-{huge}",
        "x-y",
        "None",
        "",
    ):
        answer = api.get("/models/spam-filter/predictions", cursor=cursor)
        answer.expect(422, "no page gave this text as next")


# Limits


def test_the_limit_cuts(api: Api, database: Database) -> None:
    answer = api.get("/models", **OCTOBER, limit=2).expect(200)
    answer.expect_json([line("spam-filter", 43, 6), line("digits-mlp", 3)], "the first two")
    answer = api.get("/models/spam-filter/versions", at_least=1, limit=1).expect(200)
    answer.expect_that(isinstance(answer.json, list) and len(answer.json) == 1, "one version, the highest number")
    answer.expect_that(answer.field(0, "number") == 3, "one version, the highest number")
    answer = api.get("/models/spam-filter/predictions", limit=1).expect(200)
    answer.expect_that(len(ids_of(answer)) == 1, "one prediction")
    answer = api.get("/models/spam-filter/predictions").expect(200)
    answer.expect_that(len(ids_of(answer)) == 20, "20 predictions where limit is left out")
    database.add_models_and_versions()
    for path, query, what in [
        ("/models", OCTOBER, "models"),
        ("/models/spam-filter/versions", {"at_least": 1}, "versions"),
    ]:
        answer = api.get(path, **query).expect(200)
        number = len(answer.json) if isinstance(answer.json, list) else 0
        got = f"answered {number} {what}"
        require(number == 20, called=answer.request, got=got, expected="20: there are more, and limit is left out")


def test_numbers_out_of_range_are_refused(api: Api) -> None:
    for path, query in REPORTS:
        for limit in (0, -1, 101, 10**30, "all"):
            api.get(path, **query, limit=limit).expect(422, "limit is a whole number from 1 to 100")
        for limit in (1, 100):
            api.get(path, **query, limit=limit).expect(200, "limit is 1 to 100, both included")
    for at_least, status in ((0, 422), (1, 200), (10_000, 200), (10_001, 422)):
        answer = api.get("/models/spam-filter/versions", at_least=at_least)
        answer.expect(status, "at_least is 1 to 10,000, both included")


def test_no_statement_brings_more_rows_than_needed(api: Api, database: Database) -> None:
    for path, query in REPORTS:
        database.sent.clear()
        answer = api.get(path, **query, limit=1).expect(200)
        got = f"brought {database.most_rows()} rows from the database with one statement"
        few = 0 < database.most_rows() <= 2
        require(few, called=answer.request, got=got, expected="at most limit + 1, which is 2, and at least one")


# Names


def test_an_unknown_model_answers_404(api: Api) -> None:
    for name in ("spam", "spam-filter-2", "a" * 40, "000"):
        for report in ("versions", "predictions"):
            answer = api.get(f"/models/{name}/{report}").expect(404, "no model has this name")
            answer.expect_detail(name)
            problem = {"status": 404, "title": "Not Found", "detail": answer.field("detail")}
            answer.expect_json(problem, "a Problem")
            answer.expect_that(answer.header("content-type") == "application/problem+json", "application/problem+json")
            api.get(f"/models/{name}/{report}", limit=0).expect(422, "limit does not fit, which comes first")


def test_a_hostile_name_is_refused(api: Api, database: Database) -> None:
    before = database.size()
    names = [
        "a" * 41,
        "ab",
        "spam--filter",
        "-spam",
        "spam-",
        "Spam-Filter",
        "spam_filter",
        "%25",
        "spam%00filter",
        "'%20OR%20'1'='1",
        "spam-filter%0A",
        "٣",
    ]
    for name in [*names, "x';%20DROP%20TABLE%20models;--", "späm"]:
        for report in ("versions", "predictions"):
            answer = api.get(f"/models/{name}/{report}")
            answer.expect(422, "this is no Slug")
    require(database.size() == before, called="The log", got="has other rows now", expected="the same rows as before")


# The database


def test_without_the_variable_the_log_is_lantern_db(
    database: Database, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    usual = sqlite_file("lantern.db")
    with usual.begin() as connection:
        create_small_log(connection, {"embedder": []}, [])
    usual.dispose()
    monkeypatch.delenv("LANTERN_DATABASE_URL")
    api: Api = request.getfixturevalue("api")
    answer = api.get("/models", **OCTOBER)
    database.engines.clear()
    answer.expect(200, "without LANTERN_DATABASE_URL, the address is sqlite:///lantern.db")
    answer.expect_json([line("embedder", 0)], "without LANTERN_DATABASE_URL, the address is sqlite:///lantern.db")


def test_the_database_refuses_to_write(api: Api, database: Database) -> None:
    before = database.size()
    writes: dict[str, Executable] = {
        "an INSERT": insert(models).values(name="planted", task="none"),
        "an UPDATE": update(predictions).values(latency_ms=0.0),
        "a DELETE": delete(predictions),
        "a CREATE TABLE": text("CREATE TABLE planted (id INTEGER)"),
    }
    for path, query in REPORTS:
        database.engines.clear()
        answer = api.get(path, **query).expect(200)
        sent = "sent no statement through an engine of SQLAlchemy"
        require(bool(database.engines), called=answer.request, got=sent, expected="the report to come from the log")
        for engine in list(database.engines):
            for name, write in writes.items():
                try:
                    with engine.begin() as connection:
                        connection.execute(write)
                except DBAPIError:
                    continue
                called = f"The engine that answered {answer.request}"
                raise Mismatch(called, f"let {name} through", "the database to refuse: it is opened read only")
    require(database.size() == before, called="The log", got="has other rows now", expected="the same rows as before")
