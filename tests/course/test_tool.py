"""The course tool as learners use it: every command, and what bad input gets."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect  # type: ignore[import-untyped]
import pytest

from learn.course.catalogue import Exercise, exercises, lessons, select
from learn.course.pristine import pristine_copy

pytestmark = pytest.mark.reads("learn/", "tests/01_hello_world/", "solutions/01_hello_world/")

FIRST, SECOND = exercises()[:2]
Learn = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A pristine copy of the course: this learner's own."""
    return pristine_copy(tmp_path)


@pytest.fixture
def environment(home: Path) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}
    return clean | {"LEARN_SETUP": "off", "PYTHONPATH": str(home), "NO_COLOR": "1", "COLUMNS": "120"}


@pytest.fixture
def learn(home: Path, environment: dict[str, str]) -> Learn:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "learn", *arguments]
        done = subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, check=False)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return run


def file_of(exercise: Exercise, home: Path) -> Path:
    return home / "lessons" / exercise.lesson.slug / exercise.file.name


def solve(exercise: Exercise, home: Path) -> None:
    file_of(exercise, home).write_text(exercise.solution, encoding="utf-8")


def test_a_fresh_course_is_untouched(learn: Learn) -> None:
    done = learn("check", "all", "--json")
    assert [verdict["status"] for verdict in json.loads(done.stdout)] == ["untouched"] * len(exercises())
    assert done.returncode == 1


def test_all_solutions_pass(learn: Learn) -> None:
    done = learn("check", "all", "--solutions", "--json")
    assert [verdict["status"] for verdict in json.loads(done.stdout)] == ["passed"] * len(exercises())
    assert done.returncode == 0


def test_one_verdict_is_one_object_of_the_agreed_shape(learn: Learn, home: Path) -> None:
    file_of(FIRST, home).write_text(FIRST.starter + "\n", encoding="utf-8")
    done = learn("check", FIRST.number, "--json")
    verdict = json.loads(done.stdout)
    assert {"exercise", "title", "status", "seconds", "tests", "hint", "page"} <= set(verdict)
    assert (verdict["exercise"], verdict["title"], verdict["status"]) == (FIRST.number, FIRST.title, "failed")
    assert verdict["hint"] == FIRST.first_hint(verdict["tests"][0]["name"], verdict["tests"][0]["message"], begun=False)
    assert {"name", "status", "message"} <= set(verdict["tests"][0])
    assert done.returncode == 1


def test_any_file_can_be_graded_as_an_exercise(learn: Learn, tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(FIRST.solution, encoding="utf-8")
    assert json.loads(learn("check", FIRST.number, "--file", str(file), "--json").stdout)["status"] == "passed"
    assert json.loads(learn("check", FIRST.number, "--json").stdout)["status"] == "untouched"


def test_a_failure_reads_well(learn: Learn, home: Path) -> None:
    file_of(FIRST, home).write_text(FIRST.starter + "\n", encoding="utf-8")
    printed = learn("check", FIRST.number).stdout
    story = ["GET /", "answered 404", "expected 200", "Hint", "Page", FIRST.page]
    assert [printed.find(part) for part in story] == sorted(printed.find(part) for part in story)
    assert min(printed.find(part) for part in story) >= 0
    assert "Traceback" in learn("check", FIRST.number, "--full").stdout


def test_without_a_name_the_next_unsolved_exercise_is_graded(learn: Learn, home: Path) -> None:
    assert FIRST.title in learn("check").stdout
    solve(FIRST, home)
    assert learn("check").returncode == 0
    assert SECOND.title in learn("check").stdout


def test_progress_is_shown_and_an_edit_after_a_pass_counts(learn: Learn, home: Path) -> None:
    solve(FIRST, home)
    learn("check", FIRST.number)
    assert f"1 of {len(FIRST.lesson.exercises)}" in learn("status").stdout
    file_of(FIRST, home).write_text("app = None\n", encoding="utf-8")
    assert f"0 of {len(FIRST.lesson.exercises)}" in learn("status").stdout


def test_hints_come_rung_by_rung(learn: Learn) -> None:
    ladder = FIRST.hints()
    for count in [*range(1, len(ladder) + 1), len(ladder)]:
        lines = " ".join(learn("hint", FIRST.number).stdout.split())
        assert [hint in lines for hint in ladder] == [True] * count + [False] * (len(ladder) - count)


def test_a_solution_is_shown_after_a_pass(learn: Learn, home: Path) -> None:
    assert learn("solution", FIRST.number).returncode == 1
    assert "Hello, AI world!" in learn("solution", FIRST.number, "--show").stdout
    solve(FIRST, home)
    learn("check", FIRST.number)
    done = learn("solution", FIRST.number)
    assert done.returncode == 0
    assert "region" not in done.stdout


def test_reset_keeps_a_backup_and_says_where(learn: Learn, home: Path) -> None:
    mine = "my work = ünfinished\r\n".encode("latin-1")
    file_of(FIRST, home).write_bytes(mine)
    printed = learn("reset", FIRST.number).stdout
    assert file_of(FIRST, home).read_text(encoding="utf-8") == FIRST.starter
    backup = home / printed.partition("kept as ")[2].strip()
    assert backup.read_bytes() == mine
    assert "kept" not in learn("reset", FIRST.number).stdout


def test_a_deleted_file_is_said_and_reset_brings_it_back(learn: Learn, home: Path) -> None:
    file_of(FIRST, home).unlink()
    verdict = json.loads(learn("check", FIRST.number, "--json").stdout)
    assert verdict["status"] == "missing"
    assert f"learn reset {FIRST.number}" in verdict["tests"][0]["message"]
    assert learn("reset", FIRST.number).returncode == 0
    assert file_of(FIRST, home).exists()


@pytest.mark.parametrize("damaged", ["{", "[]", '{"exercises": {"1.1": 3}}', "\0"])
def test_a_damaged_progress_file_is_set_aside_and_rebuilt(learn: Learn, home: Path, damaged: str) -> None:
    solve(FIRST, home)
    (home / ".learn").mkdir()
    (home / ".learn" / "progress.json").write_text(damaged, encoding="utf-8")
    done = learn("status")
    assert "progress.damaged-" in done.stderr
    assert f"1 of {len(FIRST.lesson.exercises)}" in done.stdout
    [aside] = (home / ".learn").glob("progress.damaged-*.json")
    assert aside.read_text(encoding="utf-8") == damaged
    assert "damaged" not in learn("status").stderr


def test_progress_that_cannot_be_saved_is_said_and_the_verdict_given(learn: Learn, home: Path) -> None:
    (home / ".learn").write_text("a file where the folder should be", encoding="utf-8")
    solve(FIRST, home)
    done = learn("check", FIRST.number)
    assert done.returncode == 0
    assert "could not be saved" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check", "2.99"], f"Lesson 2 has 2.1 to {select('2')[-1].number}."),
        (["check", "99"], f"There are lessons 1 to {lessons()[-1].number}."),
        (["check", "parameters"], "Did you mean '02_parameters'?"),
        (["hint", "2"], f"names {len(select('2'))} exercises"),
        (["check", "1.1", "--file", "nowhere.py"], "There is no file nowhere.py"),
        (["check", "--solutions"], "Say which exercise"),
        (["check", "all", "--submission", "nowhere"], "There is no folder nowhere"),
        (["check", "1.1", "--junitxml", "no/such/folder/out.xml"], "could not be written"),
        (["frobnicate"], "No such command"),
    ],
)
def test_bad_input_gets_a_line_that_says_what_to_do(learn: Learn, arguments: list[str], words: str) -> None:
    done = learn(*arguments)
    assert done.returncode == 2
    assert words in " ".join(done.stderr.split())


def test_help_names_every_command(learn: Learn) -> None:
    printed = learn("--help").stdout
    commands = (
        "check watch hint solution status reset run site notebook test add remove move build benchmark mutation lock"
    )
    assert all(f"  {command} " in printed for command in commands.split())


def test_a_readers_going_away_is_no_error(home: Path, environment: dict[str, str]) -> None:
    command = f"{sys.executable} -m learn check all --json | head -1"
    done = subprocess.run(command, shell=True, cwd=home, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout == "[\n"
    assert not done.stderr


@pytest.fixture
def terminal(home: Path, environment: dict[str, str]) -> Iterator[pexpect.spawn]:
    """Watch mode in a terminal, on the first exercise."""
    child = pexpect.spawn(
        sys.executable,
        ["-m", "learn", "watch"],
        cwd=home,
        env=environment,
        timeout=30,
        encoding="utf-8",
        dimensions=(40, 120),
    )
    yield child
    child.close(force=True)


def test_watch_mode_grades_at_each_save_and_obeys_its_keys(terminal: pexpect.spawn, home: Path) -> None:
    terminal.expect("untouched.*q quit")
    file_of(FIRST, home).write_text(FIRST.starter + "\n", encoding="utf-8")
    terminal.expect("failed.*answered 404.*q quit")
    terminal.send("h")
    terminal.expect("Hint 1 of")
    terminal.send("s")
    terminal.expect("Solve it first")
    file_of(FIRST, home).write_text("app = (\n", encoding="utf-8")
    terminal.expect("broken.*SyntaxError.*q quit")
    solve(FIRST, home)
    terminal.expect(f"passed.*n goes on to {SECOND.number}.*q quit")
    terminal.send("s")
    terminal.expect("def read_greeting")
    terminal.send("l")
    terminal.expect(f"1 of {len(FIRST.lesson.exercises)}")
    terminal.send("c")
    terminal.expect(f"1 passed.*{len(exercises()) - 1} untouched")
    terminal.send("n")
    terminal.expect(SECOND.title)
    terminal.expect("q quit")
    file_of(SECOND, home).write_text("# mine\n", encoding="utf-8")
    terminal.expect("failed.*q quit")
    terminal.send("r")
    terminal.expect("Press r again")
    terminal.send("r")
    terminal.expect(r"kept as\s+(\.learn\S+\.py)")
    assert (home / terminal.match[1]).read_text(encoding="utf-8") == "# mine\n"
    terminal.send("q")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0


def test_watch_mode_ends_at_ctrl_c_and_leaves_nothing_behind(terminal: pexpect.spawn) -> None:
    import psutil  # type: ignore[import-untyped]

    terminal.expect("q quit")
    family = psutil.Process(terminal.pid).children(recursive=True)
    assert family
    terminal.sendintr()
    terminal.expect(pexpect.EOF)
    _, alive = psutil.wait_procs(family, timeout=5)
    assert not alive


def test_the_magic_never_loses_work(home: Path, environment: dict[str, str]) -> None:
    program = f"""
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_line_magic("load_ext", "learn.desk.magic")
def cell(text):
    shell.run_cell_magic("exercise", {FIRST.number!r}, text)
file = {str(file_of(FIRST, home))!r}
starter, solution = open(file).read(), {FIRST.solution!r}
cell(starter)
open(file, "w").write("# from the editor\\n")
cell(starter)
assert open(file).read() == "# from the editor\\n"
cell(solution)
assert open(file).read() == solution
cell("# again\\n")
cell(solution)
shell.run_cell_magic("exercise", "nonsense", "app = 1\\n")
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=home, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    [backup] = (home / ".learn" / "backups").rglob("*.py")
    assert backup.read_text(encoding="utf-8") == "# from the editor\n"
    assert "There is no lesson or exercise 'nonsense'" in done.stdout
