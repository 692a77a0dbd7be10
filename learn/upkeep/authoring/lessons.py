"""Begins a lesson, and enters it wherever lessons are listed."""

import re
from pathlib import Path

from learn.course import catalogue
from learn.course.catalogue import Lesson
from learn.course.files import ROOT
from learn.upkeep.authoring.changes import AuthoringError, Changes, write
from learn.upkeep.authoring.exercises import TEMPLATES, Kind, add, check_name, check_title, fill, filled, kind_of

SLUG = re.compile(r"\d\d_[a-z][a-z0-9]*(_[a-z0-9]+)*")
NAVIGATION = ROOT / "mkdocs.yml"
HOME_PAGE = ROOT / "site" / "index.md"
LESSONS = ROOT / "site" / "lessons" / "index.md"
NOTEBOOKS = ROOT / "site" / "notebooks" / "index.md"
README = ROOT / "README.md"

GENERATED = '--8<-- "figures.md:lessons-of-part-{number}"'  # a table that is made of the lessons' own pages
SECTION = "## {part}\n\n{table}\n\n"
TABLE = """\
| Lesson | You learn to | Exercises |
|---|---|---|
{row}"""
ROW = "| [{label}]({slug}.md) | say here what one learns | 1 |"


def begin(slug: str, title: str, first: str, first_title: str, kind: Kind | None) -> Changes:
    """Begin lesson `slug` with the exercise `first`; without a `title`, it has the one that the syllabus plans.

    Raises:
        AuthoringError: a name will not do, or nobody says how the lesson is called.
    """
    if not SLUG.fullmatch(slug):
        raise AuthoringError(f"{slug!r} is no name for a lesson: two digits and a name, such as 10_orm_models.")
    lesson, others = Lesson(slug), catalogue.lessons()
    if taken := [other for other in others if other.number == lesson.number]:
        raise AuthoringError(f"Lesson {lesson.number} is there already: {taken[0].slug}.")
    part, planned = _planned(lesson)
    title = title.strip() or planned
    if not title:
        raise AuthoringError(f'The syllabus plans no lesson {lesson.number}. Say --lesson-title "How it is called".')
    check_title(title)
    check_title(first_title)
    check_name(first)
    earlier = [other for other in others if other.number < lesson.number]
    words = {"lesson": str(lesson.number), "slug": slug, "title": title, "part": part}
    words["label"] = f"{lesson.number:02} {title}"
    made = Changes()
    for file, template in {
        lesson.app: "main.py",
        lesson.page: "page.md",
        lesson.notebook: "notebook.json",
        ROOT / "site" / "notebooks" / f"{slug}.md": "notebook_page.md",
    }.items():
        write(file, filled(TEMPLATES / "lesson" / template, words))
        made.made.append(file)
    for file, entered in {
        NAVIGATION: _in_navigation,
        LESSONS: _in_lessons,
        NOTEBOOKS: _in_notebooks,
        HOME_PAGE: _on_home_page,
        README: _in_readme,
    }.items():
        text = file.read_text(encoding="utf-8")
        if (new := entered(text, words)) != text:
            write(file, new)
            made.changed.append(file)
        else:
            made.notes.append(f"{file.name} has no line for it that is known here: enter it by hand.")
    catalogue.reread()
    changes = add(lesson, first, first_title, None, kind or (kind_of(earlier[-1]) if earlier else "app"))
    changes.made[:0] = [*made.made, _learners_app(lesson)]
    changes.changed += made.changed
    changes.notes += [*made.notes, f"{part} is still marked as planned where it was. Change that when it is ready."]
    return changes


def _learners_app(lesson: Lesson) -> Path:
    return ROOT / "lessons" / lesson.slug / "main.py"


def _planned(lesson: Lesson) -> tuple[str, str]:
    """The part that the home page's syllabus puts `lesson` in, and its title there; else the last part, and nothing."""
    part = ""
    for line in HOME_PAGE.read_text(encoding="utf-8").splitlines():
        if heading := re.match(r"### (Part \d+ · [^<]+)", line):
            part = heading[1].strip()
        if found := re.match(rf"- {lesson.number:02} ([^,:]+)", line):
            return part, found[1].strip()
    return part, ""


def _in_navigation(text: str, words: dict[str, str]) -> str:
    """`mkdocs.yml` with the lesson's page, in its part, and its notebook."""
    lines = text.splitlines(keepends=True)
    page = _place(lines, r' *- "(\d\d) .*": lessons/', words)
    own = f'      - "{words["part"]}":\n'
    if own in lines:
        page = max(page, lines.index(own) + 1)
    entry = fill('          - "{label}": lessons/{slug}.md\n', words)
    lines[page:page] = [entry] if own in lines else [own, entry]
    lines.insert(
        _place(lines, r' *- "(\d\d) .*": notebooks/', words), fill('      - "{label}": notebooks/{slug}.md\n', words)
    )
    return "".join(lines)


def _place(lines: list[str], form: str, words: dict[str, str]) -> int:
    """Where the lesson's line goes: behind the last of the lesson before, by the lines of a `form`."""
    found = [(place, re.match(form, line)) for place, line in enumerate(lines)]
    before = [place for place, match in found if match and int(match[1]) < int(words["lesson"])]
    return before[-1] + 1 if before else len(lines)


def _in_lessons(text: str, words: dict[str, str]) -> str:
    """The list of lessons with a row for it, in the table of its part, and no longer as planned."""
    planned = rf"{words['lesson']} {re.escape(words['title'])}(, )?"
    text = re.sub(planned, "", text, flags=re.IGNORECASE)
    text = re.sub(r"^\| \d+ · [^|]+ \|  ?\|\n", "", text, flags=re.MULTILINE)  # nothing is planned there any more
    row = fill(ROW, words)
    heading = f"## {words['part']}\n"
    table = fill(GENERATED, {"number": words["part"].split()[1]})
    if table in text:
        return text
    if heading not in text:
        is_generated = fill(GENERATED, {"number": "1"}) in text
        section = fill(SECTION, words | {"table": table if is_generated else fill(TABLE, {"row": row})})
        return text.replace("<div data-progress></div>", f"{section}<div data-progress></div>")
    before, _, section = text.partition(heading)
    lines = section.splitlines(keepends=True)
    place = _place(lines, r"\| \[(\d\d) ", words)
    lines.insert(place, f"{row}\n")
    return before + heading + "".join(lines)


def _in_notebooks(text: str, words: dict[str, str]) -> str:
    lines = text.splitlines(keepends=True)
    lines.insert(_place(lines, r"- \[(\d\d) ", words), fill("- [{label}]({slug}.md)\n", words))
    return "".join(lines)


def _on_home_page(text: str, words: dict[str, str]) -> str:
    link = fill("- [{label}](lessons/{slug}.md)", words)
    return re.sub(rf"^- {re.escape(words['label'])}", link, text, flags=re.MULTILINE)


def _in_readme(text: str, words: dict[str, str]) -> str:
    number = f"{int(words['lesson']):02} "
    return text.replace(number + words["title"], number + fill("[{title}](site/lessons/{slug}.md)", words))
