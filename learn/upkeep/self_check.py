"""The self-check: proves the whole course."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

import pytest
from rich.console import Console

from learn.course.files import ROOT
from learn.pages.build import BuildError, build_site
from learn.setup.chromium import find_chromium


@contextmanager
def kept_bytecode() -> Iterator[None]:
    """Have every Python started meanwhile keep what it compiles, as on a learner's machine, but outside the course."""
    with TemporaryDirectory(prefix="learn-") as folder, pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYTHONPYCACHEPREFIX", folder)
        environment.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        yield


@kept_bytecode()
def self_check(console: Console, arguments: list[str]) -> int:
    """Build the site, then run the tests of the course itself. `arguments` go to pytest. Returns the exit status."""
    try:
        build_site(console)
    except BuildError as error:
        console.print(str(error), style="red", markup=False)
        return 1
    if find_chromium() is None:
        console.print(
            "There is no Chromium here, so no page is tried in a browser. Install it: `apt-get install chromium`, "
            "`brew install --cask google-chrome`, or from google.com/chrome.",
            style="yellow",
        )
    command = [sys.executable, "-m", "pytest", "tests/course", "-p", "no:cacheprovider"]
    command += ["-n", "logical", "--dist", "worksteal"]
    return subprocess.call([*command, *arguments], cwd=ROOT)
