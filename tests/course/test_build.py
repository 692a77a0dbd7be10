"""A build renews what the course has once shipped, and replaces nothing that somebody wrote."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from learn.course.catalogue import Exercise, exercises
from learn.course.derived import MAGIC, committed_files
from learn.course.files import ROOT
from learn.course.pristine import pristine_copy
from learn.course.shipped import fingerprint, shipped

FIRST, SECOND = exercises()[:2]
SOLVED = FIRST.solution.encode()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return pristine_copy(tmp_path)


def file_of(exercise: Exercise, home: Path) -> Path:
    return home / "lessons" / exercise.lesson.slug / exercise.file.name


def build(home: Path) -> subprocess.CompletedProcess[str]:
    """`learn build`, but for the site, which takes minutes and changes nothing of a learner's."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}
    environment = clean | {"LEARN_SETUP": "off", "PYTHONPATH": str(home), "NO_COLOR": "1", "COLUMNS": "200"}
    program = (
        "import sys, learn.pages.build; learn.pages.build.build_site = lambda console: None\n"
        "from learn.door.cli import main; sys.argv = ['learn', 'build']; main()"
    )
    return subprocess.run(
        [sys.executable, "-c", program], cwd=home, env=environment, capture_output=True, text=True, check=False
    )


def commit(home: Path) -> None:
    for arguments in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message=my solutions"]):
        command = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *arguments]
        subprocess.run(command, cwd=home, check=True)


def mend(exercise: Exercise, home: Path) -> None:
    """Change a starter, as a newer course does."""
    source = home / "solutions" / exercise.lesson.slug / exercise.file.name
    source.write_text(exercise.source.read_text(encoding="utf-8").replace('"""Ex', '"""Mended ex', 1), encoding="utf-8")


@pytest.mark.parametrize("committed", [True, False], ids=["committed", "not committed"])
@pytest.mark.parametrize("mended", [True, False], ids=["mended", "as it was"])
@pytest.mark.parametrize(
    "work", [SOLVED, b"", b"\xff\n", b"\r\n# mine\r\n"], ids=["solved", "empty", "no text", "crlf"]
)
def test_work_is_left_alone_and_named(home: Path, work: bytes, mended: bool, committed: bool) -> None:
    file_of(FIRST, home).write_bytes(work)
    app = home / "lessons" / FIRST.lesson.slug / "main.py"
    app.write_text("# mine\n", encoding="utf-8")
    if committed:
        commit(home)
    if mended:
        mend(FIRST, home)
    done = build(home)
    assert done.returncode == 1
    assert file_of(FIRST, home).read_bytes() == work
    assert app.read_text(encoding="utf-8") == "# mine\n"
    named = [line.partition(" ")[0] for line in done.stdout.splitlines() if "somebody's work" in line]
    assert named == [f"lessons/{FIRST.lesson.slug}/{FIRST.file.name}", f"lessons/{FIRST.lesson.slug}/main.py"]


@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_an_earlier_starter_is_renewed(home: Path, ends: str) -> None:
    file_of(FIRST, home).write_bytes(FIRST.starter.replace("\n", ends).encode())
    file_of(SECOND, home).unlink()
    mend(FIRST, home)
    assert "somebody's work" not in build(home).stdout
    assert file_of(FIRST, home).read_bytes() == FIRST.starter.replace('"""Ex', '"""Mended ex', 1).encode()
    assert file_of(SECOND, home).read_text(encoding="utf-8") == SECOND.starter
    assert fingerprint(file_of(FIRST, home).read_bytes()) in shipped(home) > shipped(ROOT)


def cell_of(notebook: Path, exercise: Exercise) -> str:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    [found] = [text for cell in cells if (text := "".join(cell["source"])).startswith(f"{MAGIC}{exercise.number}\n")]
    return str(found).partition("\n")[2]


def test_a_notebook_keeps_every_cell_that_somebody_wrote_in(home: Path) -> None:
    notebook = home / "notebooks" / f"{FIRST.lesson.slug}.ipynb"
    content = json.loads(notebook.read_text(encoding="utf-8"))
    for cell in content["cells"]:
        if "".join(cell["source"]).startswith(f"{MAGIC}{FIRST.number}\n"):
            cell["source"] = [f"{MAGIC}{FIRST.number}\n", "# my work\n"]
    content["cells"].append({"cell_type": "markdown", "id": "mine", "metadata": {}, "source": ["My notes"]})
    notebook.write_text(json.dumps(content, indent=1), encoding="utf-8")
    commit(home)
    before = notebook.read_bytes()
    assert f"notebooks/{notebook.name} holds somebody's work" in build(home).stdout
    assert notebook.read_bytes() == before

    mend(FIRST, home)
    mend(SECOND, home)
    build(home)
    assert cell_of(notebook, FIRST) == "# my work\n"
    assert cell_of(notebook, SECOND).startswith('"""Mended ex')
    assert "My notes" in notebook.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"cells": [1]}', '{"cells": [{"source": "%%exercise 99.9 x"}]}', "[" * 9**5]
)
def test_a_notebook_that_is_none_is_left_alone(home: Path, text: str) -> None:
    notebook = home / "notebooks" / f"{FIRST.lesson.slug}.ipynb"
    notebook.write_text(text, encoding="utf-8")
    done = build(home)
    assert done.stderr == ""
    assert notebook.read_text(encoding="utf-8") == text


def test_what_is_shipped_today_is_in_the_list() -> None:
    files = list(committed_files())
    assert files
    missing = [file for file, text in files if fingerprint(text.encode()) not in shipped(ROOT)]
    assert not missing, "run `python -m learn build`"


def test_no_solution_is_in_the_list() -> None:
    assert not [one.number for one in exercises() if fingerprint(one.solution.encode()) in shipped(ROOT)]
