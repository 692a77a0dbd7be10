"""Lantern's samples, as lessons 2 and 3 have made them. From lesson 4 on, the lessons' apps include them."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel

from learn.lab import digits

router = APIRouter()

Label = Literal["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]
SampleNumber = Annotated[int, Path(ge=1, le=len(digits.SAMPLES))]
VersionNumber = Annotated[int, Query(ge=1, le=2)]

models = {number: digits.load_model("digits-mlp", number) for number in (1, 2)}


class Sample(BaseModel):
    """A picture of a handwritten digit, and the digit that its writer meant."""

    number: int
    label: str
    picture: list[str] | None = None
    pixels: list[int] | None = None


def shown(sample: digits.Sample, picture: bool = True) -> Sample:
    """A sample as it is shown, with its picture or without."""
    return Sample(
        number=sample.number,
        label=sample.label,
        picture=sample.picture if picture else None,
        pixels=sample.pixels if picture else None,
    )


@router.get("/samples", tags=["samples"])
def list_samples(
    label: Annotated[
        list[Label] | None,
        Query(description="Any of these labels; repeat it for several"),
    ] = None,
    sort_by: Annotated[Literal["number", "label"], Query(alias="sort-by")] = "number",
    limit: Annotated[int, Query(ge=1, le=20)] = 5,
    offset: Annotated[int, Query(ge=0, le=1000)] = 0,
    pictures: bool = False,
) -> list[Sample]:
    """Samples, chosen and sorted."""
    found = [one for one in digits.SAMPLES if label is None or one.label in label]
    if sort_by == "label":
        found.sort(key=lambda one: one.label)
    return [shown(one, pictures) for one in found[offset : offset + limit]]


@router.get("/samples/hardest", tags=["samples"])
def read_hardest_sample(version: VersionNumber = 1) -> Sample:
    """The sample of which this version of the model is least sure."""
    predict = models[version].predict
    return shown(min(digits.SAMPLES, key=lambda one: max(predict(one.pixels))))


@router.get("/samples/{number}", tags=["samples"])
def read_sample(number: SampleNumber) -> Sample:
    """One sample, with its picture."""
    return shown(digits.SAMPLES[number - 1])
