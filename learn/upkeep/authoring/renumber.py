"""Gives exercises of a lesson other numbers, in every file that names them."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from learn.course import catalogue
from learn.course.catalogue import Exercise, Lesson, exercises
from learn.course.derived import derive, untouched
from learn.course.files import ROOT, display
from learn.course.shipped import LIST, shipped
from learn.upkeep.authoring import parts
from learn.upkeep.authoring.changes import AuthoringError, Changes, rename, write
from learn.upkeep.authoring.references import Renaming, Rewritten, rewrite

PLACES = ("README.md", "CONTRIBUTING.md", "solutions", "tests", "site", "notebooks", "learn")
KINDS = {".py", ".md", ".toml", ".ipynb", ".js"}
OWN = Path(__file__).parent  # speaks of exercises that are examples


def with_index(name: str, index: int) -> str:
    """An exercise's name under another index: `ex2_closed_set` for `ex5_closed_set`."""
    return f"ex{index}_{name.partition('_')[2]}"


def renumber(lesson: Lesson, indexes: Mapping[str, int], changes: Changes, gone: Exercise | None = None) -> None:
    """Give the exercises of `lesson` the `indexes`, by their names; the parts of page and notebook follow.

    Args:
        lesson: the lesson.
        indexes: the new index of each of its exercises.
        changes: what is done is noted there.
        gone: an exercise that was removed before.

    Raises:
        AuthoringError: a file is in the way.
    """
    before = lesson.exercises
    after = {one: Exercise(lesson, with_index(one.name, indexes[one.name])) for one in before}
    moved = {old: new for old, new in after.items() if old != new}
    for old, new in moved.items():
        if new.source.exists():
            raise AuthoringError(f"{display(new.source)} is in the way of {display(old.source)}. Rename one of them.")
    if not moved and not gone:
        return
    ours = untouched()
    renaming = _renaming(lesson, moved, gone)
    texts = dict(_rewritten(renaming, changes))
    for file, text in _reordered(lesson, [one.number for one in sorted(before, key=lambda one: after[one].index)]):
        texts[file] = _rewrite(file, text, renaming).text
    names = _rename(moved, changes)
    for file, text in texts.items():
        write(names.get(file, file), text)
        changes.changed.append(names.get(file, file))
    rederive({names.get(file, file) for file in ours}, changes)


def rederive(ours: set[Path], changes: Changes) -> None:
    """Derive everything anew: the files that held nobody's work, `ours`, and those that are not there yet."""
    catalogue.reread()
    before = shipped(ROOT)
    kept = derive(ours)
    if shipped(ROOT) != before:
        changes.changed.append(ROOT / LIST)
    for file in kept:
        changes.notes.append(f"{display(file)} holds somebody's own text, and was left as it is.")


def _renaming(lesson: Lesson, moved: Mapping[Exercise, Exercise], gone: Exercise | None) -> Renaming:
    numbers = {old.number: new.number for old, new in moved.items()}
    stems = {old.name: new.name for old, new in moved.items()}
    if gone:
        numbers[gone.number] = stems[gone.name] = ""
    count = Counter(one.name for one in [*exercises(), *([gone] if gone else [])])
    return Renaming(lesson.slug, numbers, stems, frozenset(stem for stem in stems if count[stem] <= 1))


def course_files() -> Iterator[Path]:
    """The files that may name an exercise; what is derived from them is not among them."""
    for place in PLACES:
        top = ROOT / place
        for file in [top] if top.is_file() else sorted(top.rglob("*")):
            hidden = any(part.startswith((".", "__pycache__")) for part in file.relative_to(ROOT).parts)
            if file.suffix in KINDS and file.is_file() and not hidden and OWN not in file.parents:
                yield file


def _rewritten(renaming: Renaming, changes: Changes) -> Iterator[tuple[Path, str]]:
    """The files that read differently afterwards, and how."""
    for file in course_files():
        text = file.read_text(encoding="utf-8")
        found = _rewrite(file, text, renaming)
        if not file.is_relative_to(ROOT / "learn"):  # there, a bare number is an example in a help text
            changes.doubtful += [(file, where, line) for where, line in found.doubtful]
        if found.text != text:
            yield file, found.text


def _rewrite(file: Path, text: str, renaming: Renaming) -> Rewritten:
    place = file.relative_to(ROOT).as_posix()
    in_lesson = renaming.slug in place
    program = file.suffix == ".py" and place.startswith(("learn/", "tests/course/"))
    if file.suffix != ".ipynb":
        return rewrite(text, renaming, in_lesson=in_lesson, program=program)
    doubtful: list[tuple[str, str]] = []
    content: dict[str, Any] = json.loads(text)
    for cell in content["cells"]:
        source = rewrite("".join(cell["source"]), renaming, in_lesson=in_lesson, program=False)
        doubtful += [(f"cell {cell['id']}", said) for _, said in source.doubtful]
        cell["source"] = source.text if isinstance(cell["source"], str) else source.text.splitlines(keepends=True)
        cell["id"] = rewrite(cell["id"], renaming, in_lesson=in_lesson, program=False).text
    return Rewritten(json.dumps(content, indent=1, ensure_ascii=False) + "\n", doubtful)


def _reordered(lesson: Lesson, order: list[str]) -> Iterator[tuple[Path, str]]:
    """Page and notebook with their parts in `order`, by the old numbers; only where that changes them."""
    page = lesson.page.read_text(encoding="utf-8")
    new = "".join(parts.in_order(parts.page_parts(page), parts.page_number, order))
    if new != page:
        yield lesson.page, new
    if lesson.notebook.exists():
        notebook = lesson.notebook.read_text(encoding="utf-8")
        cells = parts.in_order(parts.notebook_parts(notebook), parts.notebook_number, order)
        if (new := parts.with_cells(notebook, cells)) != notebook:
            yield lesson.notebook, new


def _rename(moved: Mapping[Exercise, Exercise], changes: Changes) -> dict[Path, Path]:
    """Rename the files of each exercise. Returns the new path of each."""
    names: dict[Path, Path] = {}
    for old, new in moved.items():
        pairs = [(old.source, new.source), (old.grader, new.grader), (old.notes, new.notes), (old.file, new.file)]
        for before, after in pairs:
            if before.exists():
                rename(before, after)
                names[before] = after
                changes.renamed.append((before, after))
    return names
