"""Grades a class on all cores: one learner at a time on each, and one learner's trouble is that learner's alone."""

import queue
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from learn.course.catalogue import Exercise
from learn.grading.entry import Entry, made_visible
from learn.grading.handed_in.finding import HandIn
from learn.grading.handed_in.staging import Staged, stage
from learn.grading.handed_in.worker import Worker, WorkerLost
from learn.grading.run import GraderError, Option
from learn.grading.verdict import Result, Status, Verdict

BUDGET = 300.0  # seconds that one learner's exercises may take in all
SHARE = 5  # one exercise may take the part of it that this divides into
TRIES = 2
TICK = 0.2  # seconds; so that Ctrl-C is heard on Windows too


@dataclass
class Pool:
    """Grades hand-ins. Make one for a class, go through `entries`, and call `end`, whatever has happened.

    Attributes:
        exercises: what is graded.
        options: those of the plugin.
        jobs: how many learners are graded at once.
        budget: seconds that one learner's exercises may take in all.
        advance: called after each exercise, from any thread.
    """

    exercises: list[Exercise]
    options: dict[str, Option]
    jobs: int
    budget: float = BUDGET
    advance: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self._first = Worker(self.exercises, self.options)  # so that a wrong option is known before anything is graded
        self.tests = self._first.tests
        self._idle: queue.SimpleQueue[Worker | None] = queue.SimpleQueue()
        self._idle.put(self._first)
        for _ in range(self.jobs - 1):
            self._idle.put(None)  # is started when it is needed
        self._workers = {self._first}
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._folder = Path(tempfile.mkdtemp(prefix="learn-class-"))

    def entries(self, hand_ins: list[HandIn]) -> Iterator[Entry]:
        """The entry of each learner, as they are reached."""
        done: queue.SimpleQueue[Entry] = queue.SimpleQueue()
        with ThreadPoolExecutor(self.jobs) as threads:
            try:
                for number, hand_in in enumerate(hand_ins):
                    threads.submit(lambda *own: done.put(self._grade(*own)), number, hand_in)
                for _ in hand_ins:
                    while True:
                        try:
                            yield done.get(timeout=TICK)
                            break
                        except queue.Empty:
                            continue
            finally:
                self.end()
                threads.shutdown(wait=True, cancel_futures=True)

    def _grade(self, number: int, hand_in: HandIn) -> Entry:
        """The entry of one learner. Any fault of ours is said in it, and spoils no other's."""
        entry = Entry(hand_in.learner, [], hand_in.identity)
        folder = self._folder / str(number)
        try:
            folder.mkdir()
            staged = stage(hand_in, self.exercises, folder)
            entry.notes = staged.notes
            self._grade_staged(staged, entry)
        except Exception as error:
            entry.notes.append(f"the grader could not go on: {type(error).__name__}: {error}")
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        for exercise in self.exercises[len(entry.verdicts) :]:
            entry.verdicts.append(self.stand_in(exercise, Status.NOT_RUN, "not run: the grader could not go on"))
            self.advance()
        return entry

    def _grade_staged(self, staged: Staged, entry: Entry) -> None:
        left = self.budget
        for exercise in self.exercises:
            number = exercise.number
            if number in staged.refused or staged.trouble:
                verdict = self.stand_in(exercise, Status.BROKEN, staged.refused.get(number, staged.trouble))
            elif number not in staged.files:
                verdict = self.stand_in(exercise, Status.MISSING, f"nothing was handed in for {number}")
            elif left <= 0:
                message = f"not run: the time for all that one learner handed in, {self.budget:g} s, is used up"
                verdict = self.stand_in(exercise, Status.NOT_RUN, message)
            elif self._over.is_set():
                verdict = self.interrupted(exercise)
            else:
                begin = time.monotonic()
                verdict = self._verdict(exercise, staged, min(left, self.budget / SHARE))
                left -= time.monotonic() - begin
            verdict.file = staged.files.get(number, "")
            entry.verdicts.append(made_visible(verdict))
            self.advance()

    def _verdict(self, exercise: Exercise, staged: Staged, seconds: float) -> Verdict:
        """The verdict on one exercise. A worker may be lost by another learner's doing: it is tried twice."""
        trouble = ""
        for _ in range(TRIES):
            worker = self._idle.get()
            try:
                worker = worker or self._new_worker()
                return _named_as_handed_in(worker.grade(exercise, str(staged.folder), seconds), staged)
            except (WorkerLost, GraderError, OSError) as error:
                trouble = str(error)
                if worker is not None:
                    self._give_up(worker)
                    worker = None
            finally:
                self._idle.put(worker)
            if self._over.is_set():
                return self.interrupted(exercise)
        return self.stand_in(exercise, Status.BROKEN, f"it could not be graded to its end: {trouble}")

    def _new_worker(self) -> Worker:
        worker = Worker(self.exercises, self.options)
        with self._lock:
            self._workers.add(worker)
            over = self._over.is_set()
        if over:
            worker.end()
        return worker

    def _give_up(self, worker: Worker) -> None:
        with self._lock:
            self._workers.discard(worker)
        worker.end()

    def interrupted(self, exercise: Exercise) -> Verdict:
        """Stands in for a verdict that was not reached."""
        return self.stand_in(exercise, Status.NOT_RUN, "not run: the grading was interrupted")

    def stand_in(self, exercise: Exercise, status: Status, message: str) -> Verdict:
        """A verdict on what was not run: of that status in each test, so that all verdicts on it are of one form."""
        tests = [Result(name, status, message) for name in self.tests[exercise.number]]
        return Verdict(exercise.number, exercise.title, status, 0.0, tests, page=exercise.page)

    def end(self) -> None:
        """End all that it has started, at once."""
        self._over.set()
        with self._lock:
            workers, self._workers = self._workers, set()
        for worker in workers:
            worker.end()
        shutil.rmtree(self._folder, ignore_errors=True)


def _named_as_handed_in(verdict: Verdict, staged: Staged) -> Verdict:
    """`verdict`, with the folder that the file was graded in taken out of what it says."""
    for test in verdict.tests:
        for part in ("message", "got", "called", "output", "details"):
            setattr(test, part, getattr(test, part).replace(f"{staged.folder}/", ""))
    return verdict
