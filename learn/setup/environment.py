"""Makes the course's environment, `.venv`, and goes on in it. Uses the standard library only.

A stamp, written last, says that the environment is complete: what was installed, for which Python, and where. With a
good stamp there is nothing to do. Where requirements changed since, they are installed on top. Without a stamp, or
without the Python that it names, whatever lies there was left half-made, and is made afresh.
"""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from learn.course import surroundings
from learn.course.files import HOME, ROOT, locked
from learn.course.inventory import record_first

VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "learn.json"
LOCK = HOME / "setup.lock"
OURS = HOME / "environment-is-ours"  # there once we began to make .venv; before, .venv is somebody else's

DISK = 500e6  # bytes that a learner's environment takes, rounded up; the benchmark compares

LEARNER, MAINTAINER = "requirements.txt", "requirements-dev.txt"  # the second holds all of the first
MAINTAINER_COMMANDS = {"test", "benchmark", "mutation", "lock"}

_OFFLINE = re.compile(
    r"connection|connectivity|connect error|\(connect\)|dns error|name resolution|error sending request|timed out"
    r"|failed to fetch|unreachable|network was disabled|no matching distribution",
    re.IGNORECASE,
)


class SetupError(Exception):
    """The environment cannot be made; the message says why and what to do."""


def enter(arguments: Sequence[str]) -> None:
    """Make sure that the environment is complete, and go on in it: this returns only to a process that runs there.

    Ends the process with one clear line and status 1 where the environment cannot be made.
    """
    foreign = surroundings.foreign()
    if os.environ.get("LEARN_SETUP") == "off":  # whoever says so has the packages already, in a container for instance
        foreign = [name for name in foreign if name != "PYTHONPATH"]  # maybe there
    for name in foreign:
        del os.environ[name]
    if os.environ.get("LEARN_SETUP") == "off":
        if foreign:
            _go_on_in(sys.executable, arguments)
        return
    command = next((argument for argument in arguments if not argument.startswith("-")), "")
    requirements = MAINTAINER if command in MAINTAINER_COMMANDS else LEARNER
    try:
        if not _covers(_read_stamp(), requirements):
            _set_up(requirements)
        elif _runs_inside() and not foreign:
            return
    except KeyboardInterrupt:
        _say("Stopped. Run the same command again to go on with the set-up.")
        sys.exit(130)
    except SetupError as error:
        _say(str(error))
        sys.exit(1)
    except OSError as error:
        _say(f"The set-up cannot use {error.filename or ROOT}: {error.strerror}. Mend that, and run the command again.")
        sys.exit(1)
    _go_on_in(str(PYTHON), arguments)


def _go_on_in(python: str, arguments: Sequence[str]) -> NoReturn:
    command = [python, "-m", "learn", *arguments]
    if os.name != "nt":
        os.execv(python, command)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the child too, which ends in its own way
    sys.exit(subprocess.call(command))


def _runs_inside() -> bool:
    return os.path.samefile(os.path.dirname(sys.executable), PYTHON.parent)


# Is there anything to do?


def _read_stamp() -> dict[str, str]:
    """What the stamp says; empty where the environment cannot be used."""
    try:
        stamp: dict[str, str] = json.loads(STAMP.read_text(encoding="utf-8"))
        interpreter = stamp["interpreter"]
        in_place = stamp["root"] == str(ROOT) and PYTHON.exists() and (VENV / "pyvenv.cfg").exists()
        same_python = os.path.exists(interpreter) and interpreter == _interpreter()
        if _runs_inside():
            same_python = same_python and stamp["python"] == _python_version()
    except (OSError, ValueError, TypeError, KeyError):
        return {}
    return stamp if in_place and same_python else {}


def _covers(stamp: dict[str, str], requirements: str) -> bool:
    """Whether all of `requirements`, as they are now, are installed."""
    installed = stamp.get("requirements")
    return installed in (requirements, MAINTAINER) and stamp["digest"] == _digest(installed)


def _digest(requirements: str) -> str:
    return hashlib.sha256((ROOT / requirements).read_bytes()).hexdigest()


def _interpreter() -> str:
    """The Python that the environment was made from, which an upgrade of the system may take away."""
    if os.name != "nt":
        return os.path.realpath(PYTHON)
    settings = (VENV / "pyvenv.cfg").read_text(encoding="utf-8")
    return next((line.partition(" = ")[2] for line in settings.splitlines() if line.startswith("executable")), "")


def _python_version() -> str:
    """The part of this Python's version that its packages depend on, for instance `3.11`."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


# Set-up


def _set_up(requirements: str) -> None:
    """Bring the environment to where `_covers` is true.

    Raises:
        SetupError: it cannot be done.
        OSError: a file cannot be written.
    """
    for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):  # the last two where the system has them
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # which nohup asks for
            signal.signal(number, signal.default_int_handler)  # so that the installer ends with us
    with locked(LOCK, "Another terminal is setting up the course: waiting for it …"):
        stamp = _read_stamp()
        if _covers(stamp, requirements):  # another terminal has done it meanwhile
            return
        started = time.monotonic()
        if not stamp:
            stamp = _create()
        if stamp.get("requirements") == MAINTAINER:
            requirements = MAINTAINER
        _install(requirements)
        stamp |= {"requirements": requirements, "digest": _digest(requirements)}
        STAMP.write_text(json.dumps(stamp, indent=2), encoding="utf-8")
        record_first()
        _say(f"The environment is ready, after {time.monotonic() - started:.0f} s.")


def _create() -> dict[str, str]:
    """An empty environment, in which `learn` can be imported; what its stamp says of it."""
    try:
        import sysconfig
        import venv
    except ImportError:
        raise SetupError(_missing("venv")) from None
    if VENV.exists() and not VENV.is_dir():
        raise SetupError(f"{VENV} is a file, where the course's environment should be. Move it away, and retry.")
    if VENV.is_dir() and not OURS.exists() and not STAMP.exists():
        aside = VENV.with_name(f".venv-before-{time.strftime('%Y%m%d-%H%M%S')}")
        VENV.rename(aside)
        _say(f"There was an environment in .venv that the course did not make. It is kept as {aside.name}.")
    elif VENV.is_dir():
        _say("The environment in .venv was left half-made, or its Python has changed. It is made again.")
    OURS.touch()
    venv.create(VENV, clear=True, symlinks=os.name != "nt")
    packages = sysconfig.get_path("purelib", "venv", {"base": str(VENV), "platbase": str(VENV)})
    Path(packages, "learn.pth").write_text(os.path.relpath(ROOT, packages) + "\n", encoding="ascii")
    return {"root": str(ROOT), "interpreter": _interpreter(), "python": _python_version()}


def _missing(module: str) -> str:
    return (
        f"This Python lacks its module `{module}`, without which it cannot make environments. "
        "On Debian and Ubuntu, install it with `sudo apt install python3-venv`, and run the same command again."
    )


def _install(requirements: str) -> None:
    """Install `requirements`, by uv if it can be had, else by pip, which takes ten times longer.

    While this goes on there is no stamp. It comes back if nothing could be downloaded, for then nothing has changed.
    """
    before = STAMP.read_bytes() if STAMP.exists() else None
    STAMP.unlink(missing_ok=True)
    arguments = ["install", "--require-hashes", "-r", str(ROOT / requirements)]
    try:
        if uv := _uv():
            problem = _run([*uv, "pip", *arguments, "--python", str(PYTHON)], "Installing what the course needs")
            if not problem or _cause(problem):  # which pip would run into too
                _refuse_if(problem)
                return
        _make_pip()
        _refuse_if(_run([str(PYTHON), "-m", "pip", *arguments], "Installing what the course needs, with pip"))
    except SetupError:
        if before is not None:
            STAMP.write_bytes(before)
        raise


def _uv() -> list[str]:
    """The command to call uv by: the one on the machine, else one put into the environment; empty if neither works."""
    found = shutil.which("uv")
    if found and subprocess.run([found, "--version"], capture_output=True, check=False).returncode == 0:
        return [found]
    _make_pip()
    command = [str(PYTHON), "-m", "pip", "install", "--only-binary", ":all:", "uv"]
    problem = _run(command, "Fetching uv, an installer")
    if _cause(problem):
        _refuse_if(problem)
    return [] if problem else [str(PYTHON), "-m", "uv"]


def _make_pip() -> None:
    """Put pip into the environment, from the copy that comes with Python."""
    problem = _run([str(PYTHON), "-m", "ensurepip", "--default-pip"], "Making the environment")
    if "No module named" in problem:
        raise SetupError(_missing("ensurepip"))
    _refuse_if(problem)


def _refuse_if(problem: str) -> None:
    """Raise a `SetupError` for the output of a command that failed; do nothing where it is empty."""
    if problem:
        raise SetupError(
            _cause(problem) or f"The course's packages could not be installed. The installer says:\n{problem}"
        )


def _cause(problem: str) -> str:
    """A line on what to do about the output of a command that failed; empty where that is not known."""
    if "No space left" in problem:
        return f"The disk is full: the course needs about {DISK / 1e6:.0f} MB. Make room, and run the command again."
    if _OFFLINE.search(problem):
        address = re.search(r"https?://[^\s`'\")]+", problem)
        return (
            f"The course's packages could not be downloaded{f' from {address[0]}' if address else ''}. "
            "Check your connection and run the same command again; what was there is kept."
        )
    return ""


# What the learner sees meanwhile


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _run(command: list[str], doing: str) -> str:
    """Run `command`, saying for how long. What it printed, where it failed; else nothing."""
    moving = sys.stderr.isatty()
    started = time.monotonic()
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=surroundings.for_an_installer(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        try:
            if not moving:
                _say(f"{doing} …")
            while True:
                try:
                    output, _ = process.communicate(timeout=0.1)
                    break
                except subprocess.TimeoutExpired:
                    if moving:
                        _show_moving(doing, time.monotonic() - started)
        except BaseException:
            process.kill()
            raise
        finally:
            if moving:
                print("\r" + " " * (len(doing) + 12) + "\r", end="", file=sys.stderr, flush=True)
    return "" if process.returncode == 0 else output.strip() or f"{command[0]} ended with status {process.returncode}"


def _show_moving(doing: str, seconds: float) -> None:
    spoke = "|/-\\"[int(seconds * 8) % 4]
    print(f"\r{spoke} {doing} … {seconds:.0f} s", end="", file=sys.stderr, flush=True)
