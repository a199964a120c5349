"""A person's devices, the installation's key pair, and what is wished for."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from planner.domain.outbox import PUSHED
from planner.models import PushIdentity, PushSubscription, User
from planner.security import outgoing, webpush
from planner.security.webpush import Device
from planner.services.errors import Conflict, NotFound, Problems
from planner.services.push.waiting import put

if TYPE_CHECKING:
    from planner.bootstrap import Platform

#: Devices of one person.
MOST = 20
#: A test that comes later tells nothing.
TEST_LASTS = timedelta(minutes=10)


def public_key(platform: Platform) -> str:
    """What browsers subscribe with, in base64url. Made at the first call, once for the installation."""
    with platform.database.read() as session:
        found = session.get(PushIdentity, 1)
    return found.public_key if found else _make(platform)


def _make(platform: Platform) -> str:
    public, private = webpush.new_identity()
    sealed = platform.vault.seal({"private_key": private})
    try:
        with platform.database.write() as session:
            session.add(PushIdentity(id=1, public_key=public, private_key=sealed, created_at=platform.clock.now()))
    except IntegrityError:  # another process made it at this moment: there is one for all
        with platform.database.read() as session:
            return session.get_one(PushIdentity, 1).public_key
    return public


def subscribe(
    session: Session,
    platform: Platform,
    user_id: int,
    device: Device,
    label: str,
    *,
    former: str | None = None,
    now: datetime,
) -> PushSubscription:
    """Show a person's notices on a device from now on. A browser belongs to whoever asked last.

    ``former`` is the digest of the address at which this browser was reached before: the person's device is now
    reached at this one, with what waits for it. Raises Invalid at ``endpoint`` or ``keys``, Conflict ``push_too_many``.
    """
    _check(platform, device)
    digest = hashlib.sha256(device.endpoint.encode()).hexdigest()
    found = session.scalar(select(PushSubscription).where(PushSubscription.digest == digest))
    if found is not None and found.user_id != user_id:
        session.delete(found)  # with what waits for it: that is another person's
        session.flush()
        found = None
    if found is None:
        found = _former(session, user_id, former) or _new(session, user_id, now)
    keys = {"endpoint": device.endpoint, "p256dh": device.p256dh, "auth": device.auth}
    found.sealed, found.digest, found.label, found.failures = platform.vault.seal(keys), digest, label[:100], 0
    session.add(found)
    session.flush()
    return found


def _former(session: Session, user_id: int, digest: str | None) -> PushSubscription | None:
    mine = PushSubscription.digest == digest, PushSubscription.user_id == user_id
    return None if digest is None else session.scalar(select(PushSubscription).where(*mine))


def _new(session: Session, user_id: int, now: datetime) -> PushSubscription:
    count = session.scalar(select(func.count(PushSubscription.id)).where(PushSubscription.user_id == user_id)) or 0
    if count >= MOST:
        raise Conflict("push_too_many", limit=MOST)
    return PushSubscription(user_id=user_id, created_at=now)


def all_of(session: Session, user_id: int) -> list[PushSubscription]:
    """A person's devices, oldest first."""
    query = select(PushSubscription).where(PushSubscription.user_id == user_id)
    return list(session.scalars(query.order_by(PushSubscription.id)))


def knows(session: Session, user_id: int, digest: str) -> bool:
    """Whether a person has the device that is reached at the address of this digest."""
    mine = PushSubscription.digest == digest, PushSubscription.user_id == user_id
    return session.scalar(select(PushSubscription.id).where(*mine)) is not None


def remove(session: Session, user_id: int, subscription_id: int) -> str:
    """Tell a device nothing any more. Returns its digest. Raises NotFound."""
    found = _get(session, user_id, subscription_id)
    session.delete(found)
    return found.digest


def try_out(session: Session, user_id: int, workspace_id: int, subscription_id: int, *, now: datetime) -> None:
    """Put a message out to see whether it arrives. Raises NotFound."""
    put(session, _get(session, user_id, subscription_id).id, workspace_id, [], now, now + TEST_LASTS)


def choose(session: Session, user_id: int, kinds: Collection[str], among: Collection[str]) -> None:
    """Remember that of the kinds ``among`` which could be chosen these are shown. Raises NotFound."""
    user = session.get(User, user_id)
    if user is None:
        raise NotFound("not_found")
    chosen = {kind: kind in kinds for kind in PUSHED if kind in among}
    user.push_wishes = {**(user.push_wishes or {}), **chosen}


def _check(platform: Platform, device: Device) -> None:
    problems = Problems()
    problem = outgoing.problem_of(device.endpoint, private=platform.settings.push_private_addresses)
    if problem:
        problems.add("endpoint", "push_url_private" if problem == "webhook_url_private" else "push_url_invalid")
    if not webpush.are_keys(device.p256dh, device.auth):
        problems.add("keys", "push_keys_invalid")
    problems.raise_any()


def _get(session: Session, user_id: int, subscription_id: int) -> PushSubscription:
    query = select(PushSubscription).where(PushSubscription.id == subscription_id, PushSubscription.user_id == user_id)
    found = session.scalar(query)
    if found is None:
        raise NotFound("not_found")
    return found
