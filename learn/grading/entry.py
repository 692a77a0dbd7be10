"""What is reported of one learner, in whatever format."""

from dataclasses import dataclass, field, fields
from typing import Any

from learn.course.words import visible
from learn.grading.verdict import Result, Status, Verdict


@dataclass
class Entry:
    """One learner's verdicts: one for each exercise that was asked for, in that order, whatever has happened.

    Attributes:
        learner: the name, unlike any other in the class; empty where there is but one, without a name.
        identity: the number that the learning platform knows the learner by, where a name told it.
        notes: what a teacher should know about what was handed in.
        shard: which part of the class this is from, for instance `2/8`; empty where it was graded in one go.
        of: how many learners the whole class has, where it was graded in parts.
    """

    learner: str
    verdicts: list[Verdict]
    identity: str = ""
    notes: list[str] = field(default_factory=list)
    shard: str = ""
    of: int = 0

    @property
    def points(self) -> int:
        """How many tests passed, in all."""
        return sum(points_of(verdict) for verdict in self.verdicts)

    @property
    def most(self) -> int:
        """How many tests there are, in all."""
        return sum(len(verdict.tests) for verdict in self.verdicts)

    def as_json(self) -> dict[str, Any]:
        """The entry in JSON; empty parts, but for the name, are left out."""
        record: dict[str, Any] = {"learner": self.learner}
        own = {name: getattr(self, name) for name in ("identity", "notes", "shard", "of")}
        record |= {name: value for name, value in own.items() if value}
        return record | {"verdicts": [verdict.as_json() for verdict in self.verdicts]}

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> "Entry":
        """The entry that `record` is.

        Raises:
            KeyError, TypeError, ValueError: it is none.
        """
        unknown = record.keys() - {one.name for one in fields(cls)}
        if unknown or not isinstance(record["learner"], str):
            raise ValueError(f"unknown parts: {', '.join(sorted(unknown))}")
        return cls(**record | {"verdicts": [Verdict.from_json(verdict) for verdict in record["verdicts"]]})


def points_of(verdict: Verdict) -> int:
    """How many tests of an exercise passed."""
    return sum(test.status is Status.PASSED for test in verdict.tests)


def made_visible(verdict: Verdict) -> Verdict:
    """`verdict`, all that a learner's code may have put into its texts fit for a terminal, JSON and XML."""
    for test in verdict.tests:
        for part in fields(Result):
            value = getattr(test, part.name)
            if isinstance(value, str) and not isinstance(value, Status):
                setattr(test, part.name, visible(value))
    verdict.file = visible(verdict.file)
    return verdict
