"""Which files a test of the course depends on, by one rule:

1. What it is about, by its parameters. An exercise is its source, starter, grader and notes. A lesson is these of all
   its exercises, its app, page and notebook. Any other file is itself.
2. The code it runs through: its own file, `conftest.py`, the modules of `learn` that these, its fixtures and what it
   is about import, and all that those import. Where that reaches the build of the site, what this puts there belongs
   to it too.
3. The settings and the locked versions, on which everything depends.

A mark, `@pytest.mark.reads("learn/")`, names what else a test reads. Without one, a test that is about nothing depends
on the whole course. The mark of a whole file is for those of its tests that are about nothing.
"""

import ast
import functools
import inspect
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grimp
import pytest

from learn.course.catalogue import Exercise, Lesson, exercises, lessons
from learn.course.files import ROOT

SETTINGS = frozenset({"pyproject.toml", "requirements.txt", "requirements-dev.txt"})
BESIDES = {  # what modules read or put on the site that is no module
    "learn.browser.build": ("learn/browser/",),
    "learn.pages.build": ("site/assets/", "mkdocs.yml"),
    "learn.lab.digits": ("learn/lab/artifacts/",),
}
_IMPORT = re.compile(r"\b(?:from|import) (learn(?:\.\w+)*)")


@functools.cache
def inputs(item: pytest.Item) -> frozenset[str]:
    """The files that `item` depends on, relative to the course; a folder ends in `/`, and stands for all in it."""
    about_it = subject(item)
    marks = [mark for mark in (item.own_markers if about_it else item.iter_markers()) if mark.name == "reads"]
    if not about_it and not marks:
        return frozenset({""})  # everything
    own = {_relative(item.path), "tests/course/conftest.py"}
    modules = imports(item.path) | imports(item.path.with_name("conftest.py"), top=True)
    modules = modules.union(*(imports(ROOT / file) for file in about_it), *map(_imported_in, _fixtures(item)))
    named = {file for mark in marks for file in mark.args}
    return SETTINGS.union(about_it, own, named, *map(code, modules))


def depends(found: frozenset[str], changed: set[str]) -> bool:
    """Whether any of the `changed` files is among what `inputs` has found."""
    folders = tuple(file for file in found if file.endswith("/") or not file)
    return any(file in found or file.startswith(folders) for file in changed)


def subject(item: pytest.Item) -> frozenset[str]:
    """The files that `item` is about."""
    call = getattr(item, "callspec", None)
    return frozenset(file for value in (call.params.values() if call else ()) for file in about(value))


def about(value: Any) -> frozenset[str]:
    """The files that a parameter of a test stands for; none where it is about no file."""
    if isinstance(value, Exercise):
        return frozenset(map(_relative, (value.source, value.file, value.grader, value.notes)))
    if isinstance(value, Lesson):
        own = {_relative(value.app), f"lessons/{value.slug}/main.py", _relative(value.page), _relative(value.notebook)}
        return frozenset(own.union(*map(about, value.exercises)))
    if isinstance(value, Path):
        return _about_file(value)
    whole = getattr(value, "exercise", None) or getattr(value, "page", None)  # a mistake of one, a block of the other
    return about(whole) if isinstance(whole, Exercise | Path) else frozenset()


def _about_file(file: Path) -> frozenset[str]:
    if not file.is_relative_to(ROOT):
        return frozenset()
    exercise = next((one for one in exercises() if file in (one.source, one.file, one.grader, one.notes)), None)
    lesson = next((one for one in lessons() if one.slug in (file.stem, file.parent.name)), None)
    return about(exercise or lesson) if exercise or lesson else frozenset({_relative(file)})


def _relative(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def _fixtures(item: pytest.Item) -> Iterator[Any]:
    """The functions of the fixtures that `item` uses and that are written in the course's tests."""
    assert isinstance(item, pytest.Function)
    for definitions in item._fixtureinfo.name2fixturedefs.values():
        for function in (inspect.unwrap(definition.func) for definition in definitions):
            if Path(inspect.getsourcefile(function) or "").is_relative_to(ROOT / "tests"):
                yield function


def _imported_in(function: Any) -> frozenset[str]:
    return frozenset(_imported_by(inspect.getsource(function)))


# What imports what


@functools.cache
def _graph() -> grimp.ImportGraph:
    return grimp.build_graph("learn", cache_dir=None)


@functools.cache
def imports(file: Path, top: bool = False) -> frozenset[str]:
    """The modules of `learn` that a file imports: a Python file by its syntax, a page or notebook by its words.

    Those at the `top` of a Python file only, where what stands inside functions is not wanted.
    """
    text = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
    if file.suffix != ".py":
        return frozenset(_IMPORT.findall(text))
    return frozenset(_imported_by(text, top))


def _imported_by(text: str, top: bool = False) -> Iterator[str]:
    tree = ast.parse(textwrap.dedent(text))
    for node in tree.body if top else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.split(".")[0] == "learn")
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "learn":
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


@functools.cache
def code(module: str) -> frozenset[str]:
    """The files of `module` and of all that it imports, however indirectly; none where there is no such module."""
    graph = _graph()
    if module not in graph.modules:
        return frozenset()
    found = {module, *graph.find_upstream_modules(module)}
    found |= {package for name in found for package in _packages(name)}
    besides = {file for name, files in BESIDES.items() if name in found for file in files}
    return frozenset(besides | {_file(name) for name in found})


def _packages(module: str) -> Iterator[str]:
    parts = module.split(".")
    yield from (".".join(parts[:count]) for count in range(1, len(parts)))


def _file(module: str) -> str:
    path = module.replace(".", "/")
    return f"{path}/__init__.py" if (ROOT / path).is_dir() else f"{path}.py"
