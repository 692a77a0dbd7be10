"""Grades exercise 4.4, JSON in and JSON out."""

import json
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from types import ModuleType
from typing import Any

import pytest

from learn.checks import Outcome, call

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HELSINKI = datetime(2026, 3, 1, 14, tzinfo=timezone(timedelta(hours=2)))
NEW_YORK = datetime(2026, 2, 28, 22, 30, 15, tzinfo=timezone(timedelta(hours=-5)))
DELHI = datetime(2026, 3, 1, 17, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))
WHOLE = '{"modelName":"spam-filter","label":"spam","latencyMs":12.5,"madeAt":"2026-03-01T12:00:00Z"}'


@pytest.fixture
def in_japan(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The machine's own time zone is not UTC, so that nobody takes one for the other."""
    if not hasattr(time, "tzset"):
        yield  # Windows: the zone is what the machine says
        return
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "JST-9")
        time.tzset()
        yield
    time.tzset()


def line_of(exercise: ModuleType, **fields: Any) -> Outcome:
    """What `write_line` makes of a prediction with these fields."""
    return call(exercise.write_line, call(exercise.Prediction, **fields).value)


def expect_object(line: Outcome, expected: dict[str, Any], why: str) -> None:
    """`line` is a string that holds the JSON object `expected`, on one line; its seconds may have zeros at the end."""
    line.expect_that(isinstance(line.value, str) and "\n" not in line.value.strip(), "a string of one line")
    try:
        value = json.loads(line.value)
    except ValueError:
        value = None
    line.expect_that(isinstance(value, dict), "a JSON object")
    if isinstance(value.get("madeAt"), str):
        value["madeAt"] = re.sub(r"\.0+Z$", "Z", value["madeAt"])
    line.expect_that(value == expected, f"the JSON {json.dumps(expected, ensure_ascii=False)}: {why}")


def expect_field(prediction: Outcome, name: str, expected: object, why: str) -> None:
    prediction.expect_that(getattr(prediction.value, name, ...) == expected, f"`{name}` to be {expected!r}: {why}")


def test_a_prediction_is_built_with_pythons_names(exercise: ModuleType) -> None:
    prediction = call(
        exercise.Prediction,
        model_name="spam-filter",
        label="spam",
        latency_ms=12.5,
        made_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
    )
    expect_field(prediction, "model_name", "spam-filter", "as it was given")
    expect_field(prediction, "label", "spam", "as it was given")
    expect_field(prediction, "latency_ms", 12.5, "as it was given")
    expect_field(prediction, "made_at", NOON, "as it was given")


def test_a_line_has_the_names_of_json(exercise: ModuleType) -> None:
    line = line_of(exercise, model_name="spam-filter", label="spam", latency_ms=12.5, made_at=NOON)
    expect_object(line, json.loads(WHOLE), "JSON's names are in camelCase")


def test_what_is_none_is_left_out_and_nothing_else(exercise: ModuleType) -> None:
    line = line_of(exercise, model_name="spam-filter", made_at=NOON)
    expect_object(line, {"modelName": "spam-filter", "madeAt": "2026-03-01T12:00:00Z"}, "what is None is left out")
    line = line_of(exercise, model_name="", label="", latency_ms=0, made_at=NOON)
    wanted = {"modelName": "", "label": "", "latencyMs": 0, "madeAt": "2026-03-01T12:00:00Z"}
    expect_object(line, wanted, '0 and "" are values')


def test_any_text_is_on_one_line(exercise: ModuleType) -> None:
    text = ' two\nlines,\t"模型" \\n ä '
    line = line_of(exercise, model_name=text, label=text, made_at=NOON)
    wanted = {"modelName": text, "label": text, "madeAt": "2026-03-01T12:00:00Z"}
    expect_object(line, wanted, "the texts as they are")


@pytest.mark.usefixtures("in_japan")
def test_times_are_written_in_utc(exercise: ModuleType) -> None:
    moments = ((HELSINKI, "2026-03-01T12:00:00Z"), (NEW_YORK, "2026-03-01T03:30:15Z"), (DELHI, "2026-03-01T12:00:00Z"))
    for moment, text in moments:
        line = line_of(exercise, model_name="spam-filter", made_at=moment)
        expect_object(line, {"modelName": "spam-filter", "madeAt": text}, "madeAt is in UTC and ends in Z")


def test_a_line_is_read(exercise: ModuleType) -> None:
    prediction = call(exercise.read_line, WHOLE)
    prediction.expect_that(isinstance(prediction.value, exercise.Prediction), "a Prediction")
    expect_field(prediction, "model_name", "spam-filter", "as the line says")
    expect_field(prediction, "label", "spam", "as the line says")
    expect_field(prediction, "latency_ms", 12.5, "as the line says")
    expect_field(prediction, "made_at", NOON, "as the line says")
    prediction = call(exercise.read_line, '{"madeAt":"2026-03-01T14:00:00+02:00","modelName":"digits-mlp"}')
    expect_field(prediction, "made_at", NOON, "14:00 at +02:00 is 12:00 in UTC")
    expect_field(prediction, "label", None, "it is left out")
    expect_field(prediction, "latency_ms", None, "it is left out")
    line = '{"modelName":"","label":"","latencyMs":0,"madeAt":"2026-03-01T12:00:00Z"}\n'
    prediction = call(exercise.read_line, line)
    expect_field(prediction, "label", "", 'the line has a break at its end, and "" is a value')
    expect_field(prediction, "latency_ms", 0, "0 is a value")
    line = '{"modelName":"a","label":null,"latencyMs":null,"madeAt":"2026-03-01T12:00:00Z"}'
    expect_field(call(exercise.read_line, line), "label", None, "the line says null, which is None")


def test_a_line_that_does_not_fit_is_refused(exercise: ModuleType) -> None:
    for line in (
        '{"modelName":"spam-filter"}',
        '{"madeAt":"2026-03-01T12:00:00Z"}',
        WHOLE[:-1],
        WHOLE.replace("12.5", '"slow"'),
        WHOLE.replace('"spam"', "7"),
        WHOLE.replace('"spam-filter"', "null"),
        "",
        "[]",
        "null",
    ):
        call(exercise.read_line, line).expect_refused(
            "", "the line lacks a field, is no whole JSON, or has a wrong type"
        )


def test_a_time_without_a_zone_is_refused(exercise: ModuleType) -> None:
    naive = datetime(2026, 3, 1, 12)
    call(exercise.Prediction, model_name="spam-filter", made_at=naive).expect_refused(
        "", "nobody knows which noon it is"
    )
    call(exercise.read_line, WHOLE.replace("00Z", "00")).expect_refused("", "madeAt has no time zone")


def test_what_is_written_and_read_again_is_equal(exercise: ModuleType) -> None:
    for fields in (
        {"label": "ham", "latency_ms": 0.25, "made_at": NEW_YORK.replace(microsecond=250_000)},
        {"label": ' ä\n"', "latency_ms": 1 / 3, "made_at": NEW_YORK.replace(microsecond=250_001)},
        {"label": "", "latency_ms": 0, "made_at": DELHI},
        {"made_at": HELSINKI},
    ):
        prediction = call(exercise.Prediction, model_name="spam-filter", **fields).value
        line = call(exercise.write_line, prediction).value
        again = call(exercise.read_line, line)
        again.expect_that(again.value == prediction, f"{prediction!r}, which was written as that line")
