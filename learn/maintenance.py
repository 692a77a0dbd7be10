"""What maintainers run: the whole self-check, and the lock of the requirements."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from rich.console import Console

from learn.build import BuildError, build_site
from learn.course import ROOT

CHROMIUM = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
]


def find_chromium() -> str | None:
    """The path of a Chromium on this machine, if it has one."""
    return next((path for name in CHROMIUM if (path := shutil.which(name))), None)


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


def lock(root: Path) -> int:
    """Write requirements.txt and requirements-dev.txt: the newest versions that pyproject.toml allows."""
    command = [
        sys.executable,
        "-m",
        "uv",
        "pip",
        "compile",
        "--universal",
        "--generate-hashes",
        "--no-annotate",
        "--quiet",
        "--upgrade",
    ]
    command += ["--python-version", "3.11.7", "--custom-compile-command", "python -m learn lock", "pyproject.toml"]
    for extra in (
        ["-o", "requirements.txt"],
        ["--group", "dev", "-c", "requirements.txt", "-o", "requirements-dev.txt"],
    ):
        if status := subprocess.call([*command, *extra], cwd=root):
            return status
    return 0
