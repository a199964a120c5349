"""What strangers say, and what an account does about it: the same behind each network's own calls."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from .accounts import Account
from .comments import person
from .store import Comment, Post, lagged

if TYPE_CHECKING:
    from .service import Service, World

_WINDOW = timedelta(hours=7)
_LOOKED_BACK = timedelta(days=14)
_MENTIONING = ("facebook", "twitter", "linkedin")
_MENTIONS = (
    "Waren heute bei {name}: sehr aufgeräumte Fertigung, gute Gespräche.",
    "Hat jemand Erfahrung mit den Greifern von {name}?",
    "Starker Vortrag von {name} auf der Fachtagung in Stuttgart.",
    "{name} bildet aus. Mein Sohn hat dort gerade sein Praktikum gemacht, klare Empfehlung.",
    "Unsere neue Anlage von {name} läuft seit Montag. Danke an das Montageteam!",
    "Frage an {name}: Gibt es die Baureihe auch mit Absaugung?",
)


def say(
    world: World,
    post: Post,
    text: str,
    *,
    author: str = "Jens Hartwig",
    author_id: str = "1847362",
    parent_id: str | None = None,
    at: datetime | None = None,
) -> Comment:
    """Somebody comments on a post. ``at`` None: now."""
    at = at or world.now()
    comment = Comment(new_id(world, post, at), author, author_id, text, at, parent_id=parent_id)
    post.replies.append(comment)
    world.store.save(post)
    return comment


def answer(
    world: World, post: Post, account: Account, text: str, parent_id: str | None, *, lag: float = 0.0
) -> Comment:
    """The account itself comments, through the API. With ``lag``, it is listed only so many seconds later."""
    now = world.now()
    comment = Comment(new_id(world, post, now), account.name, account.id, text, now, own=True, parent_id=parent_id)
    comment.listed_from = lagged(now, lag)
    post.replies.append(comment)
    world.store.save(post)
    return comment


def mention(
    service: Service, account: Account, text: str, *, author: str, author_id: str, at: datetime, window: int = -1
) -> Post:
    """Somebody posts something that names the account. ``window`` numbers those that grow by themselves."""
    store = service.world.store
    if service.key == "linkedin":
        author_id = f"urn:li:person:{author_id}"
    stranger = store.stranger(service.key, author_id, author)
    draft = service.draft(stranger, text, None, [], at)
    meta = {**draft.meta, "mentions": account.id, "author": author, "window": window}
    always = datetime.min.replace(tzinfo=at.tzinfo)
    return store.keep_stranger(
        Post(draft.id, service.key, stranger, draft.text, at, 0, at.timestamp(), always, None, [], meta)
    )


def mentions(service: Service, account: Account) -> list[Post]:
    """Who names the account by now, newest first. Where the world is talkative, there are more as time goes by."""
    if service.world.talkative and service.key in _MENTIONING:
        _grow(service, account)
    now = service.world.now()
    return [post for post in service.world.store.mentions_of(account) if post.created_at <= now]


def set_flag(world: World, flags: set[str], post: Post, comment_id: str, *, on: bool) -> None:
    """Hide, like or delete a comment, or take that back: ``flags`` is the post's own set for it."""
    (flags.add if on else flags.discard)(comment_id)
    world.store.save(post)


def find(world: World, network: str, comment_id: str, account: Account | None = None) -> tuple[Post, Comment] | None:
    """A comment with its post, on any post of the network or of one account, a mention of it too."""
    for post in _posts(world, network, account):
        comment = next((c for c in world.comments(post) if c.id == comment_id), None)
        if comment is not None:
            return post, comment
    return None


def new_id(world: World, post: Post, at: datetime) -> str:
    """An id as the network gives it to a comment."""
    number = world.store.next_number()
    if post.network == "facebook":
        return f"{post.id.partition('_')[2]}_{10**12 + number}"
    if post.network == "xing":
        return f"{number}_{hashlib.sha256(f'{post.id}{number}'.encode()).hexdigest()[:6]}"
    return str(world.store.snowflake(post.network, at))


def _posts(world: World, network: str, account: Account | None) -> list[Post]:
    there = [p for p in world.store.accepted(network) if p.deleted_at is None]
    accounts = {p.account for p in there} if account is None else {account}
    named = [p for one in accounts for p in world.store.mentions_of(one)]
    return [p for p in (*reversed(there), *named) if account is None or p.account is account or "mentions" in p.meta]


def _grow(service: Service, account: Account) -> None:
    world = service.world
    now = world.now()
    posts = world.store.listing(account, now)
    if not posts:
        return
    begin = max(posts[-1].created_at, now - _LOOKED_BACK).timestamp()
    seconds = _WINDOW.total_seconds()
    known = {post.meta.get("window") for post in world.store.mentions_of(account)}
    for window in range(int(begin // seconds) + 1, int(now.timestamp() // seconds)):
        dice = int.from_bytes(hashlib.sha256(f"{world.seed}/{account.id}/{window}".encode()).digest()[:6], "big")
        if dice % 3 or window in known:
            continue
        at = datetime.fromtimestamp(window * seconds + dice // 3 % int(seconds), now.tzinfo)
        name = f"@{account.handle}" if service.key == "twitter" else account.name
        author, number = person(dice // 11)
        text = _MENTIONS[dice // 5 % len(_MENTIONS)].format(name=name)
        mention(service, account, text, author=author, author_id=number, at=at, window=window)
