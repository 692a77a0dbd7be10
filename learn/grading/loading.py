"""Imports the learner's file, and says what is wrong where that fails."""

import asyncio
import functools
import hashlib
import importlib
import importlib.util
import os
import sys
import traceback
import unittest
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from _pytest.outcomes import OutcomeException

from learn.checks.mismatch import MissingName, in_a_line
from learn.course.catalogue import Exercise
from learn.course.files import ROOT, display
from learn.grading.reading import Refused, read

# What ends a test, or the process, without being an error of the test: raised by learner's code it is one.
STOPS = (KeyboardInterrupt, GeneratorExit, asyncio.CancelledError, OutcomeException, unittest.SkipTest)
_LIBRARIES = (sys.prefix, sys.base_prefix, str(ROOT / "learn"), str(ROOT / "tests"))
_libraries: set[str] = set()  # names of the modules that are no learner's
_beside: list[str] = []  # the folder of the file that was loaded last, which is the last place to look for modules


class BrokenFile(Exception):
    """The learner's file does not import. The message says why; `line` is where, if there is a line to show."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


class MissingFile(BrokenFile):
    """There is no file of the learner's."""


class LearnerModule(ModuleType):
    """The learner's module; a name that it lacks is a failure in the learner's words."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name) if name.startswith("__") else MissingName(name)


def begin(file: Path) -> str:
    """Read `file`: all that `load` imports from now on is this text, whatever is saved meanwhile. Returns its digest.

    It is empty where the file cannot be read, which `load` tells.
    """
    _source.cache_clear()
    try:
        return hashlib.sha256(_source(file)).hexdigest()
    except (OSError, Refused):
        return ""


@functools.cache
def _source(file: Path) -> bytes:
    return read(file)


def load(exercise: Exercise, file: Path) -> ModuleType:
    """Import `file` afresh, under the name of the exercise; so are the modules beside it that it imports.

    Raises:
        BrokenFile: it is missing, is not UTF-8 text, has a syntax error, or raises while it is imported.
    """
    code = code_of(exercise, file)
    _find_modules_beside(file)
    module = LearnerModule(exercise.name)
    module.__file__ = str(file)
    sys.modules[exercise.name] = module
    try:
        exec(code, vars(module))
    except SystemExit as stop:
        raise BrokenFile(
            f"importing the file ended the program: SystemExit({stop.code!r}). Take out the call of exit",
            line_in(stop, file),
        ) from stop
    except (Exception, *STOPS) as error:
        raise BrokenFile(f"importing the file raised {in_a_line(error)}", line_in(error, file)) from error
    return module


def _find_modules_beside(file: Path) -> None:
    """Have `import helpers` find the `helpers.py` beside `file`, as `python FILE` does, and have it run anew.

    It comes after the libraries, so that no name of a learner's takes the place of what grades.
    """
    folder = str(file.parent)
    for name in sys.modules.keys() - _libraries:
        place = str(getattr(sys.modules[name], "__file__", None) or "")
        if place.startswith(folder + os.sep) and not place.startswith(_LIBRARIES):
            del sys.modules[name]
        else:
            _libraries.add(name)
    if _beside != [folder]:
        sys.path[:] = [*(place for place in sys.path if place not in _beside), folder]
        _beside[:] = [folder]
        importlib.invalidate_caches()


def code_of(exercise: Exercise, file: Path) -> CodeType:
    """What `file` says, compiled and not yet run.

    Raises:
        BrokenFile: it is missing, is not UTF-8 text, or has a syntax error.
    """
    where = display(file)
    try:
        return _code(_source(file), str(file))
    except FileNotFoundError:
        if file != exercise.file:
            raise MissingFile(f"nothing was handed in for {exercise.number}: there is no {where}") from None
        raise MissingFile(
            f"{where} is not there: it was moved, renamed or deleted. "
            f"`python -m learn reset {exercise.number}` puts the starter in its place"
        ) from None
    except Refused as refused:
        raise BrokenFile(f"{where} {refused}") from None
    except SyntaxError as error:
        # Bytes that are not UTF-8 are a syntax error too, one without a line.
        problem = f"{type(error).__name__}: {error.msg}"
        if "utf-8" in str(error.msg) or "encoding" in str(error.msg):
            problem += ". Save the file as UTF-8"
        raise BrokenFile(problem, error.lineno) from None
    except ValueError as error:
        raise BrokenFile(f"this is not Python text: {error}. Save the file as UTF-8") from None


@functools.cache
def _code(source: bytes, name: str) -> CodeType:
    text = importlib.util.decode_source(source)  # strictly: compile() lets bad bytes in comments pass
    return compile(text, name, "exec", dont_inherit=True)


def line_in(error: BaseException, file: Path) -> int | None:
    """The deepest line of `file` that `error`, or what it was raised from, passed through."""
    current: BaseException | None = error
    while current is not None:
        lines = [
            line for frame, line in traceback.walk_tb(current.__traceback__) if frame.f_code.co_filename == str(file)
        ]
        if lines:
            return lines[-1]
        current = current.__cause__ or current.__context__
    return None
