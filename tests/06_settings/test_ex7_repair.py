"""Grades exercise 6.7, the repair of settings that are read at import."""

from types import ModuleType

import pytest
from pydantic import ValidationError

from learn.checks import Api, Outcome, call, require, require_no_warning, show

KEY = "pk-4f1e9c77d0aa52"


@pytest.fixture
def _set_at_the_import(monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables that are set before the file is imported."""
    monkeypatch.setenv("LANTERN_MAX_BATCH", "7")
    monkeypatch.setenv("LANTERN_MODEL", "old-mlp")
    monkeypatch.setenv("PROVIDER_KEY", "k")


def get_with(exercise: ModuleType, **variables: str) -> Outcome:
    """`get_settings()`, its cache empty, where these variables are set."""
    clear = getattr(exercise.get_settings, "cache_clear", None)
    require(callable(clear), called="get_settings", got="has no cache_clear", expected="it to be cached, and clearable")
    assert clear is not None
    clear()
    with pytest.MonkeyPatch.context() as environment:
        for name, text in variables.items():
            environment.setenv(name, text)
        outcome = call(exercise.get_settings)
    set_to = ", ".join(f"{name}={text!r}" for name, text in variables.items())
    outcome.called += f" with {set_to}" if set_to else ""
    return outcome


def test_info_answers_what_was_set_after_the_import(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANTERN_MODEL", "digits-mlp")
    monkeypatch.setenv("LANTERN_MAX_BATCH", "8")
    answer = api.get("/info").expect(200)
    for name, wanted in {"model": "digits-mlp", "max_batch": 8}.items():
        set_to = "LANTERN_MODEL=digits-mlp and LANTERN_MAX_BATCH=8 were set"
        answer.expect_that(answer.field(name) == wanted, f"{name} to be {show(wanted)}: {set_to}")


def test_info_answers_the_defaults(api: Api) -> None:
    answer = api.get("/info").expect(200)
    answer.expect_json({"model": "sentiment-small", "max_batch": 32, "provider": False}, "no variable is set")


@pytest.mark.usefixtures("_set_at_the_import")
def test_importing_reads_nothing(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANTERN_MAX_BATCH", "LANTERN_MODEL", "PROVIDER_KEY"):
        monkeypatch.delenv(name)
    wanted = {"model": "sentiment-small", "max_batch": 32, "provider": False}
    api.get("/info").expect_json(wanted, "no variable is set any more, as some were at the import")


def test_the_key_comes_from_its_own_variable(api: Api, exercise: ModuleType) -> None:
    for key in (KEY, "k"):
        get_with(exercise, PROVIDER_KEY=key)
        wanted = {"model": "sentiment-small", "max_batch": 32, "provider": True}
        api.get("/info").expect_json(wanted, f"PROVIDER_KEY={key} was set")
    get_with(exercise, PROVIDER_KEY="")
    wanted = {"model": "sentiment-small", "max_batch": 32, "provider": False}
    api.get("/info").expect_json(wanted, "PROVIDER_KEY was set to nothing, and that is no key")


def test_the_key_comes_from_no_other_variable(api: Api, exercise: ModuleType) -> None:
    get_with(exercise, MODEL="mine", MAX_BATCH="7").expect_has(model="sentiment-small", max_batch=32)
    get_with(exercise, LANTERN_PROVIDER_KEY=KEY)
    wanted = {"model": "sentiment-small", "max_batch": 32, "provider": False}
    api.get("/info").expect_json(wanted, "LANTERN_PROVIDER_KEY was set, and is not the variable of the key")


def test_settings_are_read_once(exercise: ModuleType) -> None:
    first = get_with(exercise, LANTERN_MODEL="digits-mlp")
    first.expect_has(model="digits-mlp", max_batch=32)
    second = call(exercise.get_settings)
    require(
        second.value is first.value,
        called="get_settings(), a second time,",
        got="returned another object",
        expected="the very object that the first call returned",
    )
    get_with(exercise).expect_has(model="sentiment-small")


def test_values_are_checked_as_before(exercise: ModuleType) -> None:
    for text in ("0", "257", "many", "1.5", ""):
        outcome = get_with(exercise, LANTERN_MAX_BATCH=text)
        outcome.expect_raised(ValidationError, "max_batch is a whole number from 1 to 256")
    get_with(exercise, LANTERN_MAX_BATCH="1").expect_has(max_batch=1)
    get_with(exercise, LANTERN_MAX_BATCH="256").expect_has(max_batch=256)
    get_with(exercise, LANTERN_MODEL="  digits-mlp ").expect_has(model="digits-mlp")
    get_with(exercise, LANTERN_MODEL="\tDigits MLP\n").expect_has(model="Digits MLP")


def test_an_override_decides_what_info_answers(api: Api, exercise: ModuleType) -> None:
    other = get_with(exercise, LANTERN_MODEL="topic-tagger", LANTERN_MAX_BATCH="2").value
    get_with(exercise)
    exercise.app.dependency_overrides[exercise.get_settings] = lambda: other
    wanted = {"model": "topic-tagger", "max_batch": 2, "provider": False}
    api.get("/info").expect_json(wanted, "app.dependency_overrides[get_settings] has these settings")
    other = get_with(exercise, PROVIDER_KEY=KEY).value
    get_with(exercise)
    wanted = {"model": "sentiment-small", "max_batch": 32, "provider": True}
    api.get("/info").expect_json(wanted, "app.dependency_overrides[get_settings] has settings with a key")


def test_the_key_does_not_show(exercise: ModuleType) -> None:
    outcome = get_with(exercise, PROVIDER_KEY=KEY)
    require(KEY not in repr(outcome.value), called=outcome.called, got=outcome.got, expected=f"no {KEY} in its repr()")


def test_nothing_warns(recwarn: pytest.WarningsRecorder, api: Api, exercise: ModuleType) -> None:
    get_with(exercise, PROVIDER_KEY=KEY, LANTERN_MODEL="digits-mlp", LANTERN_MAX_BATCH="8")
    api.get("/info")
    require_no_warning(recwarn.list)
