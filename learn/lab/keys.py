"""Lantern's API keys, as lesson 3 has made them: in memory. From lesson 4 on the lessons' apps include them, until
lesson 7 keeps them in a database.
"""

import hashlib
import secrets
from threading import Lock
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Header, HTTPException, Response
from pydantic import BaseModel, Field

router = APIRouter()

Scope = Literal["predict", "review"]
CallerName = Annotated[str, Field(min_length=1, max_length=40)]
Note = Annotated[str, Field(max_length=200)]


class KeyCreate(BaseModel):
    """What a caller sends to get a key."""

    caller: CallerName
    note: Note | None = None
    scopes: list[Scope] = ["predict"]


class KeyPublic(KeyCreate):
    """A key as anybody may see it."""

    hint: str  # its first characters, by which a caller knows it again


class KeyCreated(KeyPublic):
    """A key as it is shown once, to the caller who asked for it."""

    secret: str


class KeyRecord(KeyPublic):
    """A key as Lantern keeps it: of the secret, only a digest."""

    digest: str


class KeyChanges(BaseModel):
    """What may be changed later. The defaults only say that a field may be left out."""

    note: Note | None = None
    scopes: list[Scope] = []


keys: dict[str, KeyRecord] = {}  # by caller
changing = Lock()  # requests run in several threads; keys change one at a time


def digest_of(secret: str) -> str:
    """The SHA-256 digest of a secret: enough to recognise it, not enough to use it."""
    return hashlib.sha256(secret.encode()).hexdigest()


@router.post("/keys", status_code=201, tags=["keys"])
def create_key(new: KeyCreate, response: Response) -> KeyCreated:
    """Make a key. Its secret is in this response, and never in another."""
    secret = secrets.token_urlsafe()
    created = KeyCreated(**new.model_dump(), hint=secret[:4], secret=secret)
    with changing:
        if new.caller in keys:
            raise HTTPException(409, f"{new.caller!r} has a key: revoke that one first")
        keys[new.caller] = KeyRecord(digest=digest_of(secret), **created.model_dump(exclude={"secret"}))
    response.headers["Location"] = f"/keys/{quote(new.caller, safe='')}"
    return created


@router.get("/keys", tags=["keys"])
def list_keys() -> list[KeyPublic]:
    """All keys, without their secrets."""
    return list(keys.values())


def key_or_404(caller: str) -> KeyRecord:
    """The key of this caller.

    Raises:
        HTTPException: 404, there is none.
    """
    key = keys.get(caller)
    if key is None:
        raise HTTPException(404, f"{caller!r} has no key: GET /keys lists those that have")
    return key


@router.get("/keys/{caller:path}", tags=["keys"])
def read_key(caller: CallerName) -> KeyPublic:
    """One key, without its secret."""
    return key_or_404(caller)


@router.patch("/keys/{caller:path}", tags=["keys"])
def update_key(caller: CallerName, changes: KeyChanges) -> KeyPublic:
    """Change the note or the scopes; what is left out stays."""
    with changing:
        changed = key_or_404(caller).model_copy(update=changes.model_dump(exclude_unset=True))
        keys[caller] = changed
    return changed


@router.delete("/keys/{caller:path}", status_code=204, tags=["keys"])
def revoke_key(caller: CallerName) -> None:
    """Revoke a key for good."""
    with changing:
        key_or_404(caller)
        del keys[caller]


def key_of_caller(x_api_key: Annotated[str, Header()] = "") -> KeyRecord:
    """The key whose secret a request carries in the header `X-API-Key`.

    Raises:
        HTTPException: 401, it carries none that Lantern made.
    """
    digest = digest_of(x_api_key)
    for key in list(keys.values()):
        if secrets.compare_digest(key.digest, digest):
            return key
    headers = {"WWW-Authenticate": "APIKey"}
    raise HTTPException(401, "Send a key of Lantern's in X-API-Key", headers)


KeyDep = Annotated[KeyRecord, Depends(key_of_caller)]
