"""The figures that pages show: counts from the course as it is, limits from the code, and what was measured.

A page takes one by its name, on a line of its own wherever it stands in the text: `--8<-- "figures.md:exercises"`.
In the README, which is read as it lies there, `learn build` writes it between two marks.
"""

import re
import statistics
from collections.abc import Iterable
from pathlib import Path

from mkdocs.utils.meta import get_data

from learn.course.catalogue import LIMIT_SECONDS, Lesson, exercises, lessons
from learn.course.files import ROOT, display, write_whole
from learn.grading.handed_in.pool import BUDGET
from learn.grading.handed_in.unpacking import LARGEST_CONTENT
from learn.grading.isolation import LARGEST_FILE, LARGEST_HEAP, MEBIBYTE
from learn.grading.processes import MOST_PROCESSES
from learn.grading.reading import LARGEST
from learn.grading.reports import LONGEST_OUTPUT
from learn.pages.measured import known, read
from learn.pages.programs import measuring_programs
from learn.pages.promises import MEASURED, Rows, megabytes, table
from learn.setup.environment import DISK

FIRST_LESSONS = (1, 4, 7, 10, 14, 21)  # of each part
WORDS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
WRITTEN_INTO = [ROOT / "README.md"]
_MARKED = re.compile(r"(<!-- figure ([\w-]+) -->).*?(<!-- end -->)", re.DOTALL)


def figures() -> dict[str, str]:
    """All of them by name, in Markdown."""
    return counts() | limits() | measurements()


def figures_markdown() -> str:
    """All of them as one file, from which pages include them by name."""
    sections = (f"--8<-- [start:{name}]\n{text}\n--8<-- [end:{name}]" for name, text in figures().items())
    return "\n".join(sections) + "\n"


def with_figures(text: str) -> str:
    """`text` with today's figures between its marks, `<!-- figure NAME -->` and `<!-- end -->`."""
    known = figures()
    return _MARKED.sub(lambda mark: f"{mark[1]}{known[mark[2]]}{mark[3]}", text)


def write_figures() -> None:
    """Write today's figures into the files that are read as they lie there."""
    for file in filter(Path.exists, WRITTEN_INTO):
        write_whole(file, with_figures(file.read_text(encoding="utf-8")).encode())


# Counts


def counts() -> dict[str, str]:
    """What there is."""
    lengths = [len(exercise.starter.splitlines()) for exercise in exercises()]
    lower, _, upper = statistics.quantiles(lengths, n=4, method="inclusive")
    each = [len(lesson.exercises) for lesson in lessons()]
    found = {
        "exercises": str(len(exercises())),
        "lessons-and-exercises": _lessons_and_exercises(lessons()),
        "exercises-in-a-lesson": f"{in_words(min(each))} to {in_words(max(each))}",
        "starter-lines": f"{lower:.0f} to {upper:.0f}",
        "wrong": f"{_entries('wrong'):,}",
        "right": f"{_entries('right'):,}",
    }
    for part, of_part in parts().items():
        found[f"part-{part}"] = f"{_lessons_and_exercises(of_part).capitalize()}."
        found[f"lessons-of-part-{part}"] = markdown(_list_of(of_part))
    return found


def parts() -> dict[int, list[Lesson]]:
    """The lessons of each part that has any."""
    found: dict[int, list[Lesson]] = {}
    for lesson in lessons():
        found.setdefault(sum(first <= lesson.number for first in FIRST_LESSONS), []).append(lesson)
    return found


def in_words(number: int) -> str:
    """A count as it is written in a sentence."""
    return WORDS[number] if number < len(WORDS) else f"{number:,}"


def _lessons_and_exercises(some: list[Lesson]) -> str:
    count = sum(len(lesson.exercises) for lesson in some)
    return f"{in_words(len(some))} lesson{'' if len(some) == 1 else 's'}, {count} exercises"


def _list_of(some: list[Lesson]) -> Rows:
    """A table of lessons, with what each one's page says of itself."""
    rows = [["Lesson", "You learn to", "Exercises"]]
    for lesson in some:
        what = _description(lesson.page).rstrip(".")
        link = f"[{lesson.number:02} {lesson.title}]({lesson.slug}.md)"
        rows.append([link, what[:1].lower() + what[1:], str(len(lesson.exercises))])
    return rows


def _description(page: Path) -> str:
    """What the page says of itself, in the lines before its text."""
    _, about = get_data(page.read_text(encoding="utf-8"))
    if "description" not in about:
        raise LookupError(f"{display(page)} says in no `description:` what one learns there, between two lines `---`")
    return str(about["description"])


def _entries(kind: str) -> int:
    return sum(len(exercise.metadata.get(kind, [])) for exercise in exercises())


# Limits


def limits() -> dict[str, str]:
    """What the tool allows, as it stands in its code."""
    return {
        "limit-seconds": f"{LIMIT_SECONDS} seconds",
        "limit-hand-in": f"{LARGEST // MEBIBYTE} MB",
        "limit-unpacked": f"{LARGEST_CONTENT // MEBIBYTE} MB",
        "limit-learner": f"{BUDGET:.0f} seconds",
        "limit-processes": str(MOST_PROCESSES),
        "limit-file": f"{LARGEST_FILE // MEBIBYTE} MB",
        "limit-memory": f"{LARGEST_HEAP // (1024 * MEBIBYTE)} GB",
        "limit-output": f"{LONGEST_OUTPUT:,} characters",
        "disk": megabytes(DISK),
    }


# Measurements


def measurements() -> dict[str, str]:
    """What was measured, with date and machine."""
    found = {kind: f"{measured_on(kind)}\n\n{markdown(table(kind))}" for kind in ("speed", "lighthouse", *MEASURED)}
    found["mutation"] = markdown(_mutation())
    found["mutation-missing"] = _without_mutation()
    found["download"] = _download()
    found["queries-measured"] = _with("queries")
    for name, _ in measuring_programs():
        found[name] = known(name).figures["printed"].rstrip()
        found[f"{name}-measured"] = _with(name)
    return found


def measured_on(kind: str) -> str:
    """When and where."""
    known = read(kind)
    return f"Measured on {known.date}: {known.machine}." if known else "Not yet measured."


def _with(kind: str) -> str:
    """When, where, and with which library."""
    about = known(kind)
    return f"Measured on {about.date}: {about.machine}, {about.figures['with']}."


def _download() -> str:
    """What comes into the page with the first Check."""
    return megabytes(round(known("pages").figures["checked_bytes"], -6))


def _mutation() -> Rows:
    """What mutation testing found, by lesson."""
    measured = known("mutation").figures
    rows = [["lesson", "mutants", "killed", "listed as equivalent, with a reason", "measured on"]]
    for lesson in lessons():
        found = [measured[one.number] for one in lesson.exercises if one.number in measured]
        if len(found) < len(lesson.exercises) and lesson.slug in measured:
            found = [measured[lesson.slug]]  # from when all of a lesson was counted as one
        if found:
            sums = (str(sum(one[name] for one in found)) for name in ("mutants", "killed", "equivalent"))
            rows.append([f"{lesson.number:02}", *sums, _span(one["date"] for one in found)])
    return rows


def _span(dates: Iterable[str]) -> str:
    first, *_, last = [*sorted(dates)] * 2
    return first if first == last else f"{first} to {last}"


def _without_mutation() -> str:
    measured = known("mutation").figures
    missing = [one.number for one in exercises() if not {one.number, one.lesson.slug} & set(measured)]
    return f"Not yet measured: {', '.join(missing)}." if missing else "All exercises are measured."


def markdown(rows: Rows) -> str:
    """A table, its first row the heading."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "|" + "---|" * len(rows[0]))
    return "\n".join(lines).replace("| not met |", "| **not met** |")
