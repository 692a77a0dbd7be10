"""Starts what runs beside the course tool, the site and JupyterLab, and leaves nothing of it behind."""

import atexit
import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil  # type: ignore[import-untyped]

from learn.course.files import HOME, ROOT
from learn.setup.site_server import HOST

PATIENCE = 60.0  # seconds that a service may take until it answers
GRACE = 5.0  # seconds that one may take to end by itself


class ServiceError(RuntimeError):
    """A service did not start; the message quotes what it said last."""


def free_port(preferred: int) -> int:
    """`preferred`, or else the next port of this machine that nobody uses."""
    for port in [*range(preferred, min(preferred + 100, 65536)), 0]:
        with socket.socket() as probe:
            if os.name != "nt":  # where it means something else
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            chosen: int = probe.getsockname()[1]
            return chosen
    raise ServiceError("This machine has no free port.")


class Services:
    """Child processes that live as long as the `with` block, and end with it however it ends.

    Inside, SIGTERM and SIGHUP do what Ctrl-C does: they raise KeyboardInterrupt.
    """

    def __init__(self) -> None:
        self._children: list[subprocess.Popen[bytes]] = []
        self._runtime: Path | None = None
        self._handlers: dict[int, Any] = {}
        self._starting = False
        self._interrupted = False

    def __enter__(self) -> Self:
        for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):  # the last two where the system has them
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # which nohup asks for
                self._handlers[number] = signal.signal(number, self._interrupt)
        atexit.register(self._end)  # for a second Ctrl-C that comes while the block is being left
        return self

    def _interrupt(self, *_: object) -> None:
        if self._starting:  # a child would be lost between its start and our note of it
            self._interrupted = True
        else:
            raise KeyboardInterrupt

    def serve_site(self, directory: Path, port: int) -> str:
        """Serve the built site in `directory`; return its address.

        Raises:
            ServiceError: the server did not start.
            OSError: `.learn`, where its log goes, cannot be written.
        """
        if not (directory / "index.html").is_file():
            raise ServiceError(f"There is no built site in {directory}.")
        if free_port(port) != port:
            raise ServiceError(f"Port {port} is in use: the site cannot be served there.")
        address = f"http://{HOST}:{port}/"
        self._start("site", [sys.executable, "-m", "learn.setup.site_server", str(directory), str(port)], {}, address)
        return address

    def start_jupyter(self, folder: Path, notebook: Path | None = None) -> str:
        """Start JupyterLab in `folder`, opened at `notebook`; return its address, with the token that lets one in.

        Raises:
            ServiceError: JupyterLab did not start.
            OSError: `.learn`, where its log and settings go, cannot be written.
        """
        port, token = free_port(8888), secrets.token_urlsafe(16)
        self._runtime = Path(tempfile.mkdtemp(prefix="learn-", dir=None if os.name == "nt" else "/tmp"))
        command = [sys.executable, "-m", "jupyterlab", *_jupyter_options(folder, port)]
        root = f"http://{HOST}:{port}"
        self._start("jupyter", command, _jupyter_environment(self._runtime, token), f"{root}/api/status?token={token}")
        path = f"/tree/{notebook.relative_to(folder).as_posix()}" if notebook else ""
        return f"{root}/lab{path}?token={token}"

    def _start(self, name: str, command: list[str], environment: Mapping[str, str], address: str) -> None:
        """Start a child and wait until it answers at `address`."""
        child, log = self.run(name, command, environment)
        _wait_until_it_answers(child, address, name, log)

    def run(
        self, name: str, command: list[str], environment: Mapping[str, str] | None = None
    ) -> tuple["subprocess.Popen[bytes]", Path]:
        """Start a child, which writes its output to a log in `.learn`. Returns both.

        Raises:
            OSError: it cannot be started, or the log cannot be written.
        """
        HOME.mkdir(exist_ok=True)
        log = HOME / f"{name}.log"
        with log.open("wb") as output, self._interrupts_held_back():
            child = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C in the terminal is for us; we end the child ourselves
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
            self._children.append(child)
        return child, log

    @contextlib.contextmanager
    def _interrupts_held_back(self) -> Iterator[None]:
        self._starting = True
        try:
            yield
        finally:
            self._starting = False
        if self._interrupted:
            raise KeyboardInterrupt

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number in self._handlers:
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave half of them behind
        self._end()
        atexit.unregister(self._end)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    def _end(self) -> None:
        """End the children, which end what they started, and then whatever is left of their descendants."""
        everyone = [process for child in self._children for process in _family(child.pid)]
        for child in self._children:
            child.terminate()
        for child in self._children:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(GRACE)
        for process in everyone:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        for child in self._children:
            child.wait()
        if self._runtime is not None:
            shutil.rmtree(self._runtime, ignore_errors=True)


def wait_until_interrupted() -> None:
    """Come back at Ctrl-C, and inside `Services` at SIGTERM and SIGHUP too."""
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            time.sleep(1)


def _wait_until_it_answers(child: subprocess.Popen[bytes], address: str, name: str, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy cannot reach this machine's ports
    while child.poll() is None and time.monotonic() < deadline:
        try:
            with opener.open(address, timeout=5):
                return
        except OSError:
            time.sleep(0.05)
    what = "did not start" if child.poll() is not None else f"did not answer within {PATIENCE:.0f} s"
    last_lines = "\n".join(log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-8:])
    raise ServiceError(f"The {name} server {what}. All it said is in {log}; the last of it:\n{last_lines}")


def _family(pid: int) -> Iterator[psutil.Process]:
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        yield process
        yield from process.children(recursive=True)


# JupyterLab

# It would ask whether to fetch its news, over the page that the learner came for.
LAB_DEFAULTS = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}


def _jupyter_options(folder: Path, port: int) -> list[str]:
    options = {
        "ServerApp.root_dir": folder,
        "ServerApp.ip": HOST,
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,  # another port than the one we wait for would be no use
        "ServerApp.open_browser": False,
        "ServerApp.allow_root": True,  # containers are often used as root
        "LabApp.extension_manager": "readonly",  # the other one asks the network for what there is
    }
    if os.name != "nt":
        options["KernelManager.transport"] = "ipc"
    return [f"--{name}={value}" for name, value in options.items()]


def _jupyter_environment(runtime: Path, token: str) -> dict[str, str]:
    """Keeps Jupyter's settings in the course's folder, so that nobody's own break it, nor are they changed."""
    own = HOME / "jupyter"
    defaults = own / "config" / "labconfig" / "default_setting_overrides.json"
    defaults.parent.mkdir(parents=True, exist_ok=True)
    defaults.write_text(json.dumps(LAB_DEFAULTS), encoding="utf-8")
    return {
        "JUPYTER_CONFIG_DIR": str(own / "config"),
        "JUPYTER_DATA_DIR": str(own / "data"),
        "JUPYTER_RUNTIME_DIR": str(runtime),  # a short path: those of sockets are limited to some hundred characters
        "IPYTHONDIR": str(own / "ipython"),
        "JUPYTER_TOKEN": token,  # other users can read a command line, but not this
    }
