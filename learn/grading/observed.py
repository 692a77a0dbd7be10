"""Sees what a learner's code does that no solution needs.

Most of it is a mark, for a person to look at, and no verdict. What reaches for the grader's own objects is tampering.
Some is seen in the names that the compiled file uses, before it is run; the rest while it runs, by Python's own audit.
Each is told of before what it is about takes place, and an audit hook cannot be taken away again.
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
TAMPERING = {  # audit events, and what they say about a program: that it is after the objects of the grader
    "sys._getframe": "it reads the frames of what calls it",
    "sys._current_frames": "it reads the frames of other threads",
    "gc.get_objects": "it looks through all objects of the process",
    "gc.get_referrers": "it looks for what refers to an object",
    "gc.get_referents": "it looks for what an object refers to",
    "sys.settrace": "it traces what is run",
    "sys.setprofile": "it traces what is run",
    "sys.monitoring.register_callback": "it traces what is run",
    "ctypes.dlopen": "it reaches into memory by ctypes",
    "ctypes.addressof": "it reaches into memory by ctypes",
    "ctypes.PyObj_FromPtr": "it reaches into memory by ctypes",
    "object.__setattr__": "it changes the code of a function",
}
MARKED = {  # … and that a person should look at it
    "subprocess.Popen": "starts a program",
    "os.system": "starts a program",
    "os.exec": "starts a program",
    "os.posix_spawn": "starts a program",
    "os.fork": "forks",
    "os.kill": "sends signals to processes",
    "os.killpg": "sends signals to processes",
}
FILES = ("open", "os.listdir", "os.scandir", "os.remove", "os.rename", "shutil.rmtree", "shutil.copyfile")
LIBRARIES = (
    os.path.dirname(os.__file__),
    sys.prefix,
    sys.base_prefix,
    "<frozen",
    str(ROOT / "learn"),
    str(ROOT / "tests"),
)
COURSE = tuple(str(ROOT / name) + os.sep for name in ("solutions", "tests", "learn", "lessons"))


def names_for_a_person(code: CodeType) -> Iterator[str]:
    """A mark for each watched module that `code` imports, and for each watched name that it uses."""
    found: set[str] = set()
    parts = [code]
    while parts:
        part = parts.pop()
        found.update(f"uses the name {name}" for name in WATCHED_NAMES.intersection(part.co_names))
        if {"sys", "modules"} <= set(part.co_names):
            found.add("looks through the modules that are loaded")
        modules = {part.co_names[step.arg or 0].partition(".")[0] for step in _imports(part)}
        found.update(f"imports {name}" for name in WATCHED_MODULES & modules)
        parts += [constant for constant in part.co_consts if isinstance(constant, CodeType)]
    return iter(sorted(found))


def _imports(code: CodeType) -> Iterator[dis.Instruction]:
    if WATCHED_MODULES.intersection(name.partition(".")[0] for name in code.co_names):  # else there is no need to look
        yield from (step for step in dis.get_instructions(code) if step.opname == "IMPORT_NAME")


def observe(file: Path, note: Callable[[str, str], object]) -> None:
    """From now on, `note` what the code in `file` does that no solution needs: "mark" or "tampered", and words.

    There is no way back.
    """
    folder, class_folder = str(file.parent) + os.sep, str(file.parents[2]) + os.sep
    handed_in, installed = str(file.parents[1]) + os.sep, str(sys.prefix) + os.sep
    noted: set[str] = set()
    heard = {*TAMPERING, *MARKED, *FILES}
    fspath, absolute, frame_of, course = os.fspath, os.path.abspath, sys._getframe, COURSE
    looking = False  # to look at frames is audited too

    def say(kind: str, what: str) -> None:
        if what not in noted:
            noted.add(what)
            note(kind, what)

    def is_elsewhere(path: str) -> bool:
        """Whether `path` is one of the course's files, or of another learner's."""
        if path == class_folder or path.startswith((folder, installed)):
            return False
        return path.startswith(course) or (path.startswith(class_folder) and not path.startswith(handed_in))

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal looking
        if event not in heard or looking:
            return
        looking = True
        try:
            if event in TAMPERING:
                if _is_directly_theirs(frame_of(1)):
                    say("tampered", f"the file reaches into what grades it: {TAMPERING[event]}")
            elif event in MARKED:
                if _is_directly_theirs(frame_of(1)):
                    say("mark", MARKED[event])
            elif isinstance(arguments[0], (str, os.PathLike)):
                path = absolute(fspath(arguments[0]))
                if isinstance(path, str) and is_elsewhere(path + os.sep) and _is_called_by_theirs(frame_of(1)):
                    say("mark", f"{event} of {path}")
        finally:
            looking = False

    sys.addaudithook(hook)


def _is_theirs(frame: FrameType) -> bool:
    """Whether the code at `frame` is no library's: a learner's, or made up while it runs."""
    return not frame.f_code.co_filename.startswith(LIBRARIES)


def _is_directly_theirs(frame: FrameType | None) -> bool:
    """Whether a learner's code is at `frame`, or called the function of the module `inspect` that is."""
    while frame is not None and frame.f_code.co_filename.endswith("inspect.py"):
        frame = frame.f_back
    return frame is not None and _is_theirs(frame)


def _is_called_by_theirs(frame: FrameType | None) -> bool:
    while frame is not None and not _is_theirs(frame):
        frame = frame.f_back
    return frame is not None
