"""Exercise 5.4: A feature vector.

A model does not complain about features that it cannot use. It answers, with a number
that means nothing. So Lantern looks at them first. `POST /predictions` takes a
`PredictionRequest` and answers how many features came; that part is given. Make the
class refuse what the model cannot use:

- `model`: the name of a model in `FEATURES`, letter by letter. An unknown one is
  refused at `model`. `FEATURES` does not change while Lantern runs.
- `features`: a list of 1 to 1,024 finite numbers. `nan` and the infinities are not
  finite. Text such as `"0.5"`, `true` and `null` are no numbers. What breaks this rule
  is refused at `features`, whatever the model is.
- There are as many features as `FEATURES` says for that model. Where not, the message
  of the error contains both numbers: how many the model takes, and how many came.

A refusal is Pydantic's `ValidationError`, which FastAPI turns into a 422. (Not for
`nan`: FastAPI's 422 repeats what was sent, and JSON has no `nan`. So the grader gives
that to the class itself. Exercise 5.6 is about such responses.) Mistakes in both fields
are reported together. For example,
`{"model": "spam-filter", "features": [0.2, 7]}` could be answered with 422 and the
message

    Value error, spam-filter takes 3 features, but 2 came
"""

from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()

# How many features each model takes.
FEATURES = {"spam-filter": 3, "digits-mlp": 64, "topic-tagger": 1024}


class PredictionRequest(BaseModel):
    """What a model is asked."""

    model: str
    features: list[float]


@app.post("/predictions")
def predict(request: PredictionRequest) -> dict[str, str | int]:
    return {"model": request.model, "features": len(request.features)}
