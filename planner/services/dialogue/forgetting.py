"""Authors' names and words are theirs: they go when they are gone at the network, or after a time that is a setting."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.models import Conversation, Message

if TYPE_CHECKING:
    from planner.bootstrap import Platform

AT_ONCE = 500


def forget_old(platform: Platform) -> int:
    """Forget who said what longer ago than ``dialogue_kept_days``. Returns how many messages it was."""
    now = platform.clock.now()
    before = now - timedelta(days=platform.settings.dialogue_kept_days)
    old = select(Message.id).where(Message.forgotten_at.is_(None), Message.own.is_(False), Message.said_at < before)
    with platform.database.read() as session:
        if session.scalar(old.limit(1)) is None:
            return 0
    with platform.database.write() as session:
        ids = session.scalars(old.order_by(Message.said_at).limit(AT_ONCE)).all()
        for message in session.scalars(select(Message).where(Message.id.in_(ids))):
            forget(session, message, now)
        return len(ids)


def forget(session: Session, message: Message, now: datetime) -> None:
    """Only that something stood there is left; of our own words, nothing is personal."""
    if message.own or message.forgotten_at is not None:
        return
    message.author = message.author_remote_id = message.text = ""
    message.author_url = message.url = None
    message.forgotten_at = now
    begun = select(Conversation).where(
        Conversation.channel_id == message.channel_id, Conversation.remote_id == message.remote_id
    )
    conversation = session.scalar(begun)
    if conversation is not None:
        conversation.author = conversation.text = ""
        conversation.forgotten_at = now
