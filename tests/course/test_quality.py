"""Everything a reader sees is clean under ruff, its formatter, and strict typing: derived files too."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from learn.course.catalogue import Exercise
from learn.course.files import ROOT
from learn.course.starters import solution_text

MYPY_CACHE = ["--cache-dir", str(ROOT / ".mypy_cache")]  # what it knows of the libraries serves everywhere
LONGEST = 400  # lines
WRITTEN = {".py", ".md", ".toml", ".css", ".js", ".html", ".yml"}  # by people: no lock files, notebooks, pictures
REASON = re.compile(r"\blong: \w+ \w+")  # in a comment, or in the front matter of a page


def run(*command: str, cwd: Path = ROOT) -> None:
    done = subprocess.run([sys.executable, "-m", *command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def every_view(tmp_path_factory: pytest.TempPathFactory, chosen: list[Exercise]) -> Path:
    """All starters, solutions as they are shown, and apps, under names of their own in one folder."""
    folder = tmp_path_factory.mktemp("views")
    shutil.copy(ROOT / "pyproject.toml", folder)
    chosen_lessons = {exercise.lesson for exercise in chosen}
    for exercise in chosen:
        name = f"l{exercise.lesson.slug}_{exercise.name}"
        (folder / f"{name}_starter.py").write_text(exercise.starter, encoding="utf-8")
        (folder / f"{name}_solution.py").write_text(exercise.solution, encoding="utf-8")
    for lesson in chosen_lessons:
        app = solution_text(lesson.app.read_text(encoding="utf-8"))
        (folder / f"l{lesson.slug}_main.py").write_text(app, encoding="utf-8")
    assert len(list(folder.glob("*.py"))) == 2 * len(chosen) + len(chosen_lessons) > 2
    return folder


def test_the_repository_is_linted() -> None:
    run("ruff", "check", ".")


def test_the_repository_is_formatted() -> None:
    run("ruff", "format", "--check", ".")


def test_derived_files_are_linted(every_view: Path) -> None:
    run("ruff", "check", ".", cwd=every_view)


def test_derived_files_are_formatted(every_view: Path) -> None:
    run("ruff", "format", "--check", ".", cwd=every_view)


def test_no_file_is_long_without_a_reason() -> None:
    folders = ("solutions", "lessons", "tests", "site", "learn", ".github")
    files = [*ROOT.iterdir(), *(file for folder in folders for file in (ROOT / folder).rglob("*"))]
    written = [file for file in files if file.suffix in WRITTEN and "node_modules" not in file.parts]
    assert len(written) > 200
    lines = {file: file.read_text(encoding="utf-8").splitlines() for file in written if file.is_file()}
    long = {file: text for file, text in lines.items() if len(text) > LONGEST}
    unexplained = [str(file.relative_to(ROOT)) for file, text in long.items() if not REASON.search("\n".join(text[:4]))]
    assert not unexplained, "split it by topic, or say why not in its first lines: `long: one text, …`"


def test_each_room_uses_only_the_rooms_below_it() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 kept, 0 broken" in done.stdout


@pytest.mark.parametrize("room", ["course", "desk", "door", "grading", "pages", "setup", "upkeep"])
def test_a_room_says_what_each_of_its_modules_is_for(room: str) -> None:
    folder = ROOT / "learn" / room
    said = set(re.findall(r"`(\w+)`", (folder / "__init__.py").read_text(encoding="utf-8")))
    modules = {file.stem for file in folder.glob("*.py")} | {file.parent.name for file in folder.glob("*/__init__.py")}
    assert len(modules) > 3
    assert not modules - {"__init__"} - said


def test_the_tool_and_its_tests_are_typed() -> None:
    run("mypy", "learn", "tests/course")


def test_what_runs_in_the_page_is_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = ROOT / "learn" / "browser" / "runtime"
    names = sorted(file.name for file in folder.glob("*.py"))
    assert names
    monkeypatch.setenv("MYPYPATH", os.pathsep.join([str(folder), str(ROOT)]))
    settings = [*MYPY_CACHE, "--config-file", str(ROOT / "pyproject.toml")]
    settings += ["--exclude", "nothing", "--explicit-package-bases"]
    run("mypy", "--python-version", "3.14", *settings, *names, cwd=folder)


def test_what_learners_read_is_typed(every_view: Path) -> None:
    names = sorted(file.name for file in every_view.glob("*.py"))
    run("mypy", *MYPY_CACHE, "--config-file", str(every_view / "pyproject.toml"), *names, cwd=every_view)


def test_the_graders_are_typed(tmp_path: Path, chosen: list[Exercise]) -> None:
    for exercise in chosen:
        shutil.copy(exercise.grader, tmp_path / f"l{exercise.lesson.slug}_{exercise.grader.name}")
    names = sorted(map(str, tmp_path.glob("*.py")))
    assert len(names) == len(chosen) > 0
    run("mypy", "learn/__init__.py", *names)
