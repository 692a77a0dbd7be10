"""Runs in the page's worker: grades one exercise with the course's own grader."""

import gc
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Callable
from typing import Any

import noloop

noloop.install()

import deadline  # noqa: E402

from learn import course  # noqa: E402
from learn.course import ROOT  # noqa: E402
from learn.grading.run import GraderError  # noqa: E402
from learn.grading.run import grade as grade_exercises  # noqa: E402

_ENVIRONMENT = dict(os.environ)
_PATH = list(sys.path)


def grade(number: str, text: str, asked: bool, begun: Callable[[str], object]) -> str:
    """The verdict on `text` as the file of exercise `number`, as JSON.

    An unchanged starter is not run unless it is `asked` for, as with `learn check --file`. Each test is told to
    `begun` when it begins.
    """
    [exercise] = course.select(number)
    exercise.file.parent.mkdir(parents=True, exist_ok=True)
    exercise.file.write_text(text, encoding="utf-8")
    before = set(sys.modules)
    watch = deadline.Deadline(exercise, begun)
    with tempfile.TemporaryDirectory() as folder, noloop.detached(), watch.watching():
        os.chdir(folder)
        try:
            file = str(exercise.file) if asked else None
            [verdict] = grade_exercises([exercise], [watch], isolation="off", file=file, capture="sys")
            answer: dict[str, Any] = verdict.as_json() | {"digest": hashlib.sha256(text.encode()).hexdigest()}
        except GraderError as error:
            answer = {"error": str(error)}
        finally:
            _forget(before)
    return json.dumps(answer)


def _forget(before: set[str]) -> None:
    """Leave nothing of the learner's program behind that the next one could meet."""
    os.chdir("/")
    os.environ.clear()
    os.environ.update(_ENVIRONMENT)
    sys.path[:] = _PATH
    own = (str(ROOT / "lessons"), str(ROOT / "tests"))
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", None) or "").startswith(own):
            del sys.modules[name]
    for file in (ROOT / "lessons").rglob("*.py"):
        file.unlink()
    gc.collect()
    gc.freeze()  # what is left stays: no collection, of which pytest makes two, need look at it again
