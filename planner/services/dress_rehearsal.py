"""A week played through before it goes live: every planned post is really prepared and sent, to sandbox networks that
are made for it and thrown away. Nothing about the posts changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery, Post
from planner.services.by_hand import is_by_hand
from planner.services.connections import ChannelAccess
from planner.services.posts.content import outgoing
from planner.services.publishing.guards import Hold
from planner.services.publishing.status import Holds
from planner.stage import TIMEOUT, plays, stand_in
from publishers import registry
from publishers.base import Connection, NetworkError, OutgoingPost, Problem, Published, Publisher, Unsupported
from publishers.outgoing import Under, follow_ups

if TYPE_CHECKING:
    from planner.bootstrap import Platform
    from publishers.sandbox import Sandbox

MOST = 200
#: How far ahead one rehearsal looks.
LONGEST = timedelta(days=31)
AHEAD = (DeliveryState.DRAFT, DeliveryState.SCHEDULED)


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """How one planned delivery went on the stage.

    ``outcome`` is ``accepted``, ``refused`` (``message`` in the network's words, ``problems`` as the check finds them)
    or ``by_hand`` (nothing to rehearse). ``shown`` is the text as the network would list it, ``follow_ups`` how many
    things went out under it. ``hold`` is what keeps it from going out as things stand, None where nothing does.
    """

    delivery: Delivery
    outcome: str
    shown: str = ""
    follow_ups: int = 0
    message: str = ""
    problems: tuple[Problem, ...] = ()
    hold: Hold | None = None


@dataclass(frozen=True, slots=True)
class _Part:
    """One delivery with all that its rehearsal needs, so that no session stays open meanwhile."""

    delivery: Delivery
    access: ChannelAccess
    post: OutgoingPost
    hold: Hold | None
    by_hand: bool


def rehearse(platform: Platform, workspace_id: int, start: datetime, end: datetime) -> list[Rehearsed]:
    """Play what is planned from ``start`` to before ``end``, at most :data:`MOST` deliveries, in the order of time."""
    with platform.database.read() as session:
        parts = list(_parts(platform, session, workspace_id, start, end))
        session.expunge_all()
    if not parts:
        return []
    from publishers.sandbox import Sandbox  # with all that its networks need, which most processes never do

    with Sandbox(
        open_accounts=True, seeded=False, limits={}, processing_seconds=0
    ) as sandbox:  # nobody waits for a play
        return [_play(platform, sandbox, part) for part in parts]


def _parts(platform: Platform, session: Session, workspace_id: int, start: datetime, end: datetime) -> Iterator[_Part]:
    query = (
        select(Delivery)
        .join(Post, Post.id == Delivery.post_id)
        .where(
            Delivery.workspace_id == workspace_id,
            Delivery.state.in_(AHEAD),
            Delivery.publish_at >= start,
            Delivery.publish_at < end,
            Post.deleted_at.is_(None),
        )
        .options(joinedload(Delivery.channel), joinedload(Delivery.post).selectinload(Post.variants))
        .order_by(Delivery.publish_at, Delivery.id)
        .limit(MOST)
    )
    found: Sequence[Delivery] = session.scalars(query).all()
    holds = Holds.read(session, workspace_id, platform.clock.now())
    for delivery in found:
        network, folder = registry.networks().get(delivery.channel.network), platform.settings.media_folder
        if network is None:
            continue  # its adapter is gone: the delivery's own page says so
        post = outgoing(delivery.post, delivery.channel_id, folder, network, key=f"r{delivery.id}")
        hold = holds.would_hold(delivery)
        access = ChannelAccess.of(delivery.channel, rehearsing=True)
        yield _Part(delivery, access, post, hold, _goes_by_hand(delivery.channel))


def _goes_by_hand(channel: Channel) -> bool:
    return channel.credentials is None or is_by_hand(channel) or not plays(registry.network(channel.network))


def _play(platform: Platform, sandbox: Sandbox, part: _Part) -> Rehearsed:
    if part.by_hand:
        return Rehearsed(part.delivery, "by_hand", hold=part.hold)
    network = registry.network(part.access.network)
    problems = tuple(network.problems(part.post, assisted=False))
    if problems:
        return Rehearsed(part.delivery, "refused", problems=problems, hold=part.hold)
    credentials = stand_in(network, platform.connections.credentials(part.access), part.access.channel_id)
    connection = Connection(sandbox.api_url(network.key), TIMEOUT)
    begun = sandbox.now() - timedelta(minutes=1)
    try:
        with closing(network.connect(credentials, connection)) as publisher:
            published = publisher.publish(publisher.prepare(part.post))
            followed = _follow(publisher, part.post, published)
            shown = _shown(publisher, published, begun)
    except NetworkError as error:
        return Rehearsed(part.delivery, "refused", message=error.network_message or str(error), hold=part.hold)
    return Rehearsed(part.delivery, "accepted", shown or network.expected_text(part.post), followed, hold=part.hold)


def _follow(publisher: Publisher, post: OutgoingPost, root: Published) -> int:
    """Send what goes out under the post. Returns how many that were."""
    before, following = root, follow_ups(post)
    for kind, part in following:
        under = Under.after(kind, root.remote_id, before.remote_id)
        before = publisher.publish(publisher.prepare(replace(part, under=under)))
    return len(following)


def _shown(publisher: Publisher, published: Published, since: datetime) -> str:
    try:
        listed = publisher.find_recent(since).posts
    except Unsupported:
        return ""
    return next((post.text for post in listed if post.remote_id == published.remote_id), "")
