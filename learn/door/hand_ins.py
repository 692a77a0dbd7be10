"""The commands for teachers: grade what a class handed in, and join the parts of a large class."""

import contextlib
import re
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from learn.course.catalogue import Exercise
from learn.door.asked import console, errors, fail
from learn.door.reports import ReportOption, Reports, cores, print_utf8, progress_on

app = typer.Typer()
INTERRUPTED = 130


@dataclass
class Asked:
    """How a class is to be graded."""

    exercises: list[Exercise]
    folder: Path
    as_json: bool
    reports: Reports
    options: dict[str, Any]
    budget: float
    jobs: int
    shard: str


def check_submissions(asked: Asked) -> None:
    """Grade each learner's hand-in apart, and report on every one, also where the grading is interrupted."""
    from learn.grading.entry import Entry
    from learn.grading.handed_in.finding import NoSubmissions
    from learn.grading.handed_in.pool import Pool
    from learn.grading.handed_in.worker import WorkerLost
    from learn.grading.run import GraderError

    part, parts = _shard(asked.shard)
    with contextlib.ExitStack() as around:
        try:
            hand_ins, strays = around.enter_context(_found(asked.folder))
            around.enter_context(_databases(asked.options))
        except NoSubmissions as error:
            fail(str(error))
        for stray in strays:
            errors.print(stray, style="yellow", markup=False)
        mine = hand_ins[part - 1 :: parts]
        asked.reports.refuse_unless_single(len(mine))
        around.enter_context(_interruptible())
        progress = around.enter_context(progress_on(errors, "Grading", len(mine) * len(asked.exercises)))
        try:
            pool = Pool(asked.exercises, asked.options, max(1, min(asked.jobs, len(mine))), asked.budget, progress)
        except (GraderError, WorkerLost) as error:
            fail(str(error))
        done: dict[str, Entry] = {}
        out = _Output(asked, [hand_in.learner for hand_in in mine])
        interrupted = False

        def in_order() -> list[Entry]:
            return [done[one.learner] for one in mine if one.learner in done]

        try:
            for entry in pool.entries(mine):
                if parts > 1:
                    entry.shard, entry.of = asked.shard, len(hand_ins)
                done[entry.learner] = entry
                out.show(entry)
                asked.reports.keep(in_order())
        except KeyboardInterrupt:
            interrupted = True
        finally:
            pool.end()
            for hand_in in mine:
                if hand_in.learner not in done:
                    verdicts = [pool.interrupted(exercise) for exercise in asked.exercises]
                    entry = Entry(hand_in.learner, verdicts, hand_in.identity, shard=asked.shard if parts > 1 else "")
                    entry.of = len(hand_ins) if parts > 1 else 0
                    done[hand_in.learner] = entry
            try:
                asked.reports.write(in_order())
            finally:
                for entry in in_order():
                    out.show(entry)
                out.close()
    if interrupted:
        errors.print("The grading was interrupted: what was not reached is reported as not run.", style="yellow")
        raise typer.Exit(INTERRUPTED)
    raise typer.Exit(0 if all(verdict.passed for entry in done.values() for verdict in entry.verdicts) else 1)


def _shard(shard: str) -> tuple[int, int]:
    """`2/8` as numbers; ends with a line where it is none."""
    found = re.fullmatch(r"(\d+)/(\d+)", shard)
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        fail(f"--shard {shard}: write the part and the number of parts, from 1/8 to 8/8.")
    return int(found[1]), int(found[2])


@contextlib.contextmanager
def _found(folder: Path) -> Iterator[tuple[list[Any], list[str]]]:
    """The hand-ins in `folder`, which may be an archive of them, and a word on what is none."""
    from learn.grading.handed_in.finding import ARCHIVES, NoSubmissions, find
    from learn.grading.handed_in.unpacking import unpack
    from learn.grading.reading import Refused

    if not (folder.suffix.lower() in ARCHIVES and folder.is_file()):
        yield find(folder)
        return
    with tempfile.TemporaryDirectory(prefix="learn-", ignore_cleanup_errors=True) as unpacked:
        try:
            left_out = unpack(folder, Path(unpacked))
        except Refused as refused:
            raise NoSubmissions(f"{folder} {refused}.") from refused
        inside = [entry for entry in Path(unpacked).iterdir() if entry.is_dir()]
        wrapped = len(inside) == 1 and inside[0].name == folder.stem and len(list(Path(unpacked).iterdir())) == 1
        found, strays = find(inside[0] if wrapped else Path(unpacked))
        yield found, [*strays, *(f"{one.path} {one.why}, and is left out" for one in left_out)]


@contextlib.contextmanager
def _databases(options: dict[str, Any]) -> Iterator[None]:
    """One PostgreSQL for all, where one is asked for."""
    if options.get("database") != "postgres":
        yield
        return
    from learn.checks import database

    try:
        with database.postgres():
            yield
    except database.NoDatabase as error:
        fail(str(error))


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Have whatever politely ends this process do it as Ctrl-C does: a job's time limit, a closed terminal."""
    before = {}
    for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):  # the last two where the system has them
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            before[number] = signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Output:
    """Standard output: the learners in their order, each as soon as it and those before it are graded."""

    def __init__(self, asked: Asked, order: list[str]) -> None:
        self.asked = asked
        self.waiting = order
        self.ready: dict[str, Any] = {}
        self.begun = False

    def show(self, entry: Any) -> None:
        """Print `entry` once its turn has come; nothing where it was printed already."""
        if entry.learner in self.waiting:
            self.ready[entry.learner] = entry
        while self.waiting and self.waiting[0] in self.ready:
            self._print(self.ready.pop(self.waiting.pop(0)))

    def _print(self, entry: Any) -> None:
        if self.asked.as_json:
            from learn.grading.formats import records

            print_utf8((",\n" if self.begun else "[\n") + records.element(entry))
            self.begun = True
            return
        from learn.desk.render import headline, show_verdicts, tally

        console.print(entry.learner or str(self.asked.folder), style="bold", markup=False)
        for note in entry.notes:
            console.print(note, style="yellow", markup=False)
        if self.asked.options.get("full") or self.asked.options.get("sql"):
            show_verdicts(console, entry.verdicts, sql=bool(self.asked.options.get("sql")))
        else:
            for verdict in entry.verdicts:
                console.print(headline(verdict))
            console.print(tally(entry.verdicts))
        console.print()

    def close(self) -> None:
        """End the document."""
        if self.asked.as_json:
            print_utf8("\n]\n" if self.begun else "[]\n")


@app.command()
def join(
    parts: Annotated[list[Path], typer.Argument(metavar="PART…", help="What `check --report json=PART` wrote.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the joined report as JSON.")] = False,
    report: ReportOption = None,
) -> None:
    """Join the parts of a class that was graded with --shard."""
    from learn.desk.render import tally
    from learn.grading.formats import records

    reports = Reports.asked(report)
    entries: dict[str, Any] = {}
    for part in parts:
        try:
            found = records.read(part.read_text(encoding="utf-8"))
        except OSError as error:
            fail(f"{part} cannot be read: {error.strerror}.")
        except ValueError as error:
            fail(f"{part} is no report of this course: {error}.")
        for entry in found:
            if entry.learner in entries:
                fail(f"{part}: {entry.learner or 'the learner without a name'} is in another part too.")
            entries[entry.learner] = entry
    joined = [entries[learner] for learner in sorted(entries)]
    if not joined:
        fail("There is no learner in these parts.")
    if len({tuple(verdict.exercise for verdict in entry.verdicts) for entry in joined}) > 1:
        fail("The parts were graded on different exercises: grade them anew, on the same.")
    of = {entry.of for entry in joined}
    if len(of) > 1:
        fail("The parts are of different classes, or of different times: grade them anew.")
    reports.refuse_unless_single(len(joined))
    for entry in joined:
        entry.shard, entry.of = "", 0
    reports.write(joined)
    if as_json:
        print_utf8(records.document(joined))
    else:
        for entry in joined:
            console.print(entry.learner, tally(entry.verdicts), sep="  ", markup=False)
    missing = max(of) - len(joined)
    if missing > 0:
        errors.print(f"{missing} of {max(of)} learners are missing: a part is not there.", style="red", markup=False)
        raise typer.Exit(2)
    raise typer.Exit(0 if all(verdict.passed for entry in joined for verdict in entry.verdicts) else 1)


def default_jobs() -> int:
    """How many learners are graded at once, where nobody says."""
    return cores()
