"""Grades exercise 6.1, settings with a prefix."""

from types import ModuleType

import pytest
from pydantic import ValidationError

from learn.checks.settings import settings_with


@pytest.fixture
def _set_at_the_import(monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables that are set before the file is imported."""
    for name, text in {"HOST": "0.0.0.0", "PORT": "9111", "LOG_LEVEL": "error", "MAX_BATCH": "7"}.items():
        monkeypatch.setenv(f"LANTERN_{name}", text)


def test_without_variables_the_defaults_count(exercise: ModuleType) -> None:
    settings_with(exercise).expect_has(port=8000, max_batch=32, host="127.0.0.1", log_level="info")


def test_each_variable_counts(exercise: ModuleType) -> None:
    settings_with(exercise, LANTERN_PORT="9000").expect_has(port=9000, host="127.0.0.1")
    for host in ("0.0.0.0", "::1", "modell-süd.example", ""):
        settings_with(exercise, LANTERN_HOST=host).expect_has(host=host, port=8000)
    settings_with(exercise, LANTERN_LOG_LEVEL="debug").expect_has(log_level="debug")
    settings_with(exercise, LANTERN_MAX_BATCH="8").expect_has(max_batch=8, log_level="info")


def test_a_variable_without_the_prefix_has_no_effect(exercise: ModuleType) -> None:
    settings_with(exercise, PORT="9000", HOST="0.0.0.0", LANTERNPORT="9001").expect_has(port=8000, host="127.0.0.1")
    settings_with(exercise, LOG_LEVEL="debug", MAX_BATCH="8").expect_has(log_level="info", max_batch=32)


def test_every_call_reads_anew(exercise: ModuleType) -> None:
    settings_with(exercise, LANTERN_PORT="9000").expect_has(port=9000)
    settings_with(exercise, LANTERN_PORT="9001").expect_has(port=9001)
    settings_with(exercise).expect_has(port=8000)


@pytest.mark.usefixtures("_set_at_the_import")
def test_what_was_set_at_the_import_has_no_effect(exercise: ModuleType) -> None:
    gone = dict.fromkeys(("LANTERN_HOST", "LANTERN_PORT", "LANTERN_LOG_LEVEL", "LANTERN_MAX_BATCH"))
    settings_with(exercise, **gone).expect_has(host="127.0.0.1", port=8000, log_level="info", max_batch=32)
    settings_with(exercise, **gone | {"LANTERN_LOG_LEVEL": "debug"}).expect_has(log_level="debug", max_batch=32)
    settings_with(exercise).expect_has(host="0.0.0.0", port=9111, log_level="error", max_batch=7)


def test_a_port_is_1_to_65535(exercise: ModuleType) -> None:
    for text in ("0", "-1", "65536", "http", "80.5", ""):
        outcome = settings_with(exercise, LANTERN_PORT=text)
        outcome.expect_raised(ValidationError, "a port is a whole number from 1 to 65535")
    for text in ("1", "65535"):
        settings_with(exercise, LANTERN_PORT=text).expect_has(port=int(text))


def test_a_batch_has_at_least_1(exercise: ModuleType) -> None:
    for text in ("0", "-1", "many", "1.5", ""):
        outcome = settings_with(exercise, LANTERN_MAX_BATCH=text)
        outcome.expect_raised(ValidationError, "max_batch is a whole number of at least 1")
    settings_with(exercise, LANTERN_MAX_BATCH="1").expect_has(max_batch=1)
    settings_with(exercise, LANTERN_MAX_BATCH="100000").expect_has(max_batch=100_000)


def test_a_log_level_is_one_of_four(exercise: ModuleType) -> None:
    for text in ("verbose", "10", "debugging", "terror", "INFO", "info\n", " info", ""):
        outcome = settings_with(exercise, LANTERN_LOG_LEVEL=text)
        outcome.expect_raised(ValidationError, "log_level is debug, info, warning or error, and nothing around it")
    for text in ("debug", "info", "warning", "error"):
        settings_with(exercise, LANTERN_LOG_LEVEL=text).expect_has(log_level=text)
