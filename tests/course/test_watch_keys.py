"""Watch mode at a real terminal: keys that send several bytes, no watches left, a grader that is killed, a link."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect  # type: ignore[import-untyped]
import pytest

from learn.course.catalogue import exercises
from learn.course.pristine import pristine_copy
from learn.desk.watch import SEQUENCE

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminal")

FIRST = exercises()[0]
PATIENCE = 60


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return pristine_copy(tmp_path)


def file_in(home: Path) -> Path:
    return home / "lessons" / FIRST.lesson.slug / FIRST.file.name


def start(home: Path, *before: str) -> pexpect.spawn:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    environment = clean | {"LEARN_SETUP": "off", "PYTHONPATH": str(home), "TERM": "xterm"}
    command = [*before, sys.executable, "-m", "learn", "watch", FIRST.number]
    child = pexpect.spawn(
        command[0],
        command[1:],
        cwd=str(home),
        env=environment,
        encoding="utf-8",
        timeout=PATIENCE,
        dimensions=(40, 120),
    )
    child.delaybeforesend = None
    child.expect("q quit")
    return child


@pytest.fixture
def terminal(home: Path) -> Iterator[pexpect.spawn]:
    child = start(home)
    yield child
    child.close(force=True)


KEYS = {
    "F2": "\x1bOQ",
    "Home": "\x1b[H",
    "an arrow": "\x1b[A",
    "F5": "\x1b[15~",
    "Shift-Tab": "\x1b[Z",
    "Alt-q": "\x1bq",
}


@pytest.mark.parametrize("sent", KEYS.values(), ids=KEYS)
def test_a_key_that_sends_several_bytes_is_no_key_of_ours(sent: str) -> None:
    assert SEQUENCE.sub("", f"n{sent}h") == "nh"


def test_they_do_nothing_at_a_terminal_and_keys_go_on(terminal: pexpect.spawn) -> None:
    for sent in KEYS.values():
        terminal.send(sent)
    terminal.send("\x1b")  # its bytes may come one by one
    terminal.send("O")
    terminal.send("Q")
    terminal.send("l")
    terminal.expect(f"0 of {len(FIRST.lesson.exercises)}")
    assert "Hint" not in terminal.before
    terminal.send("q")
    terminal.expect(pexpect.EOF)


def test_a_grader_that_is_killed_is_said_and_started_again(terminal: pexpect.spawn, home: Path) -> None:
    processes = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(terminal.pid)], capture_output=True, text=True)
    [grader] = [line.split()[0] for line in processes.stdout.splitlines() if "learn.grading.warm" in line]
    os.kill(int(grader), signal.SIGKILL)
    file_in(home).write_text("app = 1\n", encoding="utf-8")
    terminal.expect("the grading process ended|has an `app` that is a int")
    file_in(home).write_text(FIRST.solution, encoding="utf-8")
    terminal.expect(f"{FIRST.number} *(\x1b\\[[0-9;]*m)*.*passed")


def test_a_file_that_is_a_link_is_graded_at_each_save(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere" / "mine.py"
    target.parent.mkdir()
    target.write_text("app = 1\n", encoding="utf-8")
    file_in(home).unlink()
    file_in(home).symlink_to(target)
    child = start(home)
    try:
        target.write_text(FIRST.solution, encoding="utf-8")
        child.expect("passed")
    finally:
        child.close(force=True)


def test_a_save_of_a_module_beside_the_exercise_grades_it(terminal: pexpect.spawn, home: Path) -> None:
    solved = FIRST.solution.replace('"Hello, AI world!"', "__import__('texts').TEXT")
    assert solved != FIRST.solution
    file_in(home).with_name("texts.py").write_text("TEXT = 'Bye'\n", encoding="utf-8")
    file_in(home).write_text(solved, encoding="utf-8")
    terminal.expect("Bye")
    file_in(home).with_name("texts.py").write_text("TEXT = 'Hello, AI world!'\n", encoding="utf-8")
    terminal.expect("passed")


CAN_LIMIT = ["unshare", "-Ur", "sh", "-c", "echo 5 > /proc/sys/user/max_inotify_watches"]


def test_where_no_watch_is_left_it_says_so_and_looks_itself(home: Path) -> None:
    if sys.platform != "linux" or subprocess.run(CAN_LIMIT, capture_output=True).returncode:
        pytest.skip("the number of watches can be limited for a test on Linux only, where namespaces are allowed")
    child = start(home, "unshare", "-Ur", "sh", "-c", 'echo 5 > /proc/sys/user/max_inotify_watches; exec "$@"', "sh")
    try:
        child.expect("Saves are seen all the same")
        file_in(home).write_text(FIRST.solution, encoding="utf-8")
        child.expect("passed")
        assert not re.search("Traceback", child.before)
    finally:
        child.close(force=True)
