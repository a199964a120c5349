"""One Facebook Page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

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
    RemotePost,
    Under,
    Unsupported,
    nobody_hears,
)
from publishers.connected import required
from publishers.facebook.after import FacebookAfter
from publishers.facebook.client import GraphClient, open_facebook_session
from publishers.facebook.dialogue import FacebookDialogue
from publishers.facebook.errors import TITLE, is_gone
from publishers.facebook.metrics import Insights
from publishers.facebook.text import compose, listed_links, listed_media
from publishers.text import normalised

PAGE = 100
MOST_PAGES = 10
NEEDED = ("pages_manage_posts", "pages_read_engagement")
LISTED = "id,message,created_time,permalink_url,attachments{media_type,unshimmed_url,subattachments}"


class FacebookPublisher(FacebookAfter, FacebookDialogue):
    """See :class:`publishers.base.Publisher`."""

    def __init__(self, credentials: Credentials, connection: Connection) -> None:
        token = required(credentials, "access_token", TITLE)
        self._page = required(credentials, "page_id", TITLE)
        session = open_facebook_session(token, connection)
        super().__init__(TITLE, session, connection)
        self._client = GraphClient(token, session, connection.app)
        self._insights = Insights(self._client)

    def verify(self) -> Account:
        with self._call():
            page = reading.as_object(self._client.ask(self._page, fields="id,name,link"), TITLE)
            return Account(
                remote_id=reading.accepted_id(page.get("id"), TITLE),
                name=reading.text(page.get("name")),
                url=reading.text(page.get("link")) or None,
                missing=self._missing(),
            )

    def prepare(self, post: OutgoingPost, hear: Heard = nobody_hears) -> Prepared:  # noqa: ARG002 - images are one call each
        with self._preparing():
            return Prepared(post, tuple(self._client.upload(self._page, medium) for medium in post.media))

    def publish(self, prepared: Prepared) -> Published:
        with self._call():
            answer = self._client.publish(self._page, _fields(prepared), prepared.media_ids)
            remote_id = reading.accepted_id(reading.child(answer, "id"), TITLE)
            return Published(remote_id, _url(remote_id))

    def find_recent(self, since: datetime, under: Under | None = None) -> Recent:
        if under is not None:
            raise Unsupported(f"{TITLE} has no list of what stands under a post here.")
        since = reading.whole_second(since)
        query = {"fields": LISTED, "since": str(int(since.timestamp()) - 1), "limit": str(PAGE)}
        found: list[dict[str, Any]] = []
        more = True
        with self._call():
            for _ in range(MOST_PAGES):
                answer = reading.as_object(self._client.ask(f"{self._page}/published_posts", **query), TITLE)
                found += reading.items(reading.as_list(answer.get("data"), TITLE))
                after = reading.text(reading.child(answer, "paging", "cursors", "after"))
                # `paging.next` says that there is more; its address is not followed, for it holds the token
                more = bool(after and reading.child(answer, "paging", "next"))
                if not more:
                    break
                query["after"] = after
            posts, readable = _read(found, since)
            return self._recent(posts, complete=readable and not more)

    def metrics(self, remote_ids: Sequence[str]) -> dict[str, Figures]:
        with self._call():
            return self._insights.figures(remote_ids)

    def delete(self, remote_id: str) -> None:
        with self._call():
            try:
                self._client.delete_object(quote(remote_id, safe=""))
            except NetworkError as error:
                if not is_gone(error):
                    raise

    def refresh(self) -> Credentials | None:
        """None: the token of a Page does not expire, it is revoked."""
        return None

    def _missing(self) -> tuple[str, ...]:
        """Permissions that are not granted. A Page token may not ask: then nothing is known to be missing."""
        try:
            granted = self._client.get_permissions("me")
        except (NetworkError, KeyError, TypeError):
            return ()
        return tuple(p for p in NEEDED if p not in granted)


def _fields(prepared: Prepared) -> dict[str, str]:
    link = "" if prepared.media_ids else prepared.post.link or ""
    fields = {"message": compose(prepared.post), "link": link}
    return {name: value for name, value in fields.items() if value}


def _read(found: list[dict[str, Any]], since: datetime) -> tuple[list[RemotePost], bool]:
    """The posts since a moment, and whether each one listed could be read."""
    posts, readable = [], True
    for post in found:
        remote_id, made = reading.identifier(post.get("id")), reading.moment(post.get("created_time"))
        if remote_id is None or made is None:
            readable = False
        elif made >= since:
            posts.append(_remote_post(post, remote_id, made))
    return posts, readable


def _remote_post(post: dict[str, Any], remote_id: str, made: datetime) -> RemotePost:
    return RemotePost(
        remote_id=remote_id,
        text=normalised(reading.text(post.get("message"))),
        created_at=made,
        url=reading.text(post.get("permalink_url")) or _url(remote_id),
        media_count=listed_media(post),
        links=listed_links(post),
    )


def _url(remote_id: str) -> str:
    return f"https://www.facebook.com/{remote_id}"
