"""The graders keep their promises whatever the learner's file does."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from learn.course.catalogue import exercises, select
from learn.course.files import ROOT
from learn.grading.verdict import Status, Verdict
from learn.grading.warm import WarmGrader

pytestmark = pytest.mark.reads("learn/", "tests/01_hello_world/", "solutions/01_hello_world/")

FIRST = exercises()[0]
LESSON = [exercise for exercise in exercises() if exercise.lesson == FIRST.lesson]
GRADERS = str(FIRST.grader.parent)
LIMIT = 2.0  # seconds, for what would never end
APP = "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n"


@pytest.fixture
def verdict_on(grader: WarmGrader, tmp_path: Path):  # type: ignore[no-untyped-def]
    def grade(code: str | bytes, limit: float | None = None) -> Verdict:
        file = tmp_path / "learner.py"
        file.write_bytes(code.encode() if isinstance(code, str) else code)
        [verdict] = grader.grade([FIRST], file=str(file), limit=limit)
        return verdict

    return grade


BROKEN = {
    "a syntax error": ("app = (\n", "SyntaxError", 1),
    "not UTF-8": (b'"""\xff"""\n', "UTF-8", None),
    "not UTF-8 in a comment": (b"# caf\xe9\n", "UTF-8", None),
    "input at import": ("name = input()\n", "take out `input()`", 1),
    "a NUL byte": (b"app = 1\0\n", "null bytes", None),
    "an exception at import": ("import json\n\njson.loads('')\n", "importing the file raised JSONDecodeError", 3),
    "a missing module": ("import torchh\n", "No module named 'torchh'", 1),
    "a flood of output": ("while True:\n    print('flood ' * 1000)\n", "an endless loop?", 2),
    "a call of exit at import": ("import sys\n\nsys.exit(0)\n", "SystemExit(0)", 3),
}


@pytest.mark.parametrize(("code", "words", "line"), BROKEN.values(), ids=BROKEN)
def test_a_file_that_does_not_import_is_broken(verdict_on, code, words, line) -> None:  # type: ignore[no-untyped-def]
    verdict = verdict_on(code)
    assert verdict.status is Status.BROKEN
    assert words in verdict.first_failure.message
    assert verdict.first_failure.line == line
    assert len(verdict.first_failure.output) < 10_000


ENDLESS = {
    "at import": ("while True:\n    pass\n", {1, 2}),
    "in a plain handler": (f"{APP}@app.get('/')\ndef root():\n    while True:\n        pass\n", {8, 9}),
    "in a coroutine": (f"{APP}@app.get('/')\nasync def root():\n    while True:\n        pass\n", {8, 9}),
    "a server of its own": (f"import uvicorn\n{APP}uvicorn.run(app, port=0)\n", {7}),
    "waiting in a coroutine": (
        f"import asyncio\n{APP}@app.get('/')\nasync def root():\n    await asyncio.Event().wait()\n",
        {9},
    ),
    "a handler that blocks": (f"import time\n{APP}@app.get('/')\ndef root():\n    time.sleep(1000)\n", {9}),
}


@pytest.mark.parametrize(("code", "lines"), ENDLESS.values(), ids=ENDLESS)
def test_a_program_that_does_not_end_is_stopped_and_its_line_named(verdict_on, code, lines) -> None:  # type: ignore[no-untyped-def]
    verdict = verdict_on(code, LIMIT)
    assert verdict.status is Status.TIMEOUT
    assert verdict.first_failure.line in lines
    assert len(verdict.first_failure.output) < 10_000


def test_a_loop_that_many_write_gets_a_hint(grader: WarmGrader, tmp_path: Path) -> None:
    [exercise] = select("9.6")
    file = tmp_path / "learner.py"
    a_list = exercise.solution.replace("= ({", "= [{").replace("for row in rows)", "for row in rows]")
    file.write_text(a_list, encoding="utf-8")
    [verdict] = grader.grade([exercise], file=str(file), limit=LIMIT)
    assert (verdict.status, verdict.hint) == (Status.TIMEOUT, exercise.timeout_hint)


def test_code_that_holds_the_interpreter_is_stopped_without_a_line(verdict_on) -> None:  # type: ignore[no-untyped-def]
    verdict = verdict_on('import re\nre.match("(a+)+b", "a" * 60)\n', LIMIT)
    assert verdict.status is Status.TIMEOUT
    assert "endless loop" in verdict.first_failure.message


@pytest.fixture(scope="module")
def ahead() -> Iterator[WarmGrader]:
    """A grader whose forks wait, two for an exercise with many tests."""
    with WarmGrader(ahead=True) as grader:
        yield grader


PAGE = "    return MODELS[offset : offset + limit]"
IN_HALVES = {  # what the solution of 2.3 does before it answers; some come in the first half of its tests, some later
    "it passes": "",
    "a failure early": "if limit == 3: return []",
    "a failure late": "if limit == 100: return []",
    "it never ends, early": "while limit == 3: pass",
    "it never ends, late": "while limit == 100: pass",
    "the process ends in the last test of the first half": "if offset == 10: __import__('os')._exit(0)",
    "the process ends late": "if limit == 100: __import__('os')._exit(0)",
}


@pytest.mark.parametrize("does", IN_HALVES.values(), ids=IN_HALVES)
def test_a_verdict_that_was_prepared_for_is_the_same(
    grader: WarmGrader, ahead: WarmGrader, tmp_path: Path, does: str
) -> None:
    [exercise] = select("2.3")
    assert PAGE in exercise.solution
    file = tmp_path / "learner.py"
    ahead.grade([exercise], solutions=True)  # after which forks wait
    file.write_text(exercise.solution.replace(PAGE, f"    {does}\n{PAGE}"), encoding="utf-8")
    [one], [other] = (warm.grade([exercise], file=str(file), limit=LIMIT) for warm in (grader, ahead))
    one.seconds = other.seconds = 0.0
    assert one == other
    assert one.passed == (not does)


FAILED = {
    "no app": ("application = 1\n", "has no `app`"),
    "an app of another kind": ("app = {}\n", "an `app` that is a dict"),
    "an exception in the handler": (f"{APP}@app.get('/')\ndef root():\n    return 1 / 0\n", "ZeroDivisionError"),
    "a call of exit in the handler": (
        f"import sys\n{APP}@app.get('/')\ndef root():\n    sys.exit(3)\n",
        "SystemExit(3)",
    ),
    "the end of the process": (
        f"import os\n{APP}@app.get('/')\ndef root():\n    os._exit(0)\n",
        "ended the Python process",
    ),
    "a function that was never registered": (f"{APP}app.get('/')\n", "the app has no path operations"),
    "a path misspelt": (f"{APP}@app.get('/greet')\ndef root():\n    return 1\n", "the app has GET /greet"),
    "a value that does not fit": (
        f"{APP}@app.get('/')\ndef root() -> dict[str, str]:\n    return {{'message': 1}}\n",
        'does not fit its return type: at ["message"] Input should be a valid string, got 1',
    ),
    "an exception that is returned": (
        f"from fastapi import HTTPException\n{APP}@app.get('/')\ndef root() -> str:\n    return HTTPException(404)\n",
        "an HTTPException, which is to be raised",
    ),
    "text in place of JSON": (
        f"from fastapi import Response\n{APP}@app.get('/')\ndef root():\n    return Response('hi')\n",
        "not JSON",
    ),
    "a redirect": (
        f"from fastapi.responses import RedirectResponse as To\n{APP}@app.get('/')\ndef root():\n    return To('/x')\n",
        "a redirect to /x",
    ),
}


@pytest.mark.parametrize(("code", "words"), FAILED.values(), ids=FAILED)
def test_code_that_does_something_else_has_failed(verdict_on, code, words) -> None:  # type: ignore[no-untyped-def]
    verdict = verdict_on(code)
    assert verdict.status is Status.FAILED
    assert words in " ".join(test.message for test in verdict.tests)
    assert "the grader could not go on" not in " ".join(test.message for test in verdict.tests)


def test_a_failure_names_the_learners_line(verdict_on) -> None:  # type: ignore[no-untyped-def]
    raised = verdict_on(f"{APP}@app.get('/')\ndef root():\n    return 1 / 0\n").first_failure
    assert (raised.line, raised.code) == (8, "return 1 / 0")
    answered = verdict_on(f"{APP}@app.get('/')\ndef root():\n    return 1\n").first_failure
    assert answered.code == "def root():"


def test_what_the_code_printed_is_shown(verdict_on) -> None:  # type: ignore[no-untyped-def]
    failure = verdict_on(f"{APP}@app.get('/')\ndef root():\n    print('seen')\n    return 1\n").first_failure
    assert failure.output.strip() == "seen"


def test_nothing_that_a_program_does_outlives_it(verdict_on, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    code = """
        import json
        from pathlib import Path
        import fastapi
        Path("left-over.db").write_text("here")
        json.dumps = lambda *_, **__: "hacked"
        fastapi.FastAPI = None
    """
    assert verdict_on(dedent(code)).status is Status.FAILED
    assert verdict_on(FIRST.solution).passed
    assert not (ROOT / "left-over.db").exists()
    assert not list(tmp_path.glob("*.db"))


def pytest_in(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def submission(folder: Path, **files: str | bytes) -> Path:
    """A learner's folder that holds every solution of the first lesson, but for the exercises in `files`, by name."""
    for exercise in LESSON:
        file = folder / exercise.lesson.slug / exercise.file.name
        file.parent.mkdir(parents=True, exist_ok=True)
        content = files.get(exercise.name, exercise.solution)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


@pytest.mark.parametrize("isolation", ["fork", "spawn"])
def test_one_exercise_cannot_hurt_another_under_plain_pytest(tmp_path: Path, isolation: str) -> None:
    first, second = exercises()[:2]
    files = {
        first.name: "import sys, fastapi\nfastapi.FastAPI.get = None\nsys.exit()\n",
        second.name: "while True: pass\n",
    }
    folder = submission(tmp_path, **files)
    junit = tmp_path / "junit.xml"
    done = pytest_in([f"--submission={folder}", f"--isolation={isolation}", f"--junitxml={junit}", GRADERS])
    assert done.returncode == 1
    lines = [line.split()[1:3] for line in done.stdout.splitlines() if line and line[0] in "✓✗⧖"]
    expected = {first.number: "broken", second.number: "timeout"}
    assert lines == [[exercise.number, expected.get(exercise.number, "passed")] for exercise in LESSON]
    assert "did not finish" in junit.read_text(encoding="utf-8")


def test_untouched_exercises_are_not_run_and_do_not_count_as_passed() -> None:
    done = pytest_in([str(FIRST.grader)])
    assert done.returncode == 1
    assert "untouched" in done.stdout


def test_variables_of_the_learners_own_change_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANTERN_PORT", "none of the grader's")
    [settings] = select("6.1")
    done = pytest_in(["--solutions", str(settings.grader)])
    assert done.returncode == 0, done.stdout


def test_pytests_own_options_keep_working() -> None:
    done = pytest_in(["--solutions", "-x", "-k", "root", "-v", str(FIRST.grader)])
    assert done.returncode == 0, done.stdout
    assert "PASSED" in done.stdout


def test_full_shows_the_traceback(tmp_path: Path) -> None:
    file = tmp_path / "learner.py"
    file.write_text(f"{APP}@app.get('/')\ndef root():\n    return 1 / 0\n", encoding="utf-8")
    short = pytest_in([f"--file={file}", str(FIRST.grader)]).stdout
    full = pytest_in(["--full", f"--file={file}", str(FIRST.grader)]).stdout
    assert "Traceback" not in short
    assert "Traceback" in full
    assert "starlette" in full


def test_a_class_is_graded_apart(tmp_path: Path) -> None:
    submission(tmp_path / "ada")
    submission(tmp_path / "ben", **{FIRST.name: b"\xff\xfe"})
    (tmp_path / "cleo").mkdir()
    junit = tmp_path / "out.xml"
    options = ["--submission", str(tmp_path), "--json", "--junitxml", str(junit)]
    command = [sys.executable, "-m", "learn", "check", str(FIRST.lesson.number), *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    results = {entry["learner"]: entry["verdicts"] for entry in json.loads(done.stdout)}
    statuses = {learner: [verdict["status"] for verdict in verdicts] for learner, verdicts in results.items()}
    assert statuses["ada"] == ["passed"] * len(LESSON)
    assert statuses["ben"] == ["broken"] + ["passed"] * (len(LESSON) - 1)
    assert statuses["cleo"] == ["missing"] * len(LESSON)
    assert done.returncode == 1
    assert junit.read_text(encoding="utf-8").count("<testsuite ") == 3 * len(LESSON)
