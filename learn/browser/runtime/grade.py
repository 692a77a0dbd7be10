"""Runs in the page's worker: grades one exercise with the course's own grader."""

import gc
import json
import os
import shutil
import sys
import typing
from collections.abc import Callable
from pathlib import Path

import noloop

for absent in ("pydantic.v1", "sniffio"):  # not shipped, and yet looked for at each annotation and each request
    sys.modules[absent] = None  # type: ignore[assignment]
noloop.install()

from baseline import Baseline  # noqa: E402
from fastapi import routing  # noqa: E402
from fastapi.dependencies import models  # noqa: E402
from session import Grader  # noqa: E402

from learn.course import catalogue  # noqa: E402
from learn.course.files import ROOT  # noqa: E402
from learn.grading.run import GraderError  # noqa: E402

_WORK = Path("/work")  # where a learner's program runs
_GRADER = Grader()
gc.set_threshold(200_000)  # a test is short, and what it leaves is collected after the verdict
gc.collect()
gc.freeze()
_BASELINE = Baseline()
# Caches that keep a learner's functions and types, and with them the whole program
_FORGET = [cache.cache_clear for cache in vars(models).values() if hasattr(cache, "cache_clear")]
_FORGET += [*typing._cleanups, routing._endpoint_context_cache.clear]  # type: ignore[attr-defined]


def grade(number: str, text: str, asked: bool, begun: Callable[[str], object]) -> str:
    """The verdict on `text` as the file of exercise `number`, as JSON.

    An unchanged starter is not run unless it is `asked` for, as with `learn check --file`. Each test is told to
    `begun` when it begins.
    """
    [exercise] = catalogue.select(number)
    exercise.file.parent.mkdir(parents=True, exist_ok=True)
    exercise.file.write_text(text, encoding="utf-8")
    _WORK.mkdir(exist_ok=True)
    os.chdir(_WORK)
    broken = ""
    try:
        with noloop.detached():
            verdict = _GRADER.grade(exercise, asked, begun)
    except GraderError as error:
        broken = str(error)
    except Exception as error:  # it has changed what grades it
        _BASELINE.restore()
        _BASELINE.broken = True
        broken = f"the program broke what grades it: {type(error).__name__}: {error}"
    _BASELINE.restore()
    if _GRADER.runner.inside.seal.code_is_changed():  # which nothing restores
        _BASELINE.broken = True
    if broken:
        return json.dumps({"error": broken})
    return json.dumps(verdict.as_json())


def tidy() -> bool:
    """Leave nothing of a program behind that the next one could meet. Called after each call, once it is answered.

    Returns whether that was in vain, so that a new Python is needed.
    """
    _BASELINE.restore()
    os.chdir("/")
    shutil.rmtree(_WORK, ignore_errors=True)
    shutil.rmtree(ROOT / "lessons", ignore_errors=True)
    for forget in _FORGET:
        forget()
    gc.collect()
    gc.freeze()  # what is left stays: no later collection need look at it again
    return _BASELINE.broken


_BASELINE.take()
