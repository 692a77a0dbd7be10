"""Lesson 1: Hello World.

Lantern's first light: an app that greets, counts visits, and says what it is. Start it
with

    fastapi dev lessons/01_hello_world/main.py

and open http://127.0.0.1:8000/docs. Change something, save, and reload the page.
"""

import asyncio
from datetime import UTC, datetime

from fastapi import FastAPI
from pydantic import BaseModel

# --8<-- [start:app]
app = FastAPI(
    title="Lantern, first light",
    version="0.1.0",
    description="The smallest Lantern: "
    "it greets, counts visits, and says since when it is running.",
)
# --8<-- [end:app]

STARTED_AT = datetime.now(UTC)
visits: list[datetime] = []  # in memory: a restart empties it


# --8<-- [start:answers]
class Uptime(BaseModel):
    """Since when Lantern is running."""

    started_at: datetime
    seconds: float


class Visits(BaseModel):
    """How often somebody came by."""

    count: int


# --8<-- [end:answers]
# --8<-- [start:greeting]
@app.get("/", tags=["about"])
def read_status() -> dict[str, str]:
    return {"message": "Lantern is lit.", "docs": "/docs"}


# --8<-- [end:greeting]
# --8<-- [start:uptime]
@app.get("/uptime", tags=["about"], summary="Tell since when Lantern is running")
def read_uptime() -> Uptime:
    """The start in UTC, and the seconds since then. After a restart both begin anew."""
    return Uptime(
        started_at=STARTED_AT, seconds=(datetime.now(UTC) - STARTED_AT).total_seconds()
    )


# --8<-- [end:uptime]
# --8<-- [start:visits]
@app.get("/visits", tags=["visits"], summary="Count the visits")
def count_visits() -> Visits:
    """Reads the number of visits. Ask as often as you like: it stays the same."""
    return Visits(count=len(visits))


@app.post("/visits", tags=["visits"], summary="Leave a visit")
def leave_visit() -> Visits:
    """Adds one visit, and answers the new number. Each request changes something."""
    visits.append(datetime.now(UTC))
    return Visits(count=len(visits))


# --8<-- [end:visits]
# --8<-- [start:warm_up]
@app.get("/warm-up", tags=["about"], summary="Wait half a second")
async def warm_up() -> dict[str, float]:
    """Pretends that a model is loading. Meanwhile the app goes on answering others."""
    await asyncio.sleep(0.5)
    return {"waited_seconds": 0.5}


# --8<-- [end:warm_up]
