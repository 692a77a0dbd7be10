"""An HTTP client on the learner's app whose answers check themselves and say what is wrong."""

import asyncio
from types import FunctionType, TracebackType
from typing import Any, Self, TypeVar

import anyio
import anyio._backends._asyncio  # imported before a grader forks, so that no request waits for it
import httpx2
from _pytest.outcomes import OutcomeException
from fastapi import FastAPI, HTTPException
from fastapi.exceptions import ResponseValidationError

import learn.checks.spare  # noqa: F401
from learn.checks.mismatch import Mismatch, in_a_line, show

T = TypeVar("T")
ENDS = (SystemExit, KeyboardInterrupt)


class Answer:
    """The app's answer to one request.

    Every check returns the answer, or raises a `Mismatch` that names the request and quotes the answer.
    """

    def __init__(
        self,
        request: str,
        response: httpx2.Response | None,
        error: BaseException | None = None,
        function: tuple[str, int] | None = None,
        note: str = "",
    ) -> None:
        self.request = request
        self.note = note
        self.response = response
        self.error = error
        self.function = function

    @property
    def status(self) -> int:
        """The status code; an exception in the handler is what a client sees of it: 500."""
        return 500 if self.response is None else self.response.status_code

    @property
    def got(self) -> str:
        """The answer in words: `answered 200 with {"status": "ok"}`."""
        if isinstance(self.error, ENDS):
            return f"raised {self.error!r}, which ends the whole server"
        if isinstance(self.error, ResponseValidationError):
            return f"{_misfit(self.error)}, which a client sees as 500 Internal Server Error"
        if self.response is None:
            raised = in_a_line(self.error) if self.error else "nothing"
            return f"raised {raised}, which a client sees as 500 Internal Server Error"
        if not self.response.content:
            location = self.response.headers.get("location")
            redirect = f", a redirect to {location}" if location and self.response.is_redirect else " and no body"
            return f"answered {self.status}{redirect}"
        try:
            return f"answered {self.status} with {show(self.response.json())}{self.note}"
        except ValueError:
            return f"answered {self.status} with text that is not JSON: {show(self.response.text)}"

    def expect(self, status: int, why: str = "") -> Self:
        """The status is `status`, because of `why`."""
        return self.expect_that(self.status == status, f"{status}: {why}" if why else f"{status}")

    def expect_json(self, expected: Any, why: str = "") -> Self:
        """The body is the JSON `expected`, nothing more and nothing less; 1 and true are not the same."""
        because = f": {why}" if why else ""
        wanted = f"exactly {show(expected)}{because}"
        self.expect_that(self.response is not None, wanted)
        return self.expect_that(_same(self.json, expected), wanted)

    def expect_no_body(self) -> Self:
        """Nothing follows the headers."""
        content = b"" if self.response is None else self.response.content
        return self.expect_that(content == b"", f"no body at all, not even {content.decode(errors='replace')!r}")

    def expect_detail(self, *words: object) -> Self:
        """The error's `detail` is one string that contains each of `words`."""
        detail = self.field("detail")
        present = isinstance(detail, str) and all(str(word) in detail for word in words)
        return self.expect_that(present, f"a detail that is one string and contains {' and '.join(map(show, words))}")

    def expect_that(self, condition: bool, expected: str) -> Self:
        """`condition` holds; `expected` says what it means."""
        if not condition:
            raise Mismatch(self.request, self.got, expected, self.function) from self.error
        return self

    @property
    def json(self) -> Any:
        """The body, which must be JSON."""
        if self.response is None:
            raise Mismatch(self.request, self.got, "an answer in JSON", self.function) from self.error
        try:
            return self.response.json()
        except ValueError:
            raise Mismatch(self.request, self.got, "an answer in JSON", self.function) from None

    def field(self, *path: str | int) -> Any:
        """The value at `path` in the JSON body, for instance `field("items", 0, "name")`."""
        value = self.json
        for depth, key in enumerate(path):
            present = (isinstance(value, dict) and key in value) or (
                isinstance(value, list) and isinstance(key, int) and -len(value) <= key < len(value)
            )
            if not present:
                where = "".join(f"[{show(step)}]" for step in path[: depth + 1])
                raise Mismatch(self.request, self.got, f"a value at {where} of the answer", self.function)
            value = value[key]
        return value

    def header(self, name: str) -> str:
        """The value of the header `name`, which must be there."""
        headers = {} if self.response is None else self.response.headers
        self.expect_that(name in headers, f"a header {name}")
        return str(headers[name])


def _misfit(error: ResponseValidationError) -> str:
    """What a handler returned, in words, where it does not fit its return type."""
    first = error.errors()[0]
    if isinstance(first.get("input"), HTTPException):
        return "returned an HTTPException, which is to be raised"
    place = "".join(f"[{show(step)}]" for step in first["loc"][1:])
    at = f" at {place}" if place else ""
    return f"returned a value that does not fit its return type:{at} {first['msg']}, got {show(first.get('input'))}"


class _ServerEnded(Exception):
    """A handler ended the program; the cause is what it raised."""


class Api:
    """A client on an ASGI app. Query parameters are keyword arguments; redirects are not followed.

    As a context manager it starts the app before the first request, and stops it after the last, as a server does.
    The app runs in this thread: what `TestClient` spends on handing each request to another is most of its time.
    """

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._function: tuple[str, int] | None = None
        transport = httpx2.ASGITransport(self._remember_endpoint)
        self._client = httpx2.AsyncClient(transport=transport, base_url="http://testserver")
        self._runner = asyncio.Runner()
        self._jobs: asyncio.Queue[tuple[httpx2.Request, asyncio.Future[httpx2.Response]] | None] = asyncio.Queue()

    def __enter__(self) -> Self:
        loop = self._runner.get_loop()
        started = loop.create_future()
        self._life = loop.create_task(self._live(started))
        self._run_until(started, self._life)
        if self._life.done() and (error := self._life.exception()):
            self._runner.close()
            raise Mismatch("Starting the app", f"raised {in_a_line(error)}", "it to start") from error
        return self

    async def _live(self, started: asyncio.Future[None]) -> None:
        """Start the app, keep it running while requests come, and stop it, all in one task, as a server does."""
        lifespan = self._app.router.lifespan_context(self._app)
        async with self._client, lifespan, anyio.create_task_group() as requests:
            started.set_result(None)
            while job := await self._jobs.get():
                requests.start_soon(self._send, *job)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._jobs.put_nowait(None)
        self._run_until(self._life)
        self._runner.close()
        self._life.result()

    def _run_until(self, *futures: asyncio.Future[Any]) -> None:
        """Run the loop until one of `futures` is done.

        anyio ends its worker threads with what `run_until_complete` is called with: that would be a thread a request.
        """
        loop = self._runner.get_loop()
        for future in futures:
            future.add_done_callback(lambda _: loop.stop())
        loop.run_forever()

    async def _remember_endpoint(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await self._app(scope, receive, send)
        except ENDS as stop:  # would end the event loop, and with it the reason
            raise _ServerEnded from stop
        finally:
            endpoint = scope.get("endpoint")
            if isinstance(endpoint, FunctionType):
                self._function = (endpoint.__code__.co_filename, endpoint.__code__.co_firstlineno)

    async def _send(self, request: httpx2.Request, answered: asyncio.Future[httpx2.Response]) -> None:
        try:
            answered.set_result(await self._client.send(request))
        except BaseException as error:
            answered.set_exception(error)

    def request(
        self, method: str, path: str, *, body: Any = None, headers: dict[str, str] | None = None, **query: Any
    ) -> Answer:
        """Send a request; `body`, where given, as JSON, and bytes as they are, which are to pass for JSON."""
        self._function = None
        extra: dict[str, Any] = {} if body is None else {"json": body}
        if isinstance(body, bytes):
            extra = {"content": body}
        request = self._client.build_request(method, path, params=query or None, headers=headers, **extra)
        if isinstance(body, bytes):
            request.headers.setdefault("Content-Type", "application/json")
        sent = f"{method} {request.url.raw_path.decode()}"
        sent += "".join(f" with header {name}: {value}" for name, value in (headers or {}).items())
        if body is not None:
            sent += f" with body {body.decode(errors='replace') if isinstance(body, bytes) else show(body)}"
        try:
            answered = self._runner.get_loop().create_future()
            self._jobs.put_nowait((request, answered))
            self._run_until(answered)
            response = answered.result()
        except _ServerEnded as ended:
            return Answer(sent, None, ended.__cause__, self._function)
        except (Exception, OutcomeException, asyncio.CancelledError, GeneratorExit) as error:
            return Answer(sent, None, error, self._function)
        note = self._what_there_is() if response.status_code in (404, 405) and self._function is None else ""
        return Answer(sent, response, None, self._function, note)

    def _what_there_is(self) -> str:
        """The app's operations, for somebody who meets a 404 or 405 that no function of theirs answered."""
        try:
            paths = self._app.openapi()["paths"]
        except Exception:
            return ""
        operations = [f"{method.upper()} {path}" for path, methods in paths.items() for method in methods]
        return f"; the app has {', '.join(operations) or 'no path operations'}"

    def get(self, path: str, *, headers: dict[str, str] | None = None, **query: Any) -> Answer:
        """`GET path`, with `query` as its query parameters; a list repeats the parameter."""
        return self.request("GET", path, headers=headers, **query)

    def post(self, path: str, body: Any = None, *, headers: dict[str, str] | None = None) -> Answer:
        """`POST path` with a JSON body, or with bytes as they are."""
        return self.request("POST", path, body=body, headers=headers)

    def put(self, path: str, body: Any = None, *, headers: dict[str, str] | None = None) -> Answer:
        """`PUT path` with a JSON body."""
        return self.request("PUT", path, body=body, headers=headers)

    def patch(self, path: str, body: Any = None, *, headers: dict[str, str] | None = None) -> Answer:
        """`PATCH path` with a JSON body."""
        return self.request("PATCH", path, body=body, headers=headers)

    def delete(self, path: str, *, headers: dict[str, str] | None = None) -> Answer:
        """`DELETE path`."""
        return self.request("DELETE", path, headers=headers)

    def openapi(self, *path: str) -> Any:
        """The part of the app's OpenAPI document at `path`, its first reference resolved.

        For instance `openapi("paths", "/health", "get", "summary")`. A missing part is a `Mismatch`.
        """
        answer = self.get("/openapi.json").expect(200, "the app describes itself in OpenAPI")
        document = value = answer.json
        for depth, key in enumerate(path):
            if not isinstance(value, dict) or key not in value:
                where = " → ".join(path[: depth + 1])
                raise Mismatch(
                    "The OpenAPI document (GET /openapi.json)", f"has no {where}", "it to be described there"
                )
            value = value[key]
            if isinstance(value, dict) and set(value) == {"$ref"}:
                value = document["components"]["schemas"][value["$ref"].rpartition("/")[2]]
        return value


def _same(left: Any, right: Any) -> bool:
    """Equality of JSON values, in which `true` is not 1; 1 and 1.0 are the same number."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_same, left, right))
    return bool(left == right)
