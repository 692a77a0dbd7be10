"""A grader that is already warm: a pytest session with everything imported, which forks for each request.

`python -m learn.grading.warm` is that process: it reads a request as one line of JSON from its standard input and
answers with one line. `WarmGrader` starts it and talks to it.
"""

import gc
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self

import pytest

from learn.course import catalogue
from learn.course.catalogue import Exercise
from learn.course.files import ROOT
from learn.course.surroundings import without_foreign
from learn.grading.run import GraderError, Option, grade, graders
from learn.grading.runner import Runner
from learn.grading.verdict import Verdict


class WarmGrader:
    """Grades exercises in a process that is started once. Use it as a context manager."""

    def __init__(self) -> None:
        self._server: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        if hasattr(os, "fork"):
            self._start()
        return self

    def _start(self) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "-m", "learn.grading.warm"],
            cwd=ROOT,
            env=without_foreign(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,  # Ctrl-C in the terminal is for us; we end the server ourselves
        )

    def grade(self, exercises: list[Exercise], **options: Option) -> list[Verdict]:
        """As `learn.grading.run.grade`, some twenty times faster; `options` by their names in the plugin.

        Raises:
            GraderError: a grader does not import.
        """
        if not hasattr(os, "fork"):
            return grade(exercises, (), **options)
        if self._server is None or self._server.poll() is not None:
            self._start()
        assert self._server is not None and self._server.stdin is not None and self._server.stdout is not None
        request = {"exercises": [exercise.number for exercise in exercises], "options": options}
        self._server.stdin.write(json.dumps(request) + "\n")
        self._server.stdin.flush()
        answer = json.loads(self._server.stdout.readline() or '{"error": "the grading process ended"}')
        if "error" in answer:
            raise GraderError(answer["error"])
        return [Verdict.from_json(verdict) for verdict in answer["verdicts"]]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.terminate()
            self._server.communicate()


def _warm_up() -> None:
    """Run one whole session, so that all it imports lazily is imported, and forget the graders it loaded."""
    import learn.checks.tables  # noqa: F401  with SQLAlchemy, so that no fork need import it

    grade(catalogue.exercises()[:1], solutions=True, isolation="off")
    tests = str(ROOT / "tests")
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None) or "").startswith(tests):
            del sys.modules[name]
    assert all(exercise.metadata for exercise in catalogue.exercises())  # reads each once, for all forks
    gc.collect()
    gc.freeze()  # what is alive now stays shared with the forks


class _Standby:
    """A fork of the paused session that has collected the graders of `numbers`, and waits to be told to go on."""

    def __init__(self, numbers: list[str]) -> None:
        self.numbers = numbers
        self.written = _written(numbers)
        read_end, self._write_end = os.pipe()
        self.child = os.fork()
        self.is_child = self.child == 0
        os.close(self._write_end if self.is_child else read_end)
        self._read_end = read_end

    def fits(self, numbers: list[str]) -> bool:
        """Whether it can take a request for `numbers`: their graders are as they were when it collected them."""
        return numbers == self.numbers and _written(numbers) == self.written

    def go_on(self, request: str) -> None:
        """Have it answer `request`, a line, and wait until it has."""
        os.write(self._write_end, request.encode())
        self.end()

    def end(self) -> None:
        """Have it end where it was not told to go on, and wait for that."""
        os.close(self._write_end)
        os.waitpid(self.child, 0)

    def request(self) -> dict[str, Any]:
        """In the fork: the request, once there is one."""
        with os.fdopen(self._read_end, encoding="utf-8") as pipe:
            line = pipe.readline()
        if not line:
            os._exit(0)  # it is not needed any more
        return dict(json.loads(line))


def _written(numbers: list[str]) -> list[int]:
    """When the graders of `numbers` were last written; 0 for one that is not there."""
    files = [exercise.grader for number in numbers for exercise in catalogue.select(number)]
    return [file.stat().st_mtime_ns if file.exists() else 0 for file in files]


class _PausedSession:
    """Holds a pytest session right before it collects, and lets a fork of it go on for each request.

    While the learner reads a verdict, a fork for the same exercise already collects, and one of that waits to run it.
    """

    def __init__(self, requests: Iterable[str]) -> None:
        self.requests = requests
        self.fork: _Standby | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> None:
        standby = None
        for line in self.requests:
            numbers = json.loads(line)["exercises"]
            if standby is None or not standby.fits(numbers):
                if standby:
                    standby.end()
                standby = _Standby(numbers)
                if standby.is_child:
                    break
            standby.go_on(line)
            standby = _Standby(numbers)
            if standby.is_child:
                break
        if standby is None or not standby.is_child:
            os._exit(0)
        self.fork = standby
        session.config.args = graders([one for number in standby.numbers for one in catalogue.select(number)])

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        if self.fork and len(self.fork.numbers) == 1:
            runner = session.config.pluginmanager.get_plugin("learn-runner")
            assert isinstance(runner, Runner)
            runner.fork_ahead(session.items)
        self.wait()
        vars(session.config.option).update(self.options)

    def wait(self) -> None:
        """In a fork: wait for its request, unless it has had it."""
        if self.fork:
            self.options = self.fork.request()["options"]
            self.fork = None


def main() -> None:
    """Answer requests until standard input ends."""
    requests = os.fdopen(os.dup(sys.stdin.fileno()), encoding="utf-8")
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDWR)
    for ours in (sys.stdin.fileno(), sys.stdout.fileno()):
        os.dup2(nothing, ours)  # which a learner's code would find, and write an answer to
    _warm_up()
    paused = _PausedSession(requests)
    try:
        verdicts = grade([], plugins=[paused])  # returns in each fork
        answer: dict[str, Any] = {"verdicts": [verdict.as_json() for verdict in verdicts]}
    except GraderError as error:
        paused.wait()  # collecting failed, but nobody has asked yet
        answer = {"error": str(error)}
    print(json.dumps(answer), file=answers, flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
