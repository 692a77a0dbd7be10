"""Shows whether a learner's code has changed what grades it: they share a process, so that it can.

A `Seal` remembers the names of the modules and classes that a verdict depends on, and the code of their functions.
It is taken before the learner's code runs, and looked at after each test. What is put back in between it does not see.
"""

import builtins
import copy
import sys
from collections.abc import Callable, Iterable, Mapping
from operator import is_
from types import CodeType, FunctionType, ModuleType
from typing import Any

import httpx2

from learn.checks import Answer, Mismatch, Outcome, require

# What a verdict depends on, as the beginning of the names of modules.
SEALED = (
    *("builtins", "json", "pytest", "pluggy", "learn.checks", "learn.grading"),
    *("httpx2._client", "httpx2._models", "httpx2._transports.asgi"),
    *("_pytest.capture", "_pytest.config", "_pytest.fixtures", "_pytest.main", "_pytest.nodes", "_pytest.outcomes"),
    *("_pytest.python", "_pytest.raises", "_pytest.recwarn", "_pytest.reports", "_pytest.runner", "_pytest.skipping"),
)
FILLED_IN = {"__annotations_cache__", "__warningregistry__", "__abstractmethods__", "_abc_impl"}  # by Python itself

Names = Mapping[str, Any]


class Seal:
    """How the modules named in `SEALED` are now."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._names: list[tuple[str, Names, dict[str, Any]]] = []
        self._code: list[tuple[FunctionType, CodeType]] = []
        self._contents: list[tuple[str, Any, Any]] = []  # what a grader expects, and a copy of it

    def take(self) -> "Seal":
        """Remember what is loaded of `SEALED`, and was not remembered yet."""
        wanted = tuple(f"{name}." for name in SEALED)
        for name, module in list(sys.modules.items()):
            if f"{name}.".startswith(wanted) and name not in self._known and isinstance(module, ModuleType):
                self._remember(name, module)
        return self

    def with_graders(self, modules: Iterable[ModuleType]) -> "Seal":
        """What is remembered, and how the test files `modules` are now, with what they expect."""
        whole = Seal()
        whole._names, whole._code = [*self._names], [*self._code]
        for module in modules:
            whole._remember(module.__name__, module)
            for name, value in vars(module).items():
                if type(value) in (list, dict, set) and not name.startswith("__"):
                    whole._contents.append((f"{module.__name__}.{name}", value, copy.deepcopy(value)))
        return whole

    def _remember(self, name: str, module: ModuleType) -> None:
        self._known.add(name)
        self._remember_names(name, vars(module))
        for value in list(vars(module).values()):
            if isinstance(value, type) and value.__module__ == module.__name__ and module is not builtins:
                self._remember_names(f"{name}.{value.__name__}", vars(value))
                self._remember_code(*vars(value).values())
        self._remember_code(*vars(module).values())

    def _remember_names(self, owner: str, names: Names) -> None:
        self._names.append((owner, names, dict(names)))

    def _remember_code(self, *values: object) -> None:
        for value in values:
            if isinstance(value, FunctionType):
                self._code.append((value, value.__code__))

    def code_is_changed(self) -> bool:
        """Whether a function has other code now, whatever name it has."""
        return any(function.__code__ is not own for function, own in self._code)

    def watch(self) -> Callable[[bool], str]:
        """A function that returns the name of the first thing that has changed, or nothing.

        It holds all that it uses, so that no name that is changed elsewhere changes what it does. To read a function's
        code is audited, as a call of `id` is: where something listens, that takes twenty times as long as the rest, so
        that it is done only where one asks for it.
        """
        names = [(*known, known[1].values(), list(known[2].values())) for known in self._names]
        code, contents = self._code, self._contents
        compare, same, each, every, size = _difference, is_, map, all, len

        def changed(code_too: bool) -> str:
            for owner, now, before, values, known in names:
                alike = size(values) == size(known) and every(each(same, values, known))
                if not alike and (name := compare(now, before)):
                    return f"{owner}.{name}"
            for function, own in code if code_too else ():
                if function.__code__ is not own:
                    return function.__qualname__
            for name, value, before in contents:
                if value != before:
                    return name
            return ""

        return changed


def _difference(now: Names, before: dict[str, Any]) -> str:
    """The first name that is another in `now`. A module that was imported meanwhile is none, nor what Python adds."""
    for name in now.keys() | before.keys():
        value = now.get(name)
        if value is not before.get(name) and name not in FILLED_IN:
            arrived = name not in before and isinstance(value, ModuleType) and sys.modules.get(value.__name__) is value
            if not arrived:
                return name
    return ""


def lets_pass() -> str:
    """What of the graders' own words lets something wrong pass, as the name of it; nothing where all is well."""
    answer = Answer("A request", httpx2.Response(200, json={"right": False}))
    probes: dict[str, Callable[[], object]] = {
        "require": lambda: require(False, called="A call", got="is wrong", expected="right"),
        "Answer.expect": lambda: answer.expect(404),
        "Answer.expect_that": lambda: answer.expect_that(False, "right"),
        "Answer.expect_json": lambda: answer.expect_json({"right": True}),
        "Answer.field": lambda: answer.field("wrong"),
        "Answer.header": lambda: answer.header("X-Right"),
        "Outcome.expect": lambda: Outcome("A call", 1).expect(2),
        "Outcome.expect_that": lambda: Outcome("A call", 1).expect_that(False, "right"),
        "Outcome.value": lambda: Outcome("A call", error=ValueError()).value,
        "Outcome.expect_has": lambda: Outcome("A call", answer).expect_has(request="right"),
        "Outcome.expect_raised": lambda: Outcome("A call", 1).expect_raised(ValueError),
    }
    for name, probe in probes.items():
        try:
            probe()
        except Mismatch:
            continue
        except BaseException:
            return name  # which raises something else
        return name
    return ""
