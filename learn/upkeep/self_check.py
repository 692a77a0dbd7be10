"""The self-check: proves the whole course, one lesson or exercise of it, or what a change can affect."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from rich.console import Console

from learn.course.files import ROOT
from learn.pages.build import BuildError, build_site
from learn.setup.chromium import find_chromium
from learn.upkeep import proof

NOTHING_CHOSEN = pytest.ExitCode.NO_TESTS_COLLECTED


@contextmanager
def kept_bytecode() -> Iterator[None]:
    """Have every Python started meanwhile keep what it compiles, as on a learner's machine, but outside the course."""
    with TemporaryDirectory(prefix="learn-") as folder, pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYTHONPYCACHEPREFIX", folder)
        environment.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        yield


def prove(console: Console, what: str, arguments: list[str]) -> int:
    """Prove all of the course, or of the lesson or exercise `what`. Returns the exit status.

    Args:
        console: where to say what is missing on this machine.
        what: empty for all.
        arguments: what goes to pytest as it is.
    """
    if what or arguments:
        return _run(console, [*([f"--scope={what}"] if what else []), *arguments])
    content = {}
    with suppress(proof.NoBase):  # without git, all there is is the whole
        content = proof.contents()
    status = _run(console, [])
    if content and status == pytest.ExitCode.OK:
        proof.remember(content)
    return status


def prove_changed(console: Console, base: str, arguments: list[str]) -> int:
    """Prove what can be affected by what has changed since `base`, or, without, since all was proven last.

    Raises:
        NoBase: there is nothing to compare with.
    """
    content = proof.contents()
    changed = proof.changed_since(base) if base else proof.changed_since_proof()
    console.print(f"{len(changed)} files have changed since {base or 'all was proven last'}.", highlight=False)
    with TemporaryDirectory(prefix="learn-") as folder:
        listed = Path(folder, "changed.json")
        listed.write_text(json.dumps(sorted(changed)), encoding="utf-8")
        status = _run(console, [f"--changed-files={listed}", *arguments]) if changed else NOTHING_CHOSEN
    if status == NOTHING_CHOSEN:
        console.print("Nothing that is tested depends on them.")
        status = pytest.ExitCode.OK
    if status == pytest.ExitCode.OK and not base and not arguments:
        proof.remember(content)
    return status


@kept_bytecode()
def _run(console: Console, arguments: list[str]) -> int:
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
    command = [sys.executable, "-m", "pytest", "tests/course", "-p", "no:cacheprovider", "--no-header", "--quiet"]
    command += ["-p", "learn.upkeep.scope", "-p", "learn.upkeep.report", "-n", "logical", "--dist", "worksteal"]
    return subprocess.call([*command, *arguments], cwd=ROOT)
