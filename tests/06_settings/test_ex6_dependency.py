"""Grades exercise 6.6, settings as a dependency."""

from types import ModuleType

import pytest

from learn.checks import Api, call, require


@pytest.fixture
def _set_at_the_import(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable is set before the file is imported."""
    monkeypatch.setenv("LANTERN_MAX_BATCH", "7")


def override(exercise: ModuleType, api: Api, **settings: object) -> None:
    """Put settings of the test in the place of those that `get_settings` returns; `api` is the client on that app."""
    assert api is not None
    made = exercise.Settings(**settings)
    exercise.app.dependency_overrides[exercise.get_settings] = lambda: made


def clear(exercise: ModuleType) -> None:
    """Call `get_settings.cache_clear()`, which must be there."""
    method = getattr(exercise.get_settings, "cache_clear", None)
    require(
        callable(method), called="get_settings", got="has no cache_clear", expected="it to be cached, and clearable"
    )
    assert method is not None
    method()


def test_get_settings_returns_the_same_object_each_time(exercise: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    first = call(exercise.get_settings)
    require(
        isinstance(first.value, exercise.Settings), called=first.called, got=first.got, expected="it to return Settings"
    )
    monkeypatch.setenv("LANTERN_MAX_BATCH", "8")
    second = call(exercise.get_settings)
    require(
        second.value is first.value,
        called="get_settings(), a second time,",
        got=f"returned another object: {second.value}",
        expected="the very object that the first call returned",
    )


def test_cache_clear_makes_it_read_anew(exercise: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANTERN_MODEL", "digits-mlp")  # set after the import
    call(exercise.get_settings).expect(exercise.Settings(model="digits-mlp"), "the first call reads the environment")
    monkeypatch.setenv("LANTERN_MODEL", "spam-filter")
    clear(exercise)
    outcome = call(exercise.get_settings)
    outcome.expect(exercise.Settings(model="spam-filter"), "after cache_clear() it reads anew")


@pytest.mark.usefixtures("_set_at_the_import")
def test_importing_reads_nothing(exercise: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LANTERN_MAX_BATCH")
    why = "LANTERN_MAX_BATCH was 7 at the import, and is not set at the first call"
    call(exercise.get_settings).expect(exercise.Settings(max_batch=32), why)


def test_info_answers_the_settings(api: Api) -> None:
    api.get("/info").expect(200).expect_json({"model": "sentiment-small", "max_batch": 32})


def test_info_answers_what_was_read_first(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANTERN_MODEL", "digits-mlp")
    api.get("/info").expect_json({"model": "digits-mlp", "max_batch": 32}, "LANTERN_MODEL was set after the import")
    monkeypatch.setenv("LANTERN_MODEL", "spam-filter")
    api.get("/info").expect_json({"model": "digits-mlp", "max_batch": 32}, "the settings are read once")


def test_an_override_decides_what_info_answers(api: Api, exercise: ModuleType) -> None:
    for batch in (2, 999):
        override(exercise, api, model="topic-tagger", max_batch=batch)
        wanted = {"model": "topic-tagger", "max_batch": batch}
        api.get("/info").expect_json(wanted, "an override is in dependency_overrides")
    exercise.app.dependency_overrides.clear()
    api.get("/info").expect_json({"model": "sentiment-small", "max_batch": 32}, "the override is gone again")


def test_more_texts_than_a_batch_are_refused(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANTERN_MAX_BATCH", "5")
    api.post("/predictions", ["Free phone"] * 5).expect(200, "max_batch is 5").expect_json({"count": 5})
    api.post("/predictions", ["Lunch"]).expect(200).expect_json({"count": 1})
    api.post("/predictions", []).expect(200, "a list may be empty").expect_json({"count": 0})
    for count in (6, 9):
        api.post("/predictions", ["Lunch"] * count).expect(422, "LANTERN_MAX_BATCH is 5").expect_detail("5")


def test_an_override_decides_how_many_texts_are_allowed(api: Api, exercise: ModuleType) -> None:
    override(exercise, api, max_batch=5)
    api.post("/predictions", ["Lunch"] * 9).expect(422, "the override allows 5").expect_detail("5")
    api.post("/predictions", ["Lunch"] * 5).expect(200, "the override allows 5").expect_json({"count": 5})
    override(exercise, api, max_batch=99)
    api.post("/predictions", ["Lunch"] * 98 + ["", " "]).expect(422, "the override allows 99").expect_detail("99")
    api.post("/predictions", ["Lunch"] * 98 + [""]).expect(200, "the override allows 99").expect_json({"count": 99})
    exercise.app.dependency_overrides.clear()
    api.post("/predictions", ["Lunch"] * 32).expect(200, "max_batch is 32 by default").expect_json({"count": 32})
    api.post("/predictions", ["Lunch"] * 33).expect(422, "max_batch is 32 by default").expect_detail("32")


def test_a_body_that_is_no_list_of_texts_is_refused(api: Api) -> None:
    for body in ({"texts": ["Lunch"]}, [1], "Lunch"):
        api.post("/predictions", body).expect(422, "the body is a list of texts")
