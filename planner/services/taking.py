"""Publishing by hand, exactly once for people as well: who has taken a post on, and who said that it is live."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from planner.domain.roles import Permission
from planner.domain.states import DeliveryState
from planner.models import Delivery, Event, User
from planner.services.actor import Actor
from planner.services.by_hand import CODE
from planner.services.errors import Conflict, FieldError, Invalid, NotFound
from planner.services.publishing import decide, moves
from planner.services.publishing.moves import Ref
from publishers import registry


@dataclass(frozen=True, slots=True)
class Whose:
    """Who did something, and when. ``user_id`` is None for a script, or someone who is gone."""

    name: str
    at: datetime
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class Noted:
    """A post that is live. ``first`` is False where that was known before: then ``by`` said so."""

    delivery: Delivery
    first: bool
    by: Whose | None = None


def take(session: Session, actor: Actor, delivery_id: int, *, now: datetime, over: bool = False) -> Delivery:
    """Take a post on that waits for a hand; ``over``: also from somebody else.

    Raises NotFound, Forbidden, Conflict ``cannot_decide``, and ``taken_already`` (``by``, ``at``) where a colleague
    has it.
    """
    delivery = _load(session, actor, delivery_id)
    if delivery.state is not DeliveryState.NEEDS_PERSON or delivery.error_code != CODE:
        raise Conflict("cannot_decide", state=delivery.state.value)
    if delivery.taken_by_id == actor.user_id and delivery.taken_at is not None:
        return delivery
    # Settles the race of two people: the second finds the first one's name.
    statement = update(Delivery).where(Delivery.id == delivery_id, Delivery.state == DeliveryState.NEEDS_PERSON)
    if not over:
        mine = Delivery.taken_by_id == actor.user_id
        statement = statement.where(or_(Delivery.taken_by_id.is_(None), mine))
    taken = statement.values(taken_by_id=actor.user_id, taken_at=now).returning(Delivery.id)
    if session.scalar(taken.execution_options(synchronize_session=False)) is None:
        holder = taken_by(session, _load(session, actor, delivery_id))
        if holder is None:
            raise Conflict("cannot_decide", state=delivery.state.value)
        raise Conflict("taken_already", by=holder.name, at=holder.at.isoformat())
    moves.note(session, Ref.of(delivery), "taken", now, actor=actor)
    session.refresh(delivery)
    return delivery


def published(session: Session, actor: Actor, delivery_id: int, url: str, *, now: datetime) -> Noted:
    """A person says that it is live, at ``url`` where they give one. Whoever says so second is told what is known; an
    address that was missing is added.

    Raises NotFound, Forbidden, Conflict, and Invalid at ``url`` (``link_invalid``, ``address_elsewhere``).
    """
    actor.require(Permission.EDIT)
    delivery = _load(session, actor, delivery_id)
    if url:
        check_address(delivery, url)
    if delivery.state is not DeliveryState.PUBLISHED:
        return Noted(decide.is_live(session, actor, delivery_id, url, now=now), first=True)
    if url and not delivery.remote_url:
        delivery.remote_url = url
        moves.note(session, Ref.of(delivery), "address_added", now, actor=actor, data={"url": url})
    return Noted(delivery, first=False, by=published_by(session, delivery))


def check_address(delivery: Delivery, url: str) -> None:
    """Raises Invalid at ``url`` where it is no address of the delivery's network."""
    known = registry.networks().get(delivery.channel.network)
    if not decide.is_web_address(url):
        raise Invalid(FieldError("url", "link_invalid"))
    if known is not None and not known.is_at_home(url):
        raise Invalid(FieldError("url", "address_elsewhere", {"network": known.title}))


def taken_by(session: Session, delivery: Delivery) -> Whose | None:
    """Who has taken it on; None where nobody has."""
    if delivery.taken_by_id is None or delivery.taken_at is None:
        return None
    name = session.scalar(select(User.name).where(User.id == delivery.taken_by_id))
    return Whose(name or "?", delivery.taken_at, delivery.taken_by_id)


def published_by(session: Session, delivery: Delivery) -> Whose | None:
    """Who said that it is live, or sent it."""
    query = (
        select(Event.actor, Event.at, Event.user_id)
        .where(Event.subject == "delivery", Event.subject_id == delivery.id, Event.kind == "published")
        .order_by(Event.id.desc())
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    return Whose(row.actor, row.at, row.user_id) if row else None


def _load(session: Session, actor: Actor, delivery_id: int) -> Delivery:
    actor.require(Permission.EDIT)
    query = select(Delivery).where(Delivery.id == delivery_id, Delivery.workspace_id == actor.workspace_id)
    delivery = session.scalar(query.execution_options(populate_existing=True))
    if delivery is None:
        raise NotFound("not_found")
    return delivery
