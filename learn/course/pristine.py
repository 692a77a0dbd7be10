"""A copy of the course as a learner finds it on the first day: what is tried there touches nobody's files."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from learn.course.catalogue import exercises, lessons
from learn.course.files import ROOT
from learn.course.starters import solution_text


def pristine_copy(folder: Path, also: Iterable[str] = ()) -> Path:
    """Copy the course into `folder`, its lessons as a learner finds them on the first day, and return the copy.

    The text of the site and other files are left out, unless they are named in `also`.
    """
    home = folder / "course"
    for name in ("learn", "solutions", "tests", "notebooks"):
        shutil.copytree(ROOT / name, home / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    for name in ("pyproject.toml", *also):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, home / name)
        else:
            shutil.copy(ROOT / name, home)
    for exercise in exercises():
        starter = home / "lessons" / exercise.lesson.slug / exercise.file.name
        starter.parent.mkdir(parents=True, exist_ok=True)
        starter.write_text(exercise.starter, encoding="utf-8")
    for lesson in lessons():
        app = solution_text(lesson.app.read_text(encoding="utf-8"))
        (home / "lessons" / lesson.slug / "main.py").write_text(app, encoding="utf-8")
    return home
