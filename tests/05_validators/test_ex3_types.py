"""Grades exercise 5.3, types to use again."""

from types import ModuleType
from typing import Any

from pydantic import create_model

from learn.checks import call
from learn.checks.call import Outcome

DIGEST = "9b1e" + "0123456789ab" * 5
STRANGE_SLUGS = ("späm", "٣٣٣", "a²³", "ｓｐａｍ", "spam\n", " spam", "spam ", "spam-\n", "spam–filter")


def release(exercise: ModuleType, **changed: Any) -> Outcome:
    """A `Release` that is right but for `changed`."""
    return call(exercise.Release, **{"model": "spam-filter", "digest": DIGEST, "accuracy": 0.93} | changed)


def expect_kept(outcome: Outcome, field: str, kept: Any, why: str) -> None:
    """The call made an object whose `field` is `kept`."""
    fits = outcome.error is None and getattr(outcome.value, field, None) == kept
    outcome.expect_that(fits, f"{field} to be {kept!r}: {why}")


def test_what_is_no_probability_is_refused(exercise: ModuleType) -> None:
    for value in (1.01, -0.01, 1 + 2**-52, -5e-324, float("nan"), float("inf"), float("-inf")):
        release(exercise, accuracy=value).expect_refused("accuracy", "a probability is a number from 0 to 1")
    for other in ("0.5", "", b"0.5", True, False, None, [0.5]):
        release(exercise, accuracy=other).expect_refused("accuracy", f"{other!r} is no number")


def test_a_probability_is_accepted(exercise: ModuleType) -> None:
    for value in (0.5, 0, 1, 0.0, 1.0, 0.07, 0.123456789, 5e-324, 1 - 2**-53):
        expect_kept(
            release(exercise, accuracy=value),
            "accuracy",
            value,
            "0 and 1 are included, and the number is kept as it is",
        )


def test_what_is_no_digest_is_refused(exercise: ModuleType) -> None:
    for value in (DIGEST[:-1], f"{DIGEST}0", "", f"sha256:{DIGEST}"):
        release(exercise, digest=value).expect_refused("digest", "a digest has exactly 64 hexadecimal digits")
    for value in (
        f"{DIGEST}\n",
        f" {DIGEST[2:]} ",
        f"{DIGEST[:32]}_{DIGEST[:31]}",
        f"0x{DIGEST[:62]}",
        f"+{DIGEST[:63]}",
        f"-{DIGEST[:63]}",
        f"\n{DIGEST}",
        f" {DIGEST}",
        f"{DIGEST}\n{DIGEST}",
        "g" * 64,
        "٣" * 64,
    ):
        release(exercise, digest=value).expect_refused("digest", "0 to 9 and a to f only, in all 64 places")
    release(exercise, digest=int("1" * 64)).expect_refused("digest", "a digest is text")


def test_a_digest_is_kept_in_small_letters(exercise: ModuleType) -> None:
    expect_kept(release(exercise, digest=DIGEST), "digest", DIGEST, "it is right as it is")
    expect_kept(release(exercise, digest=DIGEST.upper()), "digest", DIGEST, "capital letters become small ones")
    mixed = "AbCdEf0123456789" * 4
    expect_kept(release(exercise, digest=mixed), "digest", mixed.lower(), "capital letters become small ones")
    for digit in "09afF":
        expect_kept(release(exercise, digest=digit * 64), "digest", digit.lower() * 64, "these are hexadecimal digits")


def test_what_is_no_slug_is_refused(exercise: ModuleType) -> None:
    for value in ("ab", "", "a" * 41, f"{'a' * 20}-{'b' * 20}"):
        release(exercise, model=value).expect_refused("model", "a slug has 3 to 40 characters")
    for value in ("-spam", "spam-", "spam--filter", "---"):
        release(exercise, model=value).expect_refused("model", "single hyphens join groups")
    for value in ("Spam-filter", "spam_filter", "spam filter", "spam/filter", "spam.filter", *STRANGE_SLUGS):
        release(exercise, model=value).expect_refused(
            "model", "only a to z, 0 to 9 and hyphens, and nothing is corrected"
        )
    release(exercise, model=777).expect_refused("model", "a slug is text")


def test_a_slug_is_accepted(exercise: ModuleType) -> None:
    for value in (
        "spam-filter",
        "gpt",
        "a-b",
        "007",
        "7b-chat",
        "a-1",
        "digits-mlp-2-small",
        "a" * 40,
        "z9-" * 13 + "x",
    ):
        expect_kept(release(exercise, model=value), "model", value, "groups of a to z and 0 to 9, joined by hyphens")


def test_the_types_work_elsewhere(exercise: ModuleType) -> None:
    scores = {"not-spam": 0.93, "spam": 0.07}
    expect_kept(call(exercise.Scores, by_label=scores), "by_label", scores, "slugs and probabilities")
    call(exercise.Scores, by_label={"Not spam": 0.5}).expect_refused("by_label", "each label is a Slug")
    call(exercise.Scores, by_label={"spam": 1.2}).expect_refused("by_label", "each score is a Probability")
    call(exercise.Scores, by_label={"spam": True}).expect_refused("by_label", "each score is a Probability")
    kinds = {
        "digest": (exercise.Sha256Digest, ...),
        "best": (exercise.Slug, "spam"),
        "score": (exercise.Probability, 0),
    }
    other: Any = create_model("Archive", **kinds)  # type: ignore[call-overload]
    expect_kept(call(other, digest=DIGEST.upper()), "digest", DIGEST, "a Sha256Digest, in another class too")
    call(other, digest="9b1e").expect_refused("digest", "it is a Sha256Digest, in another class too")
    call(other, digest=DIGEST, best="-").expect_refused("best", "it is a Slug, in another class too")
    call(other, digest=DIGEST, score="0.5").expect_refused("score", "it is a Probability, in another class too")
