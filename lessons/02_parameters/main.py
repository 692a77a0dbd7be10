"""Lesson 2: Parameters.

Lantern tells about the versions of one model, its spam filter. Every operation reads
something from the request: from the path, from the query, or from a header. Start it
with

    python -m learn run 2

and open http://127.0.0.1:8000/docs. Send it values that it does not expect.
"""

from typing import Annotated, Literal

from fastapi import FastAPI, Header, Query
from pydantic import BaseModel

app = FastAPI(
    title="Lantern, by request",
    version="0.2.0",
    description="What the versions of the spam filter can do.",
)

Stage = Literal["staging", "production", "archived"]


class Version(BaseModel):
    """One trained version of the spam filter, and how long one prediction takes it."""

    number: int
    stage: Stage
    latency_ms: float


VERSIONS = [
    Version(number=1, stage="archived", latency_ms=41.0),
    Version(number=2, stage="archived", latency_ms=38.5),
    Version(number=3, stage="archived", latency_ms=14.0),
    Version(number=4, stage="production", latency_ms=12.0),
    Version(number=5, stage="staging", latency_ms=9.5),
]
MILLISECONDS_PER_PREDICTION = 12.0


@app.get(
    "/estimates/{predictions}",
    tags=["estimates"],
    summary="Estimate the time for a number of predictions",
)
def estimate(predictions: int, warm: bool = True) -> dict[str, int | float]:
    """With `warm=no`, two seconds for loading the model come on top."""
    seconds = predictions * MILLISECONDS_PER_PREDICTION / 1000
    return {"predictions": predictions, "seconds": seconds if warm else seconds + 2}


@app.get(
    "/stages/busiest", tags=["stages"], summary="Name the stage with the most versions"
)
def read_busiest_stage() -> dict[str, str]:
    stages = [version.stage for version in VERSIONS]
    return {"stage": max(stages, key=stages.count)}


@app.get("/stages/{stage}", tags=["stages"], summary="List the versions in a stage")
def read_stage(stage: Stage) -> list[Version]:
    return [version for version in VERSIONS if version.stage == stage]


@app.get("/versions", tags=["versions"], summary="List versions, chosen and sorted")
def list_versions(
    stage: Annotated[
        list[Stage] | None,
        Query(description="Any of these stages; repeat it for several"),
    ] = None,
    max_latency_ms: Annotated[float, Query(gt=0, le=1000)] = 1000,
    sort_by: Annotated[Literal["number", "latency"], Query(alias="sort-by")] = "number",
    first: Annotated[int, Query(ge=1, le=20)] = 5,
) -> list[Version]:
    found = [
        version
        for version in VERSIONS
        if (stage is None or version.stage in stage)
        and version.latency_ms <= max_latency_ms
    ]
    found.sort(
        key=lambda version: (
            version.latency_ms if sort_by == "latency" else version.number
        )
    )
    return found[:first]


@app.get("/caller", tags=["about"], summary="Tell what the caller says about itself")
def read_caller(
    user_agent: Annotated[str | None, Header()] = None,
    x_client_version: Annotated[str | None, Header(max_length=20)] = None,
) -> dict[str, str | None]:
    """Reads the headers `User-Agent`, which most send, and `X-Client-Version`."""
    return {"user_agent": user_agent, "client_version": x_client_version}
