"""Watch mode: grades the current exercise at each save, and listens to single keys in between."""

import os
import queue
import re
import select
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.rule import Rule
from rich.text import Text
from watchfiles import watch as watch_files

from learn.checks.mismatch import first_line
from learn.course.catalogue import Exercise, exercises
from learn.course.files import ROOT, display
from learn.course.inventory import updated_last
from learn.desk import render
from learn.desk.backup import reset
from learn.desk.progress import Progress, changing, digest, load
from learn.grading.run import GraderError
from learn.grading.verdict import Status, Verdict
from learn.grading.warm import WarmGrader

Event = str | Path | Exception  # a key, a file that was saved, or why saves are not seen as usual
ESCAPE = "\x1b"
SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O.|[^\[O])", re.DOTALL)  # what keys such as F2 and Home send
PATIENCE = 0.05  # seconds within which the rest of such a sequence arrives
KEYS = "n next · h hint · l list · c check all · r reset · s solution · q quit"
SETTLE_MS = 2  # how long saved files may go on changing before they are graded


class Watcher:
    """The state of watch mode: where the learner is, and what is on the screen."""

    def __init__(self, console: Console, grader: WarmGrader, exercise: Exercise, site: str) -> None:
        self.console = console
        self.grader = grader
        self.exercise = exercise
        self.site = site
        self.verdict: Verdict | None = None
        self.graded = ""  # digest of the text that the verdict is on
        self.confirm_reset = False
        self.course = updated_last()
        self.keys: dict[str, Callable[[], None]] = {
            "n": self.go_on,
            "h": self.show_hint,
            "l": self.show_list,
            "c": self.check_all,
            "r": self.reset,
            "s": self.show_solution,
        }

    def grade(self) -> None:
        """Grade the current exercise and show the verdict."""
        try:
            [self.verdict] = self.grader.grade([self.exercise])
        except GraderError as error:
            self.verdict = None
            self.console.print(str(error), style="red", markup=False)
            self.say_if_updated()
            return
        self.graded = self.verdict.digest
        troubles: list[str] = []
        with changing(troubles.append) as progress:
            progress.note(self.exercise, self.verdict)
        self.show(progress)
        for trouble in troubles:  # below the verdict, which begins on a fresh screen
            self._say(trouble)
        self.say_if_updated()

    def say_if_updated(self) -> None:
        """Have the learner start again where the course is another than at the start."""
        if updated_last() != self.course:
            self._say("The course was updated meanwhile. Press q, and start it again to work with the new one.")

    def show(self, progress: Progress) -> None:
        """The current verdict on a fresh screen."""
        if self.console.is_terminal:
            self.console.clear()
        verdict = self.verdict
        assert verdict is not None
        done = sum(map(progress.is_solved, exercises()))
        self.console.print(Rule(f"{done} of {len(exercises())} solved", style="dim", align="left"))
        self.console.print(render.headline(verdict))
        if verdict.status is Status.UNTOUCHED:
            self.console.print(render.task(self.exercise))
        if not verdict.passed:
            self.console.print(render.explanation(verdict, self.site))
        else:
            following = progress.next_unsolved(self.exercise)
            if following:
                self._say(f"n goes on to {following.number}, {following.title}. s shows another way to solve this one.")
            else:
                self._say("All exercises are solved. Well done.")
        self.footer()

    def footer(self) -> None:
        """The keys that one can press."""
        if self.console.is_terminal:
            self.console.print(Text(KEYS, "dim"))

    def press(self, key: str) -> None:
        """Do what `key` stands for."""
        again = self.confirm_reset
        self.confirm_reset = False
        if key == "r" and again:
            self._reset_now()
        elif key in self.keys:
            self.keys[key]()

    def go_on(self) -> None:
        """On to the next unsolved exercise."""
        following = load(self._say).next_unsolved(self.exercise)
        if following is None:
            self._say("All exercises are solved.")
            return
        self.exercise = following
        self.grade()

    def show_hint(self) -> None:
        """One rung more of the ladder."""
        with changing(self._say) as progress:
            shown = progress.take_hint(self.exercise)
        render.show_hints(self.console, self.exercise, shown)

    def show_list(self) -> None:
        """Progress in the whole course."""
        self.console.print(render.status_table(load(self._say)))
        self.footer()

    def check_all(self) -> None:
        """Grade everything that was begun."""
        try:
            verdicts = self.grader.grade(exercises())
        except GraderError as error:
            self.console.print(str(error), style="red", markup=False)
            return
        with changing(self._say) as progress:
            for exercise, verdict in zip(exercises(), verdicts, strict=True):
                progress.note(exercise, verdict)
        for verdict in verdicts:
            self.console.print(render.headline(verdict))
        self.console.print(render.tally(verdicts))
        self.footer()

    def reset(self) -> None:
        """Ask first: the key is next to others."""
        self.confirm_reset = True
        self._say(f"Press r again to bring back the starter of {self.exercise.number}. Your code is kept as a backup.")

    def _reset_now(self) -> None:
        try:
            copy = reset(self.exercise)
        except OSError as error:
            self._say(f"Not reset, your file is as it was: {error.strerror or error}.")
            return
        with changing(self._say) as progress:
            progress.forget(self.exercise)
        self.grade()
        if copy:
            self._say(f"What was there is kept as {display(copy)}")

    def show_solution(self) -> None:
        """The reference solution, to a learner who has solved the exercise."""
        if load(self._say).is_solved(self.exercise):
            self.console.print(render.solution(self.exercise))
        else:
            self._say(f"Solve it first, or run: python -m learn solution {self.exercise.number} --show")

    def _say(self, text: str) -> None:
        self.console.print(text, markup=False)


def watch(console: Console, first: Exercise | None = None, site: str = "") -> int:
    """Grade `first`, or the next unsolved exercise, at each save until `q` or Ctrl-C. Returns the exit status."""
    exercise = first or load(console.print).next_unsolved() or exercises()[0]
    events: queue.Queue[Event] = queue.Queue()
    stop = threading.Event()
    with WarmGrader(ahead=True) as grader, single_keys() as read_keys:
        threading.Thread(target=_saves, args=(events, stop), daemon=True).start()
        threading.Thread(target=_keys, args=(events, read_keys), daemon=True).start()
        watcher = Watcher(console, grader, exercise, site)
        try:
            watcher.grade()
            while (event := events.get()) != "q":
                if isinstance(event, str):
                    watcher.press(event)
                elif isinstance(event, Exception):
                    console.print(f"{event} Saves are seen all the same, after a moment.", style="yellow", markup=False)
                elif _concerns(event, watcher):
                    watcher.grade()
        except KeyboardInterrupt:
            pass
        finally:
            stop.set()
    return 0


def _concerns(saved: Path, watcher: Watcher) -> bool:
    """Whether the file that was saved changes the verdict: the exercise's own, or a module beside it."""
    file = watcher.exercise.file
    if saved in (file, file.resolve()):
        return digest(file) != watcher.graded
    is_module = saved.suffix == ".py" and not re.match(r"ex\d+_|main\.py$", saved.name)
    return is_module and saved.parent in (file.parent, file.resolve().parent)


def _saves(events: "queue.Queue[Event]", stop: threading.Event) -> None:
    """Put the path of each file saved under lessons/ into `events`, and of those that it only links to."""
    lessons = ROOT / "lessons"
    linked = {one.file.resolve().parent for one in exercises() if one.file.is_symlink()}
    places = [lessons, *(place for place in linked if place.is_dir() and not place.is_relative_to(lessons))]
    try:
        _watch(events, stop, places, polling=False)
    except Exception as error:  # the system has no more watches to give, for instance
        events.put(OSError(f"This system does not tell when a file is saved: {first_line(error)}."))
        _watch(events, stop, places, polling=True)


def _watch(events: "queue.Queue[Event]", stop: threading.Event, places: list[Path], polling: bool) -> None:
    options: dict[str, Any] = {"step": SETTLE_MS, "debounce": 40 * SETTLE_MS, "force_polling": polling or None}
    for changes in watch_files(*places, stop_event=stop, poll_delay_ms=300, **options):
        for path in {Path(name) for _, name in changes}:
            events.put(path)


def _keys(events: "queue.Queue[Event]", read_keys: Callable[[], str]) -> None:
    """Put each pressed key into `events`; at the end of the input no more will come."""
    while keys := read_keys():
        for key in SEQUENCE.sub("", keys).replace(ESCAPE, ""):
            events.put(key.lower())


@contextmanager
def single_keys() -> Iterator[Callable[[], str]]:
    """A function that waits for keys and returns what they send, or nothing where there is no keyboard."""
    if not sys.stdin.isatty():
        yield lambda: ""
    elif sys.platform == "win32":
        import msvcrt

        yield lambda: _without_function_keys(msvcrt.getwch(), msvcrt.getwch)
    else:
        import termios
        import tty

        terminal = sys.stdin.fileno()
        before = termios.tcgetattr(terminal)
        try:
            tty.setcbreak(terminal)
            yield lambda: _read_keys(terminal)
        finally:
            termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def _without_function_keys(key: str, read_more: Callable[[], str]) -> str:
    """On Windows: `key`, or where that only announces F2, Home and the like, an escape, which is no key of ours."""
    if key in ("\x00", "\xe0"):
        read_more()
        return ESCAPE
    return key


def _read_keys(terminal: int) -> str:
    """What was typed, with all of a sequence that has begun: its bytes come together, or one after the other."""
    keys = os.read(terminal, 1024)
    while ESCAPE in SEQUENCE.sub("", keys.decode(errors="replace")) and select.select([terminal], [], [], PATIENCE)[0]:
        more = os.read(terminal, 1024)
        if not more:
            break
        keys += more
    return keys.decode(errors="replace")
