"""What the tests of the course itself share."""

from collections.abc import Iterator

import pytest

from learn.grading.warm import WarmGrader


@pytest.fixture(scope="session")
def grader() -> Iterator[WarmGrader]:
    """A warm grader, started once for the whole session."""
    with WarmGrader() as warm:
        yield warm
