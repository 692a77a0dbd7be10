"""Exercise 5.1: Normalise a prompt.

Lantern keeps its answer to each prompt, so that the same question is not computed
twice. But the same question comes in many shapes: copied with a line break at its end,
or with two spaces in the middle. And now and then a template arrives that nobody filled
in. Check the field `prompt` of `PromptRequest`. It takes text, and brings it into one
form:

- White space at both ends is removed. Each run of white space inside becomes one space.
  White space is every character of which `str.isspace` says so: tabs, line breaks, the
  no-break space of web pages, and some twenty more. Nothing else changes: no other
  character is replaced or left out, whatever its script.

The text in that form, not the one that was sent, then has to fit:

- It has 1 to 200 characters. Where it has more, the message of the error contains the
  number `200`.
- It does not contain two opening braces in a row, as in `{{name}}`, whether they are
  closed or not, and whatever follows. Where it does, the message of the error contains
  them. A single brace is fine. Where a prompt breaks both rules, one message will do.

What does not fit, and what is not text, is refused with Pydantic's `ValidationError` at
the field `prompt`. (Bytes cannot come in JSON, and are not looked at.) For example

    >>> PromptRequest(prompt="  Who   wrote this? ").prompt
    'Who wrote this?'
"""

# region solution
from pydantic import BaseModel, field_validator

LONGEST_PROMPT = 200  # characters


class PromptRequest(BaseModel):
    """A question for one of Lantern's language models."""

    prompt: str

    @field_validator("prompt")
    @classmethod
    def normalise(cls, prompt: str) -> str:
        """One form for all the ways to send the same prompt."""
        prompt = " ".join(prompt.split())
        if not 1 <= len(prompt) <= LONGEST_PROMPT:
            raise ValueError(
                f"a prompt has 1 to {LONGEST_PROMPT} characters, "
                f"and this one has {len(prompt)}"
            )
        if "{{" in prompt:
            raise ValueError("{{ belongs to a template: fill it in before you send it")
        return prompt


# endregion
# region starter
# from pydantic import BaseModel
#
# LONGEST_PROMPT = 200  # characters
#
#
# class PromptRequest(BaseModel):
#     """A question for one of Lantern's language models."""
#
#     prompt: str
#
#
# endregion
