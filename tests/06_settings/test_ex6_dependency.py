"""Grades exercise 6.6, settings as a dependency."""

from types import ModuleType

import pytest

from learn.checks import Api, call, require


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


def test_info_answers_the_settings(api: Api) -> None:
    api.get("/info").expect(200).expect_json({"model": "sentiment-small", "max_batch": 32})


def test_info_answers_what_was_read_first(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANTERN_MODEL", "digits-mlp")
    api.get("/info").expect_json({"model": "digits-mlp", "max_batch": 32}, "LANTERN_MODEL was set after the import")
    monkeypatch.setenv("LANTERN_MODEL", "spam-filter")
    api.get("/info").expect_json({"model": "digits-mlp", "max_batch": 32}, "the settings are read once")


def test_an_override_decides_what_info_answers(api: Api, exercise: ModuleType) -> None:
    override(exercise, api, model="topic-tagger", max_batch=2)
    api.get("/info").expect_json({"model": "topic-tagger", "max_batch": 2}, "an override is in dependency_overrides")
    exercise.app.dependency_overrides.clear()
    api.get("/info").expect_json({"model": "sentiment-small", "max_batch": 32}, "the override is gone again")


def test_more_texts_than_a_batch_are_refused(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANTERN_MAX_BATCH", "5")
    api.post("/predictions", ["Free phone"] * 5).expect(200, "max_batch is 5").expect_json({"count": 5})
    api.post("/predictions", ["Lunch"]).expect(200).expect_json({"count": 1})
    api.post("/predictions", ["Lunch"] * 9).expect(422, "LANTERN_MAX_BATCH is 5").expect_detail("5")


def test_an_override_decides_how_many_texts_are_allowed(api: Api, exercise: ModuleType) -> None:
    override(exercise, api, max_batch=5)
    api.post("/predictions", ["Lunch"] * 9).expect(422, "the override allows 5").expect_detail("5")
    api.post("/predictions", ["Lunch"] * 5).expect(200, "the override allows 5").expect_json({"count": 5})
    exercise.app.dependency_overrides.clear()
    api.post("/predictions", ["Lunch"] * 32).expect(200, "max_batch is 32 by default").expect_json({"count": 32})


def test_a_body_that_is_no_list_of_texts_is_refused(api: Api) -> None:
    for body in ({"texts": ["Lunch"]}, [1], "Lunch"):
        api.post("/predictions", body).expect(422, "the body is a list of texts")
