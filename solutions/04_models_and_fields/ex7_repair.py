"""Exercise 4.7: Repair: Pydantic as it was in version 1.

This is the card of a model, written for Pydantic 1. On today's version some of it
warns, some is ignored, which is worse, and some refuses what it used to take. Bring it
to today's way.

- `ModelCard` has `name`, 1 to 40 characters; `task`; `description`, a string or `None`,
  default `None`; `tags`, a list of at most 5 strings, default `[]`; and
  `version_count`, a whole number of at least 1, default 1. In data from outside, and
  only there, `version_count` is called `versionCount`.
- It is built with Python's names or with those of data from outside. White space around
  a string, also around a tag, is taken away, before its length counts: whatever
  `str.strip` takes away of spaces, tabs, line breaks, and of what other alphabets use.
  A field that it does not know is refused.
- `card_from_dict(data)` returns the card that a dict from outside describes.
- `card_from_row(row)` returns the card of an object that has the card's fields as
  attributes, with Python's names, and may have more: a row of a database, later in the
  course.
- `card_to_dict(card)` returns a dict with the names of data from outside. What is
  `None` is left out, and nothing else is.
- `renamed(card, name)` returns a copy of the card with another name, which is checked
  like any name. The card itself stays as it is.

What does not fit raises a `ValidationError`. Nothing warns, neither the import nor the
use. For example,

    data = {"name": " spam-filter ", "task": "text-classification", "versionCount": 3}
    card_to_dict(card_from_dict(data))

gives

    {"name": "spam-filter", "task": "text-classification", "tags": [],
     "versionCount": 3}
"""

# region solution
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class ModelCard(BaseModel):
    """What people read about a model before they use it."""

    model_config = ConfigDict(
        extra="forbid",
        from_attributes=True,
        str_strip_whitespace=True,
        validate_by_name=True,
    )

    name: str = Field(min_length=1, max_length=40)
    task: str
    description: str | None = None
    tags: list[str] = Field(default=[], max_length=5)
    version_count: int = Field(default=1, ge=1, alias="versionCount")


def card_from_dict(data: dict[str, Any]) -> ModelCard:
    """The card that `data` from outside describes."""
    return ModelCard.model_validate(data)


def card_from_row(row: object) -> ModelCard:
    """The card of an object with the card's fields as attributes."""
    return ModelCard.model_validate(row)


def card_to_dict(card: ModelCard) -> dict[str, Any]:
    """The card as data for outside."""
    return card.model_dump(by_alias=True, exclude_none=True)


def renamed(card: ModelCard, name: str) -> ModelCard:
    """A copy of `card` with another name."""
    return ModelCard.model_validate(card.model_dump() | {"name": name})


# endregion
# region starter
# from typing import Any
#
# from pydantic import BaseModel, Field
#
#
# class ModelCard(BaseModel):
#     """What people read about a model before they use it."""
#
#     name: str = Field(min_length=1, max_length=40)
#     task: str
#     description: str | None
#     tags: list[str] = Field(default=[], max_length=5)
#     version_count: int = Field(default=1, ge=1, alias="versionCount")
#
#     class Config:
#         extra = "forbid"
#         orm_mode = True
#         anystr_strip_whitespace = True
#         allow_population_by_field_name = True
#
#
# def card_from_dict(data: dict[str, Any]) -> ModelCard:
#     """The card that `data` from outside describes."""
#     return ModelCard.parse_obj(data)
#
#
# def card_from_row(row: object) -> ModelCard:
#     """The card of an object with the card's fields as attributes."""
#     return ModelCard.from_orm(row)
#
#
# def card_to_dict(card: ModelCard) -> dict[str, Any]:
#     """The card as data for outside."""
#     return card.dict(by_alias=True, exclude_none=True)
#
#
# def renamed(card: ModelCard, name: str) -> ModelCard:
#     """A copy of `card` with another name."""
#     return card.copy(update={"name": name})
#
#
# endregion
