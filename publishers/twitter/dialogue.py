"""Replies and mentions on X.

Reading costs money by the post (docs.x.com, pay per use), so nothing is asked for twice: the mentions timeline is read
on from the last id and holds all that is said to the account; the search for the rest of our conversations leaves out
what it holds (``-to:``) and what we said (``-from:``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from publishers import reading
from publishers.base import Published, Rejected, Uncertain
from publishers.connected import Connected
from publishers.dialogue import Remark, RemarkKind, RemarkRef, Remarks
from publishers.twitter.client import TwitterClient
from publishers.twitter.errors import TITLE
from publishers.twitter.text import listed_text

PAGE = 100
MOST_PAGES = 8
CONVERSATIONS_AT_ONCE = 10  # of a query of 512 characters
FIELDS = ["created_at", "entities", "note_tweet", "conversation_id", "author_id", "referenced_tweets"]
_NAMES = re.compile(r"^(@\w{1,15}\s+)+")


class TwitterDialogue(Connected):
    """See :class:`publishers.optional.Talking`."""

    _client: TwitterClient
    _user_id: str

    def remarks(self, post_ids: Sequence[str], since: datetime) -> Remarks:
        """What people say among themselves under these posts; what they say to us comes with the mentions."""
        found: list[Remark] = []
        complete = True
        with self._call():
            for first in range(0, len(post_ids), CONVERSATIONS_AT_ONCE):
                roots = " OR ".join(f"conversation_id:{i}" for i in post_ids[first : first + CONVERSATIONS_AT_ONCE])
                query = f"({roots}) -from:{self._user_id} -to:{self._user_id}"
                try:
                    read, whole = self._search(query, {"start_time": reading.rfc3339(since)})
                except Rejected as error:
                    if error.status != 400:
                        raise
                    # A start further back than the search reaches is refused: then it is the whole of what it reaches.
                    read, whole = self._search(query, {})
                found += read
                complete = complete and whole
            return self._remarks(found, complete=complete)

    def _search(self, query: str, where: Mapping[str, str]) -> tuple[list[Remark], bool]:
        return self._pages(
            lambda token: self._client.search_recent_tweets(query, next_token=token, **where, **_ASKED), to_us=False
        )

    def mentions(self, since: datetime, cursor: str | None = None) -> Remarks:
        where: dict[str, Any] = {"since_id": cursor} if cursor else {"start_time": reading.rfc3339(since)}
        with self._call():
            read, complete = self._pages(
                lambda token: self._client.get_users_mentions(self._user_id, pagination_token=token, **where, **_ASKED),
                to_us=True,
            )
            others = [r for r in read if not r.own]
            newest = max((int(r.ref.remote_id) for r in read), default=0)
            # X gives the last 800 mentions, which are as many as are read: what was cut cannot be had.
            return self._remarks(others, complete=complete, cursor=str(newest) if newest else cursor)

    def answer(self, to: RemarkRef, text: str, key: str = "") -> Published:  # noqa: ARG002 - X takes no key
        with self._call():
            answer = self._client.create_tweet(text=text, in_reply_to_tweet_id=to.remote_id, user_auth=False)
            remote_id = reading.accepted_id(reading.child(answer, "data", "id"), TITLE)
            return Published(remote_id, _url(remote_id))

    def answers(self, to: RemarkRef, since: datetime) -> Remarks:
        """From the account's own timeline, whose reading costs least."""
        since = reading.whole_second(since)
        with self._call():
            read, complete = self._pages(
                lambda token: self._client.get_users_tweets(
                    self._user_id,
                    start_time=reading.rfc3339(since - timedelta(minutes=1)),
                    pagination_token=token,
                    **_ASKED,
                ),
                to_us=True,
            )
            own = [r for r in read if r.ref.parent_id == to.remote_id and r.said_at >= since]
            return self._remarks(own, complete=complete)

    def hide(self, remark: RemarkRef, *, hidden: bool) -> None:
        change = self._client.hide_reply if hidden else self._client.unhide_reply
        with self._call():
            answer = change(quote(remark.remote_id, safe=""), user_auth=False)
            _confirmed(answer, "hidden", hidden)

    def like(self, remark: RemarkRef, *, liked: bool) -> None:
        # tweepy's own like() asks who we are first, which costs a read.
        path = f"/2/users/{quote(self._user_id, safe='')}/likes"
        with self._call():
            if liked:
                answer = self._client._make_request("POST", path, json={"tweet_id": remark.remote_id})
            else:
                answer = self._client._make_request("DELETE", f"{path}/{quote(remark.remote_id, safe='')}")
            _confirmed(answer, "liked", liked)

    def remove(self, remark: RemarkRef) -> None:
        with self._call():
            try:
                self._client.delete_tweet(quote(remark.remote_id, safe=""), user_auth=False)
            except Rejected as error:
                if error.status != 404:
                    raise

    def _pages(self, ask: Any, *, to_us: bool) -> tuple[list[Remark], bool]:
        """All pages of a listing, and whether it ended and each entry could be read."""
        found: list[Remark] = []
        readable, token = True, None
        for _ in range(MOST_PAGES):
            answer = reading.as_object(ask(token), TITLE)
            people = {
                reading.identifier(u.get("id")): u for u in reading.items(reading.child(answer, "includes", "users"))
            }
            entries = reading.items(answer.get("data"))
            read = [r for e in entries if (r := self._remark(e, people, to_us=to_us)) is not None]
            readable = readable and len(read) == len(entries)
            found += read
            token = reading.identifier(reading.child(answer, "meta", "next_token"))
            if token is None:
                return found, readable
        return found, False

    def _remark(self, tweet: dict[str, Any], people: dict[Any, dict[str, Any]], *, to_us: bool) -> Remark | None:
        remote_id, said = reading.identifier(tweet.get("id")), reading.moment(tweet.get("created_at"))
        if remote_id is None or said is None or not remote_id.isdigit():
            return None
        root = reading.identifier(tweet.get("conversation_id"))
        answered = [r for r in reading.items(tweet.get("referenced_tweets")) if r.get("type") == "replied_to"]
        parent = reading.identifier(answered[0].get("id")) if answered else None
        author = reading.identifier(tweet.get("author_id")) or ""
        person = people.get(author, {})
        name = reading.text(person.get("username"))
        kind = RemarkKind.COMMENT if parent is not None and root != remote_id else RemarkKind.MENTION
        return Remark(
            ref=RemarkRef(remote_id, kind, root if kind is RemarkKind.COMMENT else None, parent),
            text=_said(listed_text(tweet), kind),
            said_at=said,
            author_name=reading.text(person.get("name")) or name,
            author_id=author,
            author_url=f"https://x.com/{name}" if name else f"https://x.com/i/user/{author}" if author else None,
            url=_url(remote_id),
            own=author == self._user_id,
            to_us=to_us,
        )


_ASKED: dict[str, Any] = {
    "max_results": PAGE,
    "tweet_fields": FIELDS,
    "expansions": ["author_id"],
    "user_fields": ["name", "username"],
    "user_auth": False,
}


def _said(text: str, kind: RemarkKind) -> str:
    """X puts the names of those whom a reply concerns before it."""
    return _NAMES.sub("", text) if kind is RemarkKind.COMMENT else text


def _confirmed(answer: Any, name: str, wanted: bool) -> None:
    if reading.child(answer, "data", name) is not wanted:
        raise Uncertain(f"{TITLE} did not say whether it did that.")


def _url(remote_id: str) -> str:
    return f"https://x.com/i/status/{remote_id}"
