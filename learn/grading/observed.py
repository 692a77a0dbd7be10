"""Marks what a learner's code does that no solution needs, for a person to look at. A mark is no verdict.

Some is seen in the names that the compiled file uses, before it is run; the rest while it runs, by Python's own audit.
Each mark is sent before what it is about takes place, and an audit hook cannot be taken away again.
"""

import dis
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from learn.course.files import ROOT

# What in a file deserves a look: modules, and names that lead to the caller or change what is run.
WATCHED_MODULES = {
    "pytest",
    "_pytest",
    "unittest",
    "learn",
    "tests",
    "solutions",
    "gc",
    "inspect",
    "ctypes",
    "builtins",
}
WATCHED_NAMES = {
    *("_getframe", "_current_frames", "f_back", "f_globals", "f_locals", "tb_frame", "gi_frame", "cr_frame"),
    *("__globals__", "__closure__", "__code__", "__builtins__", "__subclasses__", "__import__", "import_module"),
    *("settrace", "setprofile", "addaudithook", "get_objects", "get_referrers", "get_referents", "exec", "eval"),
}
REACHES = {  # audit events, and what they say about a program
    "sys._getframe": "reads the frames of what calls it",
    "sys._current_frames": "reads the frames of what calls it",
    "gc.get_objects": "looks through all objects of the process",
    "gc.get_referrers": "looks through all objects of the process",
    "gc.get_referents": "looks through all objects of the process",
    "sys.settrace": "traces what is run",
    "sys.setprofile": "traces what is run",
    "sys.monitoring.register_callback": "traces what is run",
    "ctypes.dlopen": "reaches into memory by ctypes",
    "ctypes.addressof": "reaches into memory by ctypes",
    "subprocess.Popen": "starts a program",
    "os.system": "starts a program",
    "os.exec": "starts a program",
    "os.posix_spawn": "starts a program",
    "os.fork": "forks",
    "os.kill": "sends signals to processes",
    "os.killpg": "sends signals to processes",
}
FILES = ("open", "os.listdir", "os.scandir", "os.remove", "os.rename", "shutil.rmtree", "shutil.copyfile")
COURSE = tuple(str(ROOT / name) + os.sep for name in ("solutions", "tests", "learn", "lessons"))


def names_for_a_person(code: CodeType) -> Iterator[str]:
    """A mark for each watched module that `code` imports, and for each watched name that it uses."""
    found: set[str] = set()
    parts = [code]
    while parts:
        part = parts.pop()
        found.update(f"uses the name {name}" for name in WATCHED_NAMES.intersection(part.co_names))
        modules = {part.co_names[step.arg or 0].partition(".")[0] for step in _imports(part)}
        found.update(f"imports {name}" for name in WATCHED_MODULES & modules)
        parts += [constant for constant in part.co_consts if isinstance(constant, CodeType)]
    return iter(sorted(found))


def _imports(code: CodeType) -> Iterator[dis.Instruction]:
    if WATCHED_MODULES.intersection(name.partition(".")[0] for name in code.co_names):  # else there is no need to look
        yield from (step for step in dis.get_instructions(code) if step.opname == "IMPORT_NAME")


def observe(file: Path, note: Callable[[str], object]) -> None:
    """From now on, `note` what the code in `file` does that no solution needs. There is no way back."""
    own, folder, class_folder = str(file), str(file.parent) + os.sep, str(file.parents[2]) + os.sep
    handed_in, installed = str(file.parents[1]) + os.sep, str(sys.prefix) + os.sep
    noted: set[str] = set()
    fspath, absolute, frame_of, course = os.fspath, os.path.abspath, sys._getframe, COURSE
    looking = False  # to look at frames is audited too

    def say(what: str) -> None:
        if what not in noted:
            noted.add(what)
            note(what)

    def is_elsewhere(path: str) -> bool:
        """Whether `path` is one of the course's files, or of another learner's."""
        if path == class_folder or path.startswith((folder, installed)):
            return False
        return path.startswith(course) or (path.startswith(class_folder) and not path.startswith(handed_in))

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal looking
        if looking or (event not in REACHES and event not in FILES):
            return
        looking = True
        try:
            if event in REACHES:
                if _is_directly_in(own, frame_of(1)):
                    say(REACHES[event])
            elif isinstance(arguments[0], (str, os.PathLike)):
                path = absolute(fspath(arguments[0]))
                if isinstance(path, str) and is_elsewhere(path + os.sep) and _is_called_from(own, frame_of(1)):
                    say(f"{event} of {path}")
        finally:
            looking = False

    sys.addaudithook(hook)


def _is_directly_in(own: str, frame: FrameType | None) -> bool:
    """Whether code in the file `own` is at `frame`, or called the function of the standard library that is."""
    while frame is not None and frame.f_code.co_filename != own and frame.f_code.co_filename.endswith("inspect.py"):
        frame = frame.f_back
    return frame is not None and frame.f_code.co_filename == own


def _is_called_from(own: str, frame: FrameType | None) -> bool:
    while frame is not None and frame.f_code.co_filename != own:
        frame = frame.f_back
    return frame is not None
