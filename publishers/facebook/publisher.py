"""One Facebook Page."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import date, datetime
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
    Uncertain,
    Under,
    Unsupported,
    nobody_hears,
)
from publishers.connected import required
from publishers.facebook import inspection, listing
from publishers.facebook.after import FacebookAfter
from publishers.facebook.client import GraphClient, open_facebook_session
from publishers.facebook.consent import CONSENT, PAGE
from publishers.facebook.dialogue import FacebookDialogue
from publishers.facebook.errors import TITLE, is_gone, page_expected
from publishers.facebook.languages import Languages
from publishers.facebook.media import TARGETING, Uploads, feed_fields, is_film
from publishers.facebook.metrics import Insights
from publishers.facebook.naming import FacebookNaming
from publishers.facebook.page_insights import PageInsights
from publishers.facebook.text import compose
from publishers.outgoing import FollowUp
from publishers.preparing import Preparation
from publishers.whole import AccountFigures

MOST_PAGES = 10


class FacebookPublisher(FacebookAfter, FacebookDialogue, FacebookNaming):
    """See :class:`publishers.base.Publisher`."""

    def __init__(self, credentials: Credentials, connection: Connection) -> None:
        token = required(credentials, "access_token", TITLE)
        self._page = required(credentials, "page_id", TITLE)
        self._token = token
        session = open_facebook_session(token, connection)
        super().__init__(TITLE, session, connection)
        self._client = GraphClient(token, session, connection.app)
        self._insights = Insights(self._client)
        self._page_insights = PageInsights(self._client, self._page)
        self._languages = Languages(self._client)

    def verify(self) -> Account:
        with self._call():
            with page_expected():
                page = reading.as_object(self._client.ask(self._page, fields="id,name,link"), TITLE)
            token = inspection.inspect(self._client, self._session, self._token, self._connection.app)
            granted = token.granted_on(self._page) if token else None
            if token and token.page and token.page != self._page:
                return Account(token.page, token.page, permissions_known=False)
            return Account(
                remote_id=reading.accepted_id(page.get("id"), TITLE),
                name=reading.text(page.get("name")),
                url=reading.text(page.get("link")) or None,
                missing=CONSENT.missing(granted, PAGE) if granted is not None else (),
                permissions_known=granted is not None,
            )

    def prepare(self, post: OutgoingPost, hear: Heard = nobody_hears) -> Prepared:
        with self._preparing(hear) as preparation:
            notes = self._notes(post, preparation)
            uploads = Uploads(self._client, self._page, post, notes, preparation)
            media_ids = tuple(uploads.upload(number, medium) for number, medium in enumerate(post.media))
            return Prepared(post, media_ids, notes)

    def publish(self, prepared: Prepared) -> Published:
        """By the Page's feed; a comment by that of its post; a video, uploaded and processed, by being published."""
        post = prepared.post
        with self._call():
            if post.under is not None:
                remote_id = self._comment(post, post.under)
            elif any(is_film(medium) for medium in post.media):
                remote_id = self._show_film(prepared.media_ids[0])
            else:
                with page_expected():
                    answer = self._client.send(f"{self._page}/feed", feed_fields(prepared))
                remote_id = reading.accepted_id(answer.get("id"), TITLE)
            return Published(remote_id, listing.url(remote_id))

    def find_recent(self, since: datetime, under: Under | None = None) -> Recent:
        since = reading.whole_second(since)
        path, query = listing.comments(under) if under else listing.posts(self._page, since)
        found: list[dict[str, Any]] = []
        more = True
        with self._call():
            for _ in range(MOST_PAGES):
                answer = reading.as_object(self._client.ask(path, **query), TITLE)
                found += reading.items(reading.as_list(answer.get("data"), TITLE))
                after = reading.text(reading.child(answer, "paging", "cursors", "after"))
                # `paging.next` says that there is more; its address is not followed, for it holds the token
                more = bool(after and reading.child(answer, "paging", "next")) and not listing.is_past(found, since)
                if not more:
                    break
                query["after"] = after
            posts, readable = listing.read(found, since, author=self._page if under else None)
            return self._recent(posts, complete=readable and not more)

    def metrics(self, remote_ids: Sequence[str], films: Collection[str] = ()) -> dict[str, Figures]:
        with self._call():
            return self._insights.figures(remote_ids, films)

    def account_figures(self, first: date, last: date) -> AccountFigures:
        with self._call():
            return self._page_insights.figures(first, last)

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

    def _notes(self, post: OutgoingPost, preparation: Preparation) -> dict[str, str]:
        """The keys of the languages that the post is narrowed to, where it is."""
        if not post.languages:
            return {}
        with preparation.call():
            keys = {key for language in post.languages for key in self._languages.keys_of(language)}
        return {TARGETING: json.dumps({"locales": sorted(keys)})}

    def _comment(self, post: OutgoingPost, under: Under) -> str:
        if under.kind is not FollowUp.COMMENT:
            raise Unsupported(f"{TITLE} has no threads.")
        answer = self._client.send(f"{quote(under.parent_id, safe='')}/comments", {"message": compose(post)})
        return reading.accepted_id(answer.get("id"), TITLE)

    def _show_film(self, video_id: str) -> str:
        """The one call that shows a video; which post it became is asked for after it."""
        answer = self._client.send(video_id, {"published": "true"})
        if answer.get("success") is not True:
            raise Uncertain(f"{TITLE} answered without saying whether the video is published.")
        try:
            found = reading.as_object(self._client.ask(video_id, fields="post_id"), TITLE).get("post_id")
        except NetworkError as error:  # whatever this says, the video itself was taken
            raise Uncertain(f"{TITLE} published the video without naming the post.", status=error.status) from error
        post_id = reading.accepted_id(found, TITLE)
        return post_id if "_" in post_id else f"{self._page}_{post_id}"
