"""Exercise 2.2: A closed set of values.

Lantern serves models for three tasks, and what a model puts out depends on its task. A
client that misspells a task is best told at once, with the names that exist.

Make `GET /tasks/{task}` answer with status 200, the task, and what stands for it in
`OUTPUTS` at the time of the request:

    GET /tasks/embedding
    {"task": "embedding", "output": "a vector of numbers"}

- The tasks are `text-classification`, `image-classification` and `embedding`, spelled
  exactly so.
- Everything else, `Embedding` with a capital letter too, answers 422, and the response
  names all three tasks.
- The OpenAPI document lists the three as the `enum` of the parameter, so that `/docs`
  offers them as choices.
"""

# region solution
from typing import Literal

# endregion
# region starter
# endregion
from fastapi import FastAPI

app = FastAPI()

OUTPUTS = {
    "text-classification": "a label and its score",
    "image-classification": "a label and its score",
    "embedding": "a vector of numbers",
}

# region solution
Task = Literal["text-classification", "image-classification", "embedding"]


@app.get("/tasks/{task}")
def read_task(task: Task) -> dict[str, str]:
    return {"task": task, "output": OUTPUTS[task]}


# endregion
# region starter
#
# @app.get("/tasks/{task}")
# def read_task(task: str) -> dict[str, str]:
#     return {"task": task, "output": OUTPUTS.get(task, "unknown")}
#
#
# endregion
