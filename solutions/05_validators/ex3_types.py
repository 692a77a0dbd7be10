"""Exercise 5.3: Types to use again.

The same three rules stand in a dozen places of Lantern, each time a little different.
Write each of them once, as a type that any class can use: `Probability`, `Sha256Digest`
and `Slug`. The classes `Release` and `Scores`, which are given, use them, and stay as
they are.

- `Probability`: a number from 0 to 1, both included, and kept as it is. `nan`, text or
  bytes such as `"0.5"`, and `True` are refused.
- `Sha256Digest`: text of exactly 64 hexadecimal digits, and nothing before or after
  them, no line break either. Capital letters are accepted, and become small ones.
- `Slug`: text of 3 to 40 characters, hyphens included: one or more groups of the
  letters `a` to `z` and the digits `0` to `9`, joined by single hyphens. Anything else
  is refused; nothing is corrected.

The grader uses each of the three in a class of its own, too. What does not fit is
Pydantic's `ValidationError` at the field. For example

    >>> Scores(by_label={"not-spam": 0.93, "spam": 0.07}).by_label
    {'not-spam': 0.93, 'spam': 0.07}

but a label `"Not spam"` or a score 1.2 is refused at `by_label`.
"""

# region solution
# --8<-- [start:types]
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

# From 0 to 1. Strict, because a label that lands in the place of a score (`True`) is a
# mistake, and not a 1.
Probability = Annotated[float, Field(strict=True, ge=0, le=1)]

# 64 hexadecimal digits, kept in small letters, so that equal digests are equal texts.
Sha256Digest = Annotated[
    str, StringConstraints(pattern=r"^[0-9A-Fa-f]{64}$", to_lower=True)
]

# A name that is safe in an address, a file name and a command line: `spam-filter`.
Slug = Annotated[
    str,
    StringConstraints(min_length=3, max_length=40, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$"),
]
# --8<-- [end:types]
# endregion
# region starter
# from pydantic import BaseModel
#
# Probability = float
# Sha256Digest = str
# Slug = str
# endregion


# --8<-- [start:use]
class Release(BaseModel):
    """A version of a model that may be served."""

    model: Slug
    digest: Sha256Digest
    accuracy: Probability


class Scores(BaseModel):
    """How sure a model is of each label."""

    by_label: dict[Slug, Probability]


# --8<-- [end:use]
