"""No hand-in is passed that does not solve its exercise, whatever it does; `tricks.toml` holds what was tried."""

import re
from collections import Counter
from pathlib import Path

import pytest

from learn.course.catalogue import select
from learn.course.files import ROOT
from learn.grading import landlock
from learn.grading.run import grade
from learn.grading.verdict import Status, Verdict
from learn.grading.warm import WarmGrader
from learn.upkeep.tricks import TRICKS, Trick

KINDS = list(dict.fromkeys(trick.kind for trick in TRICKS))
TABLE = ("<!-- tricks: begin -->\n", "<!-- tricks: end -->\n")


@pytest.fixture(scope="module")
def outcomes(grader: WarmGrader, tmp_path_factory: pytest.TempPathFactory) -> dict[Trick, Verdict]:
    """The verdict on each trick, all of them reached by one grader, which none may hurt."""
    folder = tmp_path_factory.mktemp("tricks") / "learner" / "lesson"
    folder.mkdir(parents=True)
    verdicts = {}
    for trick in TRICKS:
        file = folder / trick.target.file.name
        file.write_text(trick.text, encoding="utf-8")
        [verdicts[trick]] = grader.grade([trick.target], file=str(file), limit=3.0)
    return verdicts


def course() -> dict[str, bytes]:
    folders = [ROOT / name for name in ("learn", "lessons", "solutions", "tests")]
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    kept_by_tools = re.compile(r"/(__pycache__|\.\w+_cache|\.ipynb_checkpoints)/")
    return {file.as_posix(): file.read_bytes() for file in files if not kept_by_tools.search(file.as_posix())}


BEFORE = course()


def test_no_trick_is_passed(outcomes: dict[Trick, Verdict]) -> None:
    passed = [trick.name for trick, verdict in outcomes.items() if verdict.passed and not trick.may_pass]
    assert not passed


def test_what_may_pass_is_marked(outcomes: dict[Trick, Verdict]) -> None:
    unmarked = [trick.name for trick, verdict in outcomes.items() if trick.may_pass and not verdict.marks]
    assert not unmarked
    assert any(trick.may_pass and verdict.passed for trick, verdict in outcomes.items()), "they do what they say"


def test_a_learner_reads_in_plain_words_what_was_seen(outcomes: dict[Trick, Verdict]) -> None:
    for trick, verdict in outcomes.items():
        if verdict.status is Status.TAMPERED:
            assert verdict.first_failure is not None
            assert "grade" in verdict.first_failure.message, trick.name


def test_the_course_is_as_it_was(outcomes: dict[Trick, Verdict]) -> None:
    assert outcomes
    assert course() == BEFORE


def test_the_table_on_the_teachers_page_is_what_came_of_them(outcomes: dict[Trick, Verdict]) -> None:
    page = (ROOT / "site" / "teachers.md").read_text(encoding="utf-8")
    assert page.partition(TABLE[0])[2].partition(TABLE[1])[0].strip() == table(outcomes).strip(), table(outcomes)


def table(outcomes: dict[Trick, Verdict]) -> str:
    """What was tried, how many, and what came of each."""
    lines = ["| what the file does | tried | passed | what came of it |", "|---|---|---|---|"]
    for kind in KINDS:
        verdicts = [verdict for trick, verdict in outcomes.items() if trick.kind == kind]
        counts = Counter(f"`{verdict.status}`" + (", marked" if verdict.passed else "") for verdict in verdicts)
        came = ", ".join(f"{count} {words}" for words, count in sorted(counts.items()))
        passed = sum(verdict.passed for verdict in verdicts)
        lines.append(f"| {kind} | {len(verdicts)} | {passed} | {came} |")
    return "\n".join(lines)


def test_where_the_system_keeps_no_files_they_are_compared_and_put_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(landlock, "version", lambda: 0)
    [exercise] = select("2.3")
    file, before = tmp_path / "learner.py", exercise.notes.read_bytes()
    file.write_text(f"{exercise.solution}\nopen({str(exercise.notes)!r}, 'a').write('# mine')\n", encoding="utf-8")
    [verdict] = grade([exercise], file=str(file))
    assert verdict.status is Status.TAMPERED
    assert verdict.first_failure is not None and exercise.notes.name in verdict.first_failure.message
    assert exercise.notes.read_bytes() == before
    [verdict] = grade([exercise], solutions=True)
    assert verdict.passed
