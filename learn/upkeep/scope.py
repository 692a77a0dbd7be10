"""A pytest plugin that runs a part of the self-check: one lesson or exercise, or, by the rule in `inputs`, a change."""

import json
from pathlib import Path

import pytest

from learn.course.catalogue import Exercise, select
from learn.upkeep.inputs import about, depends, inputs, subject


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("the course's self-check")
    group.addoption("--scope", metavar="WHAT", help="prove this lesson (2) or exercise (2.3) only, in all its faces")
    group.addoption("--changed-files", metavar="FILE", help="prove what depends on the files in this JSON list")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "reads(*files): what a test depends on that is about no exercise or page")


@pytest.fixture(scope="session")
def chosen(pytestconfig: pytest.Config) -> list[Exercise]:
    """The exercises that this run is about. A test that takes it is part of every run."""
    return select(pytestconfig.getoption("scope") or "all")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what this run does not need."""
    kept = items
    if what := config.getoption("scope"):
        wanted = _wanted(select(what))
        kept = [item for item in kept if "chosen" in getattr(item, "fixturenames", ()) or subject(item) & wanted]
    if listed := config.getoption("changed_files"):
        changed = set(json.loads(Path(listed).read_text(encoding="utf-8")))
        kept = [item for item in kept if depends(inputs(item), changed)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def _wanted(chosen: list[Exercise]) -> frozenset[str]:
    """The files that the chosen exercises are made of; their lessons' pages, notebooks and apps are among them."""
    everything = frozenset[str]().union(*(about(exercise.lesson) for exercise in chosen))
    others = [one for exercise in chosen for one in exercise.lesson.exercises if one not in chosen]
    return everything.difference(*map(about, others))
