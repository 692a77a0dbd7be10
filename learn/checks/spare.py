"""Spares the libraries what they would do again at each test, to the same end, for the learner's file is imported anew.

Importing this module does it. Nothing that a program can see changes.
"""

import functools
import importlib.util
import inspect
import sys

_find_block = inspect.getblock


@functools.lru_cache(maxsize=64)
def _block(lines: tuple[str, ...]) -> list[str]:
    return _find_block(list(lines))


def _get_block(lines: list[str]) -> list[str]:
    """In place of `inspect.getblock`: FastAPI asks for the source of each function that answers its first request."""
    return list(_block(tuple(lines)))


inspect.getblock = _get_block  # type: ignore[assignment]
if importlib.util.find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]  # httpx2 looks for it at each request
