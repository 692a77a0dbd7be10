"""Brings a newer course under one that a learner has worked in: from git, or from what was downloaded."""

import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from learn.course import inventory
from learn.course.files import HOME, ROOT
from learn.course.shipped import shipped
from learn.setup import repository
from learn.setup.incoming import NoCourse, prove, unpack, version
from learn.setup.plan import BESIDE, Plan, Planner
from learn.setup.repository import GitError
from learn.setup.swap import STAGE, TOOL, SavedMeanwhile, done, swap, take_back, updating

NEW = STAGE / "new"
RELEASED = Path("learn", "course", "released.txt")  # git writes the time of the commit into it, in an archive


class UpdateError(Exception):
    """The course was not updated, and all is as it was; the message says why and what to do."""


@dataclass
class Report:
    """What came of it: versions, how many files changed, where those are kept, and lines for the learner to read."""

    before: str
    now: str
    changed: int = 0
    backups: Path | None = None
    lines: list[str] = field(default_factory=list)


def update(archive: Path | None, branch: str, older: bool, say: Callable[[str], object]) -> Report:
    """Bring in the course in `archive`, or else the newest of `branch`, or of what git's present branch follows.

    Raises:
        UpdateError: it could not be done.
    """
    HOME.mkdir(exist_ok=True)
    with _explained(), updating():
        shutil.rmtree(STAGE, ignore_errors=True)
        STAGE.mkdir()
        try:
            return _from_archive(archive, older, say) if archive else _from_git(branch, say)
        finally:
            shutil.rmtree(STAGE, ignore_errors=True)


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except (NoCourse, GitError) as error:
        raise UpdateError(f"{error}. Nothing was changed.") from error
    except SavedMeanwhile as error:
        raise UpdateError(
            f"{error} was saved in the middle of it, so all is as it was. Run the same command again."
        ) from error
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise UpdateError(f"{where}{error.strerror or error}. All is as it was.") from error


def _from_archive(archive: Path, older: bool, say: Callable[[str], object]) -> Report:
    say(f"Unpacking {archive} …")
    unpack(archive, NEW)
    common = repository.base(repository.followed()) if repository.is_repository() and repository.followed() else ""
    if not older and (why := _is_older(common)):
        raise UpdateError(f"{archive} {why}. Nothing was changed. `--older` takes it all the same.")
    known = inventory.recorded()
    return _bring_in(known if known is not None or not common else _files_of(common), say)


def _from_git(branch: str, say: Callable[[str], object]) -> Report:
    if not repository.is_repository():
        raise UpdateError(
            "This folder is no clone of a git repository. Download the newer course as a .zip or .tar.gz, and name it: "
            "python -m learn update ../course.zip"
        )
    repository.refuse_if_busy()
    say("Fetching the newest course …")
    commit = repository.fetch(branch)
    common = repository.base(commit)
    if common == commit:
        return Report(version(ROOT), version(ROOT))
    repository.export(commit, NEW)
    prove(NEW, commit[:10])
    return _bring_in(_files_of(common) if common else None, say, commit, common)


def _files_of(commit: str) -> dict[str, str]:
    """The digest of each file of the course as `commit` has it."""
    folder = STAGE / "base"
    repository.export(commit, folder)
    return inventory.inventory(folder)


def _bring_in(base: dict[str, str] | None, say: Callable[[str], object], commit: str = "", common: str = "") -> Report:
    """Put what was unpacked in place; with `commit`, let git know."""
    backups = HOME / "backups" / f"update-{time.strftime('%Y%m%d-%H%M%S')}"
    plan = Planner(NEW, base, backups).make()
    incoming = inventory.inventory(NEW)
    merge = repository.merged(commit, common, _committed_work(plan, common), STAGE) if commit else ""
    report = Report(version(ROOT), version(NEW), lines=plan.lines)
    if plan.changes or plan.tool:
        say("Putting it in place …")
        report.changed = len(plan.changes) + plan.tool
        report.backups = backups
    swap(plan.changes, NEW / TOOL if plan.tool else None, backups, repository.head() if commit else "")
    try:
        _put_beside(plan)
        if merge:
            repository.adopt(merge)
    except BaseException:
        take_back()
        raise
    done()
    inventory.record(incoming)
    if base is None and report.changed:
        report.lines.append("How this course was at first is not known here: what else you had changed is kept too.")
    return report


def _committed_work(plan: Plan, common: str) -> dict[str, str]:
    """Those of the learner's files that stay which are committed, and where they lie then."""
    if not common:
        return plan.stays
    return {path: plan.stays[path] for path in repository.changed_since(common) if path in plan.stays}


def _put_beside(plan: Plan) -> None:
    """Write the new starters of the learner's files into a folder of their own, and nothing else."""
    shutil.rmtree(BESIDE, ignore_errors=True)
    for place, source in plan.beside.items():
        (BESIDE / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, BESIDE / place)


def _is_older(common: str) -> str:
    """How one sees that what was unpacked is older than the course here; empty where it is not."""
    old, new = _numbers(version(ROOT)), _numbers(version(NEW))
    if new < old:
        return f"is version {version(NEW)} of the course, and yours is {version(ROOT)}"
    here, there = repository.time_of(common) if common else _released(ROOT), _released(NEW)
    if here and there and there < here:
        return f"is of {_day(there)}, and your course of {_day(here)}"
    if new == old and not shipped(ROOT) <= shipped(NEW):
        return "lacks exercises, or versions of them, that your course has: it is older, or another course"
    return ""


def _numbers(name: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", name)]


def _released(root: Path) -> int:
    """When the course in `root` was published, in seconds; 0 where that is not known."""
    text = (root / RELEASED).read_text(encoding="utf-8").strip() if (root / RELEASED).exists() else ""
    return int(text) if text.isdecimal() else 0


def _day(seconds: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))
