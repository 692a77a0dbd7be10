"""Names of files that somebody else chose, made fit to be shown."""

import os

from learn.course.words import visible


def visible_name(name: str) -> str:
    """The name or path of a file on one line; bytes that are not UTF-8 as their escapes."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return visible(text).replace("\n", "\\n").replace("\t", "\\t")
