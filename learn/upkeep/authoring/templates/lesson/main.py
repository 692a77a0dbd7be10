"""Lesson {lesson}: {title}.

This is what a new lesson begins with. Say here what the app does. Start it with

    python -m learn run {lesson}

and open http://127.0.0.1:8000/docs. Change something, save, and reload the page.
"""

from fastapi import FastAPI

app = FastAPI(title="Lantern", description="What lesson {lesson} is about.")


# --8<-- [start:status]
@app.get("/", tags=["about"], summary="Tell that Lantern is lit")
def read_status() -> dict[str, str]:
    return {"message": "Lantern is lit."}


# --8<-- [end:status]
