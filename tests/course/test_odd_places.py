"""What a shell, a machine, a folder or a program's own text may say changes no verdict, and breaks no output."""

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from learn.course.catalogue import exercises, select
from learn.course.files import ROOT
from learn.course.pristine import pristine_copy
from learn.course.words import visible
from learn.grading.verdict import Status
from learn.grading.warm import WarmGrader

FIRST = exercises()[0]
[PAGING] = select("2.3")
APP = "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n"


def check(home: Path, *arguments: str, **variables: str) -> tuple[subprocess.CompletedProcess[bytes], dict[str, str]]:
    """Run `learn check` in `home`, with these variables."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "PYTHON"))}
    environment = clean | {"LEARN_SETUP": "off", "PYTHONPATH": str(home), "NO_COLOR": "1"} | variables
    command = [sys.executable, "-m", "learn", "check", *arguments]
    return subprocess.run(command, cwd=home, env=environment, capture_output=True, check=False), environment


def verdict_on(home: Path, *arguments: str, **variables: str) -> dict[str, object]:
    done, _ = check(home, *arguments, "--json", **variables)
    assert b"Traceback" not in done.stderr, done.stderr.decode(errors="replace")
    verdict: dict[str, object] = json.loads(done.stdout)
    return verdict


# What a shell says


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PYTEST_ADDOPTS", "-k a_limit_of_100"),
        ("PYTEST_ADDOPTS", "-n auto --no-such-option"),
        ("PYTEST_PLUGINS", "no_such_plugin"),
        ("PYTHONOPTIMIZE", "1"),
        ("PYTHONWARNINGS", "error"),
        ("PYTHONSTARTUP", "/no/such/file"),
    ],
)
def test_what_a_shell_says_reaches_no_verdict(tmp_path: Path, name: str, text: str) -> None:
    file = tmp_path / "starter.py"
    file.write_text(PAGING.starter, encoding="utf-8")
    asked = ["2.3", "--file", str(file)]
    usual, odd = verdict_on(ROOT, *asked), verdict_on(ROOT, *asked, **{name: text})
    assert odd["status"] == "failed"
    assert [test["name"] for test in odd["tests"]] == [test["name"] for test in usual["tests"]]  # type: ignore[attr-defined]


def test_modules_of_other_places_are_not_taken(tmp_path: Path) -> None:
    for name in ("learn", "tests", "fastapi", "pytest"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise ImportError('not this one')\n", encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "NO_COLOR": "1"}
    environment.pop("LEARN_SETUP", None)
    code = "from learn.course.surroundings import without_foreign; assert 'PYTHONPATH' not in without_foreign()"
    done = subprocess.run([sys.executable, "-m", "learn", "check", "1.1", "--solutions"], cwd=ROOT, env=environment)
    assert done.returncode == 0
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment).returncode == 0


def test_what_lies_in_a_parent_folder_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n", encoding="utf-8")
    (tmp_path / "conftest.py").write_text("raise RuntimeError('not this one')\n", encoding="utf-8")
    home = pristine_copy(tmp_path)
    assert verdict_on(home, "1.1", "--solutions")["status"] == "passed"


# Folders and output


@pytest.mark.parametrize("name", ["[2026] course", "Kurs für KI", "a 'quoted' $HOME", "x::y[0]"])
def test_the_course_may_lie_in_any_folder(tmp_path: Path, name: str) -> None:
    home = pristine_copy(tmp_path / name)
    assert verdict_on(home, "2.3", "--solutions")["status"] == "passed"
    assert verdict_on(home, "2.3", "--file", f"lessons/{PAGING.lesson.slug}/{PAGING.file.name}")["status"] == "failed"


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_output_may_have_any_encoding(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "ni.py"
    file.write_text(f"{APP}@app.get('/')\ndef read() -> str:\n    return '你好 ✓'\n", encoding="utf-8")
    for asked in (["1.1", "--file", str(file)], ["1.1", "--solutions"]):
        done, _ = check(ROOT, *asked, PYTHONIOENCODING=encoding)
        assert b"Traceback" not in done.stderr
        assert "1.1" in done.stdout.decode(encoding)
    verdict = verdict_on(ROOT, "1.1", "--file", str(file), PYTHONIOENCODING=encoding)
    assert verdict["status"] == "failed"
    assert "你好" in json.dumps(verdict, ensure_ascii=False)


def test_text_shows_what_would_not_be_seen() -> None:
    assert visible("a\x1b[2Jb\ud83d\0\x0c\u202e\tc\r\nd") == "a\\x1b[2Jb\\ud83d\\x00\\x0c\\u202e\tc\nd"


ODD = "'\\x1b[2J\\x1b]0;title\\x07 \\ud83d \\0 \\x0c \\ufffe'"
ODD_PROGRAMS = {
    "an answer": f"{APP}@app.get('/')\ndef read():\n    return {ODD}\n",
    "an error": f"{APP}@app.get('/')\ndef read():\n    raise ValueError({ODD})\n",
    "at the import": f"raise ValueError({ODD})\n",
    "printed": f"{APP}print({ODD}.replace(chr(0xd83d), ''))\n",
}


@pytest.mark.parametrize("program", ODD_PROGRAMS.values(), ids=ODD_PROGRAMS)
def test_odd_text_is_valid_and_harmless_everywhere(tmp_path: Path, program: str) -> None:
    file, junit = tmp_path / "\x1b[31modd.py", tmp_path / "out.xml"
    file.write_text(program, encoding="utf-8")
    shown, _ = check(ROOT, "1.1", "--file", str(file), "--junitxml", str(junit))
    assert b"Traceback" not in shown.stderr
    text = shown.stdout.decode()
    assert "failed" in text or "broken" in text
    assert not [character for character in text if not character.isprintable() and character not in "\n\t"]
    kinds = {part.tag for part in ElementTree.parse(junit).getroot().iter()}
    assert kinds & {"failure", "error"}, "a file that does not import is an error"
    verdict = verdict_on(ROOT, "1.1", "--file", str(file))
    assert "\x1b" not in json.dumps(verdict, ensure_ascii=False).encode().decode()


def test_the_line_that_is_quoted_is_the_line_that_python_means(grader: WarmGrader, tmp_path: Path) -> None:
    for odd in ("\x0c", "\x1c", "\u2028", "\x85"):
        file = tmp_path / "learner.py"
        text = f'{APP}SAID = "{odd if odd != chr(12) else ""}"\n{chr(12) if odd == chr(12) else ""}\n1 / 0\nwrong = 1\n'
        file.write_text(text, encoding="utf-8")
        [verdict] = grader.grade([FIRST], file=str(file))
        assert verdict.first_failure is not None
        assert verdict.first_failure.code == "1 / 0"


# Modules beside the exercise

WITH_A_HELPER = f"from pathlib import Path\n\nfrom helpers import TEXT\n{APP}" + (
    "assert Path(__file__).with_name('helpers.py').exists()\n\n\n"
    "@app.get('/')\ndef read():\n    from helpers import LATER\n    return {'message': TEXT + LATER}\n"
)


def hand_in(folder: Path, text: str) -> Path:
    lesson = folder / FIRST.lesson.slug
    lesson.mkdir(parents=True)
    (lesson / FIRST.file.name).write_text(WITH_A_HELPER, encoding="utf-8")
    (lesson / "helpers.py").write_text(f"TEXT = {text!r}\nLATER = 'world!'\n", encoding="utf-8")
    return lesson / FIRST.file.name


def test_a_module_beside_the_exercise_is_found_and_is_each_learners_own(grader: WarmGrader, tmp_path: Path) -> None:
    right, wrong = hand_in(tmp_path / "ada", "Hello, AI "), hand_in(tmp_path / "ben", "Bye, ")
    for _ in range(2):
        for file, status in ((right, Status.PASSED), (wrong, Status.FAILED)):
            [verdict] = grader.grade([FIRST], file=str(file))
            assert verdict.status is status, verdict.first_failure
            [verdict] = grader.grade([FIRST], submission=str(file.parents[1]))
            assert verdict.status is status, verdict.first_failure
    assert verdict_on(ROOT, "1.1", "--file", str(right))["status"] == "passed"


def test_it_is_fresh_for_each_test(grader: WarmGrader, tmp_path: Path) -> None:
    file = hand_in(tmp_path / "ada", "Hello, AI ")
    file.write_text(
        f"import helpers\n{APP}helpers.TEXT += helpers.LATER\nhelpers.LATER = ''\n\n\n"
        "@app.get('/')\ndef read():\n    return {'message': helpers.TEXT}\n",
        encoding="utf-8",
    )
    [verdict] = grader.grade([FIRST], file=str(file))
    assert verdict.passed, verdict.first_failure


def test_a_module_beside_it_takes_no_librarys_place(grader: WarmGrader, tmp_path: Path) -> None:
    file = hand_in(tmp_path / "ada", "Hello, AI ")
    for name in ("fastapi", "colorsys", "pytest", "learn"):
        file.with_name(f"{name}.py").write_text("raise RuntimeError('not this one')\n", encoding="utf-8")
    [verdict] = grader.grade([FIRST], file=str(file))
    assert verdict.passed, verdict.first_failure


def test_no_other_folder_is_left_to_look_in(grader: WarmGrader, tmp_path: Path) -> None:
    file = tmp_path / "learner.py"
    file.write_text(f"import sys\nraise ValueError({str(FIRST.source.parent)!r} in sys.path)\n", encoding="utf-8")
    [verdict] = grader.grade([FIRST], file=str(file))
    assert "ValueError: False" in verdict.tests[0].message
