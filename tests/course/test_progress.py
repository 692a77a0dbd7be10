"""Progress: kept by many writers at once, for the text that was graded, and rebuilt from whatever lies in its place."""

import hashlib
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pexpect  # type: ignore[import-untyped]
import pytest

from learn.course.catalogue import Exercise, exercises, lessons
from learn.course.pristine import pristine_copy
from learn.desk import progress

FIRST, SECOND, THIRD = exercises()[:3]
WRITERS, ROUNDS, KILLS = 5, 200, 25


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return pristine_copy(tmp_path)


def environment(home: Path) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}
    return clean | {"LEARN_SETUP": "off", "PYTHONPATH": str(home), "NO_COLOR": "1", "COLUMNS": "120"}


def start(home: Path, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    """Start a Python in that course."""
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=home,
        env=environment(home) | variables,
        text=True,
        encoding="utf-8",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def learn(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    process = start(home, "-m", "learn", *arguments)
    out, err = process.communicate()
    assert "Traceback" not in err, err
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


def file_of(exercise: Exercise, home: Path) -> Path:
    return home / "lessons" / exercise.lesson.slug / exercise.file.name


def solve(exercise: Exercise, home: Path) -> None:
    file_of(exercise, home).write_text(exercise.solution, encoding="utf-8")


def solved(home: Path) -> set[str]:
    """The numbers of the exercises that `status` shows as solved."""
    words = learn(home, "status").stdout.split()
    return {number for mark, number in pairwise(words) if mark == "✓"}


# Many writers

WRITER = """
import sys
from learn.course.catalogue import exercises
from learn.desk.progress import changing
mine = exercises()[int(sys.argv[1]) :: int(sys.argv[2])]
print("ready", flush=True)
for line in sys.stdin:
    with changing(print) as progress:
        progress.of(mine[int(line) % len(mine)]).passed = f"{int(line):064x}"
        progress.of(exercises()[0]).hints += 1
    print(line, end="", flush=True)
"""


def records(home: Path) -> dict[str, dict[str, str | int]]:
    found: dict[str, dict[str, str | int]] = json.loads(
        (home / ".learn" / "progress.json").read_text(encoding="utf-8")
    )["exercises"]
    return found


def test_five_processes_at_once_lose_nothing(home: Path) -> None:
    writers = [start(home, "-c", WRITER, str(number), str(WRITERS)) for number in range(WRITERS)]
    for writer in writers:
        assert writer.stdout and writer.stdout.readline() == "ready\n"
    for number in range(1, ROUNDS + 1):
        for writer in writers:
            assert writer.stdin
            writer.stdin.write(f"{number}\n")
        for writer in writers:
            assert writer.stdin
            writer.stdin.flush()
        assert {writer.stdout.readline() for writer in writers if writer.stdout} == {f"{number}\n"}
        kept = records(home)
        assert kept[FIRST.key]["hints"] == number * WRITERS
        assert sum(record["passed"] == f"{number:064x}" for record in kept.values()) == WRITERS
    for writer in writers:
        assert writer.communicate() == ("", "")


def test_a_process_that_is_killed_in_mid_write_loses_nothing(home: Path) -> None:
    chance = random.Random(0)
    told = 0
    for _ in range(KILLS):
        writer = start(home, "-c", WRITER, "0", "1")
        assert writer.stdin and writer.stdout
        assert writer.stdout.readline() == "ready\n"
        writer.stdin.write("".join(f"{told + number}\n" for number in range(1, 500)))
        writer.stdin.flush()
        time.sleep(chance.uniform(0.001, 0.05))
        writer.kill()
        lines, _ = writer.communicate()
        told = max([told, *(int(line) for line in lines.splitlines() if line.isdecimal())])
        last = max(int(str(record["passed"]) or "0", 16) for record in records(home).values()) if told else 0
        assert last - told in (0, 1)  # what was told is kept, and no more than what was about to be told
        told = last
    assert told > 0
    assert "damaged" not in learn(home, "status").stderr


def test_two_lessons_checked_at_once_keep_every_pass(home: Path) -> None:
    chosen = [exercise for lesson in lessons()[:2] for exercise in lesson.exercises]
    for exercise in chosen:
        solve(exercise, home)
    checks = [start(home, "-m", "learn", "check", str(lesson.number)) for lesson in lessons()[:2]]
    for check in checks:
        check.communicate()
        assert check.returncode == 0
    assert solved(home) == {exercise.number for exercise in chosen}


def test_watch_mode_a_notebook_and_a_terminal_keep_each_others_passes(home: Path) -> None:
    watch = pexpect.spawn(
        sys.executable, ["-m", "learn", "watch", "1.1"], cwd=home, env=environment(home), timeout=60, encoding="utf-8"
    )
    try:
        watch.expect("q quit")
        solve(SECOND, home)
        assert learn(home, "check", SECOND.number).returncode == 0
        cell = (
            "from IPython.core.interactiveshell import InteractiveShell\n"
            "shell = InteractiveShell.instance()\n"
            "shell.run_line_magic('load_ext', 'learn.desk.magic')\n"
            f"shell.run_cell_magic('exercise', {THIRD.number!r}, {THIRD.solution!r})\n"
        )
        notebook = start(home, "-c", cell)
        assert notebook.communicate()[1] == ""
        file_of(FIRST, home).write_text("x = 1\n", encoding="utf-8")
        watch.expect("failed.*q quit")
        assert solved(home) == {SECOND.number, THIRD.number}
        solve(FIRST, home)
        watch.expect(f"3 of {len(exercises())} solved.*passed.*q quit")
        assert solved(home) == {FIRST.number, SECOND.number, THIRD.number}
    finally:
        watch.close(force=True)


def test_a_lock_that_is_never_given_back_is_said_and_the_verdict_given(home: Path) -> None:
    solve(FIRST, home)
    holder = start(
        home,
        "-c",
        "from pathlib import Path; from learn.course.files import HOME, locked; import time\n"
        "with locked(HOME / 'progress.lock', ''):\n    print('held', flush=True)\n    time.sleep(60)",
    )
    assert holder.stdout and holder.stdout.readline() == "held\n"
    done = learn(home, "check", FIRST.number)
    holder.kill()
    holder.communicate()
    assert done.returncode == 0
    assert "could not be saved" in done.stderr
    assert solved(home) == set()


# For which text

WAIT = """
import pathlib as _p, time as _t
_p.Path("begun").touch()
_end = _t.monotonic() + 4
while b"saved meanwhile" not in _p.Path(__file__).read_bytes() and _t.monotonic() < _end:
    _t.sleep(0.01)
"""
SPAWN = """
import json
from learn.course.catalogue import select
from learn.grading.run import grade
[verdict] = grade(select("1.1"), isolation="spawn")
print(json.dumps(verdict.as_json()))
"""


def grade_and_save(home: Path, graded: str, saved: str, *arguments: str) -> str:
    """Grade a text as the first exercise, and save another while that goes on. Returns what was printed."""
    (home / "tmp").mkdir()
    file_of(FIRST, home).write_text(graded + WAIT, encoding="utf-8")
    process = start(home, *arguments, TMPDIR=str(home / "tmp"))
    end = time.monotonic() + 60
    while not list((home / "tmp").rglob("begun")) and time.monotonic() < end and process.poll() is None:
        time.sleep(0.01)
    file_of(FIRST, home).write_text(f"{saved}# saved meanwhile\n", encoding="utf-8")
    out, err = process.communicate()
    assert err == ""
    return out


@pytest.mark.parametrize("how", ["one", "all", "spawn"])
def test_a_pass_is_noted_for_the_text_that_was_graded(home: Path, how: str) -> None:
    text = FIRST.solution + WAIT
    arguments = {"one": ["-m", "learn", "check", "1.1", "--json"], "all": ["-m", "learn", "check", "1", "--json"]}
    found = json.loads(grade_and_save(home, FIRST.solution, "app = None\n", *arguments.get(how, ["-c", SPAWN])))
    verdict = found[0] if how == "all" else found
    assert (verdict["exercise"], verdict["status"]) == (FIRST.number, "passed")
    assert verdict["digest"] == hashlib.sha256(text.encode()).hexdigest()
    assert solved(home) == set()
    file_of(FIRST, home).write_text(text, encoding="utf-8")
    assert solved(home) == (set() if how == "spawn" else {FIRST.number})


def test_what_is_saved_meanwhile_does_not_mix_into_the_verdict(home: Path) -> None:
    out = grade_and_save(home, "app = None\n", FIRST.solution, "-m", "learn", "check", FIRST.number, "--json")
    assert {test["status"] for test in json.loads(out)["tests"]} == {"failed"}
    assert solved(home) == set()
    assert learn(home, "check", FIRST.number).returncode == 0
    assert solved(home) == {FIRST.number}


def test_the_progress_of_an_earlier_version_is_taken_over(home: Path) -> None:
    solve(FIRST, home)
    passed = hashlib.sha256(FIRST.solution.encode()).hexdigest()
    old = {
        "version": 1,
        "exercises": {FIRST.number: {"passed": passed, "hints": 1}, "99.1": {"passed": "", "hints": 1}},
    }
    (home / ".learn").mkdir()
    (home / ".learn" / "progress.json").write_text(json.dumps(old), encoding="utf-8")
    assert solved(home) == {FIRST.number}
    assert "Hint 2 of" in learn(home, "hint", FIRST.number).stdout
    assert records(home) == {FIRST.key: {"passed": passed, "hints": 2}}


def test_keys_name_one_exercise_each() -> None:
    assert len({exercise.key for exercise in exercises()}) == len(exercises()) > 0
    assert not any(character.isdecimal() for exercise in exercises() for character in exercise.key[:1])


# What may lie in its place


def record(passed: object = "", hints: object = 0) -> str:
    """A progress file with that record."""
    return json.dumps({"version": 2, "exercises": {FIRST.key: {"passed": passed, "hints": hints}}})


DAMAGED: dict[str, str | bytes] = {
    "half": record()[:40],
    "empty": "",
    "a list": "[]",
    "a number": "1",
    "null": "null",
    "zeros": b"\0" * 4096,
    "not UTF-8": record().encode() + b"\xff",
    "no exercises": '{"version": 2}',
    "exercises in a list": '{"version": 2, "exercises": []}',
    "a version to come": record().replace("2", "99", 1),
    "no version": record().replace('"version": 2, ', ""),
    "a record that is a number": '{"version": 2, "exercises": {"1.1": 3}}',
    "hints as text": record(hints="two"),
    "hints as a fraction": record(hints=1.5),
    "hints as a truth": record(hints=True),
    "hints below nothing": record(hints=-1),
    "hints without end": record(hints=10**400),
    "digits without end": record().replace("0}", "9" * 100_000 + "}"),
    "NaN": record(hints=float("nan")),
    "infinity": record(hints=float("inf")),
    "hints as null": record(hints=None),
    "passed as a truth": record(passed=True),
    "passed as a word": record(passed="yes"),
    "half a character": record(passed="\ud83d"),
    "no passed": '{"version": 2, "exercises": {"1.1": {"hints": 1}}}',
    "deep": '{"version": 2, "exercises": ' + "[" * 100_000,
    "deep objects": '{"a":' * 100_000,
    "large": record() + " " * 5_000_000,
}


def expect_rebuilt(home: Path) -> Path:
    """It is said and rebuilt, once; returns what was set aside."""
    done = learn(home, "status")
    assert "progress.damaged-" in done.stderr
    assert f"1 of {len(FIRST.lesson.exercises)}" in done.stdout
    assert learn(home, "status").stderr == ""
    [aside] = (home / ".learn").glob("progress.damaged-*.json")
    return aside


@pytest.mark.parametrize("kind", DAMAGED)
def test_damage_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    content = DAMAGED[kind]
    file = tmp_path / "progress.json"
    monkeypatch.setattr(progress, "FILE", file)
    file.write_text(record(), encoding="utf-8")
    assert set(progress._read().records) == {FIRST.key}
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(progress.ProgressLost):
        progress._read()


@pytest.mark.parametrize("kind", ["hints as text", "NaN", "deep", "digits without end"])
def test_a_damaged_file_is_set_aside_and_rebuilt(home: Path, kind: str) -> None:
    solve(FIRST, home)
    content = str(DAMAGED[kind]).encode()
    (home / ".learn").mkdir()
    (home / ".learn" / "progress.json").write_bytes(content)
    assert expect_rebuilt(home).read_bytes() == content


Place = Callable[[Path], object]
ODD: dict[str, Place] = {
    "a folder": lambda file: (file / "inside").mkdir(parents=True),
    "a link that leads to itself": lambda file: file.symlink_to(file.name),
    "a link that leads nowhere": lambda file: file.symlink_to("nowhere"),
    "a device": lambda file: file.symlink_to("/dev/zero"),
    "a pipe": lambda file: os.mkfifo(file),
}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes and devices among its files")
@pytest.mark.parametrize("kind", ODD)
def test_what_is_no_file_is_set_aside_too(home: Path, kind: str) -> None:
    solve(FIRST, home)
    (home / ".learn").mkdir()
    ODD[kind](home / ".learn" / "progress.json")
    expect_rebuilt(home)


def test_damage_while_watch_mode_runs_is_mended_there(home: Path) -> None:
    solve(SECOND, home)
    watch = pexpect.spawn(
        sys.executable, ["-m", "learn", "watch", "1.1"], cwd=home, env=environment(home), timeout=60, encoding="utf-8"
    )
    try:
        watch.expect("q quit")
        (home / ".learn").mkdir(exist_ok=True)
        (home / ".learn" / "progress.json").write_text("{", encoding="utf-8")
        solve(FIRST, home)
        watch.expect("passed.*q quit.*is damaged.*kept as")
        assert solved(home) == {FIRST.number, SECOND.number}
    finally:
        watch.close(force=True)
