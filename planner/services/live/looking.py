"""“See what the network shows”: the post is read there, and held against ours."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from planner.models import Delivery
from planner.security.vault import VaultError
from planner.services.actor import Actor
from planner.services.asking import ask
from planner.services.errors import Conflict, ServiceError
from planner.services.live.gone import mark_gone
from planner.services.live.ground import Ground, ground, ground_in, in_plain_words, same_text
from planner.services.live.under import below
from planner.services.publishing.again import write_again
from publishers.base import RemotePost

if TYPE_CHECKING:
    from planner.bootstrap import Platform


@dataclass(frozen=True, slots=True)
class Standing:
    """What can be done with a live delivery, and what its network showed last (``shown``, at ``looked_at``).

    ``differs``: the text there is not ours. ``expected`` is ours as the network would show it, ``text`` as we hold it.
    Where it is taken down, so many of what stands under it and is live go with it (``goes``) or stay (``stays``), and
    so many that still wait do not go out (``waits``); ``leaves_under`` says it of what others wrote there.
    """

    can_look: bool = False
    can_edit: bool = False
    can_remove: bool = False
    expected: str = ""
    shown: str | None = None
    media_count: int | None = None
    url: str | None = None
    looked_at: datetime | None = None
    differs: bool = False
    text: str = ""
    leaves_under: bool = False
    goes: int = 0
    stays: int = 0
    waits: int = 0


def look(platform: Platform, actor: Actor, delivery_id: int) -> bool:
    """Read the post at its network and keep what is shown. Returns whether it is there; one that is gone is marked.

    Raises NotFound, Forbidden, Conflict (``cannot_look``, ``network_refused``, and those of a delivery that is not
    live).
    """
    live = ground(platform, actor, delivery_id)
    if not live.can.can_look:
        raise Conflict("cannot_look", channel=live.channel)
    with in_plain_words(live.channel):
        found = ask(platform, live.access, lambda publisher: publisher.look(live.remote_id))
    now = platform.clock.now()
    if found is None:
        write_again(platform.database, lambda session: mark_gone(session, live.ref, now))
        return False
    write_again(platform.database, lambda session: keep(session, live, found, now))
    return True


def keep(session: Session, live: Ground, found: RemotePost, now: datetime) -> None:
    """Note what the network shows."""
    delivery = session.get_one(Delivery, live.ref.id)
    delivery.shown = as_json(found)
    delivery.shown_at = now
    if found.url and not delivery.remote_url:
        delivery.remote_url = found.url


def as_json(found: RemotePost) -> dict[str, Any]:
    """What the delivery's row keeps."""
    return {"text": found.text, "media_count": found.media_count, "links": list(found.links), "url": found.url}


def standing(session: Session, platform: Platform, delivery: Delivery) -> Standing:
    """How a delivery stands; nothing can be done with one that is not live, or whose channel has no connection."""
    shown = delivery.shown or {}
    seen = Standing(
        shown=shown.get("text"),
        media_count=shown.get("media_count"),
        url=delivery.remote_url or shown.get("url"),
        looked_at=delivery.shown_at,
    )
    try:
        live = ground_in(session, platform, delivery.workspace_id, delivery.id)
    except (ServiceError, VaultError):
        return seen
    differs = "text" in shown and not same_text(shown["text"], live.expected)
    can, under = live.can, below(session, delivery)
    stays = can.leaves_under or bool(delivery.step)
    return replace(
        seen,
        can_look=can.can_look,
        can_edit=can.can_edit,
        can_remove=can.can_delete,
        expected=live.expected,
        differs=differs,
        text=live.post.text,
        leaves_under=can.leaves_under,
        goes=0 if stays else len(under.live),
        stays=len(under.live) if stays else 0,
        waits=len(under.waits),
    )
