"""The account at the network behind a channel: channels of other workspaces may have the same one, and what it shows is
then theirs as well."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from planner.models import Channel

_mine = aliased(Channel)
_CHANNELS = (
    select(Channel.id)
    .join(
        _mine,
        or_(
            _mine.id == Channel.id,
            and_(_mine.network == Channel.network, _mine.remote_account_id == Channel.remote_account_id),
        ),
    )
    .where(_mine.id == bindparam("channel"))
    .order_by(Channel.id)
)
_LOCKED = (
    select(Channel.id)
    .where(Channel.id.in_(bindparam("channels", expanding=True)))
    .order_by(Channel.id)
    .with_for_update(key_share=True)
)


def channels_of_account(session: Session, channel_id: int) -> Sequence[int]:
    """The channels that post for the same account as this one, which is among them."""
    return session.scalars(_CHANNELS, {"channel": channel_id}).all()


def one_at_a_time(session: Session, channel_ids: Sequence[int]) -> None:
    """Until the transaction ends nobody else gives posts of the account to deliveries of several channels: no
    constraint of the database spans those. On SQLite there is one writer anyway."""
    if len(channel_ids) > 1:
        session.execute(_LOCKED, {"channels": channel_ids}).all()
