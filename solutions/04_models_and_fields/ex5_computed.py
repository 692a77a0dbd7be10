"""Exercise 4.5: Fields that are computed.

A classifier puts out a score for each label. Callers want the best label, and each of
them works it out again, in five languages and with two mistakes. So the response says
it. And it says `0.982`, not `0.98199999332427979`.

A `Classification` is built with two fields, both required: `scores`, a dict with a
number for each label and at least one label, and `latency`, a `timedelta`. Add two that
are computed and never given, and say how it looks as JSON:

- `label`: the label with the highest score, before anything is rounded. Where several
  share that score, any of them.
- `confidence`: the score of that label.
- In JSON, the scores and the confidence are rounded to 3 decimals, and `latency` is the
  number of its milliseconds, days and parts of a millisecond too.
- In Python nothing is rounded: the attributes and `model_dump()` have the numbers as
  they are and the `timedelta`. `model_dump()` has all four fields.

A `label` or a `confidence` that is given when it is built has no effect. It is not even
checked, so `confidence="high"` is no mistake. `POST /classifications` is given. Its
response is described in `/docs` with all four fields. For example,
`{"text": "Lunch on Friday?"}` is answered with

    {"scores": {"spam": 0.333, "ham": 0.667}, "latency": 12.5, "label": "ham",
     "confidence": 0.667}
"""

# region solution
from datetime import timedelta

from fastapi import FastAPI
from pydantic import BaseModel, Field, computed_field, field_serializer

app = FastAPI()


class Classification(BaseModel):
    """What a classifier made of a text."""

    scores: dict[str, float] = Field(min_length=1)
    latency: timedelta

    @computed_field  # type: ignore[prop-decorator]
    @property
    def label(self) -> str:
        """The label with the highest score."""
        return max(self.scores, key=self.scores.__getitem__)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def confidence(self) -> float:
        """The highest score."""
        return self.scores[self.label]

    @field_serializer("scores", when_used="json")
    def round_scores(self, scores: dict[str, float]) -> dict[str, float]:
        return {label: round(score, 3) for label, score in scores.items()}

    @field_serializer("confidence", when_used="json")
    def round_confidence(self, confidence: float) -> float:
        return round(confidence, 3)

    @field_serializer("latency", when_used="json")
    def in_milliseconds(self, latency: timedelta) -> float:
        return latency / timedelta(milliseconds=1)


# endregion
# region starter
# from datetime import timedelta
#
# from fastapi import FastAPI
# from pydantic import BaseModel
#
# app = FastAPI()
#
#
# class Classification(BaseModel):
#     """What a classifier made of a text."""
#
#     scores: dict[str, float]
#     latency: timedelta
#
#
# endregion
class Text(BaseModel):
    """What is to be classified."""

    text: str


@app.post("/classifications")
def classify(body: Text) -> Classification:
    spam = 1 / 3 if "lunch" in body.text.lower() else 55 / 56
    return Classification(
        scores={"spam": spam, "ham": 1 - spam}, latency=timedelta(milliseconds=12.5)
    )
