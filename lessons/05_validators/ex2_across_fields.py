"""Exercise 5.2: Check one field against another.

Each number in a price list can be right, and the list still be wrong: a discount of 12
euros on a price of 9. Bounds look at one field at a time, so Lantern's two smallest
forms need a check across fields. The bounds of the single fields are given; keep them.

- `Plan`: what a thousand predictions cost, in whole cents. `discount_cents`, which is 0
  where it is left out, is at most `price_cents`. Both may be equal. `None` is no number
  of cents.
- `AlertRule`: at which share of failed predictions Lantern warns, and at which it wakes
  somebody. `warn_above` is less than `page_above`, which is 0.9 where it is left out.
  That default counts: a rule with nothing but `warn_above=0.95` is refused. Both equal
  is refused too.

Nothing is rounded before it is compared. A mistake is Pydantic's `ValidationError`, and
nothing else, whatever was sent: a list in place of an object too. Where two fields do
not fit together, it names both, as the place of the error or in its message. Where one
field is wrong by itself, it names that field. For example

    >>> Plan.model_validate({"price_cents": 900, "discount_cents": 100})
    Plan(price_cents=900, discount_cents=100)

and `AlertRule(warn_above=0.2, page_above=0.1)` could be refused with the message

    Value error, warn_above must be less than page_above, but 0.2 is not less than 0.1
"""

from pydantic import BaseModel, Field


class Plan(BaseModel):
    """What a thousand predictions cost."""

    price_cents: int = Field(ge=0)
    discount_cents: int = Field(default=0, ge=0)


class AlertRule(BaseModel):
    """When a share of failures is worth a warning, and when a call at night."""

    warn_above: float = Field(ge=0, le=1)
    page_above: float = Field(default=0.9, ge=0, le=1)
