"""Exercise 2.6: A header, and an alias.

Whoever calls Lantern may give the request an id, in a header, to find it again in the
logs. And clients would like to ask for predictions *from* a day on, but `from` is a
word of Python's own and cannot name a function's parameter.

Make `GET /predictions` answer with status 200, the request's id, and the numbers of the
predictions in `PREDICTIONS`, in their order. Predictions are added while the app runs,
and not always in the order of their days:

    GET /predictions?from=2026-03-02
    X-Request-ID: batch-7

    {"request_id": "batch-7", "predictions": [102, 103]}

- The header `X-Request-ID` is optional: `request_id` is the text that was sent, and
  `null` where none is sent. It comes from outside and ends up in logs, so it has at
  most 64 characters; a longer one answers 422.
- The query parameter `from` is optional, a date such as `2026-03-02`. Predictions of
  that day and later are listed, all of them where it is left out. What is not a date,
  such as `yesterday`, `2026-02-30`, `2026-03` or an empty text, answers 422. Other ways
  to write a date, such as `20260302`, are left to you.
"""

from datetime import date

from fastapi import FastAPI

app = FastAPI()

PREDICTIONS = {
    101: date(2026, 3, 1),
    102: date(2026, 3, 2),
    103: date(2026, 3, 5),
}


@app.get("/predictions")
def list_predictions() -> dict[str, str | list[int] | None]:
    return {"request_id": None, "predictions": list(PREDICTIONS)}
