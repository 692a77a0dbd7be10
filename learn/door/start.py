"""Starts what a learner works with: the site, JupyterLab, a lesson's app, and watch mode."""

import os
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from learn.course.catalogue import Lesson
from learn.course.files import ROOT, display
from learn.desk.watch import watch
from learn.pages.build import SITE, BuildError, build_site_to_read
from learn.setup.services import ServiceError, Services, free_port, wait_until_interrupted

SITE_PORT = 8080


def start_everything(console: Console) -> int:
    """Serve the site and JupyterLab, then watch the next exercise; without a terminal, serve until interrupted."""
    try:
        with Services() as services:
            address = _site(console, services, SITE_PORT)
            _jupyter(console, services)
            if console.is_terminal and sys.stdin.isatty():
                return watch(console, site=address)
            wait_until_interrupted()
    except KeyboardInterrupt:
        pass
    return 0


def serve_site(console: Console, port: int) -> int:
    """Build the site and serve it until interrupted."""
    try:
        with Services() as services:
            if not _site(console, services, port):
                return 1
            wait_until_interrupted()
    except KeyboardInterrupt:
        pass
    return 0


def serve_notebooks(console: Console, lesson: Lesson | None) -> int:
    """Start JupyterLab, opened at the notebook of `lesson`, and serve it until interrupted."""
    try:
        with Services() as services:
            if not _jupyter(console, services, lesson.notebook if lesson else None):
                return 1
            wait_until_interrupted()
    except KeyboardInterrupt:
        pass
    return 0


def _site(console: Console, services: Services, port: int) -> str:
    """Build and serve the site. Returns its address, or nothing where that failed: the rest works without.

    What takes longer to build follows in a process of its own.
    """
    try:
        missing = build_site_to_read(console)
        address = services.serve_site(SITE, _say_free_port(console, port))
        if missing:
            services.run("build", [sys.executable, "-m", "learn.pages.build"])
    except (BuildError, ServiceError, OSError) as error:
        console.print(str(error), style="red", markup=False)
        return ""
    console.print(f"The course    {address}")
    if missing:
        console.print("              Notebooks with their outputs, and exercises in the page, follow in a minute.")
    return address


def _jupyter(console: Console, services: Services, notebook: Path | None = None) -> str:
    """Start JupyterLab. Returns its address, or nothing where that failed: the rest works without."""
    try:
        address = services.start_jupyter(ROOT, notebook)
    except (ServiceError, OSError) as error:
        console.print(str(error), style="red", markup=False)
        return ""
    console.print(f"JupyterLab    {address}", soft_wrap=True)
    return address


def _say_free_port(console: Console, preferred: int) -> int:
    port = free_port(preferred)
    if port != preferred:
        console.print(f"Port {preferred} is in use, so this is on port {port}.")
    return port


def run_app(console: Console, file: Path, port: int) -> int:
    """Run the app in `file` with uvicorn, anew at each save, until interrupted."""
    if not file.exists():
        console.print(f"{display(file)} is not there. `git checkout {display(file)}` brings it back.", style="red")
        return 2
    port = _say_free_port(console, port)
    folder = str(file.parent)
    console.print(f"{display(file)} answers at http://127.0.0.1:{port}, its documentation at /docs. Ctrl-C ends it.")
    sys.stdout.flush()
    command = [sys.executable, "-m", "uvicorn", f"{file.stem}:app", "--app-dir", folder]
    command += ["--reload", "--reload-dir", folder, "--port", str(port)]
    if os.name == "posix":
        os.execv(sys.executable, command)
    return subprocess.call(command)
