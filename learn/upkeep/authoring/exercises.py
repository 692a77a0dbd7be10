"""What a maintainer asks for: a new exercise, one less, or another order."""

import re
from collections import Counter
from pathlib import Path
from typing import Any, Literal

from learn.course import catalogue
from learn.course.catalogue import Exercise, Lesson
from learn.course.derived import untouched
from learn.course.files import display
from learn.upkeep.authoring import parts
from learn.upkeep.authoring.changes import AuthoringError, Changes, remove, uncommitted, write
from learn.upkeep.authoring.references import recount
from learn.upkeep.authoring.renumber import course_files, rederive, renumber

Kind = Literal["app", "model", "database"]

TEMPLATES = Path(__file__).parent / "templates"
SECTION = """## {title}

Say here what the reader has to know first: one idea, one example, and what it prints.

--8<-- "exercises/{number}.md"

"""
PREDICT = "## {title}\n\nAsk here what a cell will print, and let the reader guess before running it."
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def kind_of(lesson: Lesson) -> Kind:
    """What most exercises of `lesson` are about, by what their graders take."""
    kinds: Counter[Kind] = Counter()
    for exercise in lesson.exercises:
        grader = exercise.grader.read_text(encoding="utf-8")
        kinds["database" if ": Engine" in grader else "app" if "api: Api" in grader else "model"] += 1
    return kinds.most_common(1)[0][0] if kinds else "app"


def add(lesson: Lesson, name: str, title: str, at: int | None, kind: Kind | None) -> Changes:
    """Make exercise `name` of `lesson`, the last one or the one with the index `at`.

    Raises:
        AuthoringError: the name, the title or the place will not do.
    """
    title = title.strip() or name.replace("_", " ").capitalize()
    old = lesson.exercises
    index = len(old) + 1 if at is None else at
    check_name(name)
    check_title(title)
    if name in [one.name.partition("_")[2] for one in old]:
        raise AuthoringError(f"Lesson {lesson.number} has an exercise {name!r} already. Choose another name.")
    if not 1 <= index <= len(old) + 1:
        raise AuthoringError(f"--at {index}: lesson {lesson.number} has room for 1 to {len(old) + 1}.")
    kind = kind or kind_of(lesson)
    changes = Changes()
    renumber(lesson, {one.name: one.index + (one.index >= index) for one in old}, changes)
    ours = untouched()
    exercise = Exercise(lesson, f"ex{index}_{name}")
    words = {"number": exercise.number, "title": title, "subject": title[0].lower() + title[1:]}
    files = {exercise.source: "source.py", exercise.grader: "grader.py", exercise.notes: "notes.toml"}
    for file, template in files.items():
        write(file, filled(TEMPLATES / kind / template, words))
        changes.made.append(file)
    before = f"{lesson.number}.{index - 1}" if index > 1 else ""
    _put_on_page(lesson, before, fill(SECTION, words), changes)
    _put_in_notebook(lesson, before, exercise, fill(PREDICT, words), changes)
    _count(lesson, len(old), len(old) + 1, changes)
    rederive(ours, changes)
    changes.made.append(exercise.file)
    return changes


def remove_exercise(exercise: Exercise, force: bool) -> Changes:
    """Take away all of `exercise`, and close the gap in the numbers.

    Raises:
        AuthoringError: it is the last of its lesson, or git does not have its files as they are, and no `force`.
    """
    lesson, old = exercise.lesson, exercise.lesson.exercises
    if len(old) == 1:
        raise AuthoringError(f"{exercise.number} is the only exercise of its lesson, which needs one.")
    files = [file for file in (exercise.source, exercise.grader, exercise.notes, exercise.file) if file.exists()]
    own = [file for file in files if file != exercise.file]  # the learner's file is kept in any case
    if not force and (changed := uncommitted(own)):
        raise AuthoringError(
            f"{', '.join(map(display, changed))}: git does not have this as it is. "
            f"Commit first, or repeat with --force; copies are kept."
        )
    ours, changes = untouched(), Changes()
    _take_off_page(exercise, changes)
    _take_out_of_notebook(exercise, changes)
    for file in files:
        if file in ours:
            file.unlink()
            changes.removed.append(file)
        else:
            remove(file, changes)
    catalogue.reread()
    left = Lesson(lesson.slug)
    renumber(left, {one.name: one.index - (one.index > exercise.index) for one in left.exercises}, changes, exercise)
    _count(left, len(old), len(old) - 1, changes)
    rederive(ours, changes)
    return changes


def move(exercise: Exercise, to: int) -> Changes:
    """Give `exercise` the index `to`; those between make room.

    Raises:
        AuthoringError: its lesson has no such place.
    """
    lesson = exercise.lesson
    order = [one for one in lesson.exercises if one != exercise]
    if not 1 <= to <= len(order) + 1:
        last = f"{lesson.number}.{len(order) + 1}"
        raise AuthoringError(f"Lesson {lesson.number} has {lesson.number}.1 to {last}: there is no place {to}.")
    order.insert(to - 1, exercise)
    changes = Changes()
    renumber(lesson, {one.name: index for index, one in enumerate(order, 1)}, changes)
    return changes


def check_name(name: str) -> None:
    """Refuse what is no name for a file of Python.

    Raises:
        AuthoringError: it is none.
    """
    if not NAME.fullmatch(name):
        raise AuthoringError(f"{name!r} is no name for an exercise: small letters, digits and _, such as read_cookie.")


def check_title(title: str) -> None:
    """Refuse what cannot stand in the first line of a docstring, or in a heading.

    Raises:
        AuthoringError: it cannot.
    """
    if "\n" in title or '"' in title or "\\" in title or title.endswith(".") or len(title) > 60:
        raise AuthoringError(f"{title!r} is no title: one line of at most 60 characters, no quotes, no full stop.")


def fill(text: str, words: dict[str, str]) -> str:
    """`text` with each `{word}` replaced; other braces stay."""
    for word, value in words.items():
        text = text.replace(f"{{{word}}}", value)
    return text


def filled(template: Path, words: dict[str, str]) -> str:
    """The text of a template, its words filled in."""
    return fill(template.read_text(encoding="utf-8"), words)


def _put_on_page(lesson: Lesson, before: str, section: str, changes: Changes) -> None:
    found = parts.page_parts(lesson.page.read_text(encoding="utf-8"))
    first = [place for place, part in enumerate(found) if parts.page_number(part)]
    start = first[0] if first and not before else parts.page_end(found)
    found.insert(parts.place_for(found, parts.page_number, before, start), section)
    write(lesson.page, "".join(found))
    changes.changed.append(lesson.page)


def _take_off_page(exercise: Exercise, changes: Changes) -> None:
    page = exercise.lesson.page
    found = parts.page_parts(page.read_text(encoding="utf-8"))
    words = {"number": exercise.number, "title": exercise.title}
    for place, part in enumerate(found):
        if parts.page_number(part) == exercise.number:
            line = parts.INCLUDE.sub("", part)
            found[place] = "" if part == fill(SECTION, words) else line.rstrip("\n") + "\n\n"
            if found[place]:
                changes.notes.append(f"What leads to it on {display(page)} is still there: see to it.")
    write(page, "".join(found))
    changes.changed.append(page)


def _put_in_notebook(lesson: Lesson, before: str, exercise: Exercise, predict: str, changes: Changes) -> None:
    text = lesson.notebook.read_text(encoding="utf-8")
    found = parts.notebook_parts(text)
    taken = {cell["id"] for part in found for cell in part}
    name = exercise.name.partition("_")[2].replace("_", "-")
    words = {"cell_type": "markdown", "id": _free(f"predict-{name}", taken), "metadata": {}}
    code: dict[str, Any] = {"cell_type": "code", "execution_count": None, "id": exercise.anchor, "metadata": {}}
    cells: list[Any] = [
        words | {"source": predict.splitlines(keepends=True)},
        code | {"outputs": [], "source": [f"{parts.MAGIC}{exercise.number}"]},
    ]
    first = [place for place, part in enumerate(found) if parts.notebook_number(part)]
    start = first[0] if first and not before else len(found) - 1
    found.insert(parts.place_for(found, parts.notebook_number, before, start), cells)
    write(lesson.notebook, parts.with_cells(text, found))
    changes.changed.append(lesson.notebook)


def _free(name: str, taken: set[str]) -> str:
    """`name`, or with a number behind it where a cell has it already."""
    number = 1
    while (candidate := name if number == 1 else f"{name}-{number}") in taken:
        number += 1
    return candidate[:64]


def _take_out_of_notebook(exercise: Exercise, changes: Changes) -> None:
    notebook = exercise.lesson.notebook
    if not notebook.exists():
        return
    text = notebook.read_text(encoding="utf-8")
    found = parts.notebook_parts(text)
    skeleton = fill(PREDICT, {"title": exercise.title})
    for place, part in enumerate(found):
        if parts.notebook_number(part) == exercise.number:
            left = part[:-1]
            found[place] = [] if ["".join(cell["source"]) for cell in left] == [skeleton] else left
            if found[place]:
                changes.notes.append(f"What leads to it in {display(notebook)} is still there: see to it.")
    write(notebook, parts.with_cells(text, found))
    changes.changed.append(notebook)


def _count(lesson: Lesson, old: int, new: int, changes: Changes) -> None:
    """Mend the sentences that say how many exercises there are; list those that a person must mend."""
    counted = re.compile(rf"\b({WORDS[old] if old < len(WORDS) else old}|{old}) (exercises|files)\b", re.IGNORECASE)
    for file in course_files():
        text, own = file.read_text(encoding="utf-8"), file in (lesson.page, lesson.notebook)
        if (better := recount(text, lesson.number, old, new, own=own)) != text:
            write(file, better)
            changes.changed.append(file)
        if own:
            lines = enumerate(better.splitlines(), 1)
            changes.doubtful += [(file, str(number), line.strip()) for number, line in lines if counted.search(line)]
