"""Exercise 5.7: Repair: validators of Pydantic 1.

This class describes how Lantern turns the scores of a classifier into a label. It was
written for Pydantic 1. When somebody updated the library, `conlist(float, min_items=…)`
no longer worked, so they took it out to make the program start. The rest warns, and two
requests crash it. Bring it to today's way. `ClassifierConfig` has four fields:

- `labels`: 2 to 10 labels. White space around each is removed, and nothing else. Then
  an empty label and two equal ones, wherever they stand, are refused. `Spam` and `spam`
  are not equal.
- `weights`: as many numbers as there are labels, each more than 0.
- `reject_below`: a number from 0 to 1.
- `accept_above`: a number from 0 to 1, which is 0.9 where it is left out; `None` is not
  left out, and refused. It is at least `reject_below`; that holds for the default too,
  so `reject_below=0.95` alone is refused. Nothing is rounded before it is compared.

Whatever is wrong, the answer is Pydantic's `ValidationError`, and no other exception:
also where several fields are wrong at once. It names a field that is wrong by itself.
Where two fields do not fit together, it names both, as the place of the error or in its
message. Nothing warns, neither at import nor in use. For example

    >>> labels = [" spam", "ham "]
    >>> ClassifierConfig(labels=labels, weights=[1, 2.5], reject_below=0.3).labels
    ['spam', 'ham']
"""

from typing import Any

from pydantic import BaseModel, root_validator, validator


class ClassifierConfig(BaseModel):
    """How scores become a label."""

    # This was conlist(str, min_items=2, max_items=10), which no longer starts.
    labels: list[str]
    weights: list[float]  # was conlist(float, min_items=2, max_items=10)
    reject_below: float
    accept_above: float = 0.9

    @validator("labels", each_item=True)
    @classmethod
    def strip_label(cls, label: str) -> str:
        assert label, "a label is not empty"
        return label.strip()

    @validator("weights")
    @classmethod
    def check_weights(cls, weights: list[float], values: dict[str, Any]) -> list[float]:
        assert len(weights) == len(values["labels"])
        return weights

    @validator("accept_above")
    @classmethod
    def check_order(cls, accept_above: float, values: dict[str, Any]) -> float:
        assert accept_above >= values["reject_below"]
        return accept_above

    @root_validator(skip_on_failure=True)
    @classmethod
    def check_thresholds(cls, values: dict[str, Any]) -> dict[str, Any]:
        assert values["reject_below"] >= 0 and values["accept_above"] <= 1
        return values
