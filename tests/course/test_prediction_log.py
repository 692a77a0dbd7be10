"""The prediction log is the same on every machine, and has what the lessons show with it."""

import hashlib
from itertools import pairwise

import pytest
from sqlalchemy import ColumnElement, Engine, create_engine, func, select

from learn.checks import database
from learn.lab.prediction_log import create_prediction_log, models, predictions, versions

pytestmark = pytest.mark.reads()

DIGEST = "4a5d01f5c79c48fd014c53b31ea6cd7db309b95977794649487f1e0c94e3e9a0"


def digest(engine: Engine) -> str:
    """Of all rows, in the order of their ids."""
    whole = hashlib.sha256()
    with engine.begin() as connection:
        create_prediction_log(connection)
        for table in (models, versions, predictions):
            for row in connection.execute(select(table).order_by(table.c.id)):
                whole.update(repr([str(value) for value in row]).encode())
    return whole.hexdigest()


@pytest.fixture(scope="module")
def engine() -> Engine:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        create_prediction_log(connection)
    return engine


def count(engine: Engine, *conditions: ColumnElement[bool]) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(predictions).where(*conditions)).scalar_one()


def test_all_rows_are_the_same_everywhere() -> None:
    assert digest(create_engine("sqlite://")) == DIGEST


def test_on_postgresql_too() -> None:
    with database.postgres(), database.fresh("postgres") as url:
        engine = database.engine_on(url)
        assert digest(engine) == DIGEST
        engine.dispose()


def test_a_few_models_have_most_predictions_and_some_have_none(engine: Engine) -> None:
    query = (
        select(models.c.name, func.count(predictions.c.id))
        .select_from(models)
        .outerjoin(versions)
        .outerjoin(predictions)
        .group_by(models.c.name)
    )
    with engine.connect() as connection:
        numbers = {str(name): int(number) for name, number in connection.execute(query)}
    assert sum(numbers.values()) == 40_000
    assert numbers["spam-filter"] + numbers["sentiment-small"] > 36_000
    assert numbers["toxicity-base"] == numbers["defect-finder"] == 0


def test_times_are_shared_and_some_predictions_arrive_late(engine: Engine) -> None:
    with engine.connect() as connection:
        times = connection.execute(select(predictions.c.created_at).order_by(predictions.c.id)).scalars().all()
    assert len(set(times)) < 36_000
    assert sum(later < earlier for earlier, later in pairwise(times)) > 300
    assert times[0].tzinfo is not None


def test_some_failed_and_latencies_have_a_long_tail(engine: Engine) -> None:
    assert 500 < count(engine, predictions.c.error.is_not(None)) < 2_000
    assert count(engine, predictions.c.error.is_not(None), predictions.c.output.is_not(None)) == 0
    with engine.connect() as connection:
        latencies = sorted(connection.execute(select(predictions.c.latency_ms)).scalars())
    assert latencies[-1] > 50 * latencies[len(latencies) // 2]
