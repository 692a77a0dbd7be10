"""Text that anybody may show: on a terminal, in JSON and in XML, whatever a learner's program put into it.

Uses the standard library only, as `files.py` does, and for the same reason.
"""

import codecs
import re
from typing import IO, cast

# Control characters but for tab and new line, halves of characters, what turns the direction of text, no characters.
_UNSHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028-\u202e\u2066-\u2069\ufffe\uffff]")
_IN_ASCII = {"✓": "+", "✗": "x", "⧖": "~", "○": "o", "…": "...", "·": "-", "█": "#", "░": ".", "—": "-", "─": "-"}


def visible(text: str) -> str:
    """`text` with what would not be seen, or do something to a terminal, as Python writes it: `\\x1b`, `\\ud83d`."""
    return _UNSHOWN.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text.replace("\r\n", "\n"))


def _in_ascii(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    return "".join(_IN_ASCII.get(one, one.encode("unicode_escape").decode("ascii")) for one in text), error.end


def write_anywhere(stream: IO[str] | None) -> None:
    """Have `stream`, whose encoding may be a narrow one, write what it cannot as something near to it."""
    codecs.register_error("learn", _in_ascii)
    if hasattr(stream, "reconfigure"):
        cast("codecs.StreamReaderWriter", stream).reconfigure(errors="learn")
