"""What others say about an account's posts and about the account, and what it may do about it.

Not every network has all of it, and none has to: :class:`DialogueRules` says what a connection can do, and an adapter
without these methods goes on working (:class:`publishers.optional.Talking` has them, each refusing).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RemarkKind(StrEnum):
    """What somebody said stands under a post of ours, or names our account elsewhere."""

    COMMENT = "comment"
    MENTION = "mention"


@dataclass(frozen=True, slots=True)
class RemarkRef:
    """Which remark. ``post_id`` is the post of ours that it stands under (None for a mention, which is a post itself),
    ``parent_id`` the remark that it answers."""

    remote_id: str
    kind: RemarkKind = RemarkKind.COMMENT
    post_id: str | None = None
    parent_id: str | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment or a mention as the network shows it, one of our own too (``own``).

    ``text`` is plain, with links expanded and without the names that the network itself puts before an answer.
    ``said_at`` is aware, UTC. Authors' names and addresses are empty where the network does not tell. ``to_us`` says
    that its author spoke to our account; False for what people say among themselves under our post.
    """

    ref: RemarkRef
    text: str
    said_at: datetime
    author_name: str = ""
    author_id: str = ""
    author_url: str | None = None
    url: str | None = None
    hidden: bool = False
    liked: bool = False
    own: bool = False
    to_us: bool = True


@dataclass(frozen=True, slots=True)
class Remarks:
    """What was said, oldest first.

    ``whole`` names the posts under which nothing else stands: a remark known before and not among these is gone.
    ``gone`` names posts that the network no longer has. ``cursor`` is where to go on next time, where the network
    counts on; ``complete`` is False where the listing was cut. ``network_time`` is the network's own clock.
    """

    remarks: tuple[Remark, ...] = ()
    whole: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    cursor: str | None = None
    complete: bool = True
    network_time: datetime | None = None


@dataclass(frozen=True, slots=True)
class DialogueRules:
    """What a connection can do with remarks. ``remove`` concerns our own answers alone.

    ``answer_limit`` is in characters, counted as the network counts a post. ``only_to_us``: an answer is possible only
    to who spoke to our account. ``mentions_hold_comments``: what stands right under our posts comes with the mentions.
    """

    comments: bool = False
    mentions: bool = False
    answer: bool = False
    hide: bool = False
    like: bool = False
    remove: bool = False
    answer_limit: int | None = None
    only_to_us: bool = False
    mentions_hold_comments: bool = False

    @property
    def any(self) -> bool:
        """Whether anything can be heard at all."""
        return self.comments or self.mentions
