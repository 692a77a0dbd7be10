"""How long a learner's set-up takes where the packages are already on the machine, and what it takes on the disk."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from learn.course.files import ROOT
from learn.course.pristine import pristine_copy
from learn.pages.measured import Figures
from learn.upkeep.benchmark.trouble import CannotMeasure


def measure_setup() -> Figures:
    """Seconds and bytes, of a second copy of the course: the first one fills the caches.

    Raises:
        CannotMeasure: the set-up failed.
    """
    _set_up()
    return _set_up()


def _set_up() -> Figures:
    with tempfile.TemporaryDirectory(prefix="learn-") as folder:
        home = pristine_copy(Path(folder))
        shutil.copy(ROOT / "requirements.txt", home)
        kept = ("PYTHONPATH", "VIRTUAL_ENV", "LEARN_SETUP", "PYTHONPYCACHEPREFIX")
        environment = {name: value for name, value in os.environ.items() if name not in kept}
        python = getattr(sys, "_base_executable", sys.executable)  # the one that this environment was made with
        start = time.perf_counter()
        done = subprocess.run(
            [python, "-m", "learn", "status"],
            cwd=home,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        seconds = time.perf_counter() - start
        if done.returncode:
            raise CannotMeasure(f"The set-up is not measured: {done.stderr.strip()}")
        files = (file.lstat() for file in (home / ".venv").rglob("*"))
        return {"seconds": seconds, "disk": sum(file.st_size for file in files)}
