"""What a text names an exercise by is found, and what only looks like it is left alone; pages are cut into parts."""

import pytest

from learn.course.catalogue import exercises, lessons
from learn.upkeep.authoring.parts import in_order, page_number, page_parts
from learn.upkeep.authoring.references import Renaming, recount, rewrite

pytestmark = pytest.mark.reads("site/lessons/", "solutions/")

# Of a lesson that there is not: these texts must not follow when real exercises are renumbered
RENAMING = Renaming("71_imagined", {"71.5": "71.2"}, {"ex5_order": "ex2_order"}, frozenset({"ex5_order"}))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("as in exercise 71.5.", "as in exercise 71.2."),
        ("Exercises 71.4, 71.5 and 9.1 do", "Exercises 71.4, 71.2 and 9.1 do"),
        ("exercise\n71.5", "exercise\n71.2"),
        ("`python -m learn check 71.5 --sql`", "`python -m learn check 71.2 --sql`"),
        ("`learn check --solutions 71.5`", "`learn check --solutions 71.2`"),
        ("✓ 71.5  passed", "✓ 71.2  passed"),
        ("%%exercise 71.5 --sql", "%%exercise 71.2 --sql"),
        ("lessons/71_imagined.md#exercise-71-5)", "lessons/71_imagined.md#exercise-71-2)"),
        ('--8<-- "exercises/71.5.md"', '--8<-- "exercises/71.2.md"'),
        ("the settings (6.1, 71.5) and", "the settings (6.1, 71.2) and"),
        ('[one] = select("71.5")', '[one] = select("71.2")'),
        ("lessons/71_imagined/ex5_order.py", "lessons/71_imagined/ex2_order.py"),
        ("tests/71_imagined/test_ex5_order.py", "tests/71_imagined/test_ex2_order.py"),
    ],
)
def test_a_reference_is_rewritten(text: str, expected: str) -> None:
    found = rewrite(text, RENAMING, in_lesson=False, program=True)
    assert (found.text, found.doubtful) == (expected, [])


@pytest.mark.parametrize(
    "text",
    [
        "Pydantic 71.14 and 12.5 and 71.50 and 71.5.1",
        "LANTERN_TIMEOUT=71.5",
        '"latency_ms": 71.5, "x": [1, 71.5]',
        "it took 71.5 s, then 71.5 ms, 71.5 times as much",
        "03_other/ex5_orders.py",
        "#exercise-71-50 and #exercise-12-5",
    ],
)
def test_a_measure_or_version_is_left_alone(text: str) -> None:
    found = rewrite(text, RENAMING, in_lesson=False, program=True)
    assert (found.text, found.doubtful) == (text, [])


@pytest.mark.parametrize("text", ["Exercises 71.3 to 71.5 hold it", "this was 71.5", 'fill("71.5")', "see `71.5`"])
def test_what_may_be_a_reference_is_listed(text: str) -> None:
    found = rewrite(f"first\n{text}", RENAMING, in_lesson=False, program=True)
    assert found.text == f"first\n{text}"
    assert found.doubtful == [("2", text)]


def test_a_reference_to_what_is_gone_is_listed() -> None:
    gone = Renaming("71_imagined", {"71.5": ""}, {"ex5_order": ""}, frozenset({"ex5_order"}))
    for text in ("see exercise 71.5", "#exercise-71-5", "ex5_order.py"):
        found = rewrite(text, gone, in_lesson=False, program=False)
        assert (found.text, found.doubtful) == (text, [("1", text)])


def test_how_far_the_numbers_go_is_counted_anew() -> None:
    text = "Lesson 71 has 71.1 to 71.7. Files `ex1_…` to `ex7_…`."
    assert recount(text, 71, 7, 8, own=False) == "Lesson 71 has 71.1 to 71.8. Files `ex1_…` to `ex7_…`."
    assert recount(text, 71, 7, 8, own=True) == "Lesson 71 has 71.1 to 71.8. Files `ex1_…` to `ex8_…`."


# Parts

PAGE = """# Title

## One

```text
## no heading
--8<-- "exercises/71.9.md" is shown
```

--8<-- "exercises/71.1.md"

After it.

## Between

## Two

--8<-- "exercises/71.2.md"

## Pitfalls
"""


def test_a_page_is_cut_at_headings_and_behind_exercises() -> None:
    parts = page_parts(PAGE)
    assert "".join(parts) == PAGE
    assert [page_number(part) for part in parts] == ["", "71.1", "", "", "71.2", ""]
    moved = in_order(parts, page_number, ["71.2", "71.1"])
    assert [page_number(part) for part in moved] == ["", "71.2", "", "", "71.1", ""]
    assert moved[1].startswith("## Two")
    assert in_order(parts, page_number, ["71.2"]) == parts, "some are missing: a person has to see to it"


def test_every_page_can_be_cut() -> None:
    found = [page_number(part) for lesson in lessons() for part in page_parts(lesson.page.read_text(encoding="utf-8"))]
    assert [number for number in found if number] == [exercise.number for exercise in exercises()] != []
