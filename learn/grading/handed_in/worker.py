"""A pytest session that collects its graders once, and then grades one exercise of one learner after another.

`python -m learn.grading.handed_in.worker` is that process: it reads a request as one line of JSON from its standard
input, and answers with one line. `Worker` starts it and talks to it. No learner's code runs in it: that runs in a fork
for each exercise, or in a second pytest where there is no fork.
"""

import contextlib
import gc
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable
from typing import IO, Any

import pytest

from learn.course import catalogue
from learn.course.catalogue import Exercise
from learn.course.files import ROOT
from learn.grading import isolation, processes
from learn.grading.gradebook import Gradebook
from learn.grading.run import GraderError, Option, grade
from learn.grading.runner import Runner
from learn.grading.verdict import Verdict
from learn.grading.warm import warm_up

STARTING = 300.0  # seconds that importing everything and collecting may take, on a slow machine under load
GRACE = 30.0  # seconds after an exercise's time at which the worker itself is given up


class WorkerLost(Exception):
    """The worker has ended, or does not answer; the message says which."""


class Worker:
    """Grades what learners handed in for `exercises`, in a process of its own. End it with `end`.

    Raises:
        GraderError: a grader does not import, or an option is wrong.
        WorkerLost: it did not start.
    """

    def __init__(self, exercises: list[Exercise], options: dict[str, Option]) -> None:
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115  closed by `end`
        self.process = subprocess.Popen(
            [sys.executable, "-m", "learn.grading.handed_in.worker"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            start_new_session=True,  # Ctrl-C in the terminal is for us; we end it ourselves
        )
        self.bound = processes.Bound(self.process.pid)
        self.lines: queue.Queue[bytes] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        try:
            self._say({"exercises": [exercise.number for exercise in exercises], "options": options})
            ready = self._hear(STARTING)
        except BaseException:
            self.end()
            raise
        if "error" in ready:
            self.end()
            raise GraderError(ready["error"])
        self.tests: dict[str, list[str]] = ready["tests"]  # the names of each exercise's tests

    def _listen(self) -> None:
        assert self.process.stdout is not None
        with contextlib.suppress(OSError, ValueError):
            for line in self.process.stdout:
                self.lines.put(line)
        self.lines.put(b"")

    def _say(self, record: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(record).encode() + b"\n")
            self.process.stdin.flush()
        except OSError as error:
            raise WorkerLost("the grading process has ended") from error

    def _hear(self, patience: float) -> dict[str, Any]:
        try:
            line = self.lines.get(timeout=patience)
        except queue.Empty:
            raise WorkerLost(f"the grading process did not answer for {patience:.0f} s") from None
        try:
            answer = json.loads(line)
        except ValueError:
            raise WorkerLost("the grading process ended in the middle of it") from None
        if not isinstance(answer, dict):
            raise WorkerLost("the grading process does not answer as it should")
        return answer

    def grade(self, exercise: Exercise, folder: str, seconds: float) -> Verdict:
        """The verdict on `exercise` in `folder`, a folder laid out like `lessons/`; it gets `seconds` in all.

        Raises:
            WorkerLost: the worker is of no use any more.
        """
        self._say({"exercise": exercise.number, "folder": folder, "seconds": seconds})
        answer = self._hear(seconds + GRACE)
        try:
            verdict = Verdict.from_json(answer)
        except (KeyError, TypeError, ValueError) as error:
            raise WorkerLost("the grading process does not answer as it should") from error
        if verdict.exercise != exercise.number:
            raise WorkerLost("the grading process answered for another exercise")
        return verdict

    def end(self) -> None:
        """End it, and whatever it has started."""
        if self.process.poll() is None and self.process.stdin is not None:
            with contextlib.suppress(OSError):
                self.process.stdin.close()
        processes.end_tree(self.process)
        self.bound.end_all()
        self.errors.close()


class _OnRequest:
    """In place of pytest's loop over all tests: runs those of the exercise that is asked for."""

    def __init__(self, requests: Iterable[str], answers: IO[str]) -> None:
        self.requests, self.answers = requests, answers

    def say(self, record: dict[str, Any]) -> None:
        print(json.dumps(record), file=self.answers, flush=True)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        config = session.config
        gradebook = config.pluginmanager.get_plugin("learn-gradebook")
        runner = config.pluginmanager.get_plugin("learn-runner")
        assert isinstance(gradebook, Gradebook) and isinstance(runner, Runner)
        items: dict[str, list[pytest.Item]] = {}
        for item in session.items:
            exercise = catalogue.exercise_of_grader(item.path)
            assert exercise is not None
            items.setdefault(exercise.number, []).append(item)
        gc.collect()
        gc.freeze()  # what was collected stays shared with the forks
        self.say({"tests": {number: [item.name for item in group] for number, group in items.items()}})
        for line in self.requests:
            request = json.loads(line)
            config.option.submission, config.option.budget = request["folder"], request["seconds"]
            gradebook.forget()
            runner.reports.clear()
            for item in items[request["exercise"]]:
                config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            [verdict] = gradebook.verdicts()
            self.say(verdict.as_json())
            runner.clear_away()
        return True


def main() -> None:
    """Answer requests until standard input ends."""
    requests = os.fdopen(os.dup(sys.stdin.fileno()), encoding="utf-8")
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (sys.stdin.fileno(), sys.stdout.fileno()):  # which learners' code has too
        os.dup2(nowhere, descriptor)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    isolation.bounded = True
    asked = json.loads(next(iter(requests)))
    on_request = _OnRequest(requests, answers)
    try:
        exercises = [one for number in asked["exercises"] for one in catalogue.select(number)]
        warm_up()
        grade(exercises, [on_request], **asked["options"])
    except GraderError as error:
        on_request.say({"error": str(error)})


if __name__ == "__main__":
    main()
