"""Locks the versions of what the course needs."""

import subprocess
import sys
from pathlib import Path


def lock(root: Path) -> int:
    """Write requirements.txt and requirements-dev.txt: the newest versions that pyproject.toml allows."""
    command = [
        sys.executable,
        "-m",
        "uv",
        "pip",
        "compile",
        "--universal",
        "--generate-hashes",
        "--no-annotate",
        "--quiet",
        "--upgrade",
    ]
    command += ["--python-version", "3.11.7", "--custom-compile-command", "python -m learn lock", "pyproject.toml"]
    for extra in (
        ["-o", "requirements.txt"],
        ["--group", "dev", "-c", "requirements.txt", "-o", "requirements-dev.txt"],
    ):
        if status := subprocess.call([*command, *extra], cwd=root):
            return status
    return 0
