"""What the pages show is true: every program on them runs and prints what is shown, every shell command too.

- A ```python block is a whole program (or an include of a tested file). The ```text block titled "Output" right after
  it is what it prints; of an exception it ends in, the last line of the traceback.
- A ```console block is a shell session in the course's root: `$ command`, then its output. Servers go on running.
- In shown output, `...` stands for anything, on a line of its own for any lines.
"""

import contextlib
import io
import os
import re
import signal
import socket
import subprocess
import sys
import time
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import fastapi.testclient  # noqa: F401  imported before programs are run in forks of this process
import pytest

from learn.checks.database import postgres
from learn.course.files import ROOT
from learn.course.pristine import pristine_copy
from learn.grading.isolation import Send, in_fork

PAGES = [*sorted((ROOT / "site").rglob("*.md")), ROOT / "README.md"]
SERVERS = ("uvicorn ", "fastapi ", "python -m learn run", "python -m learn site", "python3 -m learn\n")
PATIENCE = 20  # seconds
_FENCE = re.compile(r"^(?P<indent> *)```(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=indent)```[ ]*$", re.MULTILINE | re.DOTALL)
_EXPORT = re.compile(r"export (\w+)=(\S+)")
_SETTINGS = re.compile(r"^(?:[A-Z_]+=\S+ )+")


@dataclass(frozen=True)
class Block:
    """A fenced block: its place, its info line, its text, and the text of the output block right after it."""

    page: Path
    line: int
    info: str
    body: str
    output: str | None

    @property
    def name(self) -> str:
        return f"{self.page.relative_to(ROOT).as_posix()}:{self.line}"

    @property
    def language(self) -> str:
        return self.info.split()[0].strip("{}.") if self.info.split() else ""


def blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    found = list(_FENCE.finditer(text))
    result = []
    for match, following in zip(found, [*found[1:], None], strict=False):
        is_output = (
            following is not None
            and following["info"] == 'text title="Output"'
            and not text[match.end() : following.start()].strip()
        )
        output = dedent(following["body"]) if following is not None and is_output else None
        line = text[: match.start()].count("\n") + 1
        result.append(Block(page, line, match["info"].strip(), dedent(match["body"]), output))
    return result


BLOCKS = [block for page in PAGES for block in blocks(page)]
PROGRAMS = [block for block in BLOCKS if block.language == "python" and "--8<--" not in block.body]
SESSIONS = [page for page in PAGES if any(block.language == "console" for block in blocks(page))]


def test_there_is_something_to_check() -> None:
    assert len(PROGRAMS) >= 10
    assert len(SESSIONS) >= 3


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.name)
def test_a_block_says_what_it_is(block: Block) -> None:
    known = {"python", "console", "text", "json", "toml", "yaml", "html", "http", "javascript", "css", "ini", "diff"}
    assert block.language in known, f"an unchecked kind of block: {block.info!r}"


def test_programs_are_formatted_and_no_line_is_too_long(tmp_path: Path) -> None:
    for block in PROGRAMS:
        name = f"{block.name.replace('/', '_').replace(':', '_line_')}.py"
        (tmp_path / name).write_text(block.body, encoding="utf-8")
    for ruff in (["format", "--diff"], ["check", "--select", "E501"]):
        command = [sys.executable, "-m", "ruff", *ruff, "--config", str(ROOT / "pyproject.toml"), str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def server() -> Iterator[None]:
    """A PostgreSQL for the programs that ask for one: the forks in which programs run may not start any."""
    with postgres():
        yield


@pytest.mark.parametrize("block", PROGRAMS, ids=lambda block: block.name)
def test_a_program_prints_what_is_shown(block: Block, request: pytest.FixtureRequest) -> None:
    if "import fresh, postgres" in block.body:
        request.getfixturevalue("server")

    def run(send: Send) -> None:
        send({"printed": printed_by(block.body)})

    records = list(in_fork(run, PATIENCE))
    assert records, "the program did not finish"
    assert_shown(block.output or "", records[0]["printed"])


def printed_by(program: str) -> str:
    """What `program` prints, its warnings and the last line of its traceback included."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), warnings.catch_warnings():
        warnings.simplefilter("default")
        warnings.showwarning = lambda message, category, *_: print(f"{category.__name__}: {message}", file=out)
        try:
            exec(compile(program, "program.py", "exec"), {"__name__": "__main__"})
        except Exception as error:
            print(traceback.format_exception_only(error)[-1].rstrip(), file=out)
    return out.getvalue()


def assert_shown(shown: str, printed: str) -> None:
    """`shown`, in which `...` stands for anything, is what was printed."""
    printed = "".join(f"{line.rstrip()}\n" for line in printed.strip().splitlines())
    lines = [line.rstrip() for line in shown.strip().splitlines()]
    pattern = "".join(
        r"(?:.*\n)*?" if line == "..." else re.escape(line).replace(r"\.\.\.", ".*") + r"\n" for line in lines
    )
    assert re.fullmatch(pattern, printed), f"shown:\n{shown}\n\nprinted:\n{printed}"


@pytest.fixture
def course_copy(tmp_path: Path) -> Path:
    return pristine_copy(tmp_path)


@pytest.mark.reads("learn/")
@pytest.mark.parametrize("page", SESSIONS, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_shell_sessions_are_true(page: Path, course_copy: Path) -> None:
    shell = Shell(course_copy)
    try:
        for block in blocks(page):
            if block.language == "console":
                for command, shown in commands(block.body):
                    shell.run(command, shown)
    finally:
        shell.close()


def commands(session: str) -> Iterator[tuple[str, str]]:
    """Each command of a shell session and the output shown under it."""
    for part in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]:
        command, _, shown = part.replace("\\\n", "").partition("\n")
        yield command, shown


class Shell:
    """Runs commands one after the other, as in one terminal; port 8000 is replaced by a free one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder
        self.server: subprocess.Popen[bytes] | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = str(probe.getsockname()[1])
        self.environment = os.environ | {
            "PATH": f"{Path(sys.prefix, 'bin')}{os.pathsep}{os.environ['PATH']}",
            "LEARN_SETUP": "off",
            "NO_COLOR": "1",
            "COLUMNS": "120",
            "TERM": "dumb",
        }

    def run(self, command: str, shown: str) -> None:
        command, shown = command.replace("8000", self.port), shown.replace("8000", self.port)
        if exported := _EXPORT.fullmatch(command):  # each command has a shell of its own
            self.environment[exported[1]] = exported[2]
            return
        if _SETTINGS.sub("", command).startswith(SERVERS):
            if "--port" not in command and "learn site" not in command:
                command += f" --port {self.port}"
            self._serve(command, shown)
            return
        where = self.home.parent / "where"
        done = subprocess.run(
            ["bash", "-c", f"{command}\nstatus=$?; pwd > {where}; exit $status"],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
            check=False,
        )
        self.folder = Path(where.read_text().strip())
        assert_shown(shown, f"{done.stdout.decode()}")

    def _serve(self, command: str, shown: str) -> None:
        self.close()
        log = self.home.parent / "server.log"
        with open(log, "wb") as out:
            self.server = subprocess.Popen(
                ["bash", "-c", f"exec env {command}"],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(OSError, AssertionError):
                socket.create_connection(("127.0.0.1", int(self.port)), timeout=1).close()
                assert_shown(f"{shown.strip()}\n...", log.read_text())
                return
            assert self.server.poll() is None, f"{command} ended:\n{log.read_text()}"
            assert time.monotonic() < deadline, f"{command} shows something else:\n{log.read_text()}"
            time.sleep(0.1)

    def close(self) -> None:
        if self.server is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.server.pid, signal.SIGTERM)
            self.server.wait(timeout=PATIENCE)
            self.server = None
