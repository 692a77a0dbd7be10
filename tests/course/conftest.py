"""What the tests of the course itself share."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from learn.grading.warm import WarmGrader
from learn.maintenance import find_chromium


@pytest.fixture(scope="session")
def grader() -> Iterator[WarmGrader]:
    """A warm grader, started once for the whole session."""
    with WarmGrader() as warm:
        yield warm


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium: where there is none, its tests are skipped with a word on how to get it; in CI that is an error."""
    chromium = find_chromium()
    if chromium is None and not os.environ.get("CI"):
        pytest.skip("there is no Chromium here: `apt-get install chromium`, or google.com/chrome")
    assert chromium is not None, "CI needs a Chromium"
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
