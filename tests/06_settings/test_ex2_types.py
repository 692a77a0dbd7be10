"""Grades exercise 6.2, types from text."""

from types import ModuleType

import pytest
from pydantic import ValidationError

from learn.checks import Outcome, require
from learn.checks.settings import settings_with

WRITTEN = (
    "sqlite://",
    "sqlite:////data/l.db",
    "sqlite:///./data/../lantern test.db",
    "sqlite:///C:\\data\\l.db",
    "sqlite:///prüfung.db?mode=ro#1",
    "postgresql://DB.Example",
    "postgresql://lantern:p%40ss@db.example:5432/lantern?sslmode=require",
)


@pytest.fixture
def _set_at_the_import(monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables that are set before the file is imported."""
    monkeypatch.setenv("LANTERN_DEBUG", "true")
    monkeypatch.setenv("LANTERN_ALLOWED_ORIGINS", "https://old.example")
    monkeypatch.setenv("LANTERN_DATABASE__URL", "sqlite:///old.db")
    monkeypatch.setenv("LANTERN_DATABASE__POOL_SIZE", "7")


def expect(outcome: Outcome, attribute: str, wanted: object) -> None:
    """The settings have this attribute, which is `wanted` and of its type."""
    found = getattr(outcome.value, attribute, None)
    same = type(found) is type(wanted) and found == wanted
    require(same, called=outcome.called, got=f"has {attribute} = {found!r}", expected=f"{attribute} = {wanted!r}")


def expect_database(outcome: Outcome, url: str, pool_size: int) -> None:
    """The settings' database has this address and size."""
    database = getattr(outcome.value, "database", None)
    found = {"url": str(getattr(database, "url", None)), "pool_size": getattr(database, "pool_size", None)}
    wanted = {"url": url, "pool_size": pool_size}
    require(found == wanted, called=outcome.called, got=f"has a database with {found}", expected=f"one with {wanted}")


def test_a_switch_is_a_bool(exercise: ModuleType) -> None:
    expect(settings_with(exercise), "debug", False)
    for text in ("true", "1", "yes", "on"):
        expect(settings_with(exercise, LANTERN_DEBUG=text), "debug", True)
    for text in ("false", "0", "no", "off"):
        expect(settings_with(exercise, LANTERN_DEBUG=text), "debug", False)
    settings_with(exercise, LANTERN_DEBUG="maybe").expect_raised(ValidationError, "maybe is neither true nor false")


def test_a_list_is_separated_by_commas(exercise: ModuleType) -> None:
    expect(settings_with(exercise), "allowed_origins", [])
    origins = ["https://lantern.example", "https://admin.lantern.example"]
    expect(settings_with(exercise, LANTERN_ALLOWED_ORIGINS=",".join(origins)), "allowed_origins", origins)
    expect(settings_with(exercise, LANTERN_ALLOWED_ORIGINS=origins[0]), "allowed_origins", origins[:1])


def test_spaces_and_empty_entries_of_a_list_do_not_count(exercise: ModuleType) -> None:
    for text in ("https://a.example, https://b.example", " https://a.example ,, https://b.example ,"):
        outcome = settings_with(exercise, LANTERN_ALLOWED_ORIGINS=text)
        expect(outcome, "allowed_origins", ["https://a.example", "https://b.example"])
    for text in ("", " ", ",", " , ,"):
        expect(settings_with(exercise, LANTERN_ALLOWED_ORIGINS=text), "allowed_origins", [])


def test_entries_of_a_list_are_kept_as_they_are(exercise: ModuleType) -> None:
    for text, wanted in (
        ("https://b.example,https://a.example,https://b.example", [f"https://{name}.example" for name in "bab"]),
        ('["https://a.example", "null"]', ['["https://a.example"', '"null"]']),
        ("https://a.example/x y;z", ["https://a.example/x y;z"]),
        ("https://ü.example", ["https://ü.example"]),
    ):
        expect(settings_with(exercise, LANTERN_ALLOWED_ORIGINS=text), "allowed_origins", wanted)
    first = settings_with(exercise, LANTERN_ALLOWED_ORIGINS="https://a.example")
    first.value.allowed_origins.append("https://b.example")
    again = settings_with(exercise, LANTERN_ALLOWED_ORIGINS="https://a.example")
    again.called += ", after a change to the list of another one,"
    expect(again, "allowed_origins", ["https://a.example"])


def test_the_database_has_defaults(exercise: ModuleType) -> None:
    expect_database(settings_with(exercise), "sqlite:///lantern.db", 5)


def test_each_part_of_the_database_has_its_variable(exercise: ModuleType) -> None:
    url = "postgresql://lantern@db.example:5432/lantern"
    both = settings_with(exercise, LANTERN_DATABASE__URL=url, LANTERN_DATABASE__POOL_SIZE="20")
    expect_database(both, url, 20)
    expect_database(settings_with(exercise, LANTERN_DATABASE__POOL_SIZE="20"), "sqlite:///lantern.db", 20)
    expect_database(settings_with(exercise, LANTERN_DATABASE__URL="sqlite:////data/l.db"), "sqlite:////data/l.db", 5)


def test_an_address_stays_as_it_was_written(exercise: ModuleType) -> None:
    for url in WRITTEN:
        expect_database(settings_with(exercise, LANTERN_DATABASE__URL=url), url, 5)


@pytest.mark.usefixtures("_set_at_the_import")
def test_what_was_set_at_the_import_has_no_effect(exercise: ModuleType) -> None:
    names = ("DEBUG", "ALLOWED_ORIGINS", "DATABASE__URL", "DATABASE__POOL_SIZE")
    settings = settings_with(exercise, **{f"LANTERN_{name}": None for name in names})
    expect(settings, "debug", False)
    expect(settings, "allowed_origins", [])
    expect_database(settings, "sqlite:///lantern.db", 5)


def test_an_address_of_another_kind_is_refused(exercise: ModuleType) -> None:
    others = ("mysql://db.example/lantern", "lantern.db", "https://db.example", "")
    nearly = ("sqlite:lantern.db", "sqlite:/lantern.db", "SQLITE:///l.db", "sqlite3:///l.db", "postgres://db.example")
    around = ("postgresql+psycopg://db.example", " sqlite:///l.db", "mysql://x\nsqlite:///l.db", "file:sqlite:///l.db")
    for text in (*others, *nearly, *around):
        outcome = settings_with(exercise, LANTERN_DATABASE__URL=text)
        outcome.expect_raised(ValidationError, "an address begins with sqlite:// or postgresql://")


def test_a_pool_has_1_to_50_connections(exercise: ModuleType) -> None:
    for text in ("0", "51", "few", "2.5", ""):
        outcome = settings_with(exercise, LANTERN_DATABASE__POOL_SIZE=text)
        outcome.expect_raised(ValidationError, "pool_size is a whole number from 1 to 50")
    for size in (1, 50):
        expect_database(settings_with(exercise, LANTERN_DATABASE__POOL_SIZE=str(size)), "sqlite:///lantern.db", size)
