"""Shows verdicts, hints and progress on a terminal: colours there, plain lines elsewhere."""

from collections import Counter
from textwrap import indent

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from learn.course.catalogue import Exercise, Lesson, lessons
from learn.desk.progress import Progress
from learn.grading.verdict import SYMBOLS, Result, Status, Verdict

COLOURS = {
    Status.PASSED: "bold green",
    Status.FAILED: "bold red",
    Status.BROKEN: "bold red",
    Status.TIMEOUT: "bold yellow",
    Status.TAMPERED: "bold magenta",
    Status.UNTOUCHED: "dim",
    Status.MISSING: "yellow",
    Status.NOT_RUN: "dim",
}
SHOWN_OUTPUT_LINES = 12


def headline(verdict: Verdict) -> Text:
    """The verdict on one line."""
    passed = sum(test.status is Status.PASSED for test in verdict.tests)
    line = Text()
    line.append(f"{SYMBOLS[verdict.status]} {verdict.exercise:<4} ", COLOURS[verdict.status])
    line.append(f"{verdict.status:<9} ", COLOURS[verdict.status])
    line.append(verdict.title)
    if verdict.status is not Status.UNTOUCHED:
        line.append(f"  {passed} of {len(verdict.tests)} tests", "dim")
    for mark in verdict.marks:
        line.append(f"\n    to look at: {mark}", "yellow")
    return line


def explanation(verdict: Verdict, site: str = "") -> RenderableType:
    """What a learner needs after a verdict that is not a pass: what happened, where, a hint, the page."""
    if verdict.status is Status.UNTOUCHED:
        return Padding(Text(f"Open {verdict.file}: its first lines are the task. Then save and check."), (0, 2))
    result = verdict.first_failure
    if result is None:
        return Text()
    what = "the file does not load" if verdict.status is Status.BROKEN else _sentence(result)
    parts: list[RenderableType] = [Text(what, "italic"), _story(result)]
    if result.line:
        parts += [Text(f"{verdict.file}:{result.line}", "cyan"), Text(f"    {result.code}")]
    if result.output.strip():
        parts += [Text("Your code printed:", "dim"), *_output(result)]
    if result.details:
        parts.append(Text(result.details, "dim"))
    if verdict.hint:
        parts.append(Text.assemble(("Hint  ", "bold magenta"), verdict.hint))
    parts.append(Text.assemble(("Page  ", "bold blue"), f"{site}{verdict.page}"))
    return Padding(Group(*parts), (0, 0, 1, 2))


def _sentence(result: Result) -> str:
    """What the test of `result` claims: `test_limit_is_bounded` is "limit is bounded"."""
    return result.name.replace("_", " ").removeprefix("test ")


def _story(result: Result) -> Text:
    if not result.called:
        return Text(result.message)
    return Text.assemble(result.called, "\n  ", (result.got, "red"), "\n  expected ", (result.expected, "green"))


def _output(result: Result) -> list[Text]:
    lines = result.output.rstrip().splitlines()
    shown = [Text(f"    {line}", "dim") for line in lines[:SHOWN_OUTPUT_LINES]]
    if len(lines) > len(shown):
        shown.append(Text(f"    … and {len(lines) - len(shown)} lines more", "dim"))
    return shown


def show_hints(console: Console, exercise: Exercise, shown: int) -> None:
    """Print the first `shown` rungs of the ladder of hints."""
    ladder = exercise.hints()
    for number, text in enumerate(ladder[:shown], start=1):
        console.print(f"Hint {number} of {len(ladder)}: {text}", markup=False)
    if shown == len(ladder):
        console.print(
            f"That was the last. The solution: python -m learn solution {exercise.number} --show", style="dim"
        )


def tally(verdicts: list[Verdict]) -> Text:
    """How many exercises have which status."""
    counts = Counter(verdict.status for verdict in verdicts)
    parts = [Text(f"{counts[status]} {status}", COLOURS[status]) for status in SYMBOLS if counts[status]]
    return Text(" · ").join(parts)


def show(console: Console, renderable: RenderableType) -> None:
    """Print `renderable`; off a terminal without the spaces that would fill its lines."""
    if console.is_terminal:
        console.print(renderable)
        return
    for line in console.render_lines(renderable, pad=False):
        console.print("".join(segment.text for segment in line).rstrip(), markup=False, soft_wrap=True)


def show_verdicts(console: Console, verdicts: list[Verdict], sql: bool = False) -> None:
    """Every headline, the explanation of whatever was begun and is not passed, and a tally of several.

    With `sql`, also what each test printed: the statements are in it.
    """
    for verdict in verdicts:
        console.print(headline(verdict))
        for test in verdict.tests if sql else []:
            console.print(Text(f"  {_sentence(test)}", "italic"))
            show(console, Text(indent(test.output.rstrip(), "    "), "cyan"))
        if not verdict.passed and (verdict.status is not Status.UNTOUCHED or len(verdicts) == 1):
            show(console, explanation(verdict))
    if len(verdicts) > 1:
        console.print(tally(verdicts))


def task(exercise: Exercise) -> RenderableType:
    """What to build."""
    from rich.markdown import Markdown  # slow to import, and a verdict does without

    return Markdown(exercise.task)


def solution(exercise: Exercise) -> RenderableType:
    """The reference solution."""
    from rich.syntax import Syntax  # likewise

    return Syntax(exercise.solution.rstrip(), "python", theme="ansi_dark", background_color="default")


def status_table(progress: Progress) -> Table:
    """Progress by lesson."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("Lesson", "", "Done", "Exercises"):
        table.add_column(heading, no_wrap=heading != "Exercises")
    for lesson in lessons():
        done = sum(progress.is_solved(exercise) for exercise in lesson.exercises)
        count = len(lesson.exercises)
        bar = Text("█" * done, "green") + Text("░" * (count - done), "dim")
        table.add_row(f"{lesson.number:>2} {lesson.title}", bar, f"{done} of {count}", _marks(progress, lesson))
    return table


def _marks(progress: Progress, lesson: Lesson) -> Text:
    marks = [
        Text(f"{SYMBOLS[Status.PASSED]} {exercise.number}", "green")
        if progress.is_solved(exercise)
        else Text(f"{SYMBOLS[Status.UNTOUCHED]} {exercise.number}", "dim")
        for exercise in lesson.exercises
    ]
    return Text("  ").join(marks)
