"""What is derived is what the generator makes of the sources, and the generator does what it says."""

from pathlib import Path

import pytest

from learn.course.catalogue import Exercise, exercises
from learn.course.derived import committed_files
from learn.course.files import ROOT
from learn.course.starters import MarkError, solution_text, split_docstring, starter_text, with_parts

SOURCE = '''"""Exercise 9.9: Health."""

# region solution
import json

# endregion
# region starter
# endregion

# --8<-- [start:health]
def health() -> str:
    # region solution
    status = {"status": "ok"}

    return json.dumps(status)
    # endregion
    # region starter
    # # TODO: say that all is well
    #
    # if True:
    #     return ""
    # endregion
# --8<-- [end:health]
'''


def test_a_starter_has_the_starter_parts_uncommented() -> None:
    assert starter_text(SOURCE) == (
        '"""Exercise 9.9: Health."""\n\n\ndef health() -> str:\n'
        '    # TODO: say that all is well\n\n    if True:\n        return ""\n'
    )


def test_a_solution_has_no_marks() -> None:
    assert solution_text(SOURCE) == (
        '"""Exercise 9.9: Health."""\n\nimport json\n\n\ndef health() -> str:\n'
        '    status = {"status": "ok"}\n\n    return json.dumps(status)\n'
    )


def test_parts_can_be_replaced() -> None:
    changed = with_parts(SOURCE, ["import json\n", "\n    return json.dumps({})\n"])
    assert "def health() -> str:\n    return json.dumps({})\n" in changed
    with pytest.raises(MarkError, match="2 parts, but 1 were given"):
        with_parts(SOURCE, [""])


@pytest.mark.parametrize(
    "broken",
    [
        SOURCE.replace("# region starter\n# endregion", ""),
        SOURCE.replace("    # endregion\n# --8<-- [end", "# --8<-- [end"),
        SOURCE + "# endregion\n",
        SOURCE.replace("    # if True:", "    if True:"),
    ],
    ids=["no-starter", "no-end", "stray-end", "code-in-starter"],
)
def test_marks_that_do_not_pair_up_are_refused(broken: str) -> None:
    with pytest.raises(MarkError):
        starter_text(broken)


def test_the_docstring_can_be_split_off() -> None:
    task, code = split_docstring('"""One.\n\nTwo.\n"""\n\nx = 1\n')
    assert (task, code) == ('"""One.\n\nTwo.\n"""\n', "\nx = 1\n")


DERIVED = list(committed_files())


@pytest.mark.parametrize(("file", "text"), DERIVED, ids=[str(file.relative_to(ROOT)) for file, _ in DERIVED])
def test_a_committed_file_is_what_the_sources_make(file: Path, text: str) -> None:
    assert file.read_text(encoding="utf-8") == text, "run `python -m learn build`"


def test_nothing_else_lies_among_the_lessons() -> None:
    found = {path for path in (ROOT / "lessons").rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert found == {file for file, _ in DERIVED if "lessons" in file.relative_to(ROOT).parts} != set()


@pytest.mark.parametrize("exercise", exercises(), ids=lambda exercise: exercise.number)
def test_an_exercise_has_all_its_parts(exercise: Exercise) -> None:
    source = exercise.source.read_text(encoding="utf-8")
    assert source.startswith(f'"""Exercise {exercise.number}: ')
    assert exercise.title
    assert exercise.task
    assert exercise.starter != exercise.solution
    assert exercise.grader.exists()
    assert exercise.metadata
    assert f'--8<-- "exercises/{exercise.number}.md"' in exercise.lesson.page.read_text(encoding="utf-8")
