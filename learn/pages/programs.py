"""Programs on lesson pages that measure. What one run of them printed is written down, and shown under them.

Such a program's fence names it, `{.python data-measured="checking"}`; the figure of that name is what it printed, and
`checking-measured` says when and where.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata

from learn.course.catalogue import lessons
from learn.pages.measured import record

_PROGRAM = re.compile(r'^```\{\.python data-measured="([\w-]+)".*\n((?:.*\n)+?)```$', re.MULTILINE)


def measuring_programs() -> Iterator[tuple[str, str]]:
    """Name and text of each of them."""
    for lesson in lessons():
        yield from _PROGRAM.findall(lesson.page.read_text(encoding="utf-8"))


def run_programs() -> None:
    """Run them, print what they print, and write it down."""
    for name, program in measuring_programs():
        command = [sys.executable, "-c", program]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
        print(f"{name}\n{done.stdout}")
        record(name, {"with": f"Pydantic {metadata.version('pydantic')}", "printed": done.stdout})
