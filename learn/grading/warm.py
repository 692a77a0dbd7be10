"""A grader that is already warm: a pytest session with everything imported, which forks for each request.

`python -m learn.grading.warm` is that process: it reads a request as one line of JSON from its standard input and
answers with one line. `WarmGrader` starts it and talks to it.
"""

import contextlib
import gc
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import IO, Any, Self

import pytest

from learn.course import catalogue
from learn.course.catalogue import Exercise
from learn.course.files import ROOT
from learn.course.surroundings import without_foreign
from learn.grading.gradebook import Gradebook
from learn.grading.run import GraderError, Option, grade, graders
from learn.grading.runner import Runner
from learn.grading.verdict import Verdict

ENDED = "the grading process ended"


class WarmGrader:
    """Grades exercises in a process that is started once. Use it as a context manager.

    With `ahead`, the next grading of the same exercise is prepared at once: for one who saves again and again. It
    costs more than it saves where one file follows the other.
    """

    def __init__(self, ahead: bool = False) -> None:
        self._ahead = ahead
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
        request = {"exercises": [exercise.number for exercise in exercises], "options": options, "ahead": self._ahead}
        self._server.stdin.write(json.dumps(request) + "\n")
        self._server.stdin.flush()
        answer = json.loads(self._server.stdout.readline() or json.dumps({"error": ENDED}))
        if "error" in answer:
            raise GraderError(answer["error"])
        return [Verdict.from_json(verdict) for verdict in answer["verdicts"]]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.terminate()
            self._server.communicate()


def warm_up() -> None:
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


class _Session:
    """A fork of the paused session that collects the graders of `numbers` once, and grades at each request for them."""

    def __init__(self, numbers: list[str]) -> None:
        self.numbers = numbers
        self.written = _written(numbers)
        self.request: dict[str, Any] | None = None
        requests, ask = os.pipe()
        answers, answer = os.pipe()
        self.child = os.fork()
        self.is_child = self.child == 0
        for end in (ask, answers) if self.is_child else (requests, answer):
            os.close(end)
        self._in = os.fdopen(requests if self.is_child else answers, encoding="utf-8")
        self._out = os.fdopen(answer if self.is_child else ask, "w", encoding="utf-8")

    def fits(self, numbers: list[str]) -> bool:
        """Whether it can take a request for `numbers`: their graders are as they were when it collected them."""
        return numbers == self.numbers and _written(numbers) == self.written

    def ask(self, request: str) -> str:
        """Its answer to `request`, each a line; nothing where it has ended."""
        with contextlib.suppress(BrokenPipeError):
            print(request, end="", file=self._out, flush=True)
        return self._in.readline()

    def end(self) -> None:
        """Have it end, and wait for that."""
        with contextlib.suppress(BrokenPipeError):
            self._out.close()
        self._in.close()
        os.waitpid(self.child, 0)

    def requests(self) -> Iterator[dict[str, Any]]:
        """In the fork: each request, starting with one that was not answered."""
        while self.request or (line := self._in.readline()):
            self.request = self.request or json.loads(line)
            assert self.request is not None
            yield self.request

    def answer(self, answer: dict[str, Any]) -> None:
        """In the fork: answer the request."""
        self.request = None
        print(json.dumps(answer), file=self._out, flush=True)


def _written(numbers: list[str]) -> list[int]:
    """When the graders of `numbers` were last written; 0 for one that is not there."""
    files = [exercise.grader for number in numbers for exercise in catalogue.select(number)]
    return [file.stat().st_mtime_ns if file.exists() else 0 for file in files]


class _PausedSession:
    """Holds a pytest session right before it collects, and lets a fork of it go on for the exercises asked for."""

    def __init__(self, requests: Iterable[str], answers: IO[str]) -> None:
        self.requests, self.answers = requests, answers
        self.fork: _Session

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> None:
        fork: _Session | None = None
        for line in self.requests:
            numbers = json.loads(line)["exercises"]
            if fork is None or not fork.fits(numbers):
                if fork:
                    fork.end()
                fork = _Session(numbers)
                if fork.is_child:
                    break
            answer = fork.ask(line)
            print(answer or json.dumps({"error": ENDED}), end="" if answer else "\n", file=self.answers, flush=True)
            if not answer:
                fork.end()
                fork = None
        else:
            if fork:
                fork.end()
            os._exit(0)
        self.fork = fork
        session.config.args = graders([one for number in fork.numbers for one in catalogue.select(number)])

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """In the fork: grade at each request. While the learner reads a verdict, what will give the next prepares."""
        if session.testsfailed or not session.items:
            return  # a grader does not import, which pytest says
        plugins = session.config.pluginmanager
        plugins.unregister(name="terminalreporter")  # nobody reads its report
        gradebook, runner = plugins.get_plugin("learn-gradebook"), plugins.get_plugin("learn-runner")
        assert isinstance(gradebook, Gradebook) and isinstance(runner, Runner)
        options = vars(session.config.option)
        usual = dict(options)
        for request in self.fork.requests():
            options.update(usual | request["options"])
            gradebook.forget()
            runner.reports.clear()
            for item in session.items:
                item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
            self.fork.answer({"verdicts": [verdict.as_json() for verdict in gradebook.verdicts()]})
            runner.clear_away()
            options.update(usual)
            if request["ahead"] and len(self.fork.numbers) == 1:
                runner.fork_ahead(session.items)
        os._exit(0)


def main() -> None:
    """Answer requests until standard input ends."""
    requests = os.fdopen(os.dup(sys.stdin.fileno()), encoding="utf-8")
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDWR)
    for ours in (sys.stdin.fileno(), sys.stdout.fileno()):
        os.dup2(nothing, ours)  # which a learner's code would find, and write an answer to
    warm_up()
    paused = _PausedSession(requests, answers)
    try:
        grade([], plugins=[paused])  # returns in a fork, and only where its graders cannot be run
    except GraderError as error:
        for _ in paused.fork.requests():
            paused.fork.answer({"error": str(error)})
    os._exit(0)


if __name__ == "__main__":
    main()
