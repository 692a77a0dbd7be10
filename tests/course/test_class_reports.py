"""The reports on a class: whole whatever ends the grading, obeying every option, and as other systems take them."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import psutil  # type: ignore[import-untyped]
import pytest

from learn.course.catalogue import exercises, select
from learn.course.files import ROOT

FIRST = exercises()[0]
LESSON = FIRST.lesson.exercises
SLOW = "import time\ntime.sleep(60)\nfrom fastapi import FastAPI\napp = FastAPI()\n"


def submission(folder: Path, **files: str) -> Path:
    """A learner's folder that holds every solution of the first lesson, but for the exercises in `files`, by name."""
    for exercise in LESSON:
        file = folder / exercise.lesson.slug / exercise.file.name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(files.get(exercise.name, exercise.solution), encoding="utf-8")
    return folder


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "learn", *map(str, arguments)]


def learn(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command(*arguments), cwd=ROOT, capture_output=True, encoding="utf-8", check=False, env=os.environ | environment
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def statuses(text: str) -> dict[str, list[str]]:
    return {entry["learner"]: [verdict["status"] for verdict in entry["verdicts"]] for entry in json.loads(text)}


# Whole whatever ends the grading


@pytest.fixture
def slow_class(tmp_path: Path) -> Path:
    """Four learners, of whom the first is right, and the others never come to an end."""
    folder = tmp_path / "handed-in"
    submission(folder / "learner0")
    for number in (1, 2, 3):
        submission(folder / f"learner{number}", **{exercise.name: SLOW for exercise in LESSON})
    return folder


def started(*arguments: object) -> subprocess.Popen[bytes]:
    """A command whose output is read as it comes."""
    return subprocess.Popen(command(*arguments), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0)


@pytest.mark.skipif(os.name != "posix", reason="signals are sent otherwise there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_is_interrupted_reports_all_that_it_reached(slow_class: Path, tmp_path: Path, number: int) -> None:
    junit = tmp_path / "out.xml"
    with started("check", "1", "--submission", slow_class, "--json", "--jobs=2", f"--report=junit={junit}") as running:
        assert running.stdout is not None
        begun = b"".join(running.stdout.readline() for _ in range(3))  # the first learner is there, the slow are not
        running.send_signal(number)
        rest, errors = running.communicate(timeout=120)
    found = statuses((begun + rest).decode())
    assert running.returncode == 130
    assert b"interrupted" in errors
    assert list(found) == [f"learner{number}" for number in range(4)]
    assert found["learner0"] == ["passed"] * len(LESSON)
    assert found["learner3"] == ["not run"] * len(LESSON)
    suites = ElementTree.parse(junit).getroot()
    assert len(suites) == 4 * len(LESSON)
    assert not [one for one in psutil.process_iter(["cmdline"]) if str(slow_class) in (one.info["cmdline"] or [])]


@pytest.mark.skipif(os.name != "posix", reason="nothing ends a process so there")
def test_a_killed_worker_costs_no_verdict(tmp_path: Path) -> None:
    for number in range(3):
        submission(tmp_path / f"learner{number}")
    with started("check", "1", "--submission", tmp_path, "--json", "--jobs=1") as running:
        assert running.stdout is not None
        begun = running.stdout.readline()
        [worker] = [one for one in psutil.Process(running.pid).children() if "learn.grading" in str(one.cmdline())]
        worker.kill()
        rest, _ = running.communicate(timeout=300)
    assert statuses((begun + rest).decode()) == {f"learner{number}": ["passed"] * len(LESSON) for number in range(3)}


@pytest.mark.skipif(os.name != "posix", reason="nothing ends a process so there")
def test_a_report_is_whole_even_where_everything_is_killed(slow_class: Path, tmp_path: Path) -> None:
    file = tmp_path / "part.json"
    with started("check", "1", "--submission", slow_class, f"--report=json={file}", "--jobs=1") as running:
        while not file.exists() and running.poll() is None:
            time.sleep(0.05)
        children = psutil.Process(running.pid).children(recursive=True)
        running.kill()
    assert statuses(file.read_text(encoding="utf-8")) == {"learner0": ["passed"] * len(LESSON)}
    _, alive = psutil.wait_procs(children, timeout=60)
    assert children and not alive, "the workers end where nobody asks them any more"


def test_each_learner_has_a_time_budget(tmp_path: Path) -> None:
    lesson = select("2")
    for exercise in lesson:
        for learner, text in (("quick", exercise.solution), ("slow", SLOW)):
            file = tmp_path / learner / exercise.lesson.slug / exercise.file.name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    done = learn("check", "2", "--submission", tmp_path, "--json", "--budget", "15")
    found = statuses(done.stdout)
    assert found["quick"] == ["passed"] * len(lesson)
    assert found["slow"][0] == "timeout" and found["slow"][-1] == "not run"
    slow = json.loads(done.stdout)[1]
    messages = {test.get("message") for verdict in slow["verdicts"] for test in verdict["tests"]}
    assert "not run: the time for all that one learner handed in, 15 s, is used up" in messages
    assert "the time for the exercise in all, 3 s, was up in the middle of this test" in messages


# Options are obeyed or refused


CONTRADICTIONS = {
    "--submission and --solutions": ["--submission", ".", "--solutions"],
    "--submission and --file": ["--submission", ".", "--file", "x.py"],
    "--file and --solutions": ["--file", "README.md", "--solutions"],
    "--shard": ["--shard", "1/2"],
    "--budget": ["--budget", "5"],
    "--jobs": ["--jobs", "2"],
    "write the part": ["--submission", ".", "--shard", "3/2"],
    "The kinds are json": ["--submission", ".", "--report", "word=x.doc"],
    "could not be written": ["--submission", ".", "--report", "csv=/no/such/folder/x.csv"],
}


@pytest.mark.parametrize(("words", "options"), CONTRADICTIONS.items(), ids=CONTRADICTIONS)
def test_an_option_that_cannot_be_obeyed_is_refused_in_one_line(words: str, options: list[str]) -> None:
    done = learn("check", "1.1", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr and len(done.stderr.splitlines()) <= 2


@pytest.fixture(scope="module")
def of_lesson_8(tmp_path_factory: pytest.TempPathFactory) -> Path:
    [exercise] = select("8.3")
    folder = tmp_path_factory.mktemp("lesson") / "handed-in"
    file = folder / "alice" / exercise.lesson.slug / exercise.file.name
    file.parent.mkdir(parents=True)
    file.write_text(exercise.starter + "\nraise RuntimeError('mine')\n", encoding="utf-8")
    good = folder / "bob" / exercise.lesson.slug / exercise.file.name
    good.parent.mkdir(parents=True)
    good.write_text(exercise.solution, encoding="utf-8")
    return folder


def test_full_and_sql_hold_for_a_class(of_lesson_8: Path) -> None:
    assert "Traceback" not in learn("check", "8.3", "--submission", of_lesson_8).stdout
    full = learn("check", "8.3", "--submission", of_lesson_8, "--full").stdout
    assert "Traceback" in full and "mine" in full
    assert "learn-class-" not in full, "a file is named as it was handed in"
    assert "SELECT" in learn("check", "8.3", "--submission", of_lesson_8, "--sql").stdout


def test_the_database_holds_for_a_class(of_lesson_8: Path) -> None:
    done = learn("check", "8.3", "--submission", of_lesson_8, "--database", "postgres", "--sql", "--json")
    assert statuses(done.stdout) == {"alice": ["broken"], "bob": ["passed"]}
    assert "ILIKE" in done.stdout or "%(" in done.stdout, "which only PostgreSQL is asked with"


# One part of a class after the other


def test_parts_join_to_the_report_of_the_whole(tmp_path: Path) -> None:
    folder = tmp_path / "handed-in"
    for number in range(5):
        submission(folder / f"learner{number}", **({FIRST.name: "app = 1\n"} if number == 3 else {}))
    parts = [tmp_path / f"part{number}.json" for number in (1, 2)]
    for number, part in enumerate(parts, start=1):
        learn("check", "1", "--submission", folder, "--shard", f"{number}/2", f"--report=json={part}")
    whole = learn("check", "1", "--submission", folder, "--json")
    joined = learn("join", *parts, "--json", f"--report=csv={tmp_path / 'grades.csv'}")
    assert joined.returncode == whole.returncode == 1
    assert statuses(joined.stdout) == statuses(whole.stdout)
    assert "shard" not in joined.stdout
    rows = list(csv.DictReader(io.StringIO((tmp_path / "grades.csv").read_text(encoding="utf-8"))))
    assert [row["Learner"] for row in rows] == [f"learner{number}" for number in range(5)]
    lacking = learn("join", parts[0])
    assert lacking.returncode == 2
    assert "2 of 5 learners are missing" in lacking.stderr
    twice = learn("join", parts[0], parts[0])
    assert twice.returncode == 2
    assert "is in another part too" in twice.stderr
    parts[0].write_text('[{"learner": 1}]', encoding="utf-8")
    assert "is no report of this course" in learn("join", parts[0]).stderr


def test_a_class_may_be_an_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        for learner in ("Ada_1_assignsubmission_file", "Ben_2_assignsubmission_file"):
            archive.writestr(f"class/{learner}/{FIRST.lesson.slug}/{FIRST.file.name}", FIRST.solution)
        inner = io.BytesIO()
        with zipfile.ZipFile(inner, "w") as handed_in:
            handed_in.writestr(f"lessons/{FIRST.lesson.slug}/{FIRST.file.name}", FIRST.solution)
        archive.writestr("class/Cleo_3_assignsubmission_file_/work.zip", inner.getvalue())
    done = learn("check", "1.1", "--submission", tmp_path / "class.zip", "--json")
    assert statuses(done.stdout) == {"Ada": ["passed"], "Ben": ["passed"], "Cleo": ["passed"]}


# Progress


def test_progress_goes_to_standard_error(tmp_path: Path) -> None:
    import pexpect  # type: ignore[import-untyped]

    submission(tmp_path / "ada")
    out = tmp_path / "out.json"
    shell = f"exec {' '.join(command('check', '1', '--submission', tmp_path, '--json'))} > {out}"
    terminal = pexpect.spawn("sh", ["-c", shell], cwd=str(ROOT), timeout=120, dimensions=(24, 100))
    terminal.expect(rf"\d+/{len(LESSON)}")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert statuses(out.read_text(encoding="utf-8")) == {"ada": ["passed"] * len(LESSON)}
