"""What all that is done to a live post needs: the delivery as it stands, and its network's words where it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.domain import fingerprint
from planner.domain.roles import Permission
from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery, Post
from planner.security.vault import VaultError
from planner.services.actor import Actor
from planner.services.by_hand import is_by_hand
from planner.services.connections import ChannelAccess
from planner.services.errors import Conflict, NotFound
from planner.services.live.under import content_of
from planner.services.posts.content import outgoing
from planner.services.publishing.moves import Ref
from publishers import registry
from publishers.base import Capabilities, Network, NetworkError, OutgoingPost

if TYPE_CHECKING:
    from planner.bootstrap import Platform


@dataclass(frozen=True, slots=True)
class Ground:
    """A live delivery as it stood before its network was asked, a post or what stands under one. ``post`` is what we
    hold its content to be."""

    ref: Ref
    remote_id: str
    access: ChannelAccess
    network: Network
    can: Capabilities
    post: OutgoingPost
    needs_approval: bool
    channel: str

    @property
    def expected(self) -> str:
        """Our text, as the network would show it."""
        return self.network.expected_text(self.post)

    def expected_of(self, text: str) -> str:
        """Another text, as the network would show it."""
        return self.network.expected_text(replace(self.post, text=text))


def ground(platform: Platform, actor: Actor, delivery_id: int) -> Ground:
    """What there is to work on. Raises NotFound, Forbidden, and Conflict ``not_live``, ``no_remote_id``,
    ``removed_already``, ``no_connection``."""
    actor.require(Permission.EDIT)
    with platform.database.read() as session:
        return ground_in(session, platform, actor.workspace_id, delivery_id)


def ground_in(session: Session, platform: Platform, workspace_id: int, delivery_id: int) -> Ground:
    """As :func:`ground`, in a session that is open."""
    query = select(Delivery).where(Delivery.id == delivery_id, Delivery.workspace_id == workspace_id)
    delivery = session.scalar(query)
    if delivery is None:
        raise NotFound("not_found")
    if delivery.state is not DeliveryState.PUBLISHED:
        raise Conflict("not_live")
    if delivery.removed_at is not None:
        raise Conflict("removed_already")
    channel = session.get_one(Channel, delivery.channel_id)
    if channel.archived_at is not None or is_by_hand(channel):
        raise Conflict("no_connection", channel=channel.name)
    if delivery.remote_id is None:
        raise Conflict("no_remote_id")
    post = session.get_one(Post, delivery.post_id)
    access = ChannelAccess.of(channel, rehearsing=delivery.rehearsed)
    try:
        network = registry.network(channel.network)
        can = platform.connections.capabilities(access)
    except (VaultError, NetworkError) as error:
        raise Conflict("no_connection", channel=channel.name) from error
    folder = platform.settings.media_folder
    content = content_of(session, delivery, folder) if delivery.step else outgoing(post, channel.id, folder, network)
    return Ground(
        Ref.of(delivery), delivery.remote_id, access, network, can, content, post.needs_approval, channel.name
    )


def same_text(one: str, other: str) -> bool:
    """Whether two texts are one, for all that a network does to them."""
    return fingerprint.digest(one) == fingerprint.digest(other)


@contextmanager
def in_plain_words(channel: str) -> Iterator[None]:
    """A network's refusal as a Conflict that a person can read: ``network_refused`` with what the network said."""
    try:
        yield
    except VaultError as error:
        raise Conflict("no_connection", channel=channel) from error
    except NetworkError as error:
        raise refusal(channel, error) from error


def refusal(channel: str, error: NetworkError) -> Conflict:
    """What a person is told of a call that failed."""
    return Conflict("network_refused", channel=channel, said=error.network_message or str(error))
