"""One XING account by the partner API."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from publishers import reading
from publishers.base import (
    Account,
    Connection,
    Credentials,
    Figures,
    Heard,
    NetworkError,
    OutgoingPost,
    Prepared,
    Published,
    Recent,
    Rejected,
    RemotePost,
    Uncertain,
    Under,
    Unsupported,
    nobody_hears,
)
from publishers.outgoing import FollowUp
from publishers.xing.activities import activity_id, figures, listed, made_at, published_id, remote_post
from publishers.xing.client import XingClient, open_xing_session
from publishers.xing.dialogue import XingDialogue
from publishers.xing.errors import TITLE
from publishers.xing.text import compose

COMMENT = "/comments/"
"""Stands between an activity and a comment of it: XING names a comment within its activity alone."""

_ALWAYS = datetime.min.replace(tzinfo=UTC)
MOST_PAGES = 25  # of about 20 activities


class XingPublisher(XingDialogue):
    """See :class:`publishers.base.Publisher`."""

    def __init__(self, credentials: Credentials, connection: Connection) -> None:
        session = open_xing_session(credentials, connection)
        super().__init__(TITLE, session, connection)
        self._user_id = credentials.get("user_id", "")
        self._client = XingClient(session, self._user_id)

    def verify(self) -> Account:
        with self._call():
            answer = reading.as_object(self._client.me(), TITLE)
            user = next(iter(reading.items(answer.get("users"))), answer)
            return Account(
                remote_id=reading.accepted_id(user.get("id"), TITLE),
                name=reading.text(user.get("display_name")),
                url=reading.text(user.get("permalink")) or None,
            )

    def prepare(self, post: OutgoingPost, hear: Heard = nobody_hears) -> Prepared:  # noqa: ARG002 - nothing is uploaded
        if post.media:
            raise Unsupported(f"{TITLE} takes no files by its partner API.")
        return Prepared(post)

    def publish(self, prepared: Prepared) -> Published:
        text, link = compose(prepared.post), prepared.post.link
        if prepared.post.under is not None:
            return self._publish_under(text, prepared.post.under)
        with self._call():
            begun = time.monotonic()
            answer = self._client.share_link(link, text) if link else self._client.post_status(text)
            taken = timedelta(seconds=time.monotonic() - begun)
            since = reading.whole_second((self._network_time() or datetime.now(UTC)) - taken)
            return Published(published_id(answer) or self._look_up(text, link, since))

    def find_recent(self, since: datetime, under: Under | None = None) -> Recent:
        since = reading.whole_second(since)
        if under is not None:
            return self._recent_under(since, under)
        with self._call():
            posts, complete = self._since(since)
            return self._recent(posts, complete=complete)

    def metrics(
        self,
        remote_ids: Sequence[str],
        films: Collection[str] = (),  # noqa: ARG002 - XING takes no videos
    ) -> dict[str, Figures]:
        found: dict[str, Figures] = {}
        with self._call():
            for remote_id in remote_ids:
                activity = self._activity(remote_id)
                if activity is not None:
                    found[remote_id] = figures(activity)
        return found

    def look(self, remote_id: str) -> RemotePost | None:
        root, _, comment = remote_id.partition(COMMENT)
        if comment:
            return self._look_under(root, remote_id)
        with self._call():
            activity = self._activity(remote_id)
            return None if activity is None else remote_post(activity)

    def delete(self, remote_id: str) -> None:
        activity, _, comment = remote_id.partition(COMMENT)
        with self._call():
            try:
                if comment:
                    self._client.delete_comment(activity, comment)
                else:
                    self._client.delete(activity)
            except Rejected as error:
                if error.status not in (404, 410):
                    raise

    def refresh(self) -> Credentials | None:
        """None: tokens of OAuth 1 do not expire."""
        return None

    def _publish_under(self, text: str, under: Under) -> Published:
        if under.kind is not FollowUp.COMMENT:
            raise Unsupported(f"{TITLE} has no threads.")
        with self._call():
            answer = self._client.comment(under.root_id, text).json()
            number = reading.accepted_id(reading.child(answer, "comment", "id"), TITLE)
            return Published(f"{under.root_id}{COMMENT}{number}")

    def _recent_under(self, since: datetime, under: Under) -> Recent:
        """The account's own comments. Raises Unsupported where the connection does not say whose account it is."""
        with self._call():
            said, complete = self._comments(under.root_id)
            own = [
                RemotePost(f"{under.root_id}{COMMENT}{one.ref.remote_id}", one.text, one.said_at, media_count=0)
                for one in said
                if one.own and one.said_at >= since
            ]
            return self._recent(own, complete=complete)

    def _look_under(self, root: str, remote_id: str) -> RemotePost | None:
        """A comment of the account; None where it, or its activity, is gone."""
        try:
            recent = self._recent_under(_ALWAYS, Under(FollowUp.COMMENT, root, root))
        except Rejected as error:
            if error.status in (404, 410):
                return None
            raise
        found = next((post for post in recent.posts if post.remote_id == remote_id), None)
        if found is None and not recent.complete:
            raise Uncertain(f"{TITLE} did not show all comments.")
        return found

    def _look_up(self, text: str, link: str | None, since: datetime) -> str:
        """The id of a post that XING accepted without naming it: the one of its kind in the account's own feed."""
        try:
            posts, _ = self._since(since)
        except NetworkError as error:  # whatever the feed says, a throttle too: the post itself was taken
            raise Uncertain(f"{TITLE} accepted the post without naming it.", status=error.status) from error
        same = [p for p in posts if p.text == text and (link is None or link in p.links)]
        if len(same) != 1:
            raise Uncertain(f"{TITLE} accepted the post without naming it.")
        return same[0].remote_id

    def _since(self, since: datetime) -> tuple[list[RemotePost], bool]:
        """Posts since a moment, and whether the feed was followed to its beginning."""
        posts: dict[str, RemotePost] = {}
        until: str | None = None
        for _ in range(MOST_PAGES):
            activities = listed(self._client.feed(until))
            fresh = [a for a in activities if activity_id(a) not in posts]
            read = [remote_post(a) for a in fresh]
            if None in read:
                return [p for p in posts.values() if p.created_at >= since], False
            posts.update({p.remote_id: p for p in read if p is not None})
            oldest = min((m for a in activities if (m := made_at(a)) is not None), default=None)
            if not fresh or oldest is None or oldest < since:
                return [p for p in posts.values() if p.created_at >= since], True
            until = reading.rfc3339(oldest + timedelta(seconds=1))  # its second may hold more than this page shows
        return [p for p in posts.values() if p.created_at >= since], False

    def _activity(self, remote_id: str) -> dict[str, Any] | None:
        """One activity. None where XING no longer knows it."""
        try:
            answer = reading.as_object(self._client.activity(remote_id), TITLE)
        except Rejected as error:
            if error.status in (404, 410):
                return None
            raise
        named = answer.get("network_activities") or answer.get("activities")
        return next(iter(reading.items(named)), answer)
