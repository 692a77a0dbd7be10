"""Calls the learner's functions and classes; what came of a call checks itself and says what is wrong."""

from collections.abc import Callable
from types import FunctionType
from typing import Any, Self, TypeVar

from pydantic import ValidationError

from learn.checks.mismatch import Mismatch, first_line, show_python

Error = TypeVar("Error", bound=Exception)


class Outcome:
    """What came of one call: a value, or an exception.

    Every check returns the outcome, or raises a `Mismatch` that names the call and quotes what came of it.
    """

    def __init__(self, called: str, value: Any = None, error: Exception | None = None) -> None:
        self.called, self._value, self.error = called, value, error

    @property
    def got(self) -> str:
        """What came of it in words: `returned 3`, `raised ValueError: …`."""
        if self.error is not None:
            return f"raised {type(self.error).__name__}: {first_line(self.error)}"
        return f"returned {show_python(self._value)}"

    @property
    def value(self) -> Any:
        """What the call returned; a call that raised is a `Mismatch`."""
        if self.error is not None:
            raise Mismatch(self.called, self.got, "a value, and no exception") from self.error
        return self._value

    def expect(self, expected: Any, why: str = "") -> Self:
        """The call returned a value equal to `expected` and of its type: 1, 1.0 and True are not the same."""
        same = self.error is None and type(self._value) is type(expected) and _equal(self._value, expected)
        return self.expect_that(same, f"{show_python(expected)}: {why}" if why else show_python(expected))

    def expect_that(self, condition: bool, expected: str) -> Self:
        """`condition` holds; `expected` says what it means."""
        if not condition:
            raise Mismatch(self.called, self.got, expected) from self.error
        return self

    def expect_has(self, **attributes: Any) -> Self:
        """The value has these attributes, equal to what is given and of its type."""
        for name, wanted in attributes.items():
            found = getattr(self.value, name, None)
            if not (isinstance(found, type(wanted)) and _equal(found, wanted)):
                raise Mismatch(self.called, f"has {name} = {found!r}", f"{name} = {wanted!r}")
        return self

    def expect_raised(self, kind: type[Error], why: str = "") -> Error:
        """The call raised a `kind`, which is returned."""
        expected = f"{kind.__name__}: {why}" if why else kind.__name__
        self.expect_that(isinstance(self.error, kind), f"it to raise {expected}")
        assert isinstance(self.error, kind)
        return self.error

    def expect_refused(self, field: str = "", why: str = "") -> ValidationError:
        """Pydantic refused the input, and names `field` (where given) as the place of a mistake."""
        error = self.expect_raised(ValidationError, why)
        places = [list(map(str, item["loc"])) for item in error.errors(include_url=False, include_context=False)]
        named = not field or any(field in place for place in places)
        self.expect_that(named, f"a ValidationError that names `{field}`{': ' + why if why else ''}")
        return error


def _equal(value: Any, expected: Any) -> bool:
    """Whether they are equal by what is expected: an object that says that it equals everything is not."""
    if isinstance(expected, (list, tuple)) and isinstance(value, (list, tuple)):
        return len(list(value)) == len(expected) and all(map(_equal, list(value), expected))
    if isinstance(expected, dict) and isinstance(value, dict):
        return value.keys() == expected.keys() and all(_equal(value[key], expected[key]) for key in expected)
    plain = expected is None or isinstance(expected, (str, bytes, int, float))
    if plain and isinstance(type(value).__eq__, FunctionType):
        return expected.__eq__(value) is True
    return bool(value == expected)


def call(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Outcome:
    """Call `function` and keep what comes of it: `call(exercise.slugify, "Spam Filter").expect("spam-filter")`.

    A class is called the same way, and so is its method: `call(exercise.Model.model_validate, {"name": "spam"})`.
    """
    arguments = [show_python(value) for value in args] + [f"{key}={show_python(kwargs[key])}" for key in kwargs]
    called = f"{_name(function)}({', '.join(arguments)})"
    try:
        return Outcome(called, function(*args, **kwargs))
    except Exception as error:
        return Outcome(called, error=error)


def _name(function: Callable[..., Any]) -> str:
    """`function` as a learner writes it: `Model.model_validate` also where a base class has the method."""
    name = getattr(function, "__name__", None) or show_python(function)
    owner = getattr(function, "__self__", None)
    if isinstance(owner, type):
        return f"{owner.__name__}.{name}"
    if owner is not None and not hasattr(owner, "__spec__"):  # a module is the `self` of functions written in C
        return f"{type(owner).__name__}(…).{name}"
    return str(name)
