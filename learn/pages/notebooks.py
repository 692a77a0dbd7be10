"""Runs the notebooks and renders them for the site."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbconvert import MarkdownExporter
from traitlets.config import Config

from learn.course.catalogue import Lesson
from learn.course.files import ROOT, digest_of, write_whole
from learn.course.pristine import pristine_copy

CELL_TIMEOUT = 60  # seconds
ROOMS = ["desk", "grading", "checks", "course", "lab"]  # what notebooks run through


def executed(lesson: Lesson) -> Path:
    """The lesson's notebook with its outputs; run only where something has changed since it was run last."""
    inputs = [lesson.notebook, ROOT / "requirements.txt", *lesson.app.parent.glob("*.py")]
    inputs += [*lesson.exercises[0].grader.parent.iterdir(), *(ROOT / "learn" / room for room in ROOMS)]
    cached = ROOT / "build" / "notebooks" / f"{lesson.slug}-{digest_of(inputs)[:16]}.ipynb"
    if not cached.exists():
        write_whole(cached, nbformat.writes(execute(lesson.notebook)).encode())
    return cached


def execute(notebook: Path) -> nbformat.NotebookNode:
    """The notebook with its outputs, run in a pristine copy of the course, so that no learner's file is touched.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell failed.
        ValueError: one printed to standard error, a warning for instance.
    """
    with tempfile.TemporaryDirectory(prefix="learn-", ignore_cleanup_errors=True) as folder:
        home = pristine_copy(Path(folder))
        content = nbformat.read(notebook, as_version=4)
        client = NotebookClient(
            content,
            timeout=CELL_TIMEOUT,
            coalesce_streams=True,
            kernel_name="python3",
            resources={"metadata": {"path": str(home / "notebooks")}},
            config=Config({"KernelManager": _kernel_transport(Path(folder))}),
        )
        environment = os.environ | {"PYTHONPATH": str(home), "PYTHONWARNINGS": "default"}
        executed: nbformat.NotebookNode = client.execute(env=environment)
    warnings = [output for cell in executed.cells for output in cell.get("outputs", []) if _is_stderr(output)]
    if warnings:
        raise ValueError(f"{notebook.name} prints to stderr: {json.dumps(warnings)[:500]}")
    return executed


def _kernel_transport(folder: Path) -> dict[str, str]:
    """Talk to the kernel through files in `folder` where the system has that: over TCP, each kernel logs a warning."""
    return {"transport": "ipc", "ip": str(folder / "kernel")} if os.name == "posix" else {}


def as_markdown(content: nbformat.NotebookNode) -> str:
    """An executed notebook as Markdown, without its first heading, which the page has."""
    markdown: str = MarkdownExporter().from_notebook_node(content)[0]
    first, _, rest = markdown.partition("\n")
    return rest if first.startswith("# ") else markdown


def _is_stderr(output: Any) -> bool:
    return bool(output.get("output_type") == "stream" and output.get("name") == "stderr")
