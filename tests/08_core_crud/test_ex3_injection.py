"""Grades exercise 8.3, make a search safe."""

import string
from collections.abc import Iterator
from types import ModuleType

import pytest
from sqlalchemy import Connection, Engine, text

from learn.checks import Outcome, call, require, show
from learn.checks.database import traffic

TEXT, IMAGE = "text-classification", "image-classification"
STORED = [
    (TEXT, "toxicity-base"),
    (TEXT, "spam-filter"),
    (IMAGE, "digits-mlp"),
    (TEXT, "News_100%"),
    (TEXT, "news-1000"),
    ("editor's choice", "children's-books"),
    (IMAGE, r"faces\small"),
    (IMAGE, "digit reader"),
]
BY_NAME = ["News_100%", "news-1000", "spam-filter", "toxicity-base"]  # those of the task TEXT
DIGEST = "9f1c0aa5e6d97b3c"


@pytest.fixture
def connection(exercise: ModuleType, engine: Engine) -> Iterator[Connection]:
    """A connection to a database with eight models and an API key. LIKE tells capital from small letters."""
    exercise.metadata.create_all(engine)
    with engine.begin() as connection:
        rows = [{"id": number, "task": task, "name": name} for number, (task, name) in enumerate(STORED, start=1)]
        connection.execute(exercise.models.insert(), rows)
        connection.execute(exercise.api_keys.insert().values(caller="mobile-app", digest=DIGEST))
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("PRAGMA case_sensitive_like = ON"))
        yield connection


def require_unharmed(found: Outcome, connection: Connection) -> None:
    """Both tables are as they were, also for whoever looks after a commit."""
    connection.commit()
    digests = list(connection.execute(text("SELECT digest FROM api_keys")).scalars())
    count = connection.execute(text("SELECT count(*) FROM models")).scalar()
    require(
        digests == [DIGEST] and count == len(STORED),
        called=found.called,
        got=f"left {count} models and the digests {show(digests)}",
        expected=f'{len(STORED)} models and the digests ["{DIGEST}"]: a search changes nothing',
    )


def test_a_part_of_a_name_is_no_sql(exercise: ModuleType, connection: Connection) -> None:
    for part, why in (
        ("' OR 1=1 --", "no name contains this text; as SQL it lists every task's models"),
        ("x' UNION SELECT digest FROM api_keys --", "no name contains this text; as SQL it reads api_keys"),
        (
            "x' UNION SELECT digest FROM api_keys WHERE digest LIKE '",
            "no name contains this text; as SQL it reads api_keys, without any comment or semicolon",
        ),
        ("'; DELETE FROM api_keys; --", "no name contains this text"),
    ):
        found = call(exercise.search_models, connection, TEXT, part).expect([], why)
        require_unharmed(found, connection)


def test_a_task_is_no_sql(exercise: ModuleType, connection: Connection) -> None:
    for task, why in (
        ("x' OR 'a' = 'a' --", "no model has this task; as SQL it is always true"),
        ("x' UNION SELECT digest FROM api_keys --", "no model has this task; as SQL it reads api_keys"),
        ("'; DELETE FROM models; --", "no model has this task"),
    ):
        found = call(exercise.search_models, connection, task, "").expect([], why)
        require_unharmed(found, connection)


def test_a_sort_is_no_sql(exercise: ModuleType, connection: Connection) -> None:
    for sort in (
        f"(SELECT CASE WHEN digest LIKE '{DIGEST[:2]}%' THEN models.id ELSE -models.id END FROM api_keys)",
        "name LIMIT 1",
        "id; DELETE FROM api_keys",
    ):
        found = call(exercise.search_models, connection, TEXT, "", sort=sort)
        found.expect_raised(ValueError, "it is none of the four, and as SQL it lets a caller ask the database anything")
        require_unharmed(found, connection)


def test_any_other_sort_is_refused(exercise: ModuleType, connection: Connection) -> None:
    for sort in ("task", "digest", "NAME", "--name", "name ", "-", ""):
        found = call(exercise.search_models, connection, TEXT, "", sort=sort)
        found.expect_raised(ValueError, "sort is one of name, -name, id and -id")


def test_it_still_finds_parts_of_names(exercise: ModuleType, connection: Connection) -> None:
    for task, part, wanted, why in (
        (TEXT, "spam", ["spam-filter"], "it begins with the text"),
        (TEXT, "FILTER", ["spam-filter"], "capital and small letters are the same"),
        (TEXT, "new", ["News_100%", "news-1000"], "capital and small letters are the same"),
        (TEXT, "t", ["spam-filter", "toxicity-base"], "both contain the text"),
        (IMAGE, "spam", [], "the one with this name has another task"),
        ("text", "spam", [], "no model has exactly this task"),
        ("", "spam", [], "no model has exactly this task"),
        (TEXT + " ", "spam", [], "no model has exactly this task"),
        ("TEXT-CLASSIFICATION", "spam", [], "no model has exactly this task"),
        ("text%", "spam", [], "no model has exactly this task"),
        (IMAGE, "", ["digit reader", "digits-mlp", r"faces\small"], "every name contains the empty text"),
    ):
        call(exercise.search_models, connection, task, part).expect(wanted, why)


def test_it_still_sorts(exercise: ModuleType, connection: Connection) -> None:
    by_name = ["spam-filter", "toxicity-base"]
    by_id = ["toxicity-base", "spam-filter"]
    for sort, wanted in (("name", by_name), ("-name", by_name[::-1]), ("id", by_id), ("-id", by_id[::-1])):
        call(exercise.search_models, connection, TEXT, "t", sort=sort).expect(wanted, f"sorted by {sort}")


def test_special_characters_are_characters_like_others(exercise: ModuleType, connection: Connection) -> None:
    for task, part, wanted, why in (
        ("editor's choice", "n's-b", ["children's-books"], "a quote is a character"),
        (TEXT, "news_", ["News_100%"], "_ stands for itself, and not for any character"),
        (TEXT, "100%", ["News_100%"], "% stands for itself, and not for any text"),
        (TEXT, "w%0", [], "% stands for itself, and no name contains this text"),
        (IMAGE, "faces\\s", [r"faces\small"], "a backslash is a character"),
        (TEXT, ":name", [], "no name contains this text"),
        (IMAGE, "digit\treader", [], "no name contains this text: a tab is no blank"),
        (IMAGE, "T R", ["digit reader"], "a blank is a character"),
        (TEXT, " spam", [], "no name contains this text: a blank is a character"),
        (TEXT, "spam-filter\n", [], "no name contains this text: a line break is a character"),
        (TEXT, "spam ", [], "no name contains this text: a blank is a character"),
    ):
        call(exercise.search_models, connection, task, part).expect(wanted, why)
    for character in string.punctuation:
        wanted = [name for name in BY_NAME if character in name]
        why = "the names that contain this character" if wanted else "no name contains this character"
        call(exercise.search_models, connection, TEXT, character).expect(wanted, why)


def test_values_travel_beside_the_sql(exercise: ModuleType, engine: Engine, connection: Connection) -> None:
    with traffic(engine) as sent:
        found = call(exercise.search_models, connection, "editor's choice", "children")
    found.expect(["children's-books"], 'its task is "editor\'s choice"')
    for statement in sent.statements:
        with_value = [word for word in ("choice", "children") if word in statement.lower()]
        require(
            not with_value,
            called=found.called,
            got=f"sent {show(' '.join(statement.split()), 300)}",
            expected="a placeholder where each value belongs: `task` and `part` are no part of the SQL",
        )
