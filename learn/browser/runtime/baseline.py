"""Puts right what a program changed in the libraries: in the terminal each has a process of its own, here none has.

Remembered are each module's names, those of its classes and of its objects, and what the lists, dicts and sets among
all of these hold. Where nothing has changed, to look costs ten milliseconds, and is done after the verdict is told.
"""

import builtins
import gc
import importlib._bootstrap_external as loaders
import sys
from collections.abc import Mapping
from operator import is_
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary, WeakSet, WeakValueDictionary

COURSE = "/course/"  # what grades; only names are looked at, its own and its classes', for it keeps what it needs
FILLED_IN = {"__annotations_cache__", "__slotnames__", "__warningregistry__"}  # by Python, when it is asked
TEMPORARY = (f"{COURSE}lessons/", f"{COURSE}tests/")
WEAK = (WeakKeyDictionary, WeakSet, WeakValueDictionary)
_BUILTINS = vars(builtins)
WRITTEN_IN_PYTHON = 1 << 9  # a flag of classes


class Baseline:
    """How everything was before any learner's program ran; a library imported later, how it was right after that."""

    def __init__(self) -> None:
        self.modules: dict[str, Any] = {}
        self.names: dict[int, tuple[Any, Mapping[str, Any], dict[str, Any]]] = {}  # owner, its names, as they were
        self.contents: dict[int, tuple[Any, Any]] = {}  # a container, and a copy of it
        self.limit = sys.getrecursionlimit()
        self.broken = False
        self.arrived = False  # whether a library was imported since the last look

    def take(self) -> None:
        """Remember everything as it is now."""
        self.builtins = dict(_BUILTINS)
        self._watch_imports()
        for name, module in list(sys.modules.items()):
            self._remember(name, module)

    def _watch_imports(self) -> None:
        load = loaders._LoaderBasics.exec_module  # type: ignore[attr-defined]
        depth = 0

        def exec_module(loader: Any, module: ModuleType) -> None:
            nonlocal depth
            depth += 1
            try:
                load(loader, module)
            finally:
                depth -= 1
                if not depth:  # a library is whole once the module is that was imported first
                    self._remember_new()

        loaders._LoaderBasics.exec_module = exec_module  # type: ignore[attr-defined]

    def _remember_new(self) -> None:
        for name, module in list(sys.modules.items()):
            if name not in self.modules and not _is_temporary(name, module):
                self._remember(name, module)
                self.arrived = True

    def _remember(self, name: str, module: Any) -> None:
        self.modules[name] = module
        if not isinstance(module, ModuleType) or name == "__main__":
            return
        theirs = not (getattr(module, "__file__", None) or "").startswith(COURSE)
        self._remember_names(module, vars(module), theirs)
        for key, value in list(vars(module).items()):
            if key.startswith("__") or isinstance(value, (ModuleType, *WEAK)):
                continue
            if not isinstance(value, type):
                if not theirs:
                    continue
                inside = getattr(value, "__dict__", None)
                if type(value).__flags__ & WRITTEN_IN_PYTHON and isinstance(inside, dict):
                    self._remember_names(value, inside)
            elif value.__flags__ & WRITTEN_IN_PYTHON and value.__module__ == module.__name__:
                self._remember_names(value, vars(value), theirs)

    def _remember_names(self, owner: Any, names: Mapping[str, Any], contents: bool = True) -> None:
        self.names[id(owner)] = (owner, names, dict(names))
        for name, value in names.items() if contents else ():
            if type(value) in (dict, list, set) and "cache" not in name.lower() and value is not sys.modules:
                self.contents[id(value)] = (value, value.copy())

    def restore(self) -> None:
        """Put everything right. Where that cannot be wholly done, Python is `broken`, and a new one is needed."""
        _BUILTINS.update(self.builtins)  # before anything else, for all else uses them
        sys.settrace(None)
        sys.setprofile(None)
        sys.setrecursionlimit(self.limit)
        gc.enable()
        self._restore_modules()
        replaced = [self._restore_names(*place) for place in self.names.values() if not _identical(*place[1:])]
        for container, before in self.contents.values():
            if not _same(container, before):
                container.clear()
                container.extend(before) if isinstance(container, list) else container.update(before)
        if self.arrived and any(replaced):  # the new library may have taken over what was wrong
            self.broken = True
        self.arrived = False

    def _restore_modules(self) -> None:
        for name, module in list(sys.modules.items()):
            if name not in self.modules and _is_temporary(name, module):
                del sys.modules[name]
        self._remember_new()
        if not _same(sys.modules, self.modules):
            sys.modules.update(self.modules)

    def _restore_names(self, owner: Any, names: Any, before: dict[str, Any]) -> bool:
        """Give `owner` its names back. Returns whether one of a function or class was among those replaced."""
        is_class = isinstance(owner, type)
        replaced = False
        for name in [name for name in names if name not in before]:
            if name not in FILLED_IN and not _is_library(names[name]):
                type.__delattr__(owner, name) if is_class else names.pop(name)
        for name, value in before.items():
            if names.get(name, _same) is not value:
                type.__setattr__(owner, name, value) if is_class else names.__setitem__(name, value)
                replaced = replaced or (callable(value) and isinstance(owner, type | ModuleType))
        return replaced


def _identical(now: Mapping[str, Any], before: dict[str, Any]) -> bool:
    """Whether the names are the same, and what they name: an object may say that it equals everything."""
    return len(now) == len(before) and all(map(is_, now.values(), before.values()))


def _same(now: Any, before: Any) -> bool:
    try:
        return bool(now == before)  # what is identical is not asked whether it is equal
    except Exception:
        return False


def _is_temporary(name: str, module: Any) -> bool:
    """Whether it is of a learner's, a grader, or made up by a program."""
    place = getattr(module, "__file__", None) or ""
    return place.startswith(TEMPORARY) or name.startswith("tests.") or getattr(module, "__spec__", None) is None


def _is_library(value: Any) -> bool:
    """Whether it is a module that was imported, which another then knows by a name: its package, for instance."""
    return isinstance(value, ModuleType) and sys.modules.get(value.__name__) is value
