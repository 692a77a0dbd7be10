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

# region solution
from typing import Annotated, Self

from fastapi import FastAPI
from pydantic import BaseModel, Field, field_validator, model_validator

# endregion
# region starter
# from fastapi import FastAPI
# from pydantic import BaseModel
#
# endregion
app = FastAPI()

# How many features each model takes.
FEATURES = {"spam-filter": 3, "digits-mlp": 64, "topic-tagger": 1024}


# region solution
Feature = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class PredictionRequest(BaseModel):
    """What a model is asked."""

    model: str
    features: list[Feature] = Field(min_length=1, max_length=1024)

    @field_validator("model")
    @classmethod
    def check_model(cls, model: str) -> str:
        """Only the models that Lantern serves."""
        if model not in FEATURES:
            raise ValueError(f"there is no such model; there are {', '.join(FEATURES)}")
        return model

    @model_validator(mode="after")
    def check_length(self) -> Self:
        """As many features as the model was trained on."""
        wanted, came = FEATURES[self.model], len(self.features)
        if came != wanted:
            raise ValueError(f"{self.model} takes {wanted} features, but {came} came")
        return self


# endregion
# region starter
# class PredictionRequest(BaseModel):
#     """What a model is asked."""
#
#     model: str
#     features: list[float]
#
#
# endregion
@app.post("/predictions")
def predict(request: PredictionRequest) -> dict[str, str | int]:
    return {"model": request.model, "features": len(request.features)}
