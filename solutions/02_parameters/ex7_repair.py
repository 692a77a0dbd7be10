"""Exercise 2.7: Repair a search from an old tutorial.

This search works in the one request that its author tried. Any other request gets a
server error, the wrong predictions, or as many of them as it likes. Repair it, so that
`GET /predictions` keeps this contract.

It answers with status 200 and a list of those in `PREDICTIONS`, in their order, that
fit all the query parameters that were sent. `PREDICTIONS` may grow while the app runs.
All the parameters are optional:

- `q`: text that `text` must contain, just as it is, spaces too; only capital and small
  letters are the same. At most 50 characters.
- `label`: a label; may be repeated, and then any of the labels will do. An unknown
  label fits nothing; a part of a label is not that label, nor is another spelling.
- `min_score`: the least `score`, a number from 0 to 1 (`nan` is not one); 0 where it is
  left out.
- `limit`: how many to answer at most, of those that fit. A whole number from 1 to 50; 3
  where it is left out.

For instance:

    GET /predictions?q=phone&label=spam&label=unsure
    [{"text": "Win a free phone", "label": "spam", "score": 0.98}]

What is outside its bounds, or not a number where one is due, answers 422. Nothing that
a client can send answers 500.
"""

# region solution
from typing import Annotated

# endregion
# region starter
# endregion
from fastapi import FastAPI, Query
from pydantic import BaseModel

app = FastAPI()


class Prediction(BaseModel):
    """What the spam filter thought of a message."""

    text: str
    label: str
    score: float


PREDICTIONS = [
    Prediction(text="Win a free phone", label="spam", score=0.98),
    Prediction(text="Lunch on Friday?", label="ham", score=0.95),
    Prediction(text="Your phone bill for March", label="ham", score=0.81),
    Prediction(text="Last chance: free entry", label="spam", score=0.9),
    Prediction(text="Call me back", label="unsure", score=0.5),
]


# region solution
@app.get("/predictions")
def search_predictions(
    q: Annotated[str, Query(max_length=50)] = "",
    label: Annotated[list[str] | None, Query()] = None,
    min_score: Annotated[float, Query(ge=0, le=1)] = 0,
    limit: Annotated[int, Query(ge=1, le=50)] = 3,
) -> list[Prediction]:
    found = [
        prediction
        for prediction in PREDICTIONS
        if q.lower() in prediction.text.lower()
        and (label is None or prediction.label in label)
        and prediction.score >= min_score
    ]
    return found[:limit]


# endregion
# region starter
# @app.get("/predictions")
# def search_predictions(
#     q: str = Query(None),
#     label: str = Query(""),
#     min_score: str = Query("0"),
#     limit: int = Query(3),
# ) -> list[Prediction]:
#     labels = label.split(",")
#     found = []
#     for prediction in PREDICTIONS[:limit]:
#         matches = q.lower() in prediction.text.lower() and prediction.label in labels
#         if matches and prediction.score >= float(min_score):
#             found.append(prediction)
#     return found
#
#
# endregion
