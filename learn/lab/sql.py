"""Shows the SQL that SQLAlchemy sends, so that a reader sees it beside the Python.

    engine = show_sql(create_engine("sqlite://"))

In a project of your own, `create_engine(…, echo=True)` logs the same, with times and more detail.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event


def show_sql(engine: Engine) -> Engine:
    """Print every statement that `engine` sends from now on, transactions included. Returns `engine`."""
    for name, listener in _listeners(lambda: True).items():
        event.listen(engine, name, listener)
    return engine


@contextmanager
def sql_shown(wanted: Callable[[], bool]) -> Iterator[None]:
    """While the block runs, print what any engine sends, where `wanted()` says so at the time of sending."""
    listeners = _listeners(wanted)
    for name, listener in listeners.items():
        event.listen(Engine, name, listener)
    try:
        yield
    finally:
        for name, listener in listeners.items():
            event.remove(Engine, name, listener)


def _listeners(wanted: Callable[[], bool]) -> dict[str, Callable[..., None]]:
    def say(text: str) -> None:
        if wanted():
            print(text)

    def statement(connection: Any, cursor: Any, sql: str, parameters: Any, *_: object) -> None:  # noqa: ARG001
        text = "\n".join(line.rstrip().expandtabs(4) for line in sql.strip().splitlines())
        say(f"{text}    {parameters}" if parameters else text)

    said = {"begin": "BEGIN (implicit)", "commit": "COMMIT", "rollback": "ROLLBACK"}  # as SQLAlchemy's own log says it
    transactions = {name: lambda _, word=word: say(word) for name, word in said.items()}
    return {"before_cursor_execute": statement, **transactions}
