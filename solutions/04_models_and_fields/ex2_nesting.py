"""Exercise 4.2: Nest, and share nothing.

A model comes to Lantern with a manifest, which lists its versions. A mistake deep
inside it must be found and named, and no two manifests may have anything in common: a
tag that is added to one must not turn up in another, not even where both were built of
the same list.

Write a class `Manifest`, built with keyword arguments. Only `name` is required:

- `name`: a string.
- `tags`: a list of at most 5 strings of 1 to 30 characters each; `[]` where it is left
  out.
- `versions`: a list of `Version` objects; `[]` where it is left out. It is given as a
  list of dicts.
- `upload_id`: a `UUID`. Where it is left out, each manifest gets a new one.

A `Version` has

- `number`: a whole number, at least 1, required.
- `metrics`: a dict from strings, its names, to numbers; `{}` where it is left out.

What does not fit raises a `ValidationError` that names the place. `None` fits none of
the fields. For example, the one from

    Manifest(name="digits-mlp", versions=[{"number": 1}, {"number": 0}])

has the place `("versions", 1, "number")`.
"""

# region solution
from typing import Annotated
from uuid import UUID, uuid4

from pydantic import BaseModel, Field

Tag = Annotated[str, Field(min_length=1, max_length=30)]


class Version(BaseModel):
    """One trained version of a model."""

    number: int = Field(ge=1)
    metrics: dict[str, float] = {}


class Manifest(BaseModel):
    """What a model comes with."""

    name: str
    tags: list[Tag] = Field(default=[], max_length=5)
    versions: list[Version] = []
    upload_id: UUID = Field(default_factory=uuid4)


# endregion
# region starter
# from typing import Any
# from uuid import UUID, uuid4
#
# from pydantic import BaseModel
#
#
# class Version(BaseModel):
#     """One trained version of a model."""
#
#     number: int
#
#
# class Manifest(BaseModel):
#     """What a model comes with."""
#
#     name: str
#     versions: list[dict[str, Any]]
#     upload_id: UUID = uuid4()
#
#
# endregion
