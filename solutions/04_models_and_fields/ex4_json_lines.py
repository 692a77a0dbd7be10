"""Exercise 4.4: JSON in, JSON out.

Lantern writes each prediction into a log, one JSON object a line. A dashboard in
JavaScript reads it. Its authors write `madeAt` where you write `made_at`, they do not
want fields that say nothing, and they want all times in UTC, so that two lines can be
compared by eye.

Write a class `Prediction` with these fields; the left name is Python's, the right one
is JSON's:

- `model_name`, `modelName`: a string, required.
- `label`, `label`: a string or `None`; default `None`.
- `latency_ms`, `latencyMs`: a number or `None`; default `None`. Infinity and `nan`, for
  which JSON has no number, are not part of this exercise.
- `made_at`, `madeAt`: a `datetime` with a time zone, required. One without is refused
  with a `ValidationError`.

It is built with Python's names. Two functions go between it and the log:

- `write_line(prediction)` returns the prediction as a string: one JSON object on one
  line, with JSON's names. Whether a line break ends it is up to you. What is `None` is
  left out, and nothing else is: `0` and `""` are values. `madeAt` is in UTC and ends in
  `Z`; how many decimals its seconds have is up to you, as long as none is lost.
- `read_line(line)` returns the `Prediction` that a line with JSON's names holds, with a
  line break at its end or without. A line that does not fit, or is no JSON, raises a
  `ValidationError`. A prediction that is written and read again is equal to what it
  was.

For example, a prediction made at 14:00 in Helsinki, with a latency that nobody
measured, is this line:

    {"modelName":"spam-filter","label":"spam","madeAt":"2026-03-01T12:00:00Z"}
"""

# region solution
from datetime import UTC, datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, field_serializer
from pydantic.alias_generators import to_camel


class Prediction(BaseModel):
    """One line of the log."""

    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True)

    model_name: str
    label: str | None = None
    latency_ms: float | None = None
    made_at: AwareDatetime

    @field_serializer("made_at")
    def in_utc(self, time: datetime) -> datetime:
        return time.astimezone(UTC)


def write_line(prediction: Prediction) -> str:
    """The line of the log that says `prediction`."""
    return prediction.model_dump_json(by_alias=True, exclude_none=True)


def read_line(line: str) -> Prediction:
    """The prediction that a line of the log says."""
    return Prediction.model_validate_json(line)


# endregion
# region starter
# from datetime import UTC, datetime
#
# from pydantic import BaseModel
#
#
# class Prediction(BaseModel):
#     """One line of the log."""
#
#     model_name: str
#     label: str | None = None
#     latency_ms: float | None = None
#     made_at: datetime
#
#
# def write_line(prediction: Prediction) -> str:
#     """The line of the log that says `prediction`."""
#     return prediction.model_dump_json()
#
#
# def read_line(line: str) -> Prediction:
#     """The prediction that a line of the log says."""
#     return Prediction(model_name=line, made_at=datetime(2026, 1, 1, tzinfo=UTC))
#
#
# endregion
