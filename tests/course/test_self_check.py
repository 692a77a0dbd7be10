"""The self-check runs what it is asked for: a lesson, an exercise, or all that a change can affect, and no less."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from learn.course.catalogue import select
from learn.course.files import ROOT, locked
from learn.upkeep import proof
from learn.upkeep.inputs import depends
from learn.upkeep.report import remaining

pytestmark = pytest.mark.reads("learn/upkeep/", "tests/course/")


Tests = dict[str, tuple[frozenset[str], frozenset[str]]]  # by name: what each is about, and what it depends on
MISTAKE, PARITY = "test_a_mistake_is_caught_and_named", "test_the_page_and_the_terminal_agree"
FOUND = "collected.json"
COLLECT = """
import json, sys
import pytest
from learn.upkeep.inputs import inputs, subject

class Witness:
    def pytest_collection_finish(self, session):
        found = {item.nodeid: [sorted(subject(item)), sorted(inputs(item))] for item in session.items}
        with open(sys.argv[1], "w", encoding="utf-8") as out:
            json.dump(found, out)

options = ["tests/course", "--collect-only", "--quiet", "-p", "no:cacheprovider", *sys.argv[2:]]
sys.exit(pytest.main(options, plugins=[Witness()]))
"""


def collected(folder: Path, *options: str) -> Tests:
    """The tests that a run with `options` would run."""
    command = [sys.executable, "-c", COLLECT, str(folder / FOUND), *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return read(folder)


def read(folder: Path) -> Tests:
    found = json.loads((folder / FOUND).read_text(encoding="utf-8"))
    return {name: (frozenset(subject), frozenset(files)) for name, (subject, files) in found.items()}


@pytest.fixture(scope="module")
def tests(tmp_path_factory: pytest.TempPathFactory) -> Tests:
    """All tests of the course; collected once, however many processes ask."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "collected"
    with locked(shared / "lock", "Another process collects the tests: waiting for it …"):
        return read(shared) if (shared / FOUND).exists() else collected(shared)


def affected(tests: Tests, *changed: Path | str) -> list[str]:
    """The names of the tests that depend on one of the `changed` files."""
    files = {file.relative_to(ROOT).as_posix() if isinstance(file, Path) else file for file in changed}
    assert all((ROOT / file).is_file() for file in files)
    return [name for name, (_, found) in tests.items() if depends(found, files)]


def about(names: Iterable[str], test: str) -> set[str]:
    """The parameters with which the test of that name is among `names`."""
    return {name.partition("[")[2].rstrip("]") for name in names if f"::{test}" in name}


def test_an_exercise_is_proven_in_all_its_faces(tmp_path: Path) -> None:
    [exercise] = select("2.3")
    names = collected(tmp_path, "--scope", exercise.number)
    assert len(about(names, MISTAKE)) == len(exercise.metadata["wrong"])
    assert all(name.startswith("2.3-") for name in about(names, MISTAKE))
    assert about(names, PARITY) == {"2.3"}
    assert about(names, "test_the_starter_fails_for_the_stated_reason") == {"2.3"}
    assert about(names, "test_it_runs") == {exercise.lesson.slug}, "its lesson's notebook"
    assert about(names, "test_a_page_is_sound") >= {"lessons/02_parameters/-light", "lessons/02_parameters/-dark"}
    assert len(about(names, "test_a_page_is_sound")) == 4, "the lesson's page and its notebook's"
    assert about(names, "test_a_program_prints_what_is_shown")
    assert about(names, "test_what_learners_read_is_typed")


def test_a_run_after_a_change_leaves_out_what_it_cannot_affect(tests: Tests, tmp_path: Path) -> None:
    listed = tmp_path / "changed.json"
    listed.write_text('["site/teachers.md"]', encoding="utf-8")
    assert list(collected(tmp_path, f"--changed-files={listed}")) == affected(tests, "site/teachers.md")


def test_a_change_of_one_exercise_affects_its_lesson_only(tests: Tests) -> None:
    [exercise] = select("2.3")
    for file in (exercise.source, exercise.grader, exercise.notes):
        names = affected(tests, file)
        assert about(names, PARITY) == {"2.3"}
        assert {name.partition("-")[0] for name in about(names, MISTAKE)} == {"2.3"}
        assert about(names, "test_it_runs") == {"02_parameters"}
        assert not about(names, "test_a_file_that_does_not_import_is_broken")


@pytest.mark.parametrize(
    ("changed", "some", "none"),
    [
        ("learn/checks/api.py", (MISTAKE, PARITY, "test_it_runs"), ()),
        ("learn/grading/isolation.py", (MISTAKE, "test_watch_mode_grades"), ()),
        ("learn/lab/sql.py", (MISTAKE, "test_shell_sessions_are_true"), ()),
        ("learn/desk/render.py", ("test_watch_mode_grades", "test_shell_sessions_are_true"), (MISTAKE, PARITY)),
        ("learn/browser/page/cell.js", (PARITY, "test_a_page_is_sound"), (MISTAKE, "test_it_runs")),
        ("site/assets/site.css", ("test_a_page_is_sound", "test_each_program"), (MISTAKE, "test_the_magic")),
        ("tests/course/test_mistakes.py", (MISTAKE,), (PARITY,)),
        ("tests/course/conftest.py", (MISTAKE, PARITY), ()),
        ("requirements.txt", (MISTAKE, PARITY, "test_it_runs", "test_a_page_is_sound"), ()),
        ("site/teachers.md", ("test_shell_sessions_are_true",), (MISTAKE, PARITY, "test_watch_mode_grades")),
    ],
)
def test_a_change_affects_what_runs_through_it(
    tests: Tests, changed: str, some: tuple[str, ...], none: tuple[str, ...]
) -> None:
    names = affected(tests, changed)
    assert all(about(names, test) for test in some)
    assert not [test for test in none if about(names, test)]


def test_a_module_that_only_graders_import_affects_their_exercises(tests: Tests) -> None:
    found = about(affected(tests, "learn/lab/prediction_log.py"), PARITY)
    assert {number.partition(".")[0] for number in found} == {"9"}


def test_what_is_about_nothing_and_says_nothing_depends_on_everything(tests: Tests) -> None:
    for file in ("README.md", "learn/desk/watch.py", "site/index.md"):
        assert about(affected(tests, file), "test_the_repository_is_linted")


# What has changed


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    root.mkdir()
    (root / "one.py").write_text("1\n", encoding="utf-8")
    (root / "ünïcode name.py").write_text("2\n", encoding="utf-8")
    (root / ".gitignore").write_text("*.log\n", encoding="utf-8")
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "first"]):
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *identity, *command], cwd=root, check=True)
    return root


def change(root: Path) -> None:
    (root / "ünïcode name.py").write_text("3\n", encoding="utf-8")
    (root / "new.py").write_text("4\n", encoding="utf-8")
    (root / "ignored.log").write_text("5\n", encoding="utf-8")
    (root / "one.py").unlink()


def test_what_has_changed_since_a_revision_is_known(repository: Path) -> None:
    assert proof.changed_since("HEAD", repository) == set()
    change(repository)
    assert proof.changed_since("HEAD", repository) == {"one.py", "ünïcode name.py", "new.py"}
    with pytest.raises(proof.NoBase, match="no revision 'nowhere'"):
        proof.changed_since("nowhere", repository)


def test_what_has_changed_since_the_last_proof_is_known(repository: Path, tmp_path: Path) -> None:
    record = tmp_path / "proven.json"
    with pytest.raises(proof.NoBase, match="Nothing was proven here yet"):
        proof.changed_since_proof(record, repository)
    proof.remember(proof.contents(repository), record)
    assert proof.changed_since_proof(record, repository) == set()
    change(repository)
    assert proof.changed_since_proof(record, repository) == {"one.py", "ünïcode name.py", "new.py"}
    record.write_text("{", encoding="utf-8")
    with pytest.raises(proof.NoBase):
        proof.changed_since_proof(record, repository)


def test_without_git_it_is_said(tmp_path: Path) -> None:
    with pytest.raises(proof.NoBase, match="no clone"):
        proof.contents(tmp_path)


# How long it will take


def test_the_time_left_is_that_of_the_run_before_at_todays_pace() -> None:
    known = {"a": 10.0, "b": 20.0, "c": 30.0}
    assert remaining(known, ["a", "b", "c"], set(), 0, workers=1) == 60
    assert remaining(known, ["a", "b", "c"], {"a"}, work=20, workers=2) == 50  # twice as slow as then, two at a time
    assert remaining({}, ["a", "b", "c"], {"a"}, work=4, workers=1) == 8  # nobody knows: as long as the rest so far
    assert remaining(known, ["a"], {"a"}, work=10, workers=2) == 0
