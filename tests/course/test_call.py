"""What a grader learns from a call, in the learner's words."""

import json
import warnings
from collections.abc import Callable

import pytest
from pydantic import BaseModel, Field

from learn.checks import Mismatch, call, require_no_warning
from learn.grading.loading import LearnerModule

pytestmark = pytest.mark.reads()


class Model(BaseModel):
    name: str = Field(min_length=3)

    def shout(self) -> str:
        return self.name.upper()


def double(values: list[float]) -> list[float]:
    return values * 2


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (lambda: call(Model, name="a").value, "Model(name='a') raised ValidationError: name: String should have"),
        (lambda: call(Model.model_validate, {"name": "abc"}).expect_refused(), "returned Model(name="),
        (lambda: call(Model, name="a").expect_refused("task"), "expected a ValidationError that names `task`"),
        (lambda: call(Model(name="abc").shout).expect("abc", "as it was"), "returned 'ABC'; expected 'abc': as"),
        (lambda: call(len, "a").expect(True), "len('a') returned 1; expected True"),
        (lambda: call(double, [0.5] * 1024).expect([]), "double(a list of 1024: [0.5,"),
        (lambda: call(json.loads, "{").expect_raised(KeyError), "loads('{') raised JSONDecodeError: Expecting"),
        (lambda: LearnerModule("ex1").predict, "The file has no `predict`; expected `predict` at its top level"),
    ],
)
def test_what_is_not_as_expected_is_said_in_words(check: Callable[[], object], words: str) -> None:
    with pytest.raises(Mismatch) as caught:
        check()
    assert words in str(caught.value)


def test_what_is_as_expected_passes() -> None:
    assert call(Model(name="abc").shout).expect("ABC").value == "ABC"
    assert call(Model, name="a").expect_refused("name").error_count() == 1
    assert str(call(int, "x").expect_raised(ValueError)).startswith("invalid literal")
    assert not hasattr(LearnerModule("ex1"), "predict")


def test_a_warning_is_a_failure_that_quotes_it() -> None:
    with warnings.catch_warnings(record=True) as recorded:
        warnings.simplefilter("always")
        Model(name="abc").dict()
    with pytest.raises(Mismatch, match=r"warned PydanticDeprecatedSince20: The `dict` method is deprecated"):
        require_no_warning(recorded)
    require_no_warning([])


def test_addresses_in_memory_are_left_out() -> None:
    outcome = call(object)
    with pytest.raises(Mismatch) as failure:
        outcome.expect(1)
    assert str(failure.value) == "object() returned <object object>; expected 1"
