"""`python3 -m learn` makes its environment, repairs it, and says plainly what it cannot do.

Each test runs the real thing in a small copy of the course. Its `learn/door/cli.py` only says where it runs, and most
tests put a stand-in for uv first on the PATH, which notes its calls and installs nothing; four use the real installers.
"""

import ast
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from learn.__main__ import python_problem
from learn.course.files import ROOT

pytestmark = pytest.mark.reads("learn/setup/", "learn/course/", "learn/__main__.py")

BASE_PYTHON: str = getattr(sys, "_base_executable", sys.executable)  # the one that our environment was made from
LEARNERS_ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in ("LEARN_SETUP", "PYTHONPATH")}
BIN = "Scripts" if os.name == "nt" else "bin"
CLOSED_PORT = "http://127.0.0.1:9/simple"
CLI = """
import sys

def main() -> None:
    print(sys.prefix, *sys.argv[1:])
"""
NOTES_ITS_CALLS = """
import pathlib, sys
with pathlib.Path(__file__).with_name("calls.txt").open("a") as calls:
    print(*sys.argv[1:], file=calls)
"""


class Course:
    """A small copy of the course, and a machine with certain installers on its PATH."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "course"
        self.tools = folder / "tools"
        self.tools.mkdir()
        shutil.copytree(ROOT / "learn", self.root / "learn", ignore=shutil.ignore_patterns("__pycache__", "browser"))
        self.door = self.root / "learn" / "door" / "cli.py"
        self.door.write_text(CLI)
        self.require("")
        self.put_uv(NOTES_ITS_CALLS)

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def installs(self) -> list[str]:
        """The stand-in's calls that install something."""
        calls = self.tools / "calls.txt"
        lines = calls.read_text().splitlines() if calls.exists() else []
        return [line for line in lines if line.startswith("pip install")]

    def require(self, requirements: str) -> None:
        (self.root / "requirements.txt").write_text(requirements)
        (self.root / "requirements-dev.txt").write_text("# more\n" + requirements)

    def put_uv(self, program: str) -> None:
        """Put a stand-in for uv on the PATH."""
        (self.tools / "uv.py").write_text(program)
        if os.name == "nt":
            (self.tools / "uv.bat").write_text(f'@"{BASE_PYTHON}" "{self.tools / "uv.py"}" %*\n')
        else:
            (self.tools / "uv").write_text(f"#!{BASE_PYTHON}\n{program}")
            (self.tools / "uv").chmod(0o755)

    def start(self, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [BASE_PYTHON, "-m", "learn", *arguments],
            cwd=self.root,
            env=LEARNERS_ENVIRONMENT | {"PATH": str(self.tools)} | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )

    def run(self, *arguments: str, **environment: str) -> "Outcome":
        return Outcome(self.start(*arguments, **environment))


class Outcome:
    """How one run ended."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.stdout, self.stderr = process.communicate(timeout=120)
        self.status = process.returncode

    def expect_success_in(self, venv: Path) -> None:
        assert self.status == 0, self.stderr
        assert self.stdout.startswith(str(venv))

    def expect_refusal(self, *words: str) -> None:
        """One clear line with `words`, after those that say what was being done."""
        *progress, line = self.stderr.splitlines()
        assert self.status == 1
        assert self.stdout == ""
        assert all(earlier.endswith("…") or "made again" in earlier for earlier in progress)
        for word in words:
            assert word in line


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course(tmp_path)


def one_requirement() -> str:
    """A small package of the course, locked as in the real requirements."""
    blocks = (ROOT / "requirements.txt").read_text(encoding="utf-8").split("\nidna==")
    return "idna==" + "\n".join(line for line in blocks[1].splitlines()[:3]).rstrip("\\ ")


@pytest.mark.parametrize("version", [(3, 8, 18), (3, 10, 13), (3, 11, 6)])
def test_a_python_that_is_too_old_is_told_so(version: tuple[int, ...]) -> None:
    problem = python_problem(version)
    assert ".".join(map(str, version)) in problem
    assert "3.11.7 or newer" in problem


@pytest.mark.parametrize("version", [(3, 11, 7), (3, 13, 0), (4, 0, 0)])
def test_a_newer_python_is_fine(version: tuple[int, ...]) -> None:
    assert python_problem(version) == ""


def test_an_old_python_gets_as_far_as_being_told(course: Course) -> None:
    ast.parse((ROOT / "learn" / "__main__.py").read_text(encoding="utf-8"), feature_version=(3, 7))
    ast.parse((ROOT / "learn" / "__init__.py").read_text(encoding="utf-8"), feature_version=(3, 7))
    pretend = (
        "import runpy, sys; sys.version_info = (3, 8, 18, 'final', 0); runpy.run_module('learn', None, '__main__')"
    )
    old = subprocess.run([BASE_PYTHON, "-c", pretend], cwd=course.root, capture_output=True, text=True, check=False)
    assert old.returncode == 2
    assert len(old.stderr.splitlines()) == 1
    assert "This is Python 3.8.18" in old.stderr
    assert not course.venv.exists()


def test_a_fresh_clone_becomes_the_course(tmp_path: Path) -> None:
    ignored = shutil.ignore_patterns(".*", "build", "__pycache__")
    shutil.copytree(ROOT, tmp_path / "clone", ignore=ignored)
    command = [BASE_PYTHON, "-m", "learn", "status"]
    first = subprocess.run(command, cwd=tmp_path / "clone", capture_output=True, text=True, check=False)
    assert first.returncode == 0, first.stderr
    assert "The environment is ready" in first.stderr
    second = subprocess.run(command, cwd=tmp_path / "clone", capture_output=True, text=True, check=False)
    assert (second.returncode, second.stderr) == (0, "")
    assert second.stdout == first.stdout


def test_the_second_start_installs_nothing(course: Course) -> None:
    course.run().expect_success_in(course.venv)
    assert len(course.installs) == 1
    again = course.run("check", "2.3")
    again.expect_success_in(course.venv)
    assert again.stdout.strip().endswith("check 2.3")
    assert again.stderr == ""
    assert len(course.installs) == 1


def test_inside_the_environment_nothing_is_started_anew(course: Course) -> None:
    course.run().expect_success_in(course.venv)
    command = [str(course.venv / BIN / "python"), "-X", "dev", "-m", "learn"]
    (course.root / "learn" / "door" / "cli.py").write_text(
        "import sys\n\ndef main() -> None:\n    print(sys.flags.dev_mode)\n"
    )
    # Without what pytest says to its children: the tool goes on anew where a shell says such things.
    said = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    inside = subprocess.run(command, cwd=course.root, env=said, capture_output=True, text=True, check=True)
    assert inside.stdout.strip() == "True"


def test_learn_can_be_imported_from_anywhere(course: Course, tmp_path: Path) -> None:
    course.run().expect_success_in(course.venv)
    command = [str(course.venv / BIN / "python"), "-c", "import learn; print(learn.__file__)"]
    elsewhere = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert Path(elsewhere.stdout.strip()) == course.root / "learn" / "__init__.py"


def no_stamp(course: Course) -> None:
    (course.venv / "learn.json").unlink()


def unreadable_stamp(course: Course) -> None:
    (course.venv / "learn.json").write_text('{"root": ')


def python_gone(course: Course) -> None:
    (course.venv / BIN / ("python.exe" if os.name == "nt" else "python")).unlink()


def settings_gone(course: Course) -> None:
    (course.venv / "pyvenv.cfg").unlink()


def another_python(course: Course) -> None:
    stamp = json.loads((course.venv / "learn.json").read_text())
    (course.venv / "learn.json").write_text(json.dumps(stamp | {"interpreter": "/usr/lib/python3.10/python3.10"}))


def folder_moved(course: Course) -> None:
    course.root = course.root.rename(course.root.with_name("moved"))


@pytest.mark.parametrize(
    "damage", [no_stamp, unreadable_stamp, python_gone, settings_gone, another_python, folder_moved]
)
def test_a_broken_environment_is_made_again(course: Course, damage: Callable[[Course], None]) -> None:
    course.run().expect_success_in(course.venv)
    (course.venv / "left-over").touch()
    damage(course)
    repaired = course.run()
    repaired.expect_success_in(course.venv)
    assert "It is made again." in repaired.stderr
    assert not (course.venv / "left-over").exists()
    assert len(course.installs) == 2


def test_changed_requirements_are_installed_on_top(course: Course) -> None:
    course.run().expect_success_in(course.venv)
    (course.venv / "mine").touch()
    course.require("# changed\n")
    course.run().expect_success_in(course.venv)
    assert len(course.installs) == 2
    assert (course.venv / "mine").exists()


def test_a_maintainers_command_adds_what_it_needs(course: Course) -> None:
    course.run("check").expect_success_in(course.venv)
    course.run("test").expect_success_in(course.venv)
    course.run("check").expect_success_in(course.venv)
    assert ["requirements-dev.txt" in call for call in course.installs] == [False, True]
    course.require("# changed\n")
    course.run("check").expect_success_in(course.venv)
    assert "requirements-dev.txt" in course.installs[-1]


def test_without_network_one_line_says_so_and_the_next_try_goes_on(course: Course, tmp_path: Path) -> None:
    offline = {"UV_DEFAULT_INDEX": CLOSED_PORT, "UV_HTTP_RETRIES": "0", "UV_CACHE_DIR": str(tmp_path / "cache")}
    course.require(one_requirement())
    course.run(**offline, PATH=os.environ["PATH"]).expect_refusal(
        "could not be downloaded from", CLOSED_PORT, "run the same command again"
    )
    course.put_uv(NOTES_ITS_CALLS)
    course.run().expect_success_in(course.venv)


def test_an_update_without_network_leaves_what_was_there(course: Course) -> None:
    course.run().expect_success_in(course.venv)
    (course.venv / "mine").touch()
    course.require("# changed\n")
    course.put_uv("import sys; sys.exit('--version' not in sys.argv and 'error: Failed to fetch: `http://x/simple/`')")
    course.run().expect_refusal("could not be downloaded from http://x/simple/.")
    assert (course.venv / "mine").exists()
    course.require("")
    course.run().expect_success_in(course.venv)  # as before the update: complete


def test_without_uv_and_network_one_line_says_so(course: Course) -> None:
    offline = {"PATH": "", "PIP_INDEX_URL": CLOSED_PORT, "PIP_RETRIES": "0", "PIP_NO_CACHE_DIR": "1"}
    no_settings = {"PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": ""}
    course.run(**offline, **no_settings).expect_refusal("could not be downloaded", "run the same command again")


def test_without_uv_it_is_fetched(course: Course) -> None:
    course.require(one_requirement())
    fetched = course.run(PATH="")
    fetched.expect_success_in(course.venv)
    assert "Fetching uv" in fetched.stderr
    subprocess.run([str(course.venv / BIN / "python"), "-c", "import idna, uv"], check=True)


def test_settings_that_send_packages_elsewhere_are_overruled(course: Course, tmp_path: Path) -> None:
    """As on Gitpod, where a pip.conf says that all is installed for the user."""
    settings = tmp_path / "pip.conf"
    settings.write_text("[install]\nuser = true\n", encoding="utf-8")
    course.require(one_requirement())
    odd = {"PIP_USER": "1", "PIP_TARGET": str(tmp_path / "other"), "UV_SYSTEM_PYTHON": "1"}
    course.run(PATH="", PIP_CONFIG_FILE=str(settings), **odd).expect_success_in(course.venv)
    assert not (tmp_path / "other").exists()
    subprocess.run([str(course.venv / BIN / "python"), "-c", "import idna, uv"], check=True)


def test_where_uv_fails_pip_does_it(course: Course) -> None:
    course.require(one_requirement())
    course.put_uv("import sys; sys.exit('--version' not in sys.argv and 'error: unexpected argument')")
    by_pip = course.run(PIP_CONFIG_FILE=os.devnull)
    by_pip.expect_success_in(course.venv)
    assert "with pip" in by_pip.stderr
    subprocess.run([str(course.venv / BIN / "python"), "-c", "import idna"], check=True)


def test_a_python_without_ensurepip_names_the_package_to_install(course: Course) -> None:
    (course.root / "ensurepip").mkdir()  # `python -m` looks in its folder first
    (course.root / "ensurepip" / "__init__.py").touch()
    bare = course.run(PATH="")
    bare.expect_refusal("`ensurepip`", "sudo apt install python3-venv")


def test_a_full_disk_is_named(course: Course) -> None:
    course.put_uv("import sys; sys.exit('--version' not in sys.argv and 'No space left on device (os error 28)')")
    course.run().expect_refusal("The disk is full")


def test_a_place_that_cannot_be_written_is_named(course: Course) -> None:
    (course.root / ".learn").touch()
    course.run().expect_refusal("The set-up cannot use", str(course.root / ".learn"))


def test_somebodys_file_is_left_alone(course: Course) -> None:
    course.venv.write_text("my-environment")
    course.run().expect_refusal(str(course.venv), "is a file")
    assert course.venv.read_text() == "my-environment"


def test_somebodys_environment_is_kept(course: Course) -> None:
    course.venv.mkdir()
    (course.venv / "theirs").touch()
    outcome = course.run()
    outcome.expect_success_in(course.venv)
    [kept] = course.root.glob(".venv-before-*")
    assert (kept / "theirs").exists()
    assert kept.name in outcome.stderr


def test_whoever_has_the_packages_can_do_without_an_environment(course: Course) -> None:
    course.run(LEARN_SETUP="off").expect_success_in(Path(sys.base_prefix))
    assert not course.venv.exists()


def test_two_terminals_do_not_get_in_each_others_way(course: Course) -> None:
    course.put_uv(NOTES_ITS_CALLS + "import time; time.sleep('--version' not in sys.argv)")
    outcomes = [Outcome(process) for process in [course.start(), course.start()]]
    for outcome in outcomes:
        outcome.expect_success_in(course.venv)
    assert len(course.installs) == 1
    assert sum("waiting for it" in outcome.stderr for outcome in outcomes) == 1


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"] if os.name == "posix" else ["CTRL_BREAK_EVENT"])
def test_set_up_can_be_stopped_and_taken_up_again(course: Course, name: str) -> None:
    course.put_uv("import sys, time\nif '--version' not in sys.argv:\n    time.sleep(600)")
    process = course.start()
    assert process.stderr is not None
    assert "Installing" in process.stderr.readline()
    installer = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(getattr(signal, name))
    stopped = Outcome(process)
    assert stopped.status == 130
    assert "Run the same command again" in stopped.stderr
    psutil.wait_procs(installer, timeout=5)
    assert not [one for one in installer if one.is_running()]
    course.put_uv(NOTES_ITS_CALLS)
    course.run().expect_success_in(course.venv)
