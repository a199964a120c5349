"""What the networks hold: posts, media and comments, in memory, written through to a state file where there is one."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import astuple, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from .accounts import Account, Directory
from .images import Sniffed
from .journal import Journal

X_EPOCH_MS = 1288834974657
"""Milliseconds since the Unix epoch at which X's post ids begin."""


@dataclass(slots=True, eq=False)
class Medium:
    """An uploaded file, without a ``kind`` until its bytes are all there; ready from ``ready_at`` on, unless it
    ``failed`` (``meta``: why)."""

    id: str
    network: str
    owner: str
    created_at: datetime
    content: bytes = b""
    kind: Sniffed | None = None
    alt: str = ""
    ready_at: datetime | None = None
    meta: dict[str, Any] = field(default_factory=dict)

    def ready(self, now: datetime) -> bool:
        done = self.kind is not None and self.ready_at is not None and now >= self.ready_at
        return done and not self.meta.get("failed")

    def progress(self, now: datetime) -> int:
        """Percent of its processing, 100 once it is over."""
        begun = self.meta.get("begun") or self.created_at
        if self.ready_at is None or self.ready_at <= now:
            return 100 if self.ready_at else 0
        whole = (self.ready_at - begun).total_seconds()
        return max(0, min(99, int(100 * (now - begun).total_seconds() / whole))) if whole > 0 else 0


@dataclass(slots=True, eq=False)
class Comment:
    """A comment on a post, or (``parent_id``) on a comment. ``own`` ones were written through the API; one that lags is
    listed only from ``listed_from`` on."""

    id: str
    author: str
    author_id: str
    text: str
    created_at: datetime
    own: bool = False
    parent_id: str | None = None
    listed_from: datetime | None = None


@dataclass(slots=True, eq=False)
class Post:
    """An accepted post. ``text`` is plain, as its author meant it; ``meta`` holds what the network keeps besides.

    ``sequence`` counts acceptances over all networks, ``arrived_at`` is wall-clock seconds since the epoch.
    Listings show the post from ``listed_from`` on. ``replies`` are the comments that were written, not grown;
    ``hidden``, ``liked`` and ``gone`` hold the ids of comments that the account hid or likes, or that were deleted.
    A stranger's post that names an account has that account's id in ``meta["mentions"]``.
    """

    id: str
    network: str
    account: Account
    text: str
    created_at: datetime
    sequence: int
    arrived_at: float
    listed_from: datetime
    link: str | None = None
    media: list[Medium] = field(default_factory=list)
    meta: dict[str, Any] = field(default_factory=dict)
    replies: list[Comment] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    liked: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    deleted_at: datetime | None = None


class Store:
    """Posts and media by id and by account. Every use holds ``lock``."""

    def __init__(self, directory: Directory, journal: Journal) -> None:
        self.lock = threading.RLock()
        self.media: dict[tuple[str, str], Medium] = {}
        self._directory = directory
        self._journal = journal
        self._posts: dict[tuple[str, str], Post] = {}
        self._by_account: dict[Account, list[Post]] = defaultdict(list)
        self._by_text: dict[tuple[Account, str], list[Post]] = defaultdict(list)
        #: Whether a network takes a text again that it would refuse: what is sent twice is there twice then.
        self.takes_twins = False
        self._count = 0
        self._sequence = 0
        self.last_accepted: Post | None = None
        self._load()
        directory.moved = self._move

    # --- ids -----------------------------------------------------------------------------------------------

    def next_number(self) -> int:
        """A number that was never given before, 1 upwards."""
        self._count += 1
        self._journal.keep_number(self._count)
        return self._count

    def next_sequence(self) -> int:
        """The place of the next post in the order of acceptance, 1 upwards."""
        self._sequence += 1
        return self._sequence

    def snowflake(self, network: str, moment: datetime) -> int:
        """A 64-bit id that holds its time: X counts from its own epoch, LinkedIn from the Unix epoch."""
        milliseconds = int(moment.timestamp() * 1000) - (X_EPOCH_MS if network == "twitter" else 0)
        return (milliseconds << 22) | (self.next_number() & 0x3FFFFF)

    # --- posts ---------------------------------------------------------------------------------------------

    def accept(self, post: Post) -> Post:
        """Keep a post that its network has taken."""
        self._index(post)
        self.last_accepted = post
        self.save(post)
        return post

    def _index(self, post: Post) -> None:
        self._posts[post.network, post.id] = post
        self._by_account[post.account].append(post)
        self._by_text[post.account, text_key(post.text, post.link)].append(post)

    def _move(self, old: Account, new: Account) -> None:
        """Two accounts turned out to be one: give the posts of ``old`` to ``new``."""
        for key in [key for key in self._by_text if key[0] is old]:
            del self._by_text[key]
        for post in self._by_account.pop(old, []):
            post.account = new
            self._index(post)
            self.save(post)

    def save(self, post: Post) -> None:
        """Write a changed post through to the state file."""
        self._journal.put("post", f"{post.network}/{post.id}", _post_document(post))

    def find(self, network: str, post_id: str) -> Post | None:
        """A post that is there, or None where it never was or is deleted."""
        post = self._posts.get((network, post_id))
        return post if post and post.deleted_at is None else None

    def delete(self, post: Post, now: datetime) -> None:
        post.deleted_at = now
        self.save(post)

    def listing(self, account: Account, now: datetime) -> list[Post]:
        """An account's posts as its network lists them at ``now``, newest first."""
        shown = [post for post in self._by_account[account] if post.deleted_at is None and post.listed_from <= now]
        return sorted(shown, key=_age_order, reverse=True)

    def accepted(self, network: str | None = None) -> list[Post]:
        """Everything that was ever taken, deleted or not, in the order of acceptance."""
        posts = [p for p in self._posts.values() if network in (None, p.network) and "mentions" not in p.meta]
        return sorted(posts, key=lambda post: post.sequence)

    def keep_stranger(self, post: Post) -> Post:
        """Keep what somebody else posted: nobody sent it through the API."""
        self._index(post)
        self.save(post)
        return post

    def mentions_of(self, account: Account) -> list[Post]:
        """Strangers' posts that name an account, newest first."""
        posts = [p for p in self._posts.values() if p.network == account.network and p.deleted_at is None]
        return sorted((p for p in posts if p.meta.get("mentions") == account.id), key=_age_order, reverse=True)

    def twin(self, account: Account, key: str, since: datetime, *, deleted_too: bool) -> Post | None:
        """The youngest post of ``account`` with this :func:`text_key`, created at or after ``since``."""
        if self.takes_twins:
            return None
        twins = [post for post in self._by_text.get((account, key), ()) if post.created_at >= since]
        twins = [post for post in twins if deleted_too or post.deleted_at is None]
        return max(twins, key=_age_order, default=None)

    # --- media ---------------------------------------------------------------------------------------------

    def add_medium(self, medium: Medium) -> Medium:
        self.media[medium.network, medium.id] = medium
        return medium

    def find_medium(self, network: str, medium_id: str) -> Medium | None:
        return self.media.get((network, medium_id))

    def keep_media(self, post: Post) -> None:
        """Write a post's files through to the state file; uploads that were never used are not kept."""
        for medium in post.media:
            self._journal.put("medium", f"{medium.network}/{medium.id}", _medium_document(medium), medium.content)

    # --- state file ----------------------------------------------------------------------------------------

    def clear(self) -> None:
        """Forget posts, media and comments; accounts and tokens stay."""
        self._posts.clear()
        self._by_account.clear()
        self._by_text.clear()
        self.media.clear()
        self._sequence = 0
        self.takes_twins = False
        self._journal.clear()

    def _load(self) -> None:
        for document, content in self._journal.load("medium"):
            self.add_medium(_medium(document, content))
        posts = [_post(document, self) for document, _ in self._journal.load("post")]
        for post in sorted(posts, key=lambda post: post.sequence):
            self._index(post)
            self._sequence = post.sequence
        self._count = self._journal.number()

    def owner(self, network: str, account_id: str) -> Account:
        """The account of a stored post; one that is no longer known comes back by its id alone."""
        known = self._directory.find(network, account_id)
        lost = Account(network, account_id, account_id, account_id[:15], "user", open=True)
        return known or self._directory.add(lost)

    def stranger(self, network: str, account_id: str, name: str) -> Account:
        """Somebody who has nothing to do with us."""
        known = self._directory.find(network, account_id)
        handle = "".join(c for c in name if c.isascii() and c.isalnum())[:15]
        said = Account(network, account_id, name, handle, "user", followers=0, stranger=True)
        return known or self._directory.add(said)


def text_key(text: str, link: str | None = None) -> str:
    """What makes two posts the same to a network's duplicate check."""
    return " ".join(f"{text} {link or ''}".split()).casefold()


def utc(text: str) -> datetime:
    """An RFC 3339 time as aware UTC. Raises ValueError for anything else."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment.astimezone(UTC)


def rfc3339(moment: datetime, timespec: str = "milliseconds") -> str:
    return moment.astimezone(UTC).isoformat(timespec=timespec).replace("+00:00", "Z")


def lagged(now: datetime, seconds: float) -> datetime:
    """From when on a post accepted at ``now`` is listed."""
    return now + timedelta(seconds=seconds) if seconds else datetime.min.replace(tzinfo=UTC)


def _age_order(post: Post) -> tuple[datetime, int]:
    return post.created_at, post.sequence


def _post_document(post: Post) -> dict[str, Any]:
    return {
        "id": post.id, "network": post.network, "account": post.account.id, "text": post.text, "link": post.link,
        "created_at": post.created_at.isoformat(), "listed_from": post.listed_from.isoformat(),
        "sequence": post.sequence, "arrived_at": post.arrived_at, "meta": post.meta,
        "media": [medium.id for medium in post.media], "hidden": sorted(post.hidden),
        "liked": sorted(post.liked), "gone": sorted(post.gone),
        "deleted_at": post.deleted_at.isoformat() if post.deleted_at else None,
        "replies": [
            [r.id, r.author, r.author_id, r.text, r.created_at.isoformat(), r.own, r.parent_id] for r in post.replies
        ],
    }  # fmt: skip


def _post(document: dict[str, Any], store: Store) -> Post:
    network = document["network"]
    media = [store.find_medium(network, medium_id) for medium_id in document["media"]]
    name, account_id = document["meta"].get("author"), document["account"]
    account = store.stranger(network, account_id, name) if name else store.owner(network, account_id)
    return Post(
        id=document["id"], network=network, account=account, text=document["text"],
        created_at=utc(document["created_at"]), sequence=document["sequence"], arrived_at=document["arrived_at"],
        listed_from=utc(document["listed_from"]), link=document["link"],
        media=[medium for medium in media if medium], meta=document["meta"],
        replies=[_reply(reply) for reply in document["replies"]],
        hidden=set(document["hidden"]), liked=set(document.get("liked", ())), gone=set(document.get("gone", ())),
        deleted_at=utc(document["deleted_at"]) if document["deleted_at"] else None,
    )  # fmt: skip


def _reply(entry: list[Any]) -> Comment:
    comment_id, author, author_id, text, created_at, own, parent_id = (*entry, True, None)[:7]
    return Comment(comment_id, author, author_id, text, utc(created_at), own=own, parent_id=parent_id)


def _medium_document(medium: Medium) -> dict[str, Any]:
    kind = medium.kind or Sniffed("")
    return {
        "id": medium.id, "network": medium.network, "owner": medium.owner, "alt": medium.alt,
        "created_at": medium.created_at.isoformat(), "kind": [*astuple(kind)],
        "meta": {name: medium.meta[name] for name in ("title", "edge") if name in medium.meta},
    }  # fmt: skip


def _medium(document: dict[str, Any], content: bytes) -> Medium:
    created_at = utc(document["created_at"])
    return Medium(
        document["id"], document["network"], document["owner"], created_at, content,
        Sniffed(*document["kind"]), document["alt"], created_at, document.get("meta", {}),
    )  # fmt: skip
