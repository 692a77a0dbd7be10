"""Grades exercise 6.4, a secret that stays one."""

import json
import logging
from types import ModuleType

import pytest
from pydantic import ValidationError

from learn.checks import Api, call, require
from learn.checks.settings import settings_with

URL = "https://provider.example/v1"
KEYS = ("pk-4f1e9c77d0aa52", "pk-b8306e15fe4491")
PLANTED = KEYS[0]  # in the environment before the file is imported


@pytest.fixture(autouse=True)
def _planted_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANTERN_PROVIDER_URL", URL)
    monkeypatch.setenv("LANTERN_PROVIDER_KEY", PLANTED)


def expect_hidden(text: str, secret: str, called: str, does: str) -> None:
    """`text` does not have the `secret` in it, nor a piece of it."""
    require(secret not in text, called=called, got=f"{does} {text}", expected=f"the key {secret} not to be in it")
    for start in range(len(secret) - 3):
        piece = secret[start : start + 4]
        require(
            piece not in text,
            called=called,
            got=f"{does} {text}",
            expected=f"no piece of the key in it, such as {piece}",
        )


def test_settings_print_without_the_key(exercise: ModuleType) -> None:
    for key in KEYS:
        settings = settings_with(exercise, LANTERN_PROVIDER_KEY=key).value
        expect_hidden(str(settings), key, "str(Settings())", "is")
        expect_hidden(repr(settings), key, "repr(Settings())", "is")


def test_dumps_hide_the_key(exercise: ModuleType) -> None:
    for key in KEYS:
        settings = settings_with(exercise, LANTERN_PROVIDER_KEY=key).value
        expect_hidden(call(settings.model_dump_json).value, key, "Settings().model_dump_json()", "returned")
        expect_hidden(str(call(settings.model_dump).value), key, "Settings().model_dump()", "returned")


def test_an_error_hides_the_key(exercise: ModuleType) -> None:
    short = "pk-77d0-9e21"
    refused = [
        (short, settings_with(exercise, LANTERN_PROVIDER_KEY=short), "provider_key"),
        (PLANTED, settings_with(exercise, LANTERN_PROVIDER_URL=None), "provider_url"),
        (PLANTED, settings_with(exercise, LANTERN_MAX_BATCH="0"), "max_batch"),
    ]
    for key, outcome, field in refused:
        error = outcome.expect_raised(ValidationError, f"{field} is not as it must be")
        for text in (str(error), repr(error)):
            expect_hidden(text, key, outcome.called, "raised ValidationError:")
        outcome.expect_that(field in str(error).lower(), f"the error to say that it is {field}")


def test_the_log_line_has_the_address_and_not_the_key(exercise: ModuleType, caplog: pytest.LogCaptureFixture) -> None:
    url = "https://other.example/v2"  # not that of the environment at the call
    settings = settings_with(exercise, LANTERN_PROVIDER_URL=url).value
    with caplog.at_level(logging.INFO):
        _ = call(exercise.announce, settings).value
    lines = [record.getMessage() for record in caplog.records if record.name == "lantern"]
    levels = [record.levelname for record in caplog.records if record.name == "lantern"]
    said = (
        f"wrote {json.dumps(lines)} to the logger lantern" if lines else "wrote nothing at INFO to the logger lantern"
    )
    require(
        PLANTED not in caplog.text,
        called="announce(Settings())",
        got=f"wrote to the log: {json.dumps(caplog.messages)}",
        expected=f"the key {PLANTED} not to be in it",
    )
    expect_hidden(caplog.text, PLANTED, "announce(Settings())", "wrote to the log:")
    called = f"announce(settings) with provider_url={url!r}"
    require(len(lines) == 1 and url in lines[0], called=called, got=said, expected=f"one line with {url}")
    require(levels == ["INFO"], called="announce(Settings())", got=f"{said} at {levels[0]}", expected="the level INFO")


def test_lantern_can_still_use_the_key(exercise: ModuleType) -> None:
    for key in KEYS:
        settings = settings_with(exercise, LANTERN_PROVIDER_KEY=key).value
        call(exercise.provider_headers, settings).expect(
            {"Authorization": f"Bearer {key}"}, "the provider wants the whole key"
        )


def test_the_answer_shows_the_settings_and_not_the_key(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    for batch in (32, 8):
        answer = api.get("/settings").expect(200, "all that is required is set")
        answer.expect_that(PLANTED not in str(answer.json), f"a response without the key {PLANTED}")
        expect_hidden(str(answer.json), PLANTED, "GET /settings", "answered 200 with")
        for name, wanted in {"provider_url": URL, "max_batch": batch}.items():
            found = answer.field(name)
            answer.expect_that(found == wanted, f"{name} to be {wanted!r}, as it is set now")
        monkeypatch.setenv("LANTERN_MAX_BATCH", "8")


def test_the_openapi_document_has_no_key(api: Api) -> None:
    document = api.openapi()
    require(
        PLANTED not in json.dumps(document),
        called="The OpenAPI document (GET /openapi.json)",
        got="contains the key",
        expected="it to have no trace of the environment",
    )


def test_what_does_not_fit_is_refused(exercise: ModuleType) -> None:
    short = settings_with(exercise, LANTERN_PROVIDER_KEY="pk-4f1e9c77d0aa")
    short.expect_raised(ValidationError, "provider_key has at least 16 characters, and this has 15")
    umlauts = "pk-" + "äöü" * 4
    outcome = settings_with(exercise, LANTERN_PROVIDER_KEY=umlauts)
    outcome.expect_raised(ValidationError, "provider_key has at least 16 characters, and this has 15")
    call(exercise.provider_headers, settings_with(exercise, LANTERN_PROVIDER_KEY=f"{umlauts}ß").value).expect(
        {"Authorization": f"Bearer {umlauts}ß"}, "16 characters will do"
    )
    settings_with(exercise, LANTERN_PROVIDER_KEY=None).expect_raised(ValidationError, "provider_key is required")
    longer = settings_with(exercise, LANTERN_PROVIDER_KEY="pk-4f1e9c77d0aa5").value
    call(exercise.provider_headers, longer).expect(
        {"Authorization": "Bearer pk-4f1e9c77d0aa5"}, "16 characters will do"
    )
    smallest = settings_with(exercise, LANTERN_MAX_BATCH="1")
    smallest.expect_that(getattr(smallest.value, "max_batch", None) == 1, "max_batch to be 1")
