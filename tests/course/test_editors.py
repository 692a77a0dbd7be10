"""Where people work: VS Code's test explorer, and a container in which the first command works.

The explorer runs pytest with a plugin of its own, which says each failure at once, from the process it happens in,
over a pipe. Here a small plugin does the same. That of VS Code itself was tried by hand; a container was not.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from learn.course.catalogue import exercises
from learn.course.files import ROOT

FIRST = exercises()[0]
PLUGIN = """
    import os
    import pytest

    def say(text):
        with open(os.environ["EXPLORER_PIPE"], "a") as pipe:
            pipe.write(text + "\\n")

    def pytest_exception_interact(node, call, report):
        say(f"interacts {node.nodeid}")

    @pytest.hookimpl(hookwrapper=True, trylast=True)
    def pytest_report_teststatus(report):
        yield
        if report.when == "call":
            say(f"{report.outcome} {report.nodeid} {report.longreprtext}")
"""


def settings(file: str) -> dict[str, object]:
    text = (ROOT / file).read_text(encoding="utf-8")
    found: dict[str, object] = json.loads(re.sub(r"^//.*$", "", text, flags=re.MULTILINE))
    return found


@pytest.fixture
def explorer(tmp_path: Path):  # type: ignore[no-untyped-def]
    """Runs pytest as the explorer does, and returns what its plugin was told."""
    (tmp_path / "explorer.py").write_text(dedent(PLUGIN), encoding="utf-8")

    def run(*arguments: str) -> str:
        told = tmp_path / "told.txt"
        told.write_text("", encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-p", "explorer", "-p", "no:cacheprovider", f"--rootdir={ROOT}"]
        options = settings(".vscode/settings.json")["python.testing.pytestArgs"]
        assert isinstance(options, list)
        environment = os.environ | {"EXPLORER_PIPE": str(told), "PYTHONPATH": str(tmp_path)}
        done = subprocess.run(
            [*command, *options, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert "INTERNALERROR" not in done.stdout + done.stderr
        return told.read_text(encoding="utf-8") + done.stdout

    return run


def test_the_explorer_finds_every_grader(explorer) -> None:  # type: ignore[no-untyped-def]
    listed = explorer("--collect-only", "-q")
    assert [one.number for one in exercises() if f"{one.lesson.slug}/{one.grader.name}::" not in listed] == []


def test_the_explorer_shows_the_graders_words(explorer, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "learner.py"
    file.write_text(FIRST.starter, encoding="utf-8")
    one = f"tests/{FIRST.lesson.slug}/{FIRST.grader.name}::test_root_greets"
    told = explorer(f"--file={file}", one)
    assert f"failed {one} GET /" in told
    assert "the app has GET /hello" in told


def test_the_container_serves_what_the_first_command_starts() -> None:
    container = settings(".devcontainer/devcontainer.json")
    assert container["forwardPorts"] == [8080, 8888]
    assert container["postCreateCommand"] == "python3 -m learn status"
