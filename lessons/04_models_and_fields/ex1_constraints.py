"""Exercise 4.1: Constrain the fields.

People sign up to label Lantern's predictions. What they send is stored, shown to others
and counted, so a name of two letters or an age of 900 is refused at the door, before
any of your code has to deal with it.

Give the class `User`, which is built with keyword arguments, these fields:

- `username`: a string of 3 to 20 characters, required. Any characters will do, and each
  counts as one: `ä`, and a space at an end, too.
- `email`: an e-mail address, required. `ada`, `ada@`, `ada@example` and `ada@example..`
  are none, nor is `ada..l@example.org`. Neither is a sentence with an address in it,
  nor an address with a line break after it. Addresses are
  `ada.lovelace+desk@mail.example.org` and `o'hara@my-lab.example.org`.
- `age`: a whole number from 0 to 120, or `None`; default `None`. What else Pydantic
  reads as a whole number, such as `"36"`, `36.0` or `True`, passes or not, as you like.

The bounds themselves are allowed. What does not fit raises a `ValidationError` of
Pydantic that names the field; where several do not fit, it names them all. For example,

    User(username="ed", email="ed@example.org", age=121)

raises one that names `username` and `age`.
"""

from pydantic import BaseModel


class User(BaseModel):
    """Somebody who labels predictions."""

    username: str
    email: str
    age: int = 0
