"""A class is graded whatever its folders hold, and no hand-in loses, hangs or shifts the result of another.

long: one text, the odd hand-ins and what becomes of them, which are graded together, in one go.
"""

import csv
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Any
from xml.etree import ElementTree

import psutil  # type: ignore[import-untyped]
import pytest

from learn.course.catalogue import exercises
from learn.course.files import ROOT

FIRST, SECOND = exercises()[:2]
APP = "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n"
POSIX = os.name == "posix"
MARK = "LEARN_TEST_STRAY"  # in the command line of what is to be ended

Maker = Callable[[Path], object]


def put(folder: Path, content: str | bytes = FIRST.solution, name: str = FIRST.file.name) -> Path:
    """Hand in `content` as the first exercise."""
    file = folder / FIRST.lesson.slug / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def code(text: str) -> Maker:
    """A learner whose file has `text` run when it is imported."""
    return lambda folder: put(folder, dedent(text))


def zipped(names: dict[str, str | bytes], target: str = "") -> Maker:
    """A learner who hands in an archive, in the place of the folder or in it."""

    def make(folder: Path) -> None:
        archive = folder.with_name(f"{folder.name}.zip")
        if target:
            folder.mkdir()
            archive = folder / target
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
            for name, content in names.items():
                opened.writestr(name, content)

    return make


INSIDE = f"{FIRST.lesson.slug}/{FIRST.file.name}"


# Folders as they come


def loose(folder: Path) -> None:
    folder.mkdir()
    (folder / FIRST.file.name).write_text(FIRST.solution, encoding="utf-8")


def second_download(folder: Path) -> None:
    put(folder, name=FIRST.file.name.replace(".py", " (1).py"))


def whole_course(folder: Path) -> None:
    for name in ("lessons", "solutions"):
        put(folder / name, "app = 1\n" if name == "lessons" else FIRST.solution)


def only_the_courses_solutions(folder: Path) -> None:
    put(folder / "solutions")
    (folder / "lessons" / FIRST.lesson.slug).mkdir(parents=True)
    shutil.copy(SECOND.source, folder / "lessons" / FIRST.lesson.slug / SECOND.file.name)


def litter(folder: Path) -> None:
    put(folder)
    put(folder / "__MACOSX", "not mine")
    (folder / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")


AS_THEY_COME: dict[str, tuple[Maker, str]] = {
    "01_anna": (put, "passed"),
    "one level deeper": (lambda folder: put(folder / "lessons"), "passed"),
    "two levels deeper": (lambda folder: put(folder / "my work" / "lessons"), "passed"),
    "zipped": (zipped({INSIDE: FIRST.solution}), "passed"),
    "zipped one level deeper": (zipped({f"lessons/{INSIDE}": FIRST.solution}), "passed"),
    "zipped on a Mac": (zipped({INSIDE: FIRST.solution, f"__MACOSX/{INSIDE}": b"\0\5\26\7"}), "passed"),
    "zipped with backslashes": (zipped({INSIDE.replace("/", "\\"): FIRST.solution}), "passed"),
    "a zip in the folder": (zipped({INSIDE: FIRST.solution}, target="lessons.zip"), "passed"),
    "litter": (litter, "passed"),
    "a single file": (loose, "passed"),
    "a second download": (second_download, "passed"),
    "a whole course": (whole_course, "failed"),
    "the course's own solutions": (only_the_courses_solutions, "missing"),
    "Anna Schmidt_12345_assignsubmission_file_": (put, "passed"),
    "an empty folder": (lambda folder: folder.mkdir(), "missing"),
    "another exercise only": (lambda folder: put(folder, SECOND.solution, SECOND.file.name), "missing"),
    "a byte order mark": (lambda folder: put(folder, b"\xef\xbb\xbf" + FIRST.solution.encode()), "passed"),
    "line ends of Windows": (lambda folder: put(folder, FIRST.solution.replace("\n", "\r\n")), "passed"),
    "a helper module": (
        lambda folder: put(folder, "from helper import app\n") and put(folder, FIRST.solution, "helper.py"),
        "passed",
    ),
    "Ümläut 学生": (put, "passed"),
}
if sys.platform == "linux":  # other systems take such names for one, or refuse them
    AS_THEY_COME |= dict.fromkeys(("Case", "case", "esc\x1b]0;hacked\x07\x1b[31m", "line\nbreak"), (put, "passed"))
    AS_THEY_COME |= {os.fsdecode(b"caf\xe9"): (put, "passed")}


# What is no plain file


def special(make: Callable[[Path], object]) -> Maker:
    """A learner with something that `make` makes in the place of the file."""

    def put_it(folder: Path) -> None:
        file = put(folder)
        file.unlink()
        make(file)

    return put_it


def a_socket(file: Path) -> None:
    here = os.getcwd()
    os.chdir(file.parent)  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(file.name)
    os.chdir(here)


def huge(file: Path) -> None:
    with file.open("wb") as opened:
        opened.truncate(5 * 2**30)  # takes no room


def linked_lesson(folder: Path) -> None:
    folder.mkdir()
    (folder / FIRST.lesson.slug).symlink_to(ROOT / "solutions" / FIRST.lesson.slug)


def link_in_zip(folder: Path) -> None:
    with zipfile.ZipFile(folder.with_suffix(".zip"), "w") as opened:
        link = zipfile.ZipInfo(INSIDE)
        link.external_attr = 0o120777 << 16
        opened.writestr(link, str(FIRST.source))


def cut_short(folder: Path) -> None:
    zipped({INSIDE: FIRST.solution})(folder)
    archive = folder.with_name(f"{folder.name}.zip")
    archive.write_bytes(archive.read_bytes()[:-30])


def liar(folder: Path) -> None:
    """An archive whose file is far longer than it says."""
    zipped({INSIDE: b"#" * 40_000_000})(folder)
    archive = folder.with_name(f"{folder.name}.zip")
    archive.write_bytes(archive.read_bytes().replace((40_000_000).to_bytes(4, "little"), (100).to_bytes(4, "little")))


REFUSED: dict[str, tuple[Maker, str]] = {
    "a folder for a file": (special(lambda file: file.mkdir()), "is a folder"),
    "a huge file": (special(huge), "is longer than"),
    "no zip": (lambda folder: folder.with_suffix(".zip").write_text("PK"), "is not a zip file"),
    "a zip cut short": (cut_short, "is not a zip file"),
    "a zip with a huge file": (zipped({INSIDE: b"\0" * 5_000_000}), "is longer than"),
    "a zip that lies": (liar, "zip"),
    "a zip that leaves its folder": (zipped({f"../../../{INSIDE}": FIRST.solution}), "outside"),
    "a rar": (lambda folder: folder.with_suffix(".rar").write_bytes(b"Rar!"), "only .zip is"),
    "a link in a zip": (link_in_zip, "is a link"),
}
if POSIX:
    REFUSED |= {
        "a pipe": (special(os.mkfifo), "is a named pipe"),
        "a socket": (special(a_socket), "is a socket"),
        "a device": (special(lambda file: file.symlink_to("/dev/zero")), "is a link out"),
        "a link out": (special(lambda file: file.symlink_to(FIRST.source)), "is a link out"),
        "a link to a classmate": (special(lambda file: file.symlink_to(f"../../zz last/{INSIDE}")), "is a link out"),
        "a link to itself": (special(lambda file: file.symlink_to(file.name)), "leads to itself"),
        "a link to nowhere": (special(lambda file: file.symlink_to("nowhere.py")), "leads nowhere"),
        "a linked lesson": (linked_lesson, "is a link to a folder"),
        "a linked learner": (lambda folder: folder.symlink_to(ROOT / "solutions"), "is a link"),
    }


# What code does

OUTLIVES = f"""
    import subprocess, sys
    endless = "import time, signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)  # {MARK}"
"""
DOES: dict[str, tuple[Maker, set[str]]] = {
    "an endless loop": (code("while True: pass"), {"timeout"}),
    "never let go": (code("import re\nre.match('(a+)+b', 'a' * 60)"), {"timeout"}),
    "ends the process": (code("import os\nos._exit(0)"), {"failed", "broken"}),
    "a flood of output": (code("while True: print('flood ' * 1000)"), {"broken", "timeout"}),
    "half a character": (
        code(f"{APP}@app.get('/')\ndef root() -> str:\n    raise ValueError('\\ud83d')\n"),
        {"failed"},
    ),
    "terminal escapes": (code("raise ValueError('\\x1b]0;hacked\\x07\\x1b[2J')"), {"broken"}),
    "deep recursion": (code("def f(): f()\nf()"), {"broken"}),
    "a patched json": (code("import json\njson.dumps = json.loads = lambda *a, **k: 'no'\napp = 1"), {"failed"}),
}
if POSIX:
    DOES |= {
        "leaves a process": (code(f"{dedent(OUTLIVES)}subprocess.Popen([sys.executable, '-c', endless])"), {"failed"}),
        "leaves a session": (
            code(f"{dedent(OUTLIVES)}subprocess.Popen([sys.executable, '-c', endless], start_new_session=True)"),
            {"failed"},
        ),
        "leaves a daemon": (
            code(
                f"""{dedent(OUTLIVES)}
import os
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv(sys.executable, [sys.executable, "-c", endless])
    os._exit(0)
"""
            ),
            {"failed"},
        ),
        "holds every pipe": (
            code(f"{dedent(OUTLIVES)}subprocess.Popen([sys.executable, '-c', endless], close_fds=False)"),
            {"failed"},
        ),
        "its own group": (
            code("import os\nos.setpgid(0, 0) if os.getpgid(0) != os.getpid() else 0\nwhile True: pass"),
            {"timeout"},
        ),
        "kills its parent": (
            code("import os, signal\nos.kill(os.getppid() or 1 << 22, signal.SIGKILL)"),
            {"failed", "broken"},
        ),
        "stops itself": (
            code("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)"),
            {"timeout", "failed", "broken"},
        ),
        "closes all": (code("import os\nos.closerange(3, 4096)"), {"failed", "broken"}),
        "writes to all": (
            code(
                """
                import os
                for number in range(3, 64):
                    try: os.write(number, b'{"done": true}\\n')
                    except OSError: pass
                """
            ),
            {"failed", "broken"},
        ),
        "removes its folder": (
            code("import os, shutil\nshutil.rmtree(os.path.dirname(__file__))\nshutil.rmtree('.', True)"),
            {"failed", "broken", "missing"},
        ),
    }
FLOOD = f"""
import os, subprocess, sys, time
while True:
    try:
        if os.fork() == 0:
            sys.argv = ["{MARK}"]
    except OSError:
        time.sleep(0.01)
"""
BOUNDED = POSIX and (os.geteuid() != 0 or os.access("/sys/fs/cgroup/pids", os.W_OK))
if BOUNDED:
    DOES["a flood of processes"] = (code(FLOOD), {"timeout", "broken", "failed"})
    DOES["a flood of threads"] = (
        code(
            "import threading, time\nwhile True: threading.Thread(target=time.sleep, args=(60,), daemon=True).start()"
        ),
        {"timeout", "broken"},
    )

# Half of the good ones come after all the others, so that what is left of those would hurt them.
GOOD = ["aa first", "mm middle", "zz last"]
EVERYONE = {**AS_THEY_COME, **REFUSED, **DOES}


@dataclass
class Graded:
    """What a command left behind."""

    done: subprocess.CompletedProcess[str]
    folder: Path
    files: dict[str, Path] = field(default_factory=dict)

    @property
    def entries(self) -> dict[str, dict[str, Any]]:
        return {entry["learner"]: entry for entry in json.loads(self.done.stdout)}


def check(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "learn", "check", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False, **options)
    assert "Traceback" not in done.stderr, done.stderr
    return done


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graded]:
    """All the odd hand-ins of this file, graded in one go among good ones."""
    base = tmp_path_factory.mktemp("class")
    folder = base / "handed-in"
    folder.mkdir()
    for name in GOOD:
        put(folder / name)
    for name, (make, _) in EVERYONE.items():
        make(folder / name)
    (folder / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    files = {kind: base / f"report.{kind}" for kind in ("json", "junit", "csv")}
    reports = [f"--report={kind}={file}" for kind, file in files.items()]
    done = check("1.1", "--submission", folder, "--json", "--budget=60", *reports, timeout=1200)
    yield Graded(done, folder, files)
    for process in marked():
        process.kill()


def marked() -> list[psutil.Process]:
    """The processes that exercises of this file have left."""
    found = []
    for process in psutil.process_iter():
        try:
            if any(MARK in part for part in process.cmdline()[1:]) and "pytest" not in process.cmdline():
                found.append(process)
        except psutil.Error:
            continue
    return found


def entry_of(graded: Graded, name: str) -> dict[str, Any]:
    shown = {
        "Anna Schmidt_12345_assignsubmission_file_": "Anna Schmidt",
        "esc\x1b]0;hacked\x07\x1b[31m": "esc\\x1b]0;hacked\\x07\\x1b[31m",
        "line\nbreak": "line\\nbreak",
        os.fsdecode(b"caf\xe9"): "caf\\xe9",
    }
    return graded.entries[shown.get(name, name)]


def status_of(entry: dict[str, Any]) -> str:
    [verdict] = entry["verdicts"]
    return str(verdict["status"])


def test_every_learner_has_one_entry_with_one_verdict(graded: Graded) -> None:
    assert graded.done.returncode == 1
    assert len(json.loads(graded.done.stdout)) == len(EVERYONE) + len(GOOD) == len(graded.entries)
    for entry in graded.entries.values():
        assert [verdict["exercise"] for verdict in entry["verdicts"]] == ["1.1"]
        assert len(entry["verdicts"][0]["tests"]) == 2


@pytest.mark.parametrize("name", GOOD)
def test_a_good_hand_in_among_them_is_passed(graded: Graded, name: str) -> None:
    assert status_of(graded.entries[name]) == "passed"


@pytest.mark.parametrize("name", AS_THEY_COME)
def test_a_folder_is_understood_as_it_comes(graded: Graded, name: str) -> None:
    assert status_of(entry_of(graded, name)) == AS_THEY_COME[name][1]


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_plain_file_is_refused_with_a_word(graded: Graded, name: str) -> None:
    entry = entry_of(graded, name)
    assert status_of(entry) == "broken"
    message = entry["verdicts"][0]["tests"][0]["message"]
    assert message.startswith("refused: ")
    assert REFUSED[name][1] in message


@pytest.mark.parametrize("name", DOES)
def test_what_code_does_is_its_own_trouble(graded: Graded, name: str) -> None:
    assert status_of(entry_of(graded, name)) in DOES[name][1]


def test_no_process_outlives_its_exercise(graded: Graded) -> None:
    assert "leaves a daemon" in graded.entries or not POSIX
    assert not [process.cmdline() for process in marked()]


def test_all_reports_say_the_same(graded: Graded) -> None:
    entries = graded.entries
    assert json.loads(graded.files["json"].read_text(encoding="utf-8")) == json.loads(graded.done.stdout)
    suites = ElementTree.parse(graded.files["junit"]).getroot()
    assert {suite.get("name") for suite in suites} == {f"{learner} 1.1" for learner in entries}
    kinds = {
        str(suite.get("name")).removesuffix(" 1.1"): {
            case[0].get("type") for case in suite.iter("testcase") if len(case)
        }
        for suite in suites
    }
    assert kinds["an empty folder"] == {"missing"}
    assert kinds["no zip"] == {"broken"}
    assert kinds["aa first"] == set()
    rows = list(csv.DictReader(io.StringIO(graded.files["csv"].read_text(encoding="utf-8"))))
    assert {row["Learner"]: row["1.1"] for row in rows} == {name: status_of(entry) for name, entry in entries.items()}
    moodle = next(row for row in rows if row["Learner"] == "Anna Schmidt")
    assert moodle["ID"] == "12345"


def test_nothing_that_a_learner_wrote_reaches_the_terminal_as_it_is(graded: Graded) -> None:
    everything = graded.done.stdout + graded.done.stderr + graded.files["csv"].read_text(encoding="utf-8")
    assert "hacked" in everything
    assert not {one for one in everything if not one.isprintable()} - {"\n"}


def test_what_is_nobodys_is_named(graded: Graded) -> None:
    assert "notes.txt is no learner's" in graded.done.stderr


def test_the_hand_ins_are_left_as_they_were(graded: Graded) -> None:
    assert (graded.folder / "removes its folder" / INSIDE).exists()
    assert not list(graded.folder.rglob("__pycache__"))
