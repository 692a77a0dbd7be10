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

from pydantic import BaseModel

Probability = float
Sha256Digest = str
Slug = str


class Release(BaseModel):
    """A version of a model that may be served."""

    model: Slug
    digest: Sha256Digest
    accuracy: Probability


class Scores(BaseModel):
    """How sure a model is of each label."""

    by_label: dict[Slug, Probability]
