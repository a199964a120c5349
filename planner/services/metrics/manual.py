"""Figures entered by a person, for channels whose network gives none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.domain.figures import METRICS
from planner.domain.roles import Permission
from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery, Snapshot
from planner.services import events
from planner.services.actor import Actor
from planner.services.errors import Conflict, NotFound, Problems
from planner.services.metrics import snapshots
from publishers import registry

#: Nobody has more, and it fits into the column.
LARGEST = 2_000_000_000


def record_manual(
    session: Session, actor: Actor, delivery_id: int, figures: Mapping[str, int | str | None], *, now: datetime
) -> Snapshot:
    """Add the figures of a delivery as read off the network by a person: whole numbers by name, blank for unknown.

    Raises Forbidden, NotFound, Conflict (``not_published``, ``figures_come_from_network``), and Invalid at the
    figure (``figure_invalid``, ``figure_too_large``, ``figure_unknown``) or at ``figures`` (``figures_missing``).
    """
    actor.require(Permission.EDIT)
    delivery = _delivery(session, actor, delivery_id)
    if delivery.state is not DeliveryState.PUBLISHED:
        raise Conflict("not_published")
    if _gives_figures(delivery, session.get_one(Channel, delivery.channel_id)):
        raise Conflict("figures_come_from_network")
    beyond = further(session.get_one(Channel, delivery.channel_id).network)
    read = _read(figures, beyond)
    events.record(session, actor, now, "delivery", delivery.id, "figures_entered", **read)
    extra = {name: number for name, number in read.items() if name in beyond}
    scale = {name: number for name, number in read.items() if name not in beyond}
    return snapshots.add(session, delivery.id, now, scale, extra=extra, source="manual", entered_by_id=actor.user_id)


def further(network: str) -> tuple[str, ...]:
    """What people can read off a network beyond the common scale; a post's ``extra`` holds it."""
    known = registry.networks().get(network)
    return known.further_figures if known else ()


def _delivery(session: Session, actor: Actor, delivery_id: int) -> Delivery:
    query = select(Delivery).where(Delivery.id == delivery_id, Delivery.workspace_id == actor.workspace_id)
    delivery = session.scalar(query.with_for_update())
    if delivery is None:
        raise NotFound("not_found")
    return delivery


def _gives_figures(delivery: Delivery, channel: Channel) -> bool:
    """Whether a pull would come and contradict the person. None does for a post whose id nobody knows."""
    if delivery.remote_id is None:
        return False
    known = registry.networks().get(channel.network)
    return channel.credentials is not None and known is not None and known.capabilities.has_metrics


def _read(figures: Mapping[str, int | str | None], beyond: tuple[str, ...]) -> dict[str, int]:
    problems = Problems()
    known_names = (*METRICS, *beyond)
    read = {name: _number(name, value, known_names, problems) for name, value in figures.items()}
    known = {name: number for name, number in read.items() if number is not None}
    if not known:
        problems.add("figures", "figures_missing")
    problems.raise_any()
    return known


def _number(name: str, value: int | str | None, known: tuple[str, ...], problems: Problems) -> int | None:
    if name not in known:
        problems.add(name, "figure_unknown", known=", ".join(known))
        return None
    text = str(value if value is not None else "").strip()
    if not text:
        return None
    # A point or a blank between thousands, as a person copies it from the network's page.
    digits = text.replace(".", "").replace("\u00a0", "").replace("\u202f", "").replace(" ", "")
    if isinstance(value, bool) or not (digits.isascii() and digits.isdigit()) or not _grouped(text):
        problems.add(name, "figure_invalid")
    elif int(digits) > LARGEST:
        problems.add(name, "figure_too_large", limit=LARGEST)
    else:
        return int(digits)
    return None


def _grouped(text: str) -> bool:
    """Whether separators stand between groups of three: ``1.234`` is a number, ``1.5`` is not a whole one."""
    first, *rest = text.replace("\u00a0", ".").replace("\u202f", ".").replace(" ", ".").split(".")
    return all(len(group) == 3 for group in rest) and (not rest or 1 <= len(first) <= 3)
