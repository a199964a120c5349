"""From ids to names and back, within one workspace."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.models import Audience, Campaign, Category, Channel, Format, Goal, Member, Post, Topic, User

MARK = "transfer-"
NAMED: dict[str, Any] = {
    "audience": (Audience.id, Audience.name, Audience.workspace_id),
    "campaign": (Campaign.id, Campaign.name, Campaign.workspace_id),
    "category": (Category.id, Category.name, Category.workspace_id),
    "format": (Format.id, Format.name, Format.workspace_id),
    "goal": (Goal.id, Goal.name, Goal.workspace_id),
    "topic": (Topic.id, Topic.title, Topic.workspace_id),
}


class Names:
    """The names of a workspace's entries; of several with the same name, the oldest has it."""

    def __init__(self, session: Session, workspace_id: int) -> None:
        self.by_id: dict[str, dict[int, str]] = {}
        self.by_name: dict[str, dict[str, int]] = {}
        for kind, (key, name, workspace) in NAMED.items():
            rows = session.execute(select(key, name).where(workspace == workspace_id).order_by(key))
            self._learn(kind, [(row[0], row[1]) for row in rows])
        people = select(User.id, User.email).join(Member).where(Member.workspace_id == workspace_id)
        self._learn("owner", [(row.id, row.email) for row in session.execute(people)])
        in_use = (
            select(Channel)
            .where(Channel.workspace_id == workspace_id, Channel.archived_at.is_(None))
            .order_by(Channel.id)
        )
        self._learn("channel", [(c.id, channel_name(c)) for c in session.scalars(in_use)])

    def name(self, kind: str, key: int | None) -> str | None:
        """The name of an entry, None where it has none (any more)."""
        return None if key is None else self.by_id[kind].get(key)

    def key(self, kind: str, name: str | None) -> int | None:
        """The entry of that name, None where there is none."""
        return None if name is None else self.by_name[kind].get(name)

    def add(self, kind: str, key: int, name: str) -> None:
        """Learn of a new entry."""
        self.by_id[kind][key] = name
        self.by_name[kind].setdefault(name, key)

    def _learn(self, kind: str, found: list[tuple[int, str]]) -> None:
        self.by_id[kind], self.by_name[kind] = {}, {}
        for key, name in found:
            self.add(kind, key, name)


def channel_name(channel: Channel) -> str:
    """How a channel is referred to."""
    return f"{channel.network}:{channel.name}"


def mark(post: Post) -> str:
    """What a post is recognised by, here and wherever it was taken in."""
    if post.submission and post.submission.startswith(MARK):
        return post.submission
    return MARK + hashlib.sha256(f"{post.id} {post.created_at.isoformat()}".encode()).hexdigest()[:32]
