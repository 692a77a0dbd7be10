"""Lesson 3: Bodies and responses.

Lantern hands out API keys to the programs that may call it. This app registers them,
lists them without giving anything away, changes a part of one, and revokes it.

Run it with `python -m learn run 3`, open http://127.0.0.1:8000/docs, and play.
"""

import hashlib
import itertools
import secrets
from typing import Any

from fastapi import FastAPI, HTTPException, Response, status
from pydantic import BaseModel

app = FastAPI(title="Lantern's API keys", version="0.3.0")

KEYS_PER_CALLER = 2  # one in use, and a new one while the old is being replaced


class KeyCreate(BaseModel):
    """What a caller sends to get a key."""

    caller: str
    note: str | None = None
    scopes: list[str] = ["predict"]


class KeyPublic(KeyCreate):
    """A key as anybody may see it."""

    id: int


class KeyCreated(KeyPublic):
    """A key as it is shown once, to the caller who asked for it."""

    secret: str


class KeyRecord(KeyPublic):
    """A key as Lantern keeps it: of the secret, only a digest."""

    digest: str


class KeyChanges(BaseModel):
    """What may be changed later. The defaults only say that a field may be left out."""

    note: str | None = None
    scopes: list[str] = []


class Problem(BaseModel):
    """The body of every 404 and 409."""

    detail: str


def digest_of(secret: str) -> str:
    """The SHA-256 digest of a secret: enough to recognise it, not enough to use it."""
    return hashlib.sha256(secret.encode()).hexdigest()


FIRST = KeyRecord(
    id=1,
    caller="mobile-app",
    note="until the summer release",
    scopes=["predict", "feedback"],
    digest=digest_of(secrets.token_urlsafe()),
)
KEYS = {FIRST.id: FIRST}
ids = itertools.count(2)


NOT_FOUND: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "There is no such key"}
}


def key_or_404(key_id: int) -> KeyRecord:
    """The key with this id.

    Raises:
        HTTPException: 404, there is none.
    """
    if key_id not in KEYS:
        raise HTTPException(
            status.HTTP_404_NOT_FOUND,
            f"There is no key {key_id}: GET /keys lists those there are",
        )
    return KEYS[key_id]


@app.get("/keys/{key_id}", responses=NOT_FOUND)
def read_key(key_id: int) -> KeyPublic:
    """One key, without its secret."""
    return key_or_404(key_id)


@app.get("/keys")
def list_keys(caller: str | None = None) -> list[KeyPublic]:
    """All keys, or those of one caller, without their secrets."""
    return [key for key in KEYS.values() if caller is None or key.caller == caller]


@app.post(
    "/keys", status_code=status.HTTP_201_CREATED, responses={409: {"model": Problem}}
)
def create_key(new: KeyCreate, response: Response) -> KeyCreated:
    """Make a key. Its secret is in this answer, and never in another."""
    if len(list_keys(new.caller)) >= KEYS_PER_CALLER:
        detail = (
            f"{new.caller!r} has {KEYS_PER_CALLER} keys already: "
            "revoke one with DELETE /keys/{id} first"
        )
        raise HTTPException(status.HTTP_409_CONFLICT, detail)
    secret = secrets.token_urlsafe()
    created = KeyCreated(id=next(ids), secret=secret, **new.model_dump())
    KEYS[created.id] = KeyRecord(
        digest=digest_of(secret), **created.model_dump(exclude={"secret"})
    )
    response.headers["Location"] = f"/keys/{created.id}"
    return created


@app.patch("/keys/{key_id}", responses=NOT_FOUND)
def update_key(key_id: int, changes: KeyChanges) -> KeyPublic:
    """Change the note or the scopes; what is left out stays."""
    KEYS[key_id] = key_or_404(key_id).model_copy(
        update=changes.model_dump(exclude_unset=True)
    )
    return KEYS[key_id]


@app.delete(
    "/keys/{key_id}", status_code=status.HTTP_204_NO_CONTENT, responses=NOT_FOUND
)
def revoke_key(key_id: int) -> None:
    """Revoke a key for good."""
    key_or_404(key_id)
    del KEYS[key_id]
