"""A new exercise keeps every rule of the self-check at once, and what is taken away or moved leaves nothing behind."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from learn.course.catalogue import lessons, select
from learn.course.files import ROOT
from learn.course.pristine import pristine_copy
from learn.course.shipped import LIST

pytestmark = pytest.mark.reads(
    "learn/upkeep/authoring/", "learn/door/", "learn/course/", "site/index.md", "site/lessons/index.md", "mkdocs.yml"
)

# Beside the copy that learners' tests use: what a maintainer's commands write to
ALSO = ("site", "mkdocs.yml", "README.md", "CONTRIBUTING.md", "requirements.txt", ".gitignore", ".gitattributes")
RULES = ["mistakes", "starters", "notebooks"]  # the self-check's own files, run in the copy
KINDS = {"app": "02_parameters", "model": "04_models_and_fields", "database": "08_core_crud"}
Tree = dict[str, bytes]


class Course:
    """A maintainer's clone of the course."""

    def __init__(self, home: Path) -> None:
        self.home = home
        own = {"LEARN_SETUP": "off", "PYTHONPATH": str(home), "NO_COLOR": "1", "COLUMNS": "200", "CI": ""}
        who = {"GIT_AUTHOR_NAME": "A", "GIT_COMMITTER_NAME": "A"}
        who |= {"GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_EMAIL": "a@example.org"}
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV", "GIT_"))}
        self.environment = clean | own | who

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=self.home, env=self.environment, capture_output=True, text=True, encoding="utf-8", check=False
        )

    def python(self, *arguments: str) -> str:
        """Run Python on `arguments`; what it prints."""
        done = self.run(sys.executable, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def learn(self, *arguments: str) -> str:
        return self.python("-m", "learn", *arguments)

    def refused(self, *arguments: str) -> str:
        """Run a command that cannot be done, and changes nothing. What it says."""
        before = self.tree()
        done = self.run(sys.executable, "-m", "learn", *arguments)
        assert done.returncode in (1, 2)
        assert "Traceback" not in done.stderr
        assert self.tree() == before
        return " ".join(done.stderr.split())

    def commit(self) -> None:
        for command in (["add", "-A"], ["commit", "-q", "-m", "As it is"]):
            done = self.run("git", *command)
            assert done.returncode == 0, done.stderr

    def tree(self) -> Tree:
        """All files of the course, and what they hold."""
        files = [file for file in self.home.rglob("*") if file.is_file() and not self._is_passing(file)]
        return {file.relative_to(self.home).as_posix(): file.read_bytes() for file in files}

    def _is_passing(self, file: Path) -> bool:
        parts = file.relative_to(self.home).parts
        if parts == LIST.parts:  # of all starters that there ever were: it only grows
            return True
        return parts[0] in (".git", ".learn", "build") or any(part.endswith(("cache__", "_cache")) for part in parts)

    def number_of(self, name: str) -> str:
        """The number of the exercise of that name, by its file."""
        [file] = (self.home / "solutions").glob(f"*/ex*_{name}.py")
        return f"{int(file.parent.name[:2])}.{file.stem.partition('_')[0].removeprefix('ex')}"


def made(folder: Path, git: bool = True) -> Course:
    course = Course(pristine_copy(folder, ALSO))
    if git:
        assert course.run("git", "init", "-q").returncode == 0
        course.commit()
    return course


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return made(tmp_path_factory.mktemp("authoring"))


@pytest.fixture
def course(template: Course, tmp_path: Path) -> Course:
    """A clone of one's own for a test."""
    shutil.copytree(template.home, tmp_path / "course")
    return Course(tmp_path / "course")


@pytest.fixture(scope="module")
def grown(template: Course, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course with an exercise more in an HTTP, a model and a database lesson, and with one lesson more."""
    home = tmp_path_factory.mktemp("grown") / "course"
    shutil.copytree(template.home, home)
    course = Course(home)
    course.learn("add", "2", "added_app", "--title", "Read a cookie")
    course.learn("add", "04_models_and_fields", "added_model", "--at", "3")
    course.learn("add", "8", "added_database", "--at", "1")
    course.learn("add", "10_orm_models", "added_first", "--lesson-title", "Models and sessions")
    return course


def added(course: Course) -> Iterator[tuple[str, Path]]:
    """The number and source of each exercise that was added."""
    for file in sorted((course.home / "solutions").glob("*/ex*_added_*.py")):
        yield course.number_of(file.stem.partition("_")[2]), file


# What is added


def test_each_lesson_gets_the_kind_of_exercise_that_it_has(grown: Course) -> None:
    graders = {kind: next((grown.home / "tests").glob(f"*/test_ex*_added_{kind}.py")) for kind in KINDS}
    assert {kind: grader.parent.name for kind, grader in graders.items()} == KINDS
    texts = {kind: grader.read_text(encoding="utf-8") for kind, grader in graders.items()}
    assert [kind for kind, text in texts.items() if "api: Api" in text] == ["app"]
    assert [kind for kind, text in texts.items() if "engine: Engine" in text] == ["database"]
    [later] = (grown.home / "tests" / "10_orm_models").glob("ex*.toml")
    assert 'databases = ["sqlite", "postgres"]' in later.read_text(encoding="utf-8"), "as the lesson before it"


def test_what_is_added_keeps_the_rules_of_the_self_check(grown: Course) -> None:
    numbers = [number for number, _ in added(grown)]
    assert len(numbers) == 4
    folders = [source.parent.name for _, source in added(grown)]
    wanted = f"{' or '.join(numbers)} or 10_orm_models or (({' or '.join(folders)}) and every_exercise)"
    files = [f"tests/course/test_{name}.py" for name in RULES]
    printed = grown.python("-m", "pytest", "-q", "-p", "no:cacheprovider", "-n0", "--no-header", "-k", wanted, *files)
    passed = re.search(r"(\d+) passed", printed)
    assert passed
    assert int(passed[1]) > 10 * len(numbers), printed


def test_what_is_added_is_linted_formatted_and_typed(grown: Course, tmp_path: Path) -> None:
    paths, names = [], []
    for number, source in added(grown):
        graders = grown.home / "tests" / source.parent.name
        starter = grown.home / "lessons" / source.parent.name / source.name
        for kind, file in {"source": source, "grader": graders / f"test_{source.name}", "starter": starter}.items():
            names.append(str(shutil.copy(file, tmp_path / f"e{number.replace('.', '_')}_{kind}.py")))
            paths.append(str(file))
    assert len(paths) == 12
    grown.python("-m", "ruff", "check", *paths)
    grown.python("-m", "ruff", "format", "--check", *paths)
    typed = [sys.executable, "-m", "mypy", "--cache-dir", str(ROOT / ".mypy_cache"), "learn/__init__.py", *names]
    done = subprocess.run(typed, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_site_builds_with_what_is_added(grown: Course) -> None:
    program = "from learn.pages.build import *; write_snippets(lambda _: NOT_YET); run_mkdocs(SITE)"
    grown.python("-c", program)
    for number, source in added(grown):
        page = grown.home / "build" / "site" / "lessons" / source.parent.name / "index.html"
        assert f"exercise-{number.replace('.', '-')}" in page.read_text(encoding="utf-8")


def test_a_new_lesson_is_entered_wherever_lessons_are_listed(grown: Course) -> None:
    linked = {
        "mkdocs.yml": '"Part 4 · SQLAlchemy ORM":\n          - "10 Models and sessions": lessons/10_orm_models.md',
        "README.md": "10 [Models and sessions](site/lessons/10_orm_models.md)",
        "site/index.md": "[10 Models and sessions](lessons/10_orm_models.md)",
        "site/lessons/index.md": "## Part 4 · SQLAlchemy ORM\n",
        "site/notebooks/index.md": "- [10 Models and sessions](10_orm_models.md)\n",
    }
    for name, words in linked.items():
        assert words in (grown.home / name).read_text(encoding="utf-8"), name
    planned = (grown.home / "site" / "lessons" / "index.md").read_text(encoding="utf-8").partition("## Planned")[2]
    assert "| 11 relationships" in planned


def test_git_lists_only_what_belongs_to_it(course: Course) -> None:
    printed = course.learn("add", "2", "cookie")
    listed = course.run("git", "status", "--porcelain", "--untracked-files=all").stdout.splitlines()
    files = {line[3:] for line in listed}
    assert {file for file in files if "ex" in file and file.endswith((".py", ".toml"))} == {
        f"{place}/02_parameters/{name}"
        for place, name in {
            ("solutions", f"ex{len(select('2')) + 1}_cookie.py"),
            ("lessons", f"ex{len(select('2')) + 1}_cookie.py"),
            ("tests", f"test_ex{len(select('2')) + 1}_cookie.py"),
            ("tests", f"ex{len(select('2')) + 1}_cookie.toml"),
        }
    }
    assert all(file in printed for file in files)


# What is removed or moved


BATCH = """
from learn.course.catalogue import Lesson, lessons
from learn.upkeep.authoring.exercises import add, move, remove_exercise
"""
ADDED = f"""
for slug in {[*KINDS.values()]}:
    for name, place in (("first", 1), ("third", 3), ("last", None)):
        add(Lesson(slug), name, "", place, None)
"""
REMOVED = f"""
for slug in {[*KINDS.values()]}:
    for name in ("third", "first", "last"):
        [added] = [one for one in Lesson(slug).exercises if one.name.partition("_")[2] == name]
        remove_exercise(added, force=True)
"""
MOVED = """
for place in (None, 3, 1):
    for one in lessons():
        [added] = [it for it in one.exercises if it.name.endswith(f"_added_{place}")]
        remove_exercise(added, force=True)
"""
MOVED = "for one in lessons(): move(one.exercises[-1], 1)"
MOVED_BACK = "for one in lessons(): move(one.exercises[0], len(one.exercises))"


@pytest.mark.parametrize(("there", "back"), [(ADDED, REMOVED), (MOVED, MOVED_BACK)], ids=["added", "moved"])
def test_there_and_back_restores_every_byte(course: Course, there: str, back: str) -> None:
    before = course.tree()
    course.python("-c", BATCH + there)
    after = course.tree()
    renamed = {Path(name).parts[1] for name in before.keys() ^ after.keys()}
    assert renamed == ({*KINDS.values()} if there == ADDED else {lesson.slug for lesson in lessons()})
    course.python("-c", BATCH + back)
    assert course.tree() == before


def test_what_was_moved_keeps_the_rules_and_its_history(course: Course) -> None:
    course.learn("move", course.number_of("route_order"), "2.2")
    page = (course.home / "site" / "lessons" / "02_parameters.md").read_text(encoding="utf-8")
    assert page.index("## The order of routes") < page.index("exercises/2.2.md") < page.index("## A closed set")
    files = [f"tests/course/test_{name}.py" for name in ("starters", "mistakes", "notebooks")]
    course.python("-m", "pytest", "-q", "-p", "no:cacheprovider", "-n0", "-k", "2.2 or 2.5 or 02_parameters", *files)
    assert "2.2  passed    The order of routes" in course.learn("check", "2.2", "--solutions")
    course.commit()
    history = course.run("git", "log", "--follow", "--oneline", "solutions/02_parameters/ex2_route_order.py").stdout
    assert len(history.splitlines()) == 2


def test_without_git_it_works_too(tmp_path: Path) -> None:
    course = made(tmp_path, git=False)
    before = course.tree()
    course.learn("move", "1.1", "1.3")
    course.learn("move", "1.3", "1.1")
    course.learn("add", "1", "added_here")
    printed = course.learn("remove", course.number_of("added_here"))
    assert printed.count("kept ") == 3, "source, grader and notes: git has none of them"
    assert course.tree() == before


# Nothing that somebody wrote is lost


def test_what_git_does_not_have_is_not_removed(course: Course) -> None:
    grader = course.home / "tests" / "02_parameters" / "test_ex5_route_order.py"
    grader.write_text("# better\n", encoding="utf-8")
    said = course.refused("remove", course.number_of("route_order"))
    assert "tests/02_parameters/test_ex5_route_order.py: git does not have this as it is. Commit first" in said
    printed = course.learn("remove", course.number_of("route_order"), "--force")
    [copy] = (course.home / ".learn" / "backups" / "02_parameters").glob("test_ex5_route_order-*.py")
    assert copy.read_text(encoding="utf-8") == "# better\n"
    assert copy.name in printed


def test_a_learners_file_is_kept(course: Course) -> None:
    lessons_folder = course.home / "lessons" / "02_parameters"
    for name in ("ex5_route_order.py", "ex6_header.py"):
        (lessons_folder / name).write_text(f"# {name} of mine\n", encoding="utf-8")
    printed = course.learn("remove", course.number_of("route_order"))
    [copy] = (course.home / ".learn" / "backups" / "02_parameters").iterdir()
    assert copy.read_text(encoding="utf-8") == "# ex5_route_order.py of mine\n"
    assert copy.name in printed
    assert (lessons_folder / "ex5_header.py").read_text(encoding="utf-8") == "# ex6_header.py of mine\n"
    assert "lessons/02_parameters/ex5_header.py holds somebody's own text" in printed


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["add", "2", "Cookie Jar"], "'Cookie Jar' is no name for an exercise"),
        (["add", "2", "paging"], "Lesson 2 has an exercise 'paging' already"),
        (["add", "2", "cookie", "--at", "99"], "--at 99: lesson 2 has room for 1 to"),
        (["add", "2", "cookie", "--title", 'A "title"'], "is no title"),
        (["add", "2", "cookie", "--kind", "page"], "choose app, model or database"),
        (["add", "77", "cookie"], "There is no lesson '77'. To begin one"),
        (["add", "02_other", "cookie"], "Lesson 2 is there already: 02_parameters"),
        (["add", "77_other", "cookie"], 'The syllabus plans no lesson 77. Say --lesson-title "How it is called"'),
        (["remove", "2.99"], "Lesson 2 has 2.1 to"),
        (["move", "2.1", "3.1"], "an exercise stays in its lesson"),
        (["move", "2.1", "2.99"], "there is no place 99"),
    ],
)
def test_what_cannot_be_done_changes_nothing(template: Course, arguments: list[str], words: str) -> None:
    assert words in template.refused(*arguments)
