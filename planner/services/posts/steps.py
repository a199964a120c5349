"""What follows each of a post's deliveries, made already or not yet: the parts of its thread, its first comment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from planner.domain.states import DeliveryState
from planner.models import Delivery
from planner.services.by_hand import is_by_hand
from planner.services.posts.content import outgoing
from planner.services.posts.queries import PostView
from planner.services.publishing.payload import thaw
from publishers import registry
from publishers.base import FollowUp, OutgoingPost
from publishers.outgoing import follow_ups


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that follows. ``number`` counts from 1; ``delivery`` is None as long as the one before it is not live.

    ``files`` counts its media.
    """

    number: int
    kind: FollowUp
    text: str
    files: int
    delivery: Delivery | None


def steps_of(view: PostView) -> Mapping[int, list[Step]]:
    """By the id of the delivery that they follow; where people publish, they put all of it there themselves."""
    found = {delivery.id: _steps(view, delivery) for delivery in view.deliveries}
    return {delivery_id: steps for delivery_id, steps in found.items() if steps}


def _steps(view: PostView, delivery: Delivery) -> list[Step]:
    post = _whole(view, delivery)
    if post is None:
        return []
    made = {one.step: one for one in view.following.get(delivery.id, [])}
    return [
        Step(number, kind, _text(made.get(number), part), len(part.media), made.get(number))
        for number, (kind, part) in enumerate(follow_ups(post), start=1)
        if number in made or _will_follow(delivery, any_made=bool(made))
    ]


def _text(delivery: Delivery | None, frozen: OutgoingPost) -> str:
    """As it stands there: the text of what is live may have been changed since it was frozen with its post."""
    if delivery is None or delivery.payload is None:
        return frozen.text
    return str(delivery.payload["text"])


def _whole(view: PostView, delivery: Delivery) -> OutgoingPost | None:
    """As frozen, else as the post stands."""
    if delivery.payload is not None:
        return thaw(delivery.payload, Path()).post
    network = registry.networks().get(delivery.channel.network)
    return outgoing(view.post, delivery.channel_id, Path(), network) if network else None


def _will_follow(delivery: Delivery, *, any_made: bool) -> bool:
    """Whether what is not there yet may come: not by hand, and not once the post was taken out."""
    if delivery.state is DeliveryState.PUBLISHED:
        return any_made
    return delivery.state is not DeliveryState.CANCELLED and not is_by_hand(delivery.channel)
