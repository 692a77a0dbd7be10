"""`python -m learn`, the command that learners start with."""

import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest
from rich.console import Console

from learn.course.files import ROOT
from learn.course.pristine import pristine_copy
from learn.pages import build

pytestmark = pytest.mark.reads("learn/")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A pristine copy of the course that has never built its site."""
    home = pristine_copy(tmp_path)
    shutil.copytree(ROOT / "site", home / "site")
    for name in ("mkdocs.yml", "requirements.txt", "README.md"):
        shutil.copy(ROOT / name, home)
    return home


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals; tests/course/test_services.py has its own")
def test_everything_starts_and_ends_with_one_command(home: Path) -> None:
    program = subprocess.Popen(
        [sys.executable, "-m", "learn"],
        cwd=home,
        env=os.environ | {"LEARN_SETUP": "off", "PYTHONPATH": str(home), "NO_COLOR": "1", "COLUMNS": "200"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert program.stdout is not None
    said = ""
    while "JupyterLab " not in said and (line := program.stdout.readline()):
        said += line
    course, jupyter = re.findall(r"http://127\.0\.0\.1:\S+", said)
    assert "follow in a minute" in said, "what takes long to build does not keep the learner waiting"
    with urllib.request.urlopen(f"{course}lessons/01_hello_world/", timeout=10) as page:
        assert "Exercise 1.1" in page.read().decode()
    with urllib.request.urlopen(jupyter, timeout=10) as page:
        assert page.status == 200

    children = psutil.Process(program.pid).children(recursive=True)
    assert len(children) >= 3, "the site, JupyterLab, and the rest of the build"
    program.send_signal(signal.SIGTERM)
    program.communicate(timeout=30)
    assert program.returncode == 0
    assert [one for one in children if one.is_running() and one.status() != psutil.STATUS_ZOMBIE] == []


def test_a_site_to_read_becomes_the_whole_site(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("SITE", "NEXT_SITE", "STAMP"):
        monkeypatch.setattr(build, name, tmp_path / name)
    monkeypatch.setattr(build, "SNIPPETS", tmp_path / "snippets")
    monkeypatch.setattr(build, "run_mkdocs", lambda site: (site.mkdir(), (site / "index.html").write_text("built")))
    monkeypatch.setattr(build, "put_programs_on_site", lambda site, there: (site / f"programs-{there}").touch())
    monkeypatch.setattr(build, "build_programs", lambda: "")
    monkeypatch.setattr(build, "_executed_markdown", lambda lesson: f"outputs of {lesson.slug}")
    console = Console(quiet=True)
    notebook = tmp_path / "snippets" / "notebooks" / "01_hello_world.md"

    assert build.build_site_to_read(console)
    assert (tmp_path / "SITE" / "programs-False").exists()
    assert "Reload the page" in notebook.read_text(encoding="utf-8")
    assert build.build_site_to_read(console), "it is still not the whole site"
    build.build_site(console)
    assert (tmp_path / "SITE" / "programs-True").exists()
    assert notebook.read_text(encoding="utf-8") == "outputs of 01_hello_world"
    assert not build.build_site_to_read(console)


def test_two_builds_do_not_get_in_each_others_way(home: Path) -> None:
    program = "from rich.console import Console; from learn.pages import build; build.build_site_to_read(Console())"
    command = [sys.executable, "-c", program]
    environment = os.environ | {"PYTHONPATH": str(home), "LEARN_SETUP": "off"}
    builds = [
        subprocess.Popen(command, cwd=home, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [build.communicate(timeout=120) for build in builds]
    assert [build.returncode for build in builds] == [0, 0], said
    assert sum("being built in another terminal" in stderr for _, stderr in said) == 1
    assert (home / "build" / "site" / "index.html").exists()
