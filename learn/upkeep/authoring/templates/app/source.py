"""Exercise {number}: {title}.

This is what a new exercise begins with: a whole one, for you to replace. Say here
in a sentence or two why Lantern needs what is built. Then give the contract: all
that the grader checks stands in this text.

Make `GET /models` answer with status 200 and a list of the names in `MODELS`, in
their order. The optional query parameter `prefix` has at most 20 characters, else
the status is 422. Where it is sent, only names that begin with it are listed. For
example, `GET /models?prefix=sp` answers

    ["spam-filter"]
"""

# region solution
from typing import Annotated

from fastapi import FastAPI, Query

# endregion
# region starter
# from fastapi import FastAPI
#
# endregion
app = FastAPI(title="Lantern")

MODELS = ["topic-tagger", "digits-mlp", "spam-filter", "digits-forest"]


@app.get("/models")
# region solution
def list_models(prefix: Annotated[str, Query(max_length=20)] = "") -> list[str]:
    return [name for name in MODELS if name.startswith(prefix)]


# endregion
# region starter
# def list_models() -> list[str]:
#     return MODELS
#
#
# endregion
