"""Posts with a time of their own, where a clock changed beneath them: the workspace's zone, or the zone's rules.

Such a post was promised both a time on the clock and a moment, and only a person knows which of the two was meant. So
each keeps the one or the other, as the person says; nothing is moved unasked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from planner.domain.walltime import Note, resolve, to_wall
from planner.models import Delivery, Event, Post
from planner.services import events, queue
from planner.services.actor import Actor
from planner.services.errors import Conflict, NotFound, Problems
from planner.services.publishing.status import lock_posts

WALL = "%Y-%m-%dT%H:%M"

#: The events that :func:`take_back` takes.
ZONE_CHANGED, RULES_APPLIED = "zone_changed", "zone_rules_applied"
TAKEN_BACK = "times_taken_back"


class Keep(StrEnum):
    """What a post with a time of its own keeps."""

    CLOCK = "clock"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person chose: one for all (None: not chosen yet), and exceptions by delivery id."""

    for_all: Keep | None = None
    exceptions: Mapping[int, Keep] = field(default_factory=dict)

    def of(self, delivery_id: int) -> Keep | None:
        """The choice for one."""
        return self.exceptions.get(delivery_id, self.for_all)


@dataclass(frozen=True, slots=True)
class Retimed:
    """A delivery and both of its ways.

    ``moment`` is when it goes out as things stand, ``wall`` what was chosen on the clock (naive). Kept by the clock, it
    goes out at ``by_clock`` (``note``: a clock change had to be settled); kept by the moment, the clock of ``zone``
    will show ``shown``. ``past`` says that by the clock it would have gone out already.
    """

    delivery: Delivery
    zone: str
    moment: datetime
    wall: datetime
    by_clock: datetime
    note: Note | None
    shown: datetime
    past: bool

    @property
    def suggestion(self) -> Keep:
        """The clock, unless its time is past."""
        return Keep.MOMENT if self.past else Keep.CLOCK


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What went back to the time it had, and what stays because it was sent, moved since, or its time is past."""

    restored: tuple[int, ...]
    left: tuple[int, ...]


def of_zone(session: Session, workspace_id: int, zone: str, *, now: datetime) -> list[Retimed]:
    """What another zone of the workspace asks about: everything ahead with a time of its own."""
    return [_retimed(delivery, zone, now) for delivery in session.scalars(_own_times(workspace_id, now))]


def of_rules(session: Session, workspace_id: int, *, now: datetime) -> list[Retimed]:
    """What changed rules of a zone ask about: where the clock does not show the chosen time at the stored moment."""
    found = (_retimed(d, d.zone, now) for d in session.scalars(_own_times(workspace_id, now)) if d.zone)
    return [one for one in found if one.shown != one.wall and one.by_clock != one.moment]


def lock_own_times(session: Session, workspace_id: int, *, now: datetime) -> None:
    """Hold everything ahead with a time of its own, after its posts and before the workspace itself: publishing locks
    in the same order, so nobody waits in a circle."""
    ids = {d.id: d.post_id for d in session.scalars(_own_times(workspace_id, now))}
    lock_posts(session, sorted(set(ids.values())))
    query = select(Delivery).where(Delivery.id.in_(ids)).order_by(Delivery.id).with_for_update(of=Delivery)
    session.scalars(query.execution_options(populate_existing=True)).all()


def apply(
    session: Session, actor: Actor, retimed: Sequence[Retimed], choices: Choices, *, now: datetime
) -> list[dict[str, Any]]:
    """Give each what was chosen for it; returns what :func:`take_back` needs to know.

    Raises Invalid at ``keep`` (``keep_missing``) or ``keep.ID`` (``clock_time_past``); the caller's transaction is to
    be rolled back then.
    """
    problems = Problems()
    for one in retimed:
        keep = choices.of(one.delivery.id)
        if keep is None:
            problems.add("keep", "keep_missing")
        elif keep is Keep.CLOCK and one.past:
            problems.add(f"keep.{one.delivery.id}", "clock_time_past", zone=one.zone)
    problems.raise_any()
    return [_apply(session, actor, one, choices.of(one.delivery.id), now) for one in retimed]


def standing(delivery: Delivery) -> dict[str, Any]:
    """The time a delivery has, as JSON."""
    return {
        "publish_at": delivery.publish_at.isoformat() if delivery.publish_at else None,
        "wall_time": delivery.wall_time,
        "zone": delivery.zone,
        "occurrence": delivery.occurrence,
        "slot_id": delivery.slot_id,
    }


def changed(session: Session, workspace_id: int, event_id: int, *kinds: str) -> Event:
    """A change of times that was made. Raises NotFound."""
    query = select(Event).where(Event.id == event_id, Event.workspace_id == workspace_id, Event.kind.in_(kinds))
    event = session.scalar(query)
    if event is None:
        raise NotFound("not_found")
    return event


def hold(session: Session, event: Event) -> list[Delivery]:
    """The deliveries of a change, held after their posts. To be called before anything else is changed."""
    ids = [int(item["delivery"]) for item in event.data["items"]]
    mine = Delivery.id.in_(ids), Delivery.workspace_id == event.workspace_id
    lock_posts(session, sorted(set(session.scalars(select(Delivery.post_id).where(*mine)))))
    query = select(Delivery).where(*mine).order_by(Delivery.id).with_for_update()
    return list(session.scalars(query.execution_options(populate_existing=True)))


def take_back(session: Session, actor: Actor, event: Event, held: Sequence[Delivery], *, now: datetime) -> TakenBack:
    """Give everything (as :func:`hold` found it) the time back that it had before a change, where it still stands as
    the change left it.

    Raises Conflict ``times_taken_back_already``.
    """
    query = select(Event.data).where(Event.workspace_id == event.workspace_id, Event.kind == TAKEN_BACK)
    if any(data.get("of") == event.id for data in session.scalars(query)):
        raise Conflict("times_taken_back_already")
    items = {int(item["delivery"]): item for item in event.data["items"]}
    back = [delivery for delivery in held if _stands_as_left(delivery, items[delivery.id], now)]
    # All passings are freed first: an exchange of two would break the constraint on the way.
    for delivery in back:
        delivery.occurrence = delivery.slot_id = None
    session.flush()
    restored = [d.id for d in back if _restore(session, actor, d, items[d.id]["was"], now)]
    events.record(session, actor, now, "workspace", event.workspace_id, TAKEN_BACK, of=event.id, deliveries=restored)
    session.flush()
    return TakenBack(tuple(restored), tuple(i for i in items if i not in restored))


def _own_times(workspace_id: int, now: datetime) -> Select[Delivery]:
    return (
        select(Delivery)
        .join(Post, Post.id == Delivery.post_id)
        .where(
            Delivery.workspace_id == workspace_id,
            Delivery.state.in_(queue.MOVABLE),
            Delivery.queued.is_(False),
            Delivery.publish_at > now,
            Delivery.wall_time.is_not(None),
            Post.deleted_at.is_(None),
        )
        .options(joinedload(Delivery.post, innerjoin=True), joinedload(Delivery.channel, innerjoin=True))
        .order_by(Delivery.publish_at, Delivery.id)
    )


def _retimed(delivery: Delivery, zone: str, now: datetime) -> Retimed:
    moment, wall = delivery.publish_at or now, datetime.fromisoformat(delivery.wall_time or "")
    sent = resolve(wall, zone)
    shown = to_wall(moment, zone).replace(second=0, microsecond=0)
    return Retimed(delivery, zone, moment, wall, sent.utc, sent.note, shown, sent.utc <= now)


def _apply(session: Session, actor: Actor, one: Retimed, keep: Keep | None, now: datetime) -> dict[str, Any]:
    delivery, was = one.delivery, standing(one.delivery)
    if keep is Keep.CLOCK:
        delivery.publish_at = delivery.try_at = one.by_clock
    else:
        delivery.wall_time = one.shown.strftime(WALL)
    delivery.zone = one.zone
    delivery.updated_at = now
    if delivery.publish_at != one.moment:
        delivery.version += 1
        _note_move(session, actor, delivery, one.moment, now)
    return {"delivery": delivery.id, "keep": str(keep), "was": was, "now": standing(delivery)}


def _stands_as_left(delivery: Delivery, item: Mapping[str, Any], now: datetime) -> bool:
    was, left = item["was"]["publish_at"], item["now"]
    ahead = was is not None and datetime.fromisoformat(was) > now
    return delivery.state in queue.MOVABLE and ahead and standing(delivery) == left


def _restore(session: Session, actor: Actor, delivery: Delivery, was: Mapping[str, Any], now: datetime) -> bool:
    """Puts it back, unless its passing belongs to another by now: then it takes the next one."""
    before = delivery.publish_at
    free = was["occurrence"] is None or not _is_taken(session, delivery.channel_id, was["occurrence"])
    if not free:
        queue.enqueue(session, delivery, now=now)
        return False
    delivery.publish_at = delivery.try_at = datetime.fromisoformat(was["publish_at"])
    delivery.wall_time, delivery.zone = was["wall_time"], was["zone"]
    delivery.occurrence, delivery.slot_id = was["occurrence"], was["slot_id"] if delivery.queued else None
    delivery.version += 1
    delivery.updated_at = now
    if before is not None and before != delivery.publish_at:
        _note_move(session, actor, delivery, before, now)
    session.flush()
    return True


def _is_taken(session: Session, channel_id: int, occurrence: str) -> bool:
    query = select(Delivery.id).where(Delivery.channel_id == channel_id, Delivery.occurrence == occurrence)
    return session.scalar(query) is not None


def _note_move(session: Session, actor: Actor, delivery: Delivery, before: datetime, now: datetime) -> None:
    after = delivery.publish_at.isoformat() if delivery.publish_at else None
    events.record(session, actor, now, "delivery", delivery.id, "moved", before=before.isoformat(), after=after)


def items_of(before: Mapping[int, dict[str, Any]], deliveries: Iterable[Delivery]) -> list[dict[str, Any]]:
    """What :func:`take_back` needs to know of queued posts that moved, by how they stood ``before``."""
    return [
        {"delivery": d.id, "was": before[d.id], "now": standing(d)} for d in deliveries if before[d.id] != standing(d)
    ]
