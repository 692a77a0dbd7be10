"""The `%%exercise` magic: saves a notebook cell as the learner's file, and shows the verdict under it.

Load it with `%load_ext learn.desk.magic`.
"""

import html
from collections.abc import Iterable

from IPython.core.interactiveshell import InteractiveShell
from IPython.display import HTML, display

from learn.course import catalogue
from learn.course.catalogue import Exercise
from learn.course.files import display as shown_path
from learn.course.files import write_whole
from learn.course.shipped import is_shipped
from learn.desk.backup import back_up
from learn.desk.progress import changing
from learn.grading.run import GraderError
from learn.grading.verdict import SYMBOLS, Status, Verdict
from learn.grading.warm import WarmGrader

COLOURS = {Status.PASSED: "#2e7d32", Status.UNTOUCHED: "#757575", Status.TIMEOUT: "#b26a00"}
_grader = WarmGrader(ahead=True)
_written: dict[str, bytes] = {}  # by exercise: what this notebook wrote last


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register the magic; IPython calls this."""
    shell.register_magic_function(run_exercise, "cell", "exercise")  # type: ignore[arg-type]


def run_exercise(line: str, cell: str) -> None:
    """`%%exercise 2.3`: save the cell as the file of exercise 2.3 and grade it; with `--sql`, show the SQL it sends."""
    what, _, option = line.strip().partition(" ")
    if option.strip() not in ("", "--sql"):
        print(f"The only option is --sql, for instance %%exercise {what} --sql")
        return
    try:
        found = catalogue.select(what)
    except catalogue.UnknownExercise as error:
        print(error)
        return
    if len(found) != 1:
        print(f"Name one exercise, for instance %%exercise {found[0].number}")
        return
    [exercise] = found
    try:
        note = _save(exercise, cell.rstrip("\n") + "\n")
        [verdict] = _grader.grade([exercise], sql=bool(option))
    except OSError as error:
        print(f"{shown_path(exercise.file)} could not be saved: {error.strerror or error}")
        return
    except GraderError as error:
        print(error)
        return
    notes = [note] if note else []
    with changing(notes.append) as progress:
        progress.note(exercise, verdict)
    display(HTML(as_html(verdict, notes, sql=bool(option))))


def _save(exercise: Exercise, text: str) -> str:
    """Write the cell to the learner's file. Nothing that stands there is lost; returns what to tell about it."""
    content = text.encode()
    before = exercise.file.read_bytes() if exercise.file.exists() else None
    if before == content:
        return ""
    if before is not None and is_shipped(content):
        return "" if is_shipped(before) else _left_alone(exercise)
    note = ""
    if before not in (None, _written.get(exercise.number)) and not is_shipped(before):
        note = f"What was in {shown_path(exercise.file)} before is kept as {shown_path(back_up(exercise.file))}."
    write_whole(exercise.file, content)
    _written[exercise.number] = content
    return note


def _left_alone(exercise: Exercise) -> str:
    return (
        f"This cell is the starter, and {shown_path(exercise.file)} has work in it, so the file was left alone and "
        f"graded. To begin again: python -m learn reset {exercise.number}"
    )


def as_html(verdict: Verdict, notes: Iterable[str] = (), sql: bool = False) -> str:
    """The verdict as a block of HTML that reads well on light and dark; with `sql`, what each test printed too."""
    colour = COLOURS.get(verdict.status, "#c62828")
    lines = [f"<strong>{SYMBOLS[verdict.status]} {verdict.exercise} {verdict.status}</strong>: {_safe(verdict.title)}"]
    result = verdict.first_failure
    if verdict.status is Status.UNTOUCHED:
        lines.append("The cell is still the starter: change it, then run it again.")
    elif result and result.called:
        lines += [_safe(result.called), f"&emsp;{_safe(result.got)}", f"&emsp;expected {_safe(result.expected)}"]
    elif result:
        lines.append(_safe(result.message))
    if result and result.line:
        lines.append(f"line {result.line}: <code>{_safe(result.code)}</code>")
    if result and result.output.strip():
        lines.append(f"Your code printed: <code>{_safe(result.output.strip()[:500])}</code>")
    if verdict.hint:
        lines.append(f"<em>Hint:</em> {_safe(verdict.hint)}")
    lines += map(_safe, notes)
    for test in verdict.tests if sql else []:
        lines.append(f"{_safe(test.name)}<pre>{_safe(test.output.strip())}</pre>")
    return f'<div style="border-left: 4px solid {colour}; padding: 0.4em 0.8em">{"<br>".join(lines)}</div>'


def _safe(text: str) -> str:
    return html.escape(text)
