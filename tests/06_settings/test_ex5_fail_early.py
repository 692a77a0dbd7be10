"""Grades exercise 6.5, fail early."""

from types import ModuleType

import pytest

from learn.checks import Outcome, call

NAMES = ("LANTERN_DEBUG", "LANTERN_SECRET_KEY", "LANTERN_PORT")
GOOD_KEY = "sk-9d41a7c2e805bb36"
PRODUCTION = {"LANTERN_ENVIRONMENT": "production", "LANTERN_SECRET_KEY": GOOD_KEY}


def load_with(exercise: ModuleType, **variables: str) -> Outcome:
    """`load_settings()` where these variables are set."""
    with pytest.MonkeyPatch.context() as environment:
        for name, text in variables.items():
            environment.setenv(name, text)
        outcome = call(exercise.load_settings)
    set_to = ", ".join(f"{name}={text}" for name, text in variables.items())
    outcome.called += f" with {set_to}" if set_to else ""
    return outcome


def expect_refused(
    exercise: ModuleType, names: set[str], why: str, may: frozenset[str] = frozenset(), /, **variables: str
) -> None:
    """A ConfigurationError names `names` of the variables, may name `may`, and not the value of the secret key."""
    outcome = load_with(exercise, **variables)
    text = str(outcome.expect_raised(exercise.ConfigurationError, why))
    for name in sorted(names):
        outcome.expect_that(name in text, f"the error to name {name}: {why}")
    for name in NAMES:
        outcome.expect_that(name in names | may or name not in text, f"the error not to name {name}, which is right")
    secret = variables.get("LANTERN_SECRET_KEY")
    outcome.expect_that(not secret or secret not in text, "the error not to contain the secret key")


def test_a_text_of_the_wrong_type_is_named_by_its_variable(exercise: ModuleType) -> None:
    expect_refused(exercise, {"LANTERN_PORT"}, "a port is a whole number", LANTERN_PORT="http")
    expect_refused(exercise, {"LANTERN_DEBUG"}, "maybe is neither true nor false", LANTERN_DEBUG="maybe")
    for text in ("staging", "Production", "production ", ""):
        unknown = {"LANTERN_ENVIRONMENT": text, "LANTERN_SECRET_KEY": GOOD_KEY, "LANTERN_DEBUG": "true"}
        why = "it is development or production, letter by letter"
        expect_refused(exercise, {"LANTERN_ENVIRONMENT"}, why, **unknown)
    for text in ("", "0", "-1", "80.5"):
        expect_refused(exercise, {"LANTERN_PORT"}, "a port is a whole number from 1 to 65535", LANTERN_PORT=text)


def test_all_wrong_types_are_named_at_once(exercise: ModuleType) -> None:
    wrong = {"LANTERN_PORT": "0", "LANTERN_DEBUG": "maybe", "LANTERN_SECRET_KEY": GOOD_KEY}
    expect_refused(exercise, {"LANTERN_PORT", "LANTERN_DEBUG"}, "both are wrong", **wrong)
    mixed = PRODUCTION | {"LANTERN_PORT": "http", "LANTERN_DEBUG": "true"}
    why = "it has the wrong type, whatever production refuses besides"
    expect_refused(exercise, {"LANTERN_PORT"}, why, frozenset({"LANTERN_DEBUG"}), **mixed)


def test_production_refuses_debug(exercise: ModuleType) -> None:
    why = "debug is off in production"
    expect_refused(exercise, {"LANTERN_DEBUG"}, why, **PRODUCTION, LANTERN_DEBUG="true")


def test_production_refuses_the_default_key(exercise: ModuleType) -> None:
    why = "everybody knows the default"
    expect_refused(exercise, {"LANTERN_SECRET_KEY"}, why, LANTERN_ENVIRONMENT="production")
    expect_refused(exercise, {"LANTERN_SECRET_KEY"}, why, **PRODUCTION | {"LANTERN_SECRET_KEY": "change-me"})


def test_production_refuses_a_short_key(exercise: ModuleType) -> None:
    why = "it needs 16 characters in production"
    for key in (GOOD_KEY[:15], "ä" * 15, ""):
        expect_refused(exercise, {"LANTERN_SECRET_KEY"}, why, **PRODUCTION | {"LANTERN_SECRET_KEY": key})
    for key in (GOOD_KEY[:16], "ä" * 16):
        load_with(exercise, **PRODUCTION | {"LANTERN_SECRET_KEY": key}).expect_has(environment="production")


def test_production_names_both_problems_at_once(exercise: ModuleType) -> None:
    both = {"LANTERN_DEBUG", "LANTERN_SECRET_KEY"}
    variables = PRODUCTION | {"LANTERN_DEBUG": "on", "LANTERN_SECRET_KEY": "sk-9d41"}
    expect_refused(exercise, both, "both are wrong in production", **variables)


def test_what_is_right_is_returned(exercise: ModuleType) -> None:
    load_with(exercise).expect_has(environment="development", debug=False, port=8000)
    load_with(exercise, **PRODUCTION, LANTERN_PORT="443").expect_has(environment="production", debug=False, port=443)
    load_with(exercise, **PRODUCTION, LANTERN_DEBUG="false", LANTERN_PORT="1").expect_has(debug=False, port=1)
    for key in ("change-me", GOOD_KEY, ""):
        outcome = load_with(exercise, LANTERN_SECRET_KEY=key)
        secret = getattr(outcome.value, "secret_key", None)
        kept = getattr(secret, "get_secret_value", lambda: None)()
        outcome.expect_that(kept == key, f"a secret_key whose get_secret_value() is {key!r}")
    load_with(exercise, LANTERN_PORT="65535").expect_has(port=65535)
    load_with(exercise, LANTERN_PORT="1").expect_has(port=1)
    expect_refused(exercise, {"LANTERN_PORT"}, "a port is at most 65535", LANTERN_PORT="65536")


def test_in_development_anything_goes(exercise: ModuleType) -> None:
    load_with(exercise, LANTERN_DEBUG="true", LANTERN_SECRET_KEY="short").expect_has(
        debug=True, environment="development"
    )


def test_the_settings_print_without_the_key(exercise: ModuleType) -> None:
    outcome = load_with(exercise, **PRODUCTION)
    for text in (str(outcome.value), repr(outcome.value)):
        outcome.expect_that(GOOD_KEY not in text, "settings that print without the secret key")
