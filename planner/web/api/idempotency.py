"""``Idempotency-Key``: the same POST sent twice has its effect once and gets the same answer.

The key is stored in the transaction of the effect. Of two requests at the same moment, SQLite lets the second begin
only when the first is done; on PostgreSQL the unique key makes the second wait for it. What was refused is not
kept: it had no effect, and may be sent again under the same key.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Response, request
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from planner.models import IdempotencyKey
from planner.services.errors import FieldError, Invalid

HEADER = "Idempotency-Key"
KEPT_FOR = timedelta(days=1)
_KEY = re.compile(r"[\x21-\x7e]{1,200}")


@dataclass(frozen=True, slots=True)
class Keyed:
    """One request under a key."""

    token_id: int
    key: str
    digest: str


def keyed(token_id: int | None, content: bytes) -> Keyed | None:
    """The key of this request, None where it has none. Raises Invalid for a key of the wrong shape."""
    key = request.headers.get(HEADER)
    if key is None or token_id is None or request.method != "POST":
        return None
    if not _KEY.fullmatch(key):
        raise Invalid(FieldError(HEADER, "idempotency_key_invalid"))
    digest = hashlib.sha256(request.full_path.encode() + b"\n" + content).hexdigest()
    return Keyed(token_id, key, digest)


def begin(session: Session, wanted: Keyed, now: datetime) -> Response | None:
    """Take the key for this transaction, or give the answer that it got before.

    Raises Invalid where the key was used for another request, IntegrityError where another one is faster.
    """
    session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < now - KEPT_FOR))
    kept = _kept(session, wanted)
    if kept is None:
        session.add(
            IdempotencyKey(
                token_id=wanted.token_id,
                key=wanted.key,
                request_digest=wanted.digest,
                status=0,
                body="",
                created_at=now,
            )
        )
        session.flush()
        return None
    if kept.request_digest != wanted.digest:
        raise Invalid(FieldError(HEADER, "idempotency_key_reused"))
    response = Response(kept.body or None, status=kept.status)
    if kept.body:
        response.content_type = "application/json"
    response.headers["Idempotency-Replayed"] = "true"
    return response


def finish(session: Session, wanted: Keyed, response: Response) -> None:
    """Keep the answer."""
    row = _kept(session, wanted)
    if row is not None:
        row.status, row.body = response.status_code, response.get_data(as_text=True)


def _kept(session: Session, wanted: Keyed) -> IdempotencyKey | None:
    query = select(IdempotencyKey).where(IdempotencyKey.token_id == wanted.token_id, IdempotencyKey.key == wanted.key)
    return session.scalar(query)
