"""Exercise {number}: {title}.

This is what a new exercise begins with: a whole one, for you to replace. Say here
in a sentence or two why Lantern needs what is built. Then give the contract: all
that the grader checks stands in this text.

Give the class `Guess`, which is built with keyword arguments, these fields:

- `label`: a string of 1 to 20 characters, required.
- `score`: a number from 0 to 1, or `None`; default `None`.

The bounds themselves are allowed. What does not fit raises a `ValidationError` of
Pydantic that names the field. For example, `Guess(label="spam", score=1.5)` raises
one that names `score`.
"""

# region solution
from pydantic import BaseModel, Field


class Guess(BaseModel):
    """What a classifier thinks of a text."""

    label: str = Field(min_length=1, max_length=20)
    score: float | None = Field(default=None, ge=0, le=1)


# endregion
# region starter
# from pydantic import BaseModel
#
#
# class Guess(BaseModel):
#     """What a classifier thinks of a text."""
#
#     label: str
#     score: float | None = None
#
#
# endregion
