"""Exercises are graded on a new database each, SQLite or a real PostgreSQL, and the SQL they send can be seen."""

import json
import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from sqlalchemy import Connection, text

from learn.checks import database
from learn.course.catalogue import exercises
from learn.course.files import ROOT
from learn.course.pristine import pristine_copy

pytestmark = pytest.mark.reads("learn/")

SOURCE = '''
"""Exercise 99.1: Count the models.

Write `add(engine, name)`, which adds a row to `models`, and answers how many there are.
"""

from sqlalchemy import Engine, text


def add(engine: Engine, name: str) -> int:
    # region solution
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO models (name) VALUES (:name)"), {"name": name})
        return len(connection.execute(text("SELECT name FROM models")).all())
    # endregion
    # region starter
    # return 0
    # endregion
'''
GRADER = '''
"""Grades exercise 99.1."""

from types import ModuleType

from sqlalchemy import Engine, text

from learn.checks import call
from learn.checks.database import recorded


def create(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE models (name text)"))


def test_a_row_is_added(exercise: ModuleType, engine: Engine) -> None:
    create(engine)
    with recorded(engine) as statements:
        call(exercise.add, engine, "spam-filter").expect(1)
    assert len(statements) == 2, statements


def test_each_test_begins_with_an_empty_database(exercise: ModuleType, engine: Engine) -> None:
    create(engine)
    call(exercise.add, engine, "digits-mlp").expect(1)
    print(engine.dialect.name)
'''


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A copy of the course with one lesson more, whose only exercise runs on both databases."""
    home = pristine_copy(tmp_path)
    files = {
        "solutions/99_database/ex1_add.py": SOURCE,
        "solutions/99_database/main.py": '"""Lesson 99: Databases."""\n',
        "tests/99_database/test_ex1_add.py": GRADER,
        "tests/99_database/ex1_add.toml": 'databases = ["sqlite", "postgres"]\nhints = ["Why?"]\n',
    }
    for name, content in files.items():
        (home / name).parent.mkdir(exist_ok=True)
        (home / name).write_text(dedent(content).lstrip(), encoding="utf-8")
    return home


def learn(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name not in (database.SERVER, database.PREFIX)}
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "learn", *arguments],
        cwd=home,
        env=clean | {"LEARN_SETUP": "off", "PYTHONPATH": str(home), "NO_COLOR": "1"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def dialect(done: subprocess.CompletedProcess[str]) -> str:
    """What the second test printed."""
    assert done.returncode == 0, done.stdout + done.stderr
    verdict = json.loads(done.stdout)
    assert verdict["status"] == "passed"
    printed: str = verdict["tests"][1]["output"].strip()
    return printed


def test_sqlite_is_the_default(home: Path) -> None:
    assert dialect(learn(home, "check", "99.1", "--solutions", "--json")) == "sqlite"


def test_a_real_postgresql_starts_for_whoever_asks(home: Path) -> None:
    assert dialect(learn(home, "check", "99.1", "--solutions", "--json", "--database", "postgres")) == "postgresql"


def test_an_own_server_is_used_and_left_as_it_was(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(database.SERVER, raising=False)
    monkeypatch.delenv(database.PREFIX, raising=False)
    databases = "SELECT datname FROM pg_database ORDER BY datname"
    with database.postgres():
        before = database.administer(databases)
        given = {database.SERVER: os.environ[database.SERVER]}
        options = ["check", "99.1", "--solutions", "--json", "--database", "postgres"]
        assert dialect(learn(home, *options, **given)) == "postgresql"
        ends = "import os\n\ndef add(engine, name):\n    os._exit(1)\n"
        (home / "ends.py").write_text(ends, encoding="utf-8")
        done = learn(home, "check", "99.1", "--file", "ends.py", "--json", "--database", "postgres", **given)
        assert json.loads(done.stdout)["status"] == "failed"
        assert database.administer(databases) == before


def test_a_server_that_does_not_answer_is_said(home: Path) -> None:
    given = {database.SERVER: "postgresql://nobody@127.0.0.1:9/none"}
    done = learn(home, "check", "99.1", "--solutions", "--database", "postgres", **given)
    assert done.returncode == 2
    assert "LEARN_DATABASE_URL names a PostgreSQL that cannot be used" in done.stderr
    assert "Traceback" not in done.stderr


def test_every_solution_passes_on_postgresql() -> None:
    graders = [str(exercise.grader) for exercise in exercises() if "postgres" in exercise.databases]
    assert len(graders) >= 10
    command = [sys.executable, "-W", "error", "-m", "pytest", "-p", "no:cacheprovider", "--solutions"]
    done = subprocess.run(
        [*command, "--database=postgres", *graders], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-5000:]


def test_the_sql_of_the_learners_code_is_shown(home: Path) -> None:
    done = learn(home, "check", "99.1", "--solutions", "--sql")
    shown = [line.strip() for line in done.stdout.splitlines()]
    begin = shown.index("BEGIN (implicit)")
    assert shown[begin : begin + 4] == [
        "BEGIN (implicit)",
        "INSERT INTO models (name) VALUES (?)    ('spam-filter',)",
        "SELECT name FROM models",
        "COMMIT",
    ]
    assert "CREATE TABLE" not in done.stdout, "what the grader sends is not the learner's"


def test_sqlite_enforces_foreign_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with database.fresh("sqlite") as url:
        engine = database.engine_on(url)
        with engine.connect() as connection:
            assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        engine.dispose()
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_is_filled_once_is_the_same_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fillings = []

    def fill(connection: Connection) -> None:
        fillings.append(connection)
        connection.execute(text("CREATE TABLE models (name text)"))
        connection.execute(text("INSERT INTO models VALUES ('spam-filter')"))

    monkeypatch.chdir(tmp_path)
    for _ in range(3):
        with database.fresh("sqlite") as url:
            engine = database.engine_on(url)
            database.fill_once(engine, fill)
            with engine.begin() as connection:
                assert list(connection.execute(text("SELECT name FROM models")).scalars()) == ["spam-filter"]
                connection.execute(text("DELETE FROM models"))
            engine.dispose()
    assert len(fillings) == 1
