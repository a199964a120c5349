"""One X account."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from publishers import reading
from publishers.base import (
    Account,
    Connection,
    Credentials,
    Figures,
    Heard,
    OutgoingPost,
    Prepared,
    Published,
    Recent,
    ReconnectNeeded,
    Rejected,
    Under,
    nobody_hears,
)
from publishers.connected import required
from publishers.text import normalised
from publishers.twitter.after import TwitterAfter
from publishers.twitter.client import HOST, TwitterClient, open_twitter_session
from publishers.twitter.consent import CONSENT, USER
from publishers.twitter.dialogue import TwitterDialogue
from publishers.twitter.errors import TITLE
from publishers.twitter.listing import FIELDS, read, url
from publishers.twitter.media import Uploads
from publishers.twitter.metrics import PRIVATE, PUBLIC, Wanted, figures_of, split_by_age
from publishers.twitter.text import compose
from publishers.whole import AccountFigures

PAGE = 100
MOST_PAGES = 8  # X lists the 3200 last posts
IDS_AT_ONCE = 100
_TOTALS = {"posts": "tweet_count", "listed": "listed_count"}
_ID = re.compile(r"[0-9]{1,19}")  # OpenAPI TweetId
SKEW = timedelta(minutes=1)  # asked for besides, so that a start just now is not "in the future" for X's clock


class TwitterPublisher(TwitterAfter, TwitterDialogue):
    """See :class:`publishers.base.Publisher`."""

    def __init__(self, credentials: Credentials, connection: Connection) -> None:
        token = required(credentials, "access_token", TITLE)
        self._user_id = required(credentials, "user_id", TITLE)
        self._refresh_token = credentials.get("refresh_token", "")
        self._scopes = frozenset(filter(None, credentials.get("scopes", "").split(",")))
        self._app = connection.app
        secrets = (self._refresh_token, self._app.get("client_secret", ""))
        session = open_twitter_session(token, self._user_id, secrets, connection)
        super().__init__(TITLE, session, connection)
        self._client = TwitterClient(session)

    def verify(self) -> Account:
        """X says what a token may do only where it gives it: the scopes are those of the last such answer."""
        with self._call():
            user = _object(self._client.get_me(user_auth=False), "data")
            name = reading.text(user.get("username"))
            return Account(
                remote_id=reading.accepted_id(user.get("id"), TITLE),
                name=f"@{name}" if name else reading.text(user.get("name")),
                url=f"https://x.com/{name}" if name else None,
                missing=CONSENT.missing(self._scopes, USER) if self._scopes else (),
                permissions_known=bool(self._scopes),
            )

    def prepare(self, post: OutgoingPost, hear: Heard = nobody_hears) -> Prepared:
        with self._preparing(hear) as preparation:
            uploads = Uploads(self._client, preparation)
            return Prepared(post, tuple(uploads.upload(number, medium) for number, medium in enumerate(post.media)))

    def publish(self, prepared: Prepared) -> Published:
        poll, under = prepared.post.poll, prepared.post.under
        with self._call():
            answer = self._client.create_tweet(
                text=compose(prepared.post) or None,
                media_ids=list(prepared.media_ids) or None,
                poll_options=[normalised(option) for option in poll.options] if poll else None,
                poll_duration_minutes=poll.hours * 60 if poll else None,
                in_reply_to_tweet_id=under.parent_id if under else None,
                user_auth=False,
            )
            remote_id = reading.accepted_id(reading.child(answer, "data", "id"), TITLE)
            return Published(remote_id, url(remote_id))

    def find_recent(self, since: datetime, under: Under | None = None) -> Recent:
        since = reading.whole_second(since)
        found: list[dict[str, Any]] = []
        page_token: str | None = None
        with self._call():
            for _ in range(MOST_PAGES):
                answer = reading.as_object(self._page(since, page_token), TITLE)
                reading.as_object(answer.get("meta"), TITLE)
                found += reading.items(answer.get("data"))
                page_token = reading.identifier(reading.child(answer, "meta", "next_token"))
                if page_token is None:
                    break
            posts, readable = read(found, since, under)
            return self._recent(posts, complete=readable and page_token is None)

    def metrics(self, remote_ids: Sequence[str], films: Collection[str] = ()) -> dict[str, Figures]:
        """Posts with a video apart from the others: with them their media are read, and each medium costs."""
        known = [i for i in remote_ids if _ID.fullmatch(i)]  # one that is none would fail all that are asked with it
        young, old = split_by_age(known, datetime.now(UTC))
        figures: dict[str, Figures] = {}
        with self._call():
            for wanted, ids in ((PRIVATE, young), (PUBLIC, old)):
                for film in (False, True):
                    chosen = [i for i in ids if (i in films) is film]
                    for start in range(0, len(chosen), IDS_AT_ONCE):
                        figures.update(self._figures(chosen[start : start + IDS_AT_ONCE], wanted, film=film))
        return figures

    def account_figures(self, first: date, last: date) -> AccountFigures:  # noqa: ARG002 - X tells of no days
        """OpenAPI, User: ``public_metrics``. One read."""
        with self._call():
            user = _object(self._client.get_me(user_fields=["public_metrics"], user_auth=False), "data")
            numbers = reading.counts(user.get("public_metrics"))
            totals = {ours: numbers[its] for ours, its in _TOTALS.items() if its in numbers}
            return AccountFigures(numbers.get("followers_count"), totals)

    def delete(self, remote_id: str) -> None:
        with self._call():
            try:
                self._client.delete_tweet(quote(remote_id, safe=""), user_auth=False)
            except Rejected as error:
                if error.status != 404:
                    raise

    def refresh(self) -> Credentials | None:
        """A new pair: X's refresh tokens work once. None without a refresh token or the app's own id."""
        client_id = self._app.get("client_id", "")
        if not self._refresh_token or not client_id:
            return None
        with self._call():
            now = datetime.now(UTC)
            answer = self._exchange(client_id)
            token = reading.text(answer.get("access_token"))
            if not token:
                raise ReconnectNeeded(f"{TITLE} gave no new access token.")
            fresh = {
                "access_token": token,
                "refresh_token": reading.text(answer.get("refresh_token")) or self._refresh_token,
                "user_id": self._user_id,
            }
            if granted := reading.text(answer.get("scope")).split() or sorted(self._scopes):
                fresh["scopes"] = ",".join(sorted(granted))
            seconds = reading.count(answer, "expires_in")
            if seconds is not None:
                fresh["expires_at"] = reading.rfc3339(now + timedelta(seconds=seconds))
            return fresh

    def _exchange(self, client_id: str) -> dict[str, Any]:
        form = {"grant_type": "refresh_token", "refresh_token": self._refresh_token, "client_id": client_id}
        secret = self._app.get("client_secret", "")
        # A confidential app names itself by Basic, a public one by client_id alone; the old token has no say in it.
        auth = (client_id, secret) if secret else _without_token
        try:
            answer = self._session.post(f"{HOST}/2/oauth2/token", data=form, auth=auth)
        except Rejected as error:
            raise ReconnectNeeded(
                f"{TITLE} does not accept the refresh token.",
                status=error.status,
                code=error.code,
                network_message=error.network_message,
            ) from error
        return reading.as_object(answer.json(), TITLE)

    def _page(self, since: datetime, page_token: str | None) -> Any:
        return self._client.get_users_tweets(
            self._user_id,
            max_results=PAGE,
            start_time=reading.rfc3339(since - SKEW),
            pagination_token=page_token,
            tweet_fields=list(FIELDS),
            user_auth=False,
        )

    def _figures(self, ids: list[str], wanted: Wanted, *, film: bool) -> dict[str, Figures]:
        """Figures of up to 100 posts; where X does not give the private ones, the public ones."""
        try:
            answer = self._client.get_tweets(ids, **wanted.parameters(film=film), user_auth=False)
        except (Rejected, ReconnectNeeded) as error:
            if wanted is PUBLIC or error.status == 401:
                raise
            return self._figures(ids, PUBLIC, film=film)
        tweets = reading.items(reading.as_object(answer, TITLE).get("data"))
        media = reading.items(reading.child(answer, "includes", "media"))
        found = {i: figures_of(t, media) for t in tweets if (i := reading.identifier(t.get("id"))) is not None}
        # X leaves out a post whose private figures it will not give: those are asked for again without.
        missing = [i for i in ids if i not in found]
        if missing and wanted is not PUBLIC and _not_authorised(answer):
            found.update(self._figures(missing, PUBLIC, film=film))
        return found


def _not_authorised(answer: Any) -> bool:
    kinds = (reading.text(e.get("type")) for e in reading.items(reading.child(answer, "errors")))
    return any(kind.endswith(("not-authorized-for-field", "not-authorized-for-resource")) for kind in kinds)


def _without_token(request: Any) -> Any:
    return request


def _object(answer: Any, name: str) -> dict[str, Any]:
    return reading.as_object(reading.as_object(answer, TITLE).get(name), TITLE)
