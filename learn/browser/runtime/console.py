"""Runs in the page's worker: the reader's own app, kept running, and the requests that the reader sends to it.

The app lives until its code changes, so that what one request has created the next one finds. `send` brings the code
along: where the app is gone, because the worker was ended or another took over, it starts again and says so.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx2
from apart import apart
from fastapi import FastAPI
from operations import operations

from learn.checks.api import Api
from learn.checks.mismatch import Mismatch, first_line
from learn.course import catalogue
from learn.course.catalogue import Exercise
from learn.course.files import display
from learn.grading.explain import explain
from learn.grading.loading import BrokenFile, load
from learn.grading.verdict import Status, Verdict

ADDRESS = "http://127.0.0.1:8000"  # the one of `learn run`, so that headers and redirects read as they do there
LARGEST_BODY = 50_000  # characters that are shown of an answer


class Client(Api):
    """The graders' client, made to show what a server would have answered, whatever happens."""

    def __init__(self, app: FastAPI) -> None:
        super().__init__(app)
        self.error: BaseException | None = None
        transport = httpx2.ASGITransport(self._note_error, raise_app_exceptions=False)
        self._client = httpx2.AsyncClient(transport=transport, base_url=ADDRESS)

    async def _note_error(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await self._remember_endpoint(scope, receive, send)
        except Exception as error:
            self.error = error.__cause__ if isinstance(error.__cause__, SystemExit) else error
            raise

    def send(self, method: str, path: str, headers: list[list[str]], body: str | None) -> httpx2.Response:
        """The response to a request that is sent as it is; an exception of the app's is in `error`."""
        self.error = None
        pairs = [(name.encode(), value.encode()) for name, value in headers]
        content = None if body is None else body.encode()
        return self._runner.run(self._client.request(method, path, headers=pairs, content=content))


class Running:
    """An exercise's app, started from `text`."""

    def __init__(self, exercise: Exercise, text: str) -> None:
        self.exercise = exercise
        self.text = text
        self.home = tempfile.TemporaryDirectory()
        self.file = Path(self.home.name, exercise.file.name)
        self.file.write_text(text, encoding="utf-8")
        self.module: ModuleType | None = None
        self.client: Client | None = None
        self.operations: list[dict[str, Any]] = []

    def start(self) -> None:
        """Import the file, start its app, and ask it what it can be asked.

        Raises:
            BrokenFile: it does not import.
            Mismatch: it has no app, or one that does not start.
        """
        self.module = load(self.exercise, self.file)
        app = vars(self.module).get("app")
        if not isinstance(app, FastAPI):
            what = "no `app`" if app is None else f"an `app` that is a {type(app).__name__}"
            raise Mismatch("The file", f"has {what}", "`app = FastAPI()` at its top level")
        self.operations = list(operations(app.openapi()))
        self.client = Client(app)
        self.client.__enter__()

    @contextmanager
    def awake(self) -> Iterator[None]:
        """Put everything where the app's code looks for it, for as long as the block runs."""
        name = self.exercise.name
        with apart(Path(self.home.name)):
            if self.module:
                sys.modules[name] = self.module
            try:
                yield
            finally:
                sys.modules.pop(name, None)

    def end(self) -> None:
        """Stop the app, as far as it lets itself be stopped."""
        if self.client:
            with self.awake(), suppress(Exception):
                self.client.__exit__(None, None, None)
        self.home.cleanup()


_running: dict[str, Running] = {}


def listed(number: str, text: str, anew: bool, _begun: object) -> str:
    """What the app of `text` can be asked, or the verdict on a file without one, as JSON.

    An app that runs already goes on running, unless it is to be started `anew`.
    """
    if anew:
        _end(number)
    return json.dumps(_started(number, text))


def send(number: str, text: str, request: str, _begun: object) -> str:
    """The app's answer to a request, given as JSON: method, path with query, headers, body."""
    answer = _started(number, text)
    if "verdict" in answer:
        return json.dumps(answer)
    running = _running[number]
    with running.awake():
        try:
            assert running.client is not None
            response = running.client.send(**json.loads(request))
        except Exception as error:  # the request is none, or the app waits for what never comes
            answer["verdict"] = _verdict(running, error, "the request got no answer")
    if "verdict" in answer:
        _end(number)
        return json.dumps(answer)
    return json.dumps({**answer, "response": _shown(response), "raised": _raised(running)})


def _started(number: str, text: str) -> dict[str, Any]:
    """Have the app of `text` running: whether it had to be started, and its operations, or a verdict."""
    running = _running.get(number)
    if running and running.text == text:
        return {"started": False, "operations": running.operations}
    _end(number)
    [exercise] = catalogue.select(number)
    running = Running(exercise, text)
    verdict = None
    with running.awake():
        try:
            running.start()
        except (Exception, SystemExit) as error:
            verdict = _verdict(running, error, "the app does not start")
    if verdict:
        running.home.cleanup()
        return {"started": False, "verdict": verdict}
    _running[number] = running
    return {"started": True, "operations": running.operations}


def _end(number: str) -> None:
    if running := _running.pop(number, None):
        running.end()


def _verdict(running: Running, error: BaseException, what: str) -> dict[str, Any]:
    """What went wrong, in the shape of a grader's verdict, for the page to show like one."""
    exercise = running.exercise
    result = explain(what, error, running.file)
    if not isinstance(error, (BrokenFile, Mismatch)):
        result.message = f"{type(error).__name__}: {first_line(error)}"
    status = Status.BROKEN if result.status is Status.BROKEN else Status.FAILED
    return Verdict(exercise.number, exercise.title, status, 0.0, [result], file=display(exercise.file)).as_json()


def _raised(running: Running) -> dict[str, Any] | None:
    """The exception that the app ended in, in words, with the line of the reader's file."""
    assert running.client is not None
    error = running.client.error
    if error is None:
        return None
    result = explain("", error, running.file)
    return {"message": f"{type(error).__name__}: {first_line(error)}", "line": result.line, "code": result.code}


def _shown(response: httpx2.Response) -> dict[str, Any]:
    """Status, headers and body, JSON laid out to be read."""
    try:
        text = response.content.decode()
    except UnicodeDecodeError:
        text = f"{len(response.content)} bytes that are not text"
    with suppress(ValueError):
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    if len(text) > LARGEST_BODY:
        text = f"{text[:LARGEST_BODY]}\n… {len(text) - LARGEST_BODY} characters more"
    headers = [[name, value] for name, value in response.headers.multi_items()]
    return {"status": response.status_code, "reason": response.reason_phrase, "headers": headers, "body": text}
