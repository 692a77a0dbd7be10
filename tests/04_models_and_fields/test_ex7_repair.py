"""Grades exercise 4.7, a repair: Pydantic as it was in version 1."""

from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from learn.checks import Outcome, call, require, require_no_warning

SPAM: dict[str, Any] = {"name": "spam-filter", "task": "text-classification"}
WHOLE: dict[str, Any] = SPAM | {"description": "Mail, in English", "tags": ["text", "small"], "versionCount": 3}
FIELDS = ("name", "task", "description", "tags", "version_count")


def expect_card(card: Outcome, **expected: Any) -> None:
    wanted = SPAM | {"description": None, "tags": [], "version_count": 1} | expected
    found = {name: getattr(card.value, name, "missing") for name in FIELDS}
    card.expect_that(found == wanted, f"a card with {', '.join(f'{name}={wanted[name]!r}' for name in FIELDS)}")


def test_a_description_may_be_left_out(exercise: ModuleType) -> None:
    expect_card(call(exercise.card_from_dict, SPAM))
    expect_card(call(exercise.card_from_dict, SPAM | {"description": None}))


def test_a_card_is_built_with_either_names(exercise: ModuleType) -> None:
    whole: dict[str, Any] = {"description": "Mail", "tags": ["text"]}
    expect_card(call(exercise.ModelCard, **SPAM, **whole, version_count=3), **whole, version_count=3)
    expect_card(call(exercise.ModelCard, **SPAM, versionCount=3), version_count=3)
    expect_card(call(exercise.card_from_dict, WHOLE), **{key: WHOLE[key] for key in whole}, version_count=3)


def test_white_space_around_is_taken_away(exercise: ModuleType) -> None:
    padded = {"name": f"  {'a' * 40}\n", "task": " text-classification ", "description": "\tMail ", "tags": [" text "]}
    expect_card(call(exercise.card_from_dict, padded), name="a" * 40, description="Mail", tags=["text"])
    call(exercise.card_from_dict, SPAM | {"name": "  "}).expect_refused("name", "without the white space it is empty")
    padded = {
        "name": "\u3000spam  filter\xa0",
        "task": "\u2003a  b\u2028",
        "description": " ",
        "tags": ["\xa0", " a  b"],
    }
    expect_card(
        call(exercise.card_from_dict, padded),
        **padded | {"name": "spam  filter", "task": "a  b", "description": "", "tags": ["", "a  b"]},
    )


def test_what_does_not_fit_is_refused(exercise: ModuleType) -> None:
    for bad, why in (
        ({"name": ""}, "a name has at least 1 character"),
        ({"name": "a" * 41}, "a name has at most 40 characters"),
        ({"task": None}, "task is a string"),
        ({"description": 7}, "description is a string or None"),
        ({"tags": ["text"] * 6}, "there are at most 5 tags"),
        ({"tags": [7]}, "a tag is a string"),
        ({"tags": None}, "tags is a list"),
        ({"versionCount": 0}, "versionCount is at least 1"),
        ({"versionCount": 1.5}, "versionCount is a whole number"),
        ({"versionCount": None}, "versionCount is a whole number"),
        ({"licence": "MIT"}, "a card has no such field"),
    ):
        call(exercise.card_from_dict, WHOLE | bad).expect_refused(next(iter(bad)), why)
    for field in ("name", "task"):
        data = {key: value for key, value in WHOLE.items() if key != field}
        call(exercise.card_from_dict, data).expect_refused(field, "it is required")
    card = call(exercise.card_from_dict, WHOLE | {"tags": ["text"] * 5})
    expect_card(card, description="Mail, in English", tags=["text"] * 5, version_count=3)
    card = call(exercise.card_from_dict, SPAM | {"name": "a", "versionCount": 1000})
    expect_card(card, name="a", version_count=1000)
    expect_card(call(exercise.card_from_dict, SPAM | {"name": "ä" * 40}), name="ä" * 40)


def test_a_card_is_made_of_a_row(exercise: ModuleType) -> None:
    row = SimpleNamespace(id=7, **SPAM, description="Mail", tags=["text"], version_count=4)
    expect_card(call(exercise.card_from_row, row), description="Mail", tags=["text"], version_count=4)
    row.name, row.task, row.tags = " spam-filter ", "text-classification", ["text "]
    expect_card(call(exercise.card_from_row, row), description="Mail", tags=["text"], version_count=4)
    row.version_count = 0
    call(exercise.card_from_row, row).expect_refused("", "version_count is at least 1")


def test_a_card_becomes_a_dict(exercise: ModuleType) -> None:
    whole = call(exercise.ModelCard, **WHOLE).value
    call(exercise.card_to_dict, whole).expect(WHOLE, "with the names of data from outside")
    bare = call(exercise.ModelCard, **SPAM).value
    call(exercise.card_to_dict, bare).expect(SPAM | {"tags": [], "versionCount": 1}, "what is None is left out")
    empty = call(exercise.ModelCard, name="a", task="", description="").value
    wanted = {"name": "a", "task": "", "description": "", "tags": [], "versionCount": 1}
    call(exercise.card_to_dict, empty).expect(wanted, "what is empty is not None")


def test_a_card_is_renamed(exercise: ModuleType) -> None:
    card = call(exercise.ModelCard, **WHOLE)
    changed = {"description": "Mail, in English", "tags": ["text", "small"], "version_count": 3}
    expect_card(call(exercise.renamed, card.value, "spam-filter-2"), name="spam-filter-2", **changed)
    call(exercise.renamed, card.value, "").expect_refused("name", "a new name is checked like any name")
    same = call(exercise.renamed, card.value, "spam-filter")
    expect_card(same, **changed)
    same.expect_that(same.value is not card.value, "a copy, also where the name is the same")
    expect_card(call(exercise.renamed, card.value, " spam-filter-2\n"), name="spam-filter-2", **changed)
    for name in ("a" * 41, None, "  "):
        call(exercise.renamed, card.value, name).expect_refused("name", "a new name is checked like any name")
    expect_card(call(exercise.renamed, call(exercise.ModelCard, **SPAM).value, "bare"), name="bare")


def test_the_card_itself_stays_as_it_is(exercise: ModuleType) -> None:
    card = call(exercise.ModelCard, **WHOLE).value
    before = repr(card)
    for name in ("spam-filter-2", ""):
        call(exercise.renamed, card, name)
        require(
            repr(card) == before,
            called=f"renamed(card, {name!r})",
            got=f"has changed the card itself, which is now {card!r}",
            expected="the card to stay as it is: only the copy has the new name",
        )


def test_nothing_warns(recwarn: pytest.WarningsRecorder, exercise: ModuleType) -> None:
    card = call(exercise.card_from_dict, WHOLE).value
    call(exercise.card_from_row, SimpleNamespace(**SPAM, description=None, tags=[], version_count=1))
    call(exercise.card_to_dict, card)
    call(exercise.renamed, card, "spam-filter-2")
    require_no_warning(recwarn.list)
