"""Grades files that came from elsewhere, and notes what passes: what is said of them is not believed."""

from rich.console import Console
from rich.progress import track

from learn.course.catalogue import Exercise
from learn.desk.progress import Say, changing
from learn.grading.verdict import Verdict
from learn.grading.warm import WarmGrader


def regrade(exercises: list[Exercise], console: Console, say: Say) -> list[Verdict]:
    """Grade the learner's files of `exercises`, showing how far it is, and note each verdict as it is reached.

    Raises:
        GraderError: a grader does not import.
    """
    if not exercises:
        return []
    verdicts = []
    with WarmGrader() as grader:
        hidden = not console.is_terminal
        for exercise in track(exercises, "Grading what came …", console=console, transient=True, disable=hidden):
            verdicts += grader.grade([exercise])
            with changing(say) as progress:
                progress.note(exercise, verdicts[-1])
    return verdicts
