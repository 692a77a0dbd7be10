"""What a text names an exercise by is found, and what only looks like it is left alone; pages are cut into parts."""

import pytest

from learn.course.catalogue import exercises, lessons
from learn.upkeep.authoring.parts import in_order, page_number, page_parts
from learn.upkeep.authoring.references import Renaming, recount, rewrite

pytestmark = pytest.mark.reads("site/lessons/", "solutions/")

RENAMING = Renaming("02_parameters", {"2.5": "2.2"}, {"ex5_order": "ex2_order"}, frozenset({"ex5_order"}))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("as in exercise 2.5.", "as in exercise 2.2."),
        ("Exercises 2.4, 2.5 and 9.1 do", "Exercises 2.4, 2.2 and 9.1 do"),
        ("exercise\n2.5", "exercise\n2.2"),
        ("`python -m learn check 2.5 --sql`", "`python -m learn check 2.2 --sql`"),
        ("`learn check --solutions 2.5`", "`learn check --solutions 2.2`"),
        ("✓ 2.5  passed", "✓ 2.2  passed"),
        ("%%exercise 2.5 --sql", "%%exercise 2.2 --sql"),
        ("lessons/02_parameters.md#exercise-2-5)", "lessons/02_parameters.md#exercise-2-2)"),
        ('--8<-- "exercises/2.5.md"', '--8<-- "exercises/2.2.md"'),
        ("the settings (6.1, 2.5) and", "the settings (6.1, 2.2) and"),
        ('[one] = select("2.5")', '[one] = select("2.2")'),
        ("lessons/02_parameters/ex5_order.py", "lessons/02_parameters/ex2_order.py"),
        ("tests/02_parameters/test_ex5_order.py", "tests/02_parameters/test_ex2_order.py"),
    ],
)
def test_a_reference_is_rewritten(text: str, expected: str) -> None:
    found = rewrite(text, RENAMING, in_lesson=False, program=True)
    assert (found.text, found.doubtful) == (expected, [])


@pytest.mark.parametrize(
    "text",
    [
        "Pydantic 2.14 and 12.5 and 2.50 and 2.5.1",
        "LANTERN_TIMEOUT=2.5",
        '"latency_ms": 2.5, "x": [1, 2.5]',
        "it took 2.5 s, then 2.5 ms, 2.5 times as much",
        "03_other/ex5_orders.py",
        "#exercise-2-50 and #exercise-12-5",
    ],
)
def test_a_measure_or_version_is_left_alone(text: str) -> None:
    found = rewrite(text, RENAMING, in_lesson=False, program=True)
    assert (found.text, found.doubtful) == (text, [])


@pytest.mark.parametrize("text", ["Exercises 2.3 to 2.5 hold it", "this was 2.5", 'fill("2.5")', "see `2.5`"])
def test_what_may_be_a_reference_is_listed(text: str) -> None:
    found = rewrite(f"first\n{text}", RENAMING, in_lesson=False, program=True)
    assert found.text == f"first\n{text}"
    assert found.doubtful == [("2", text)]


def test_a_reference_to_what_is_gone_is_listed() -> None:
    gone = Renaming("02_parameters", {"2.5": ""}, {"ex5_order": ""}, frozenset({"ex5_order"}))
    for text in ("see exercise 2.5", "#exercise-2-5", "ex5_order.py"):
        found = rewrite(text, gone, in_lesson=False, program=False)
        assert (found.text, found.doubtful) == (text, [("1", text)])


def test_how_far_the_numbers_go_is_counted_anew() -> None:
    text = "Lesson 2 has 2.1 to 2.7. Files `ex1_…` to `ex7_…`."
    assert recount(text, 2, 7, 8, own=False) == "Lesson 2 has 2.1 to 2.8. Files `ex1_…` to `ex7_…`."
    assert recount(text, 2, 7, 8, own=True) == "Lesson 2 has 2.1 to 2.8. Files `ex1_…` to `ex8_…`."


# Parts

PAGE = """# Title

## One

```text
## no heading
--8<-- "exercises/9.9.md" is shown
```

--8<-- "exercises/1.1.md"

After it.

## Between

## Two

--8<-- "exercises/1.2.md"

## Pitfalls
"""


def test_a_page_is_cut_at_headings_and_behind_exercises() -> None:
    parts = page_parts(PAGE)
    assert "".join(parts) == PAGE
    assert [page_number(part) for part in parts] == ["", "1.1", "", "", "1.2", ""]
    moved = in_order(parts, page_number, ["1.2", "1.1"])
    assert [page_number(part) for part in moved] == ["", "1.2", "", "", "1.1", ""]
    assert moved[1].startswith("## Two")
    assert in_order(parts, page_number, ["1.2"]) == parts, "some are missing: a person has to see to it"


def test_every_page_can_be_cut() -> None:
    found = [page_number(part) for lesson in lessons() for part in page_parts(lesson.page.read_text(encoding="utf-8"))]
    assert [number for number in found if number] == [exercise.number for exercise in exercises()] != []
