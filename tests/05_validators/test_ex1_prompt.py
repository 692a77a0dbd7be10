"""Grades exercise 5.1, the normalised prompt."""

from types import ModuleType

from learn.checks import call
from learn.checks.mismatch import show_python

# All characters of which `str.isspace` says that they are white space, but for the space itself.
WHITE_SPACE = "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B)))
WHITE_SPACE += "\u2028\u2029\u202f\u205f\u3000"


def expect_prompt(exercise: ModuleType, sent: str, kept: str, why: str) -> None:
    """`sent` is accepted, and kept as `kept`."""
    outcome = call(exercise.PromptRequest, prompt=sent)
    fits = outcome.error is None and getattr(outcome.value, "prompt", None) == kept
    outcome.expect_that(fits, f"its prompt to be {show_python(kept)}: {why}")


def expect_message(exercise: ModuleType, sent: str, words: str, why: str) -> None:
    """`sent` is refused at `prompt`, with a message that contains `words`."""
    outcome = call(exercise.PromptRequest, prompt=sent)
    error = outcome.expect_refused("prompt", why)
    said = " ".join(item["msg"] for item in error.errors(include_context=False))
    outcome.expect_that(words in said, f"a message that contains {words}")


def test_white_space_around_is_removed(exercise: ModuleType) -> None:
    expect_prompt(exercise, "  Who wrote this? ", "Who wrote this?", "white space at both ends is removed")
    expect_prompt(
        exercise, "Is it SPAM?\r\n\n", "Is it SPAM?", "line breaks are white space too, letters stay as they are"
    )


def test_white_space_inside_becomes_one_space(exercise: ModuleType) -> None:
    expect_prompt(exercise, "Who   wrote this?", "Who wrote this?", "a run of white space becomes one space")
    expect_prompt(exercise, "Who\twrote\n\n this?", "Who wrote this?", "tabs and line breaks become one space too")
    why = "a carriage return and a no-break space are white space too, by str.isspace"
    expect_prompt(exercise, "Who\r\nwrote\u00a0this?", "Who wrote this?", why)
    for white in WHITE_SPACE:
        sent = f"{white}Who{white}{white}wrote {white}this?{white}"
        expect_prompt(exercise, sent, "Who wrote this?", f"{white!a} is white space, by str.isspace")


def test_nothing_else_changes(exercise: ModuleType) -> None:
    for text in ("Is it SPAM, Straße ﬁve ²?", "e\u0301 is not é", "这是垃圾邮件吗？", "a\u200bb\ufeff", "_{x} \\n 🙂"):
        expect_prompt(exercise, text, text, "nothing but white space changes")


def test_what_has_no_text_is_refused(exercise: ModuleType) -> None:
    call(exercise.PromptRequest, prompt="").expect_refused("prompt", "a prompt has 1 to 200 characters")
    call(exercise.PromptRequest, prompt=" \n\t ").expect_refused("prompt", "nothing is left without the white space")
    expect_prompt(exercise, "?", "?", "one character is enough")


def test_a_long_prompt_is_refused(exercise: ModuleType) -> None:
    expect_message(exercise, "a" * 201, "200", "a prompt has 1 to 200 characters, this one has 201")
    expect_message(exercise, "ä" * 1000, "200", "a prompt has 1 to 200 characters, this one has 1000")
    for letter in "aä🙂":
        expect_prompt(exercise, letter * 200, letter * 200, "it has 200 characters, which is allowed")


def test_the_length_is_that_of_the_kept_text(exercise: ModuleType) -> None:
    text = "b" * 200
    expect_prompt(exercise, f"  {text}\n", text, "without the white space around it has 200 characters")
    words = ["word"] * 40
    expect_prompt(exercise, "     ".join(words), " ".join(words), "with single spaces it has 199 characters")


def test_a_template_that_nobody_filled_is_refused(exercise: ModuleType) -> None:
    expect_message(exercise, "Translate {{text}} into French", "{{", "{{ belongs to a template")
    expect_message(exercise, "{{question}}", "{{", "{{ belongs to a template")
    expect_message(exercise, "Hello {{name", "{{", "two opening braces in a row, which nobody closed")
    for sent in ("{{ name }}", "Hello {{", "{{}}", "Translate {{{text}}}", "{{-"):
        expect_message(exercise, sent, "{{", "two opening braces in a row, whatever follows")
    for sent in ('Explain {"kind": "ham"} and }}', "{ {name} }"):
        expect_prompt(exercise, sent, sent, "it does not contain two opening braces in a row")
    both = "{{text}} " * 40
    call(exercise.PromptRequest, prompt=both).expect_refused("prompt", "it is too long, and a template")


def test_what_is_not_text_is_refused(exercise: ModuleType) -> None:
    for value in (7, 0.5, True, None, ["Who wrote this?"]):
        call(exercise.PromptRequest, prompt=value).expect_refused("prompt", "a prompt is text")
    call(exercise.PromptRequest).expect_refused("prompt", "a prompt is required")
