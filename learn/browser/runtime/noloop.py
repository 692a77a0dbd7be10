"""Lets asyncio, anyio and Starlette's TestClient work without threads, which WebAssembly does not have.

There is one event loop at a time, it runs where it is asked to, and there is no input or output for it to wait for.
What would run in a worker thread runs in place. Call `install()` before anything of FastAPI is imported, and run the
learner's code inside `detached()`.

This replaces private parts of asyncio and anyio, whose versions are locked; tests/course/test_in_page.py holds them to
the behaviour that threads give.
"""

import asyncio
import concurrent.futures
import contextlib
import contextvars
import inspect
import time
from asyncio import events, tasks
from collections.abc import Callable, Iterable, Iterator
from typing import Any


def stuck() -> None:
    """What is done when every task is waiting, and nothing can wake one up. A grader puts its own in place."""
    raise RuntimeError("every task is waiting, and nothing can wake one up")


class _Clock:
    """Stands in for the selector: time passes, and nothing else happens."""

    def select(self, timeout: float | None) -> list[Any]:
        if timeout is None:
            stuck()
        elif timeout > 0:
            time.sleep(timeout)
        return []


@contextlib.contextmanager
def detached() -> Iterator[None]:
    """Hide the loop that is running, which is the browser's own, from asyncio."""
    swap = tasks._swap_current_task  # type: ignore[attr-defined]
    outer = events._get_running_loop()
    task = swap(outer, None) if outer is not None else None
    events._set_running_loop(None)
    try:
        yield
    finally:
        events._set_running_loop(outer)
        if outer is not None:
            swap(outer, task)


class InlineLoop(asyncio.BaseEventLoop):
    """A loop that may run inside another one, and runs in place what was meant for a thread."""

    def __init__(self) -> None:
        super().__init__()
        self._selector = _Clock()

    def _process_events(self, event_list: list[Any]) -> None:
        """There are none."""

    def _write_to_self(self) -> None:
        """There is no other thread to wake this one."""

    def _check_running(self) -> None:
        if self.is_running():
            raise RuntimeError("This event loop is already running")

    def run_forever(self) -> None:
        """Run until stopped."""
        with detached():
            super().run_forever()

    def run_in_executor(self, _executor: Any, func: Callable[..., Any], *args: Any) -> Any:  # type: ignore[override]
        """Call `func` in place, as a task."""

        async def inline() -> Any:
            return func(*args)

        return self.create_task(inline())


class _Future(concurrent.futures.Future[Any]):
    """A future whose result is not waited for, but worked for."""

    def __init__(self, portal: "InlinePortal") -> None:
        super().__init__()
        self.portal = portal

    def result(self, timeout: float | None = None) -> Any:  # noqa: ARG002
        self.portal.drive(self)
        return super().result(0)

    def exception(self, timeout: float | None = None) -> BaseException | None:  # noqa: ARG002
        self.portal.drive(self)
        return super().exception(0)


class InlinePortal:
    """What anyio calls a blocking portal: calls from outside into a loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop

    def drive(self, future: concurrent.futures.Future[Any]) -> None:
        """Run the loop until `future` is done."""
        if not future.done():
            future.add_done_callback(lambda _: self.loop.stop())
            self.loop.run_forever()

    def start_task_soon(self, func: Callable[..., Any], *args: Any, name: str | None = None) -> _Future:
        """Call `func` in the loop, once that runs."""
        future = _Future(self)

        async def run() -> None:
            try:
                result = func(*args)
                result = await result if inspect.isawaitable(result) else result
            except asyncio.CancelledError:
                future.cancel()
                future.set_running_or_notify_cancel()
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)

        self.loop.create_task(run(), name=name)
        return future

    def call(self, func: Callable[..., Any], *args: Any) -> Any:
        """Call `func` in the loop and return its result."""
        return self.start_task_soon(func, *args).result()

    def start_task(self, func: Callable[..., Any], *args: Any, name: str | None = None) -> tuple[_Future, Any]:
        """Start `func` in the loop, and return once it says that it has started."""
        ready = _Future(self)

        class Status:
            @staticmethod
            def started(value: Any = None) -> None:
                ready.set_result(value)

        async def run() -> Any:
            try:
                return await func(*args, task_status=Status)
            except BaseException as error:
                if not ready.done():
                    ready.set_exception(error)
                raise

        future = self.start_task_soon(run, name=name)
        return future, ready.result()


@contextlib.contextmanager
def start_blocking_portal(*_: Any, **__: Any) -> Iterator[InlinePortal]:
    """In place of `anyio.from_thread.start_blocking_portal`."""
    with asyncio.Runner(loop_factory=InlineLoop) as runner:  # cancels what is left over
        yield InlinePortal(runner.get_loop())


_wait = concurrent.futures.wait


def wait(
    fs: Iterable[concurrent.futures.Future[Any]],
    timeout: float | None = None,
    return_when: str = concurrent.futures.ALL_COMPLETED,
) -> Any:
    """In place of `concurrent.futures.wait`."""
    futures = list(fs)
    for future in futures:
        if isinstance(future, _Future):
            future.portal.drive(future)
    return _wait(futures, timeout, return_when)


def run(main: Any, *, debug: bool | None = None, loop_factory: Callable[[], Any] | None = None) -> Any:
    """In place of `asyncio.run`."""
    with detached(), asyncio.Runner(debug=debug, loop_factory=loop_factory or InlineLoop) as runner:
        return runner.run(main)


def install() -> None:
    """Put all of it in place."""
    import anyio.from_thread
    from anyio._backends._asyncio import AsyncIOBackend

    async def inline(
        cls: Any,
        func: Callable[..., Any],
        args: tuple[Any, ...],
        abandon_on_cancel: bool = False,  # noqa: ARG001
        limiter: Any = None,  # noqa: ARG001
    ) -> Any:
        await cls.checkpoint()
        return contextvars.copy_context().run(func, *args)  # as a thread would: what it sets there stays there

    AsyncIOBackend.run_sync_in_worker_thread = classmethod(inline)  # type: ignore[method-assign,assignment]
    anyio.from_thread.start_blocking_portal = start_blocking_portal  # type: ignore[assignment]
    concurrent.futures.wait = wait
    asyncio.run = run
    asyncio.new_event_loop = events.new_event_loop = InlineLoop
