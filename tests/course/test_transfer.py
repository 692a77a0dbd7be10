"""Work can be carried between browser and terminal, and no file from elsewhere does harm."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from learn.course.catalogue import exercises
from learn.course.pristine import pristine_copy

pytestmark = pytest.mark.reads("learn/desk/")

EXERCISE = exercises()[0]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return pristine_copy(tmp_path)


def learn(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"LEARN_SETUP": "off", "PYTHONPATH": str(home), "NO_COLOR": "1"}
    command = [sys.executable, "-m", "learn", *arguments]
    return subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, check=False)


def export_of(**entries: Any) -> str:
    return json.dumps({"course": "ai-deployment-mastery", "version": 1, "exercises": entries})


def learner_file(home: Path) -> Path:
    return home / "lessons" / EXERCISE.lesson.slug / EXERCISE.file.name


def test_what_was_exported_can_be_imported(home: Path, tmp_path: Path) -> None:
    learner_file(home).write_text(EXERCISE.solution, encoding="utf-8")
    assert learn(home, "check", EXERCISE.number).returncode == 0
    assert learn(home, "hint", EXERCISE.number).returncode == 0
    assert learn(home, "export", "work.json").returncode == 0
    content = json.loads((home / "work.json").read_text(encoding="utf-8"))
    assert content["exercises"] == {EXERCISE.number: {"file": EXERCISE.solution, "passed": True, "hints": 1}}

    (tmp_path / "other").mkdir()
    other = pristine_copy(tmp_path / "other")
    done = learn(other, "import", str(home / "work.json"))
    assert done.returncode == 0, done.stderr
    assert learner_file(other).read_text(encoding="utf-8") == EXERCISE.solution
    assert "✓ 1.1" in learn(other, "status").stdout


@pytest.mark.parametrize(
    ("text", "status"),
    [(EXERCISE.starter, "untouched"), ("app = None\n", "failed"), ("def (\n", "broken")],
    ids=["starter", "wrong", "broken"],
)
def test_what_a_file_says_of_a_pass_does_not_count(home: Path, text: str, status: str) -> None:
    entry = {"file": text, "passed": True, "hints": 0}
    (home / "work.json").write_text(export_of(**{EXERCISE.number: entry}), encoding="utf-8")
    done = learn(home, "import", "work.json")
    assert done.returncode == 0, done.stderr
    assert f"{EXERCISE.number} is {status} here, though work.json says that it passed." in done.stdout
    assert f"1 {status}" in done.stdout
    assert "○ 1.1" in learn(home, "status").stdout


def test_what_passes_counts_whatever_the_file_says(home: Path) -> None:
    entry = {"file": EXERCISE.solution, "passed": False, "hints": 0}
    (home / "work.json").write_text(export_of(**{EXERCISE.number: entry}), encoding="utf-8")
    assert "1 passed" in learn(home, "import", "work.json").stdout
    assert "✓ 1.1" in learn(home, "status").stdout


def test_a_file_that_differs_is_kept(home: Path) -> None:
    learner_file(home).write_text("mine = True\n", encoding="utf-8")
    entry = {"file": "theirs = True\n", "passed": False, "hints": 0}
    (home / "work.json").write_text(export_of(**{EXERCISE.number: entry}), encoding="utf-8")
    done = learn(home, "import", "work.json")
    assert done.returncode == 0
    assert "your own is kept as .learn/backups/" in done.stdout
    [backup] = (home / ".learn" / "backups").rglob("*.py")
    assert backup.read_text(encoding="utf-8") == "mine = True\n"
    assert learner_file(home).read_text(encoding="utf-8") == "theirs = True\n"


def test_an_export_overwrites_nothing(home: Path) -> None:
    (home / "work.json").write_text("precious", encoding="utf-8")
    assert learn(home, "export", "work.json").returncode == 2
    assert (home / "work.json").read_text(encoding="utf-8") == "precious"


@pytest.mark.parametrize(
    "hostile",
    [
        "",
        "[" * 100_000,
        "[]",
        '{"course": "other", "version": 1, "exercises": {}}',
        '{"course": "ai-deployment-mastery", "version": 2, "exercises": {}}',
        '{"course": "ai-deployment-mastery", "version": 1, "exercises": []}',
        export_of(**{EXERCISE.number: None}),
        export_of(**{EXERCISE.number: {"file": 1}}),
        export_of(**{EXERCISE.number: {"file": "\0"}}),
        export_of(**{EXERCISE.number: {"file": "\ud800"}}),
        export_of(**{EXERCISE.number: {"file": "x" * 300_000}}),
        " " * 9_000_000,
    ],
    ids=["empty", "deep", "list", "other", "newer", "no-map", "null", "number", "nul", "surrogate", "long", "huge"],
)
def test_a_file_that_is_not_sound_changes_nothing(home: Path, hostile: str) -> None:
    (home / "work.json").write_text(hostile, encoding="utf-8")
    done = learn(home, "import", "work.json")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert learner_file(home).read_text(encoding="utf-8") == EXERCISE.starter


def test_a_file_names_no_paths_and_runs_nothing(home: Path) -> None:
    program = "open('ran', 'w')\n"
    entries = {EXERCISE.number: {"file": program, "passed": "yes", "hints": 10**9}, "../../x": {"file": program}}
    (home / "work.json").write_text(export_of(**entries), encoding="utf-8")
    before = set(home.parent.rglob("*.py"))
    assert learn(home, "import", "work.json").returncode == 0
    assert set(home.parent.rglob("*.py")) == before
    assert not list(home.parent.rglob("ran"))
    record = json.loads((home / ".learn" / "progress.json").read_text(encoding="utf-8"))["exercises"]
    assert record == {EXERCISE.key: {"passed": "", "hints": len(EXERCISE.hints())}}
