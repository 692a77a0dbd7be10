"""The exercises as their pages show them."""

import html
import re

from learn.course.catalogue import Exercise
from learn.course.starters import split_docstring


def exercise_markdown(exercise: Exercise) -> str:
    """The exercise as its page shows it: task, starter, command, hints, solution."""
    code = split_docstring(exercise.starter)[1].strip("\n")
    hints = [_folded("hint", f"Hint {number}", text) for number, text in enumerate(exercise.hints(), start=1)]
    for test, text in exercise.metadata.get("test_hints", {}).items():
        hints.append(_folded("hint", f"If {test} fails", text))
    if exercise.timeout_hint:
        hints.append(_folded("hint", "If it does not finish", exercise.timeout_hint))
    solution = split_docstring(exercise.solution)[1].strip("\n")
    in_page = f' data-in-page="{_kind(exercise)}"' if exercise.metadata.get("browser") is True else ""
    parts = [
        f'<div class="exercise" data-exercise="{exercise.number}"{in_page} markdown>',
        f"### Exercise {exercise.number}: {exercise.title} {{ #{exercise.anchor} }}",
        exercise.task,
        f'```python title="lessons/{exercise.lesson.slug}/{exercise.file.name}"\n{code}\n```',
        f'<p class="exercise__command">{_command(exercise)}</p>',
        *hints,
        _folded("solution", "Solution", f"```python\n{solution}\n```"),
        "</div>",
    ]
    return "\n\n".join(parts) + "\n"


def _kind(exercise: Exercise) -> str:
    """What the page can do with it beyond grading: an app takes requests."""
    return "app" if re.search(r"^app(: FastAPI)? = FastAPI\(", exercise.starter, re.MULTILINE) else "program"


def _command(exercise: Exercise) -> str:
    """How to check the exercise on one's own machine, and why only there, where that is so."""
    command = f"Check it with <code>python -m learn check {exercise.number}</code>"
    reason = exercise.metadata.get("browser")
    return f"{command}. It cannot run in the page: {html.escape(reason)}" if isinstance(reason, str) else command


def _folded(kind: str, summary: str, body: str) -> str:
    return f'<details class="{kind}" markdown>\n<summary>{html.escape(summary)}</summary>\n\n{body}\n\n</details>'
