"""What was measured, when, and on which machine: the files beside this one.

The command that measures writes its file, and it is committed. The pages show what stands there, by
`learn.pages.figures`.
"""

import json
import os
import platform
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from learn.course.files import display, write_whole

Figures = dict[str, Any]  # by name: seconds, bytes and plain numbers, or those of several things by name

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Measured:
    """One file."""

    date: str
    machine: str
    figures: Figures


def read(kind: str) -> Measured | None:
    """What was measured of `kind`, the file's name; None where that has not been done."""
    file = FOLDER / f"{kind}.json"
    return Measured(**json.loads(file.read_text(encoding="utf-8"))) if file.exists() else None


def known(kind: str) -> Measured:
    """What was measured of a `kind` that pages speak of.

    Raises:
        LookupError: that has not been done.
    """
    found = read(kind)
    if found is None:
        raise LookupError(f"{display(FOLDER / kind)}.json is missing: the command that measures writes it")
    return found


def record(kind: str, figures: Figures) -> None:
    """Write down what was measured of `kind` now, on this machine."""
    content = {"date": today(), "machine": machine(), "figures": figures}
    write_whole(FOLDER / f"{kind}.json", f"{json.dumps(content, indent=2, ensure_ascii=False)}\n".encode())


def today() -> str:
    """The date, as it is written down."""
    return date.today().isoformat()


def machine() -> str:
    """What this machine is, as far as a reader needs to know it to compare."""
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return f"{system}, load {os.getloadavg()[0]:.0f}" if hasattr(os, "getloadavg") else system
