"""No count and nothing measured is typed: figures in the text come from the course, its code, or a committed result.

The check looks for numbers beside words such as exercises, mistakes, MB or seconds, and for numbers alone in a cell
of a table. What is shown of code and its output is checked elsewhere, and left out here.
"""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from learn.course.catalogue import exercises, lessons
from learn.course.files import ROOT
from learn.door.cli import app
from learn.pages import measured
from learn.pages.bars import bars_drawn
from learn.pages.figures import WRITTEN_INTO, figures, figures_markdown, parts, with_figures
from learn.pages.promises import COMPARED, MEASURED, Promise, seconds, table, times

PAGES = [*sorted((ROOT / "site").rglob("*.md")), *(ROOT / name for name in ("README.md", "CONTRIBUTING.md"))]

# What may stand typed, and why: (page, the words as they stand there, the reason)
EXAMPLE = "it belongs to the example beside it, and no run of the course changes it"
BY_HAND = "how long a person takes, which no command measures"
ALLOWED = [
    ("CHANGELOG.md", "400 lines", "a rule, which `test_quality.py` holds"),
    ("CONTRIBUTING.md", "ten minutes", BY_HAND),
    ("site/maintainers.md", "ten minutes", BY_HAND),
    ("site/teachers.md", "ten minutes", BY_HAND),
    ("site/teachers.md", "four mistakes that learners", "a rule, `LEAST_WRONG` of test_mistakes.py"),
    ("site/lessons/04_models_and_fields.md", "two mistakes", EXAMPLE),
    ("site/lessons/04_models_and_fields.md", "four mistakes", EXAMPLE),
    ("site/lessons/04_models_and_fields.md", "1,024 mistakes", EXAMPLE),
    ("site/lessons/04_models_and_fields.md", "4 KB", EXAMPLE),
    ("site/lessons/04_models_and_fields.md", "145 KB", EXAMPLE),
    ("site/lessons/05_validators.md", "1,024 times", EXAMPLE),
    ("site/lessons/07_core_tables.md", "40 characters", EXAMPLE),
    ("site/lessons/08_core_crud.md", "five seconds", "what Python's `sqlite3` waits unless told otherwise"),
    ("site/lessons/09_core_queries.md", "95 %", "what a percentile of 95 is"),
]

NUMBER_WORDS = "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:twen|thir|for|fif|six|seven|eigh|nine)ty"
DIGITS = r"(?<![\w.,/-])(?<!lesson )(?<!exercise )\d(?:[\d,.]*\d)?"
NUMBER = rf"(?:{DIGITS}|\b(?:{NUMBER_WORDS}|hundreds?|thousands?|dozens?)\b)"
BETWEEN = r"(?:(?!(?:a|an|the|of|is|are|and|or|in|on|to|for|with)\b)[a-z-]+\s){0,2}"
COUNTED = r"(?:exercise|lesson|mistake|solution|mutant|survivor|test|hint|grader|starter|entrie|notebook|learner)s?\b"
UNIT = r"(?:[kMG]i?B|[mµn]?s|(?:milli|micro)?seconds?|minutes?|hours?|times|lines|characters|cores|points|%|×)(?!\w)"
COMPARED_WITH = r"(?:[kMG]B|seconds|minutes|times (?:as|faster|slower|longer|more|less|the))\b"
TYPED = re.compile(
    rf"{NUMBER}\s{BETWEEN}{COUNTED}|{DIGITS}\s?{UNIT}|{NUMBER}\s{COMPARED_WITH}|\b{COUNTED}:\s{DIGITS}"
    rf"|(?<=[^\n]\|)\s*{NUMBER}(?:\s?{UNIT})?\s*(?=\|)",
    re.IGNORECASE,
)
NOT_PROSE = re.compile(
    r"^( *)```.*?^\1```[ ]*$"  # code, and what it prints
    r"|`[^`\n]+`|<svg.*?</svg>|<[a-z/][^>]*>|\]\([^)]*\)"
    r"|<!-- tricks: begin -->.*?<!-- tricks: end -->"  # which the self-check makes
    r"|<!-- figure [\w-]+ -->.*?<!-- end -->|^ *--8<-- .*?$",
    re.MULTILINE | re.DOTALL,
)
TIME_OF_A_LESSON = re.compile(r"\*\*Time:\*\*.*?(?=\*\*You need)", re.DOTALL)  # an estimate, which readers correct


def typed_figures(text: str) -> list[str]:
    """The figures that are typed in a Markdown `text`."""
    prose = NOT_PROSE.sub(lambda found: re.sub(r"[^\n]", "", found[0]) or " … ", TIME_OF_A_LESSON.sub("", text))
    return [" ".join(found[0].split()) for found in TYPED.finditer(prose)]


def unreleased() -> str:
    """The part of the changelog that is still being written: what was released stays as it was."""
    return (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").partition("## [Unreleased]")[2].partition("\n## [")[0]


def found_in_text() -> set[tuple[str, str]]:
    """Page and figure, for each that is typed somewhere."""
    texts = {page.relative_to(ROOT).as_posix(): page.read_text(encoding="utf-8") for page in PAGES}
    texts["CHANGELOG.md"] = unreleased()
    return {(name, figure) for name, text in texts.items() for figure in typed_figures(text)}


@pytest.mark.parametrize(
    "typed",
    [
        "for the 62 exercises of Parts 1 to 3",
        "160 other right\nsolutions pass",
        "nine lessons, sixty exercises",
        "some 15 MB; before",
        "a program of 20 to 50 lines that",
        "it takes 0.6 s",
        "3 to 4 ms each",
        "is twelve times faster",
        "3 % of that",
        "Exercises: 62",
        "| 02 | 121 | 121 | 0 |",
        "| watch | 0.62 s | fast |",
        "| watch | fast | 20 |",
        "> 62 exercises",
    ],
)
def test_a_typed_figure_is_found(typed: str) -> None:
    assert typed_figures(f"Words before. {typed} words after.\n" if "|" not in typed else f"\n{typed}\n")


@pytest.mark.parametrize(
    "text",
    [
        "lesson 3 tests what lesson 2 said; exercise 2.3, tests included",
        "```text\n62 exercises\n```\n",
        "read `62 exercises` in it",
        'There are\n--8<-- "figures.md:exercises"\nexercises.\n',
        "**<!-- figure lessons-and-exercises -->nine lessons, 62 exercises<!-- end -->**",
        "a 404 is a wrong path, 500 a mistake of the service",
        "Python 3.11.7 or newer; lessons 07 to 09",
        "[two](a/62 tests)",
        "\n| 404 | the path differs |\n",
        "**Time:** about 75 minutes. **You need:** patience.",
    ],
)
def test_what_is_no_typed_figure_is_left_alone(text: str) -> None:
    assert not typed_figures(text)


def test_no_figure_is_typed() -> None:
    assert len(PAGES) > len(lessons())
    allowed = {(page, words) for page, words, _ in ALLOWED}
    found = found_in_text()
    assert not sorted(found - allowed), "write the figure's name instead: see *Figures are generated*, For maintainers"
    assert not sorted(allowed - found), "no longer there: take them off the list"


def test_the_help_of_the_commands_counts_nothing() -> None:
    overview = CliRunner().invoke(app, ["--help"]).output
    commands = [command.name or command.callback.__name__ for command in app.registered_commands if command.callback]
    commands += re.findall(r"^  ([a-z]+)  ", overview, re.MULTILINE)
    assert len(commands) > 10
    for name in commands:
        assert not typed_figures(CliRunner().invoke(app, [name, "--help"]).output)


def test_the_pictures_count_nothing() -> None:
    drawn = (ROOT / "site" / "assets" / "pictures" / "watch.svg").read_text(encoding="utf-8")
    words = " ".join(re.findall(r">([^<]+)<", drawn)).replace("&#160;", " ")
    assert "limit is at most 100" in words
    assert not re.search(r"\d+ of \d+", words)


def test_what_is_read_as_it_lies_there_holds_todays_figures() -> None:
    for file in WRITTEN_INTO:
        text = file.read_text(encoding="utf-8")
        assert "<!-- figure " in text
        assert with_figures(text) == text, "run `python -m learn build`"


def test_a_figure_is_written_between_its_marks() -> None:
    marked = "We have <!-- figure exercises -->7<!-- end --> exercises, <!-- figure wrong --><!-- end -->."
    known = figures()
    assert with_figures(marked) == (
        f"We have <!-- figure exercises -->{known['exercises']}<!-- end --> exercises, "
        f"<!-- figure wrong -->{known['wrong']}<!-- end -->."
    )


def test_every_figure_that_is_asked_for_is_there() -> None:
    asked = {name for page in PAGES for name in re.findall(r'"figures\.md:([\w-]+)"', page.read_text(encoding="utf-8"))}
    known = figures()
    assert asked >= {"exercises", "mutation", "speed", "download"}
    assert asked <= set(known)
    text = figures_markdown()
    for name, value in known.items():
        assert value
        assert f"[start:{name}]\n{value}\n--8<-- [end:{name}]" in text


def test_the_counts_are_those_of_the_course() -> None:
    known = figures()
    assert known["exercises"] == str(len(exercises()))
    assert sum(len(of_part) for of_part in parts().values()) == len(lessons())
    for part, of_part in parts().items():
        first = f"[{of_part[0].number:02} {of_part[0].title}]({of_part[0].slug}.md)"
        assert first in known[f"lessons-of-part-{part}"]


def test_the_navigation_has_the_same_parts() -> None:
    navigation = (
        (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("- Lessons:")[2].partition("- Notebooks:")[0]
    )
    for part, text in enumerate(navigation.split('- "Part ')[1:], start=1):
        assert re.findall(r"lessons/(\w+)\.md", text) == [lesson.slug for lesson in parts()[part]]


def test_a_promise_is_compared() -> None:
    under = Promise("", seconds, most=2)
    assert (under.budget, under.verdict(1.9), under.verdict(2)) == ("under 2 s", "met", "not met")
    least = Promise("", times, least=20)
    assert (least.budget, least.verdict(20), least.verdict(19.9)) == ("at least 20 times", "met", "not met")


def test_what_is_not_measured_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measured, "FOLDER", tmp_path)
    assert [row[-1] for row in table("speed")[1:]] == ["not yet measured"] * len(COMPARED)
    measured.record("pages", {"first_check": 2.5})
    assert table("pages")[1] == ["first Check, nothing cached", "2.5 s", "under 2 s", "not met"]
    assert [row[-1] for row in table("pages")[2:]] == ["not yet measured"] * (len(MEASURED["pages"]) - 1)
    with pytest.raises(LookupError, match="mutation"):
        measured.known("mutation")


def test_what_was_measured_says_when_and_where() -> None:
    files = sorted(measured.FOLDER.glob("*.json"))
    assert {file.stem for file in files} >= {"speed", "pages", "mutation", "queries", "checking"}
    for file in files:
        content = json.loads(file.read_text(encoding="utf-8"))
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", content["date"])
        assert re.search(r"\d+ cores, Python 3\.", content["machine"])
        assert content["figures"]


def test_what_was_measured_is_drawn() -> None:
    drawn = bars_drawn({"Ask <20>": {"slow": 3.0, "fast": 0.01}})
    assert 'width="400"' in drawn
    assert "Ask &lt;20&gt;: slow 300 ×, fast 1 ×" in drawn
