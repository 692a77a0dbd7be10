"""Grades exercise 4.1, constrain the fields."""

import math
from types import ModuleType
from typing import Any

from learn.checks import Outcome, call

ADA: dict[str, Any] = {"username": "ada", "email": "ada@example.org"}
ADA_36: dict[str, Any] = ADA | {"age": 36}


def expect_field(user: Outcome, name: str, expected: object, why: str) -> None:
    user.expect_that(getattr(user.value, name, ...) == expected, f"`{name}` to be {expected!r}: {why}")


def test_a_user_that_fits_is_built(exercise: ModuleType) -> None:
    user = call(exercise.User, username="ada-lovelace", email="ada@example.org", age=36)
    expect_field(user, "username", "ada-lovelace", "as it was given")
    expect_field(user, "email", "ada@example.org", "as it was given")
    expect_field(user, "age", 36, "as it was given")


def test_username_has_3_to_20_characters(exercise: ModuleType) -> None:
    for name in ("ed", "a" * 21, ""):
        call(exercise.User, **ADA_36 | {"username": name}).expect_refused("username", "a name has 3 to 20 characters")
    for name in ("bob", "a" * 20):
        user = call(exercise.User, **ADA_36 | {"username": name})
        expect_field(user, "username", name, "3 and 20 characters are allowed")
    for name in ("ä" * 20, "模型!", "Ada L.", " b ", "   "):
        user = call(exercise.User, **ADA_36 | {"username": name})
        expect_field(user, "username", name, "any 3 to 20 characters will do, as they were given")
    for no_text in (12345, None):
        call(exercise.User, **ADA_36 | {"username": no_text}).expect_refused("username", "a username is a string")


def test_email_is_an_address(exercise: ModuleType) -> None:
    for text in ("ada", "ada@", "ada@example", "@example.org", "write to ada@example.org please", "ada@example..", ""):
        call(exercise.User, **ADA_36 | {"email": text}).expect_refused("email", "this is no e-mail address")
    user = call(exercise.User, **ADA_36 | {"email": "ada@example.org\n"})
    user.expect_refused("email", "a line break is no part of an address")
    for text in ("ada..l@example.org", ".ada@example.org", "ada@exa mple.org", "ada@@example.org", "ada@example..org"):
        call(exercise.User, **ADA_36 | {"email": text}).expect_refused("email", "this is no e-mail address")
    call(exercise.User, **ADA_36 | {"email": None}).expect_refused("email", "an e-mail address is required")
    for address in ("ada.lovelace+desk@mail.example.org", "Ada_L@example.co.uk", "o'hara@my-lab.example.org"):
        expect_field(call(exercise.User, **ADA_36 | {"email": address}), "email", address, "it is an e-mail address")


def test_age_is_a_whole_number_from_0_to_120(exercise: ModuleType) -> None:
    for age in (-1, 121, 36.5, 10**30, math.inf, "many"):
        call(exercise.User, **ADA, age=age).expect_refused("age", "an age is a whole number from 0 to 120")
    for age in (0, 120):
        expect_field(call(exercise.User, **ADA, age=age), "age", age, "0 and 120 are allowed")


def test_age_may_be_left_out_or_none(exercise: ModuleType) -> None:
    expect_field(call(exercise.User, **ADA), "age", None, "it was left out")
    expect_field(call(exercise.User, **ADA, age=None), "age", None, "None is allowed")


def test_username_and_email_are_required(exercise: ModuleType) -> None:
    call(exercise.User, username="ada").expect_refused("email", "it is required")
    call(exercise.User, email="ada@example.org").expect_refused("username", "it is required")


def test_every_mistake_is_named(exercise: ModuleType) -> None:
    user = call(exercise.User, username="ed", email="ada", age=121)
    for field in ("username", "email", "age"):
        user.expect_refused(field, "three fields do not fit, and the error names all of them")
