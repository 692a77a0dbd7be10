"""Copies what one learner handed in to a clean folder, laid out like `lessons/`.

Only plain files of a sensible size are read, and only those that lie in the hand-in itself. The graders then see no
link, no pipe and no other learner, and what the learner's code does to its folder, it does to a copy.
"""

import os
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from learn.course import catalogue
from learn.course.catalogue import Exercise
from learn.course.files import display
from learn.grading.handed_in.finding import ARCHIVES, OTHER_ARCHIVES, HandIn, is_litter
from learn.grading.handed_in.unpacking import LARGEST_ARCHIVE, LeftOut, unpack
from learn.grading.reading import Refused, read, refuse_unless_plain
from learn.grading.words import visible_name

DEEPEST = 8  # folders in folders
MOST_FOLDERS = 2_000
MOST_HELPERS = 100  # files beside the exercises of a lesson
DEEPEST_ARCHIVE = 2  # archives in archives

# `ex1_greeting (1).py`, `ex1_greeting-2.py`: what browsers and platforms make of a second download or upload.
_COPY = re.compile(r"(?P<stem>.+?)(?: ?\(\d+\)|-\d+| - Copy)(?P<suffix>\.py)", re.IGNORECASE)
_NUMBER = re.compile(rb"Exercise (\d+\.\d+)\b")  # how the docstring of an exercise begins
_COURSES_OWN = {"solutions", "tests"}  # in a whole copy of the course, these hold folders of the same names


@dataclass
class Staged:
    """What one learner handed in, ready to be graded.

    Attributes:
        folder: the clean copy.
        files: of each exercise that is there, by number, where it was handed in.
        refused: of each exercise that is there and was not read, by number, why.
        notes: what a teacher should know about it.
        closed: folders that could not be looked into, by name, and why.
        trouble: why there is nothing at all, where something was handed in that cannot be opened.
    """

    folder: Path
    files: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    closed: dict[str, str] = field(default_factory=dict)
    trouble: str = ""


def stage(hand_in: HandIn, exercises: list[Exercise], folder: Path) -> Staged:
    """Copy what `hand_in` has of `exercises` into `folder`, an empty one."""
    staged = Staged(folder / "graded")
    staged.folder.mkdir()
    found = sorted(_Search(hand_in, folder, staged).candidates(), key=lambda one: one.rank)
    if any(not one.courses_own for one in found):  # else the course's own solutions would stand in for what is missing
        found = [one for one in found if not one.courses_own]
    twice = []
    for exercise in exercises:
        same = [one for one in found if one.exercise == exercise]
        if same:
            _take(same[0], staged)
        elif exercise.lesson.slug in staged.closed:
            staged.refused[exercise.number] = f"refused: {staged.closed[exercise.lesson.slug]}"
        twice += [f"{exercise.number} ({same[0].shown})"] if len(same) > 1 else []
    if twice:
        staged.notes.append(f"handed in more than once, the uppermost is graded: {', '.join(twice)}")
    if not found and staged.notes:
        staged.trouble = f"refused: {staged.notes[0]}"
    return staged


@dataclass
class _Candidate:
    """A file that may be a learner's solution of an exercise.

    Attributes:
        root: what it must lie in, all links resolved.
        shown: how to name it to a teacher.
        rank: the lower, the likelier.
        courses_own: it lies in a folder named as one of those that the course keeps its own files in.
        refused: why it is not read, where that is known already.
    """

    exercise: Exercise
    file: Path
    root: Path
    shown: str
    rank: tuple[int, int, str]
    courses_own: bool = False
    refused: str = ""


def _take(chosen: _Candidate, staged: Staged) -> None:
    """Copy `chosen`, with the modules beside it."""
    exercise = chosen.exercise
    staged.files[exercise.number] = chosen.shown
    target = staged.folder / exercise.lesson.slug / exercise.file.name
    target.parent.mkdir(exist_ok=True)
    try:
        if chosen.refused:
            raise Refused(chosen.refused)
        target.write_bytes(_read_inside(chosen.file, chosen.root))
    except (Refused, FileNotFoundError) as error:
        why = error if isinstance(error, Refused) else "is a link that leads nowhere"
        staged.refused[exercise.number] = f"refused: {visible_name(chosen.file.name)} {why}"
        return
    _take_helpers(chosen.file.parent, chosen.root, target.parent)


def _read_inside(file: Path, root: Path) -> bytes:
    """What stands in `file`, which lies in `root`, also where links led to it."""
    try:
        real = Path(os.path.realpath(file, strict=True))
    except FileNotFoundError:
        raise
    except (OSError, RuntimeError, ValueError) as error:
        raise Refused("is a link that leads to itself" if file.is_symlink() else f"cannot be read: {error}") from error
    if not real.is_relative_to(root):
        raise Refused("is a link out of what was handed in")
    return read(real)


def _take_helpers(source: Path, root: Path, target: Path) -> None:
    """Copy the learner's own modules beside an exercise: it may import them. What cannot be read is no module."""
    for helper in sorted(source.glob("*.py"))[:MOST_HELPERS]:
        copy = target / helper.name
        if copy.exists() or _known(helper.name):
            continue
        try:
            copy.write_bytes(_read_inside(helper, root))
        except (Refused, OSError):
            continue


def _known(name: str) -> bool:
    return any(exercise.file.name == name for exercise in catalogue.exercises())


class _Search:
    """Looks through what one learner handed in for files that may be solutions; notes what it cannot look at."""

    def __init__(self, hand_in: HandIn, folder: Path, staged: Staged) -> None:
        self.hand_in, self.folder, self.staged = hand_in, folder, staged
        self.opened = 0

    def candidates(self) -> Iterator[_Candidate]:
        """All that may be solutions, in no order."""
        waiting = deque((path, display(path), 0) for path in self.hand_in.paths)
        while waiting:
            path, shown, archives = waiting.popleft()
            if path.is_symlink():
                self.staged.notes.append(f"{visible_name(path.name)} is a link, and is not followed")
            elif path.is_dir():
                root = Path(os.path.realpath(path))
                for file, depth in self._walk(root):
                    where = f"{shown}/{file.relative_to(root).as_posix()}"
                    if file.suffix.lower() in ARCHIVES | OTHER_ARCHIVES:
                        waiting.append((file, where, archives))
                    else:
                        own = not _COURSES_OWN.isdisjoint(file.relative_to(root).parts)
                        yield from _named(file, file.name, root, where, (archives, depth, where), own)
            elif path.suffix.lower() in ARCHIVES | OTHER_ARCHIVES:
                inside = self.folder / f"unpacked-{self.opened}"
                self.opened += 1
                for left_out in self._open(path, inside, archives):
                    file = inside.joinpath(left_out.path.name)
                    where = f"{shown}: {left_out.path}"
                    named = list(_named(file, file.name, inside, where, (archives, DEEPEST, where)))
                    yield from (replace(one, refused=left_out.why) for one in named)
                    if not named:
                        self.staged.notes.append(f"{visible_name(str(left_out.path))} {left_out.why}")
                waiting.append((inside, f"{shown}:", archives + 1))
            else:
                name = self.hand_in.names.get(path, path.name)
                yield from _named(path, name, Path(os.path.realpath(path.parent)), shown, (archives, 0, shown))

    def _open(self, archive: Path, inside: Path, depth: int) -> list[LeftOut]:
        """Unpack `archive` to `inside`, a new folder; where that fails, it stays empty, and why is noted."""
        inside.mkdir()
        try:
            if archive.suffix.lower() in OTHER_ARCHIVES:
                raise Refused("is an archive of a kind that is not unpacked: only .zip is")
            if depth == DEEPEST_ARCHIVE:
                raise Refused("is an archive in an archive in an archive, and is not unpacked")
            refuse_unless_plain(archive.stat(), LARGEST_ARCHIVE)
            return unpack(archive, inside)
        except (Refused, OSError) as error:
            why = error if isinstance(error, Refused) else f"cannot be read: {error.strerror}"
            self.staged.notes.append(f"{visible_name(archive.name)} {why}")
        return []

    def _walk(self, root: Path) -> Iterator[tuple[Path, int]]:
        """The files under `root`, each with how deep it lies. No link to a folder is followed."""
        folders = deque([(root, 0)])
        looked_at = 0
        while folders:
            folder, depth = folders.popleft()
            looked_at += 1
            if looked_at > MOST_FOLDERS:
                self.staged.notes.append(f"there are more than {MOST_FOLDERS} folders: not all were looked at")
                return
            try:
                entries = sorted(folder.iterdir())
            except OSError as error:
                self._close(folder, f"cannot be read: {error.strerror}")
                continue
            for entry in entries:
                if is_litter(entry.name):
                    continue
                if not entry.is_dir() or entry.suffix == ".py":  # a folder in the place of a file is refused as one
                    yield entry, depth
                elif entry.is_symlink():
                    self._close(entry, "is a link to a folder, and is not followed")
                elif depth < DEEPEST:
                    folders.append((entry, depth + 1))

    def _close(self, folder: Path, why: str) -> None:
        self.staged.closed[folder.name] = f"{visible_name(folder.name)} {why}"
        self.staged.notes.append(self.staged.closed[folder.name])


def _named(
    file: Path, name: str, root: Path, shown: str, rank: tuple[int, int, str], courses_own: bool = False
) -> Iterator[_Candidate]:
    """`file` as a candidate for the exercise that its `name` and folder, or else its first lines, say it is."""
    copy = _COPY.fullmatch(name)
    plain = (copy["stem"] + copy["suffix"] if copy else name).lower()
    same = [exercise for exercise in catalogue.exercises() if exercise.file.name == plain]
    if copy:
        rank = (rank[0], rank[1] + DEEPEST, rank[2])
    own = [exercise for exercise in same if exercise.lesson.slug == file.parent.name]
    if not own and len(same) > 1:
        number = _number_in(file, root)
        own = [exercise for exercise in same if exercise.number == number]
    for exercise in own or (same if len(same) == 1 else []):
        yield _Candidate(exercise, file, root, visible_name(shown), rank, courses_own)


def _number_in(file: Path, root: Path) -> str:
    """The number of the exercise that `file` says it is; empty where it says none."""
    try:
        found = _NUMBER.search(_read_inside(file, root)[:400])
    except (Refused, OSError):
        return ""
    return found[1].decode() if found else ""
