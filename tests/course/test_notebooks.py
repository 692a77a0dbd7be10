"""The notebooks run from top to bottom, are committed without outputs, and hold today's starters."""

import json
from pathlib import Path

import nbformat
import pytest

from learn.course.catalogue import Lesson, exercises, lessons
from learn.course.derived import MAGIC, with_starters
from learn.course.files import ROOT
from learn.pages.notebooks import executed

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def test_each_lesson_has_a_notebook() -> None:
    assert [notebook.stem for notebook in NOTEBOOKS] == [lesson.slug for lesson in lessons()] != []


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.stem)
def test_it_is_committed_clean(notebook: Path) -> None:
    text = notebook.read_text(encoding="utf-8")
    content = nbformat.reads(text, as_version=4)
    nbformat.validate(content)
    code = [cell for cell in content.cells if cell.cell_type == "code"]
    assert code
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
    assert with_starters(text) == (text, True), "run `python -m learn build`"


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.stem)
def test_it_has_every_exercise_of_its_lesson(notebook: Path) -> None:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    firsts = ["".join(cell["source"]).partition("\n")[0] for cell in cells]
    found = [first.removeprefix(MAGIC) for first in firsts if first.startswith(MAGIC)]
    assert found == [exercise.number for exercise in exercises() if exercise.lesson.slug == notebook.stem]


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.slug)
def test_it_runs(lesson: Lesson) -> None:
    cells = nbformat.read(executed(lesson), as_version=4).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code)
    outputs = [output for cell in code for output in cell.outputs]
    assert outputs
    assert not [output for output in outputs if output.get("name") == "stderr" or output.output_type == "error"]
