"""Exercise 5.1: Normalise a prompt.

Lantern keeps its answer to each prompt, so that the same question is not computed
twice. But the same question comes in many shapes: copied with a line break at its end,
or with two spaces in the middle. And now and then a template arrives that nobody filled
in. Check the field `prompt` of `PromptRequest`. It takes text, and brings it into one
form:

- White space at both ends is removed. Each run of white space inside becomes one space.
  White space is what `str.isspace` says: tabs, the line breaks of all systems and the
  no-break space of web pages too. Nothing else changes.

The text in that form, not the one that was sent, then has to fit:

- It has 1 to 200 characters. Where it has more, the message of the error contains the
  number `200`.
- It does not contain two opening braces in a row, as in `{{name}}`, whether they are
  closed or not. Where it does, the message of the error contains them. A single brace
  is fine.

What does not fit, and what is not text, is refused with Pydantic's `ValidationError` at
the field `prompt`. For example

    >>> PromptRequest(prompt="  Who   wrote this? ").prompt
    'Who wrote this?'
"""

from pydantic import BaseModel

LONGEST_PROMPT = 200  # characters


class PromptRequest(BaseModel):
    """A question for one of Lantern's language models."""

    prompt: str
