"""Says what becomes of each file when a newer course is brought under one that a learner has worked in.

Two rules. In `lessons/` and `notebooks/`, what the course has once shipped gives way to what is new, and everything
else is the learner's and stays; where its starter has changed, the new one is put beside. Everywhere else the newer
course counts, and what the learner had changed is named: a copy of whatever goes is kept in any case.
"""

from dataclasses import dataclass, field
from pathlib import Path

from learn.course.catalogue import Exercise, Lesson
from learn.course.files import HOME, ROOT, display
from learn.course.inventory import FOLDERS, inventory, state
from learn.course.shipped import fingerprint, shipped
from learn.setup.swap import TOOL, Change

LEARNERS = ("lessons", "notebooks")
BESIDE = HOME / "new-starters"


@dataclass
class Plan:
    """What is to be done, and what to tell about it.

    Attributes:
        tool: whether the course's tool changes.
        stays: the learner's files that are not touched or only moved, and where they lie then.
        beside: new starters for those files.
        lines: what the learner should know, each with what to do.
    """

    changes: list[Change] = field(default_factory=list)
    tool: bool = False
    stays: dict[str, str] = field(default_factory=dict)
    beside: dict[str, Path] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)


class Planner:
    """Compares three courses: `new`, the learner's, and, where that is known, what the learner's was at first."""

    def __init__(self, new: Path, base: dict[str, str] | None, backups: Path) -> None:
        self.new = new
        self.base = base
        self.backups = backups
        self.new_files = inventory(new)
        self.old_files = inventory(ROOT, {*self.new_files, *self._known()})
        self.shipped = shipped(ROOT) | shipped(new)
        self.plan = Plan()

    def make(self) -> Plan:
        """What becomes of every file."""
        moved = self._moved()
        targets: dict[str, Path | None] = {}  # what each file is to be written from
        for path in sorted({*self.new_files, *self.old_files}):
            top = path.partition("/")[0]
            if top == TOOL and path.startswith(f"{TOOL}/"):
                self._tool(path)
            elif top in LEARNERS:
                self._learners(path, moved, targets)
            else:
                self._courses(path, targets)
        for path, source in targets.items():
            before = self.old_files.get(path, "")
            if before != (state(source) if source else ""):
                self.plan.changes.append(Change(path, source, before))
        return self.plan

    def _moved(self) -> dict[str, str]:
        """Where the exercises that have another number now, lie now."""
        old, new = _places(ROOT), _places(self.new)
        return {old[key]: new[key] for key in old.keys() & new.keys() if old[key] != new[key]}

    def _learners(self, path: str, moved: dict[str, str], targets: dict[str, Path | None]) -> None:
        """A file in which the learner works."""
        if not self._is_work(path):
            if path in self.new_files:
                targets.setdefault(path, self.new / path)  # unless a moved file is to lie here
            elif path in self.old_files:
                targets.setdefault(path, None)
            return
        place = moved.get(path, path)
        self.plan.stays[path] = place
        if place != path:
            targets[place] = ROOT / path
            targets.setdefault(path, self.new / path if path in self.new_files else None)
        line = f"{path} is yours, and stays." if place == path else f"{path} is yours. It is {place} now."
        if place not in self.new_files:
            self._say(f"{line} The course no longer has it.", path in self._known() or self._was_shipped(path))
        elif self._starter_is_new(path, place):
            self.plan.beside[place] = self.new / place
            beside = f"{line} The course's own has changed: it is {display(BESIDE / place)}. Compare the two"
            again = f", or begin again with `python -m learn reset {_number(place)}`" if _number(place) else ""
            self._say(f"{beside}{again}.")
        elif place != path:
            self._say(line)

    def _is_work(self, path: str) -> bool:
        """Whether the learner's file at `path` holds what the course did not bring."""
        present = self.old_files.get(path, "")
        if not present or present in (self.new_files.get(path), self._known().get(path)):
            return False
        if (ROOT / path).is_symlink():
            return True
        return fingerprint((ROOT / path).read_bytes()) not in self.shipped

    def _starter_is_new(self, path: str, place: str) -> bool:
        """Whether the learner's file at `path` was begun from something else than what the course has now."""
        now = self.new_files[place]
        if path in self._known():
            return now != self._known()[path]
        return fingerprint((self.new / place).read_bytes()) not in shipped(ROOT)

    def _courses(self, path: str, targets: dict[str, Path | None]) -> None:
        """A file of the course in which nobody works, as a rule."""
        present, now, known = self.old_files.get(path), self.new_files.get(path), self._known().get(path)
        if now is not None:
            targets[path] = self.new / path
            if self.base is not None and present not in (None, now, known):
                self._say(f"{path} had changes of yours, and is now the course's. Yours is {self._kept(path)}.")
        elif known is not None or (self.base is None and path.partition("/")[0] in FOLDERS):
            targets[path] = None
            if present != known:
                self._say(f"{path} is no longer part of the course. What was there is {self._kept(path)}.")
        else:
            self.plan.stays[path] = path

    def _tool(self, path: str) -> None:
        """A file of the course's tool, which is exchanged whole."""
        present, now, known = self.old_files.get(path), self.new_files.get(path), self._known().get(path)
        if present == now:
            return
        self.plan.tool = True
        if present and self.base is not None and present != known:
            self._say(f"{path} had changes of yours, and is now the course's. Yours is {self._kept(path)}.")

    def _known(self) -> dict[str, str]:
        return self.base or {}

    def _was_shipped(self, path: str) -> bool:
        return path in {line.partition(" ")[2] for line in _lines(ROOT / "learn" / "course" / "shipped.txt")}

    def _kept(self, path: str) -> str:
        return display(self.backups / path)

    def _say(self, line: str, so: bool = True) -> None:
        if so:
            self.plan.lines.append(line)


def _places(root: Path) -> dict[str, str]:
    """Where the exercises of the course in `root` lie, by their keys."""
    sources = (root / "solutions").glob("[0-9][0-9]_*/ex*_*.py")
    return {
        Exercise(Lesson(source.parent.name), source.stem).key: f"lessons/{source.parent.name}/{source.name}"
        for source in sources
    }


def _number(path: str) -> str:
    """The number of the exercise that lies at `path`, if it is one."""
    _, _, rest = path.partition("lessons/")
    lesson, _, name = rest.partition("/")
    return Exercise(Lesson(lesson), name.removesuffix(".py")).number if name.startswith("ex") else ""


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []
