"""Exercise 3.6: Repair: dicts in, dicts out, always 200.

This code collects feedback: was the label of a prediction right? It is written the way
old tutorials and code assistants write it. Every response has status 200, so no caller,
monitor or test can tell a success from a failure, and any body is taken. Bring it to
today's way. All addresses are `/predictions/{prediction_id}/feedback`:

- `POST` takes `label`, a required string, and `comment`, a string or `null`, which is
  `null` where it is left out. It answers 201 with exactly `label`, `comment` and
  `prediction_id`, the one in the address: in the body it has no effect. A body without
  a label, or with a value of another type, answers 422 and leaves no feedback behind;
  an empty text is a string. A prediction that is not in `PREDICTIONS` at the time of
  the request answers 404. A prediction that has feedback already answers 409, and the
  first feedback stays.
- `GET` answers 200 with the same three fields. Where the prediction does not exist or
  has no feedback: 404.
- `DELETE` removes this feedback, and no other, and answers 204 with no body. Where
  there is nothing to remove: 404.

Every 404 and 409 has the body `{"detail": …}`, where the detail is one string that
contains the prediction's number. For example, `POST /predictions/2/feedback` with
`{"label": "spam"}` answers 201 with

    {"label": "spam", "comment": null, "prediction_id": 2}
"""

from typing import Any

from fastapi import FastAPI

app = FastAPI()

# What the model answered, by the prediction's number.
PREDICTIONS = {1: "spam", 2: "ham", 3: "ham"}

FEEDBACK: dict[int, dict[str, Any]] = {}


@app.post("/predictions/{prediction_id}/feedback")
def create_feedback(prediction_id: int, body: dict[str, Any]) -> dict[str, Any]:
    if prediction_id not in PREDICTIONS:
        return {"error": "not found", "code": 404}
    if not body.get("label"):
        return {"error": "label is missing", "code": 400}
    FEEDBACK[prediction_id] = body
    return {"status": "ok", "data": body}


@app.get("/predictions/{prediction_id}/feedback")
def read_feedback(prediction_id: int) -> dict[str, Any]:
    try:
        return {"status": "ok", "data": FEEDBACK[prediction_id]}
    except Exception as error:
        return {"error": str(error)}


@app.delete("/predictions/{prediction_id}/feedback")
def delete_feedback(prediction_id: int) -> dict[str, Any]:
    FEEDBACK.pop(prediction_id, None)
    return {"status": "deleted"}
