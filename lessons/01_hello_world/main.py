"""Lesson 1: Hello World.

Lantern's first light: an app that reads handwritten digits. A pile of pictures lies on
its desk. It shows the one on top, and says which digit the model sees in it. Start it
with

    fastapi dev lessons/01_hello_world/main.py

and open http://127.0.0.1:8000/docs. Change something, save, and reload the page.
"""

import time
from collections import deque

from fastapi import FastAPI
from pydantic import BaseModel

from learn.lab import digits

app = FastAPI(
    title="Lantern",
    version="0.1.0",
    description="Serves `digits-mlp`, a model that reads handwritten digits.",
)

model = digits.load_model("digits-mlp", version=1)
pile = deque(digits.SAMPLES)  # in memory: after a restart it lies as before


class Sample(BaseModel):
    """A picture of a handwritten digit, and the digit that its writer meant."""

    number: int
    label: str
    picture: list[str]


class Prediction(BaseModel):
    """What a model sees in a picture, and how sure it is."""

    model: str
    version: int
    label: str
    probability: float
    milliseconds: float


@app.get("/")
def read_status() -> dict[str, str]:
    return {"message": "Lantern is lit.", "docs": "/docs"}


@app.get("/sample", tags=["samples"], summary="Look at the sample on top")
def read_sample() -> Sample:
    """Ask as often as you like: it stays the same."""
    top = pile[0]
    return Sample(number=top.number, label=top.label, picture=top.picture)


@app.post("/sample", tags=["samples"], summary="Put the sample on top under the pile")
def lay_next_sample() -> Sample:
    """The next one is on top then. Each request changes something."""
    pile.rotate(-1)
    return read_sample()


@app.get("/prediction", tags=["predictions"], summary="Predict the digit on top")
def read_prediction() -> Prediction:
    """Runs the model, and names the label that it finds most probable."""
    started = time.perf_counter()
    probabilities = model.predict(pile[0].pixels)
    milliseconds = (time.perf_counter() - started) * 1000
    probability = max(probabilities)
    return Prediction(
        model=model.name,
        version=model.version,
        label=model.labels[probabilities.index(probability)],
        probability=round(probability, 4),
        milliseconds=round(milliseconds, 2),
    )
