"""One LinkedIn organisation or member."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from publishers import reading
from publishers.base import (
    Account,
    Connection,
    Credentials,
    Duplicate,
    Figures,
    Heard,
    NetworkError,
    OutgoingPost,
    Prepared,
    Published,
    Recent,
    ReconnectNeeded,
    Rejected,
    RemotePost,
    Under,
    nobody_hears,
)
from publishers.connected import required
from publishers.linkedin import ORGANISATION, comments
from publishers.linkedin.after import LinkedInAfter
from publishers.linkedin.body import THUMBNAIL, post_body
from publishers.linkedin.client import WEBSITE, LinkedInClient, encoded, open_linkedin_session
from publishers.linkedin.consent import CONSENT, ORGANIZATION, PERSON
from publishers.linkedin.dialogue import LinkedInDialogue
from publishers.linkedin.errors import TITLE
from publishers.linkedin.media import Uploads
from publishers.linkedin.metrics import member_figures, organisation_figures, unsupported_if_unreadable
from publishers.linkedin.naming import LinkedInNaming
from publishers.linkedin.people import member, organisation
from publishers.linkedin.statistics import organisation_figures_of
from publishers.linkedin.text import unescape
from publishers.text import normalised
from publishers.whole import AccountFigures

PAGE = 100
MOST_PAGES = 10


class LinkedInPublisher(LinkedInAfter, LinkedInDialogue, LinkedInNaming):
    """See :class:`publishers.base.Publisher`."""

    def __init__(self, credentials: Credentials, connection: Connection) -> None:
        self._credentials = dict(credentials)
        token = required(credentials, "access_token", TITLE)
        self._author = required(credentials, "author", TITLE)
        self._app = connection.app
        secrets = (credentials.get("refresh_token", ""), self._app.get("client_secret", ""))
        session = open_linkedin_session(token, secrets, connection)
        super().__init__(TITLE, session, connection)
        self._client = LinkedInClient(token, session, self._app)
        self._token = token

    def verify(self) -> Account:
        with self._call():
            account = organisation(self._client, self._author) if self._is_organisation else member(self._client)
            granted = self._granted()
            kind = ORGANIZATION if self._is_organisation else PERSON
            missing = CONSENT.missing(granted, kind) if granted else ()
            return Account(*account, missing=missing, permissions_known=bool(granted))

    def prepare(self, post: OutgoingPost, hear: Heard = nobody_hears) -> Prepared:
        with self._preparing(hear) as preparation:
            uploads = Uploads(self._client, self._author, preparation)
            media = tuple(uploads.upload(number, medium) for number, medium in enumerate(post.media))
            card = uploads.upload(0, post.card) if post.card is not None and post.shows_card else ""
            return Prepared(post, media, {THUMBNAIL: card} if card else {})

    def publish(self, prepared: Prepared) -> Published:
        if prepared.post.under is not None:
            return self._publish_under(prepared.post, prepared.post.under)
        body = post_body(prepared, self._author, narrowed=self._is_organisation)
        with self._call():
            try:
                answer = self._client.rest("POST", "/rest/posts", body)
            except Duplicate as error:
                error.existing_id = self._confirmed(error.existing_id)
                raise
            urn = reading.accepted_id(answer.headers.get("x-restli-id"), TITLE)
            return Published(urn, _url(urn))

    def _publish_under(self, post: OutgoingPost, under: Under) -> Published:
        with self._call():
            return Published(comments.write(self._client, self._author, post, under), _url(under.root_id))

    def find_recent(self, since: datetime, under: Under | None = None) -> Recent:
        since = reading.whole_second(since)
        if under is not None:
            with self._call(), _unsupported_where_unreadable():
                found, complete = comments.written(self._client, self._author, since, under)
                return self._recent(found, complete=complete)
        posts: list[RemotePost] = []
        complete = False
        with self._call(), _unsupported_where_unreadable():
            for page in range(MOST_PAGES):
                elements = self._page(page * PAGE)
                read = [_remote_post(e) for e in elements]
                posts += [p for p in read if p is not None and p.created_at >= since]
                if None in read:
                    return self._recent(posts, complete=False)
                complete = len(elements) < PAGE or any(p is not None and p.created_at < since for p in read)
                if complete:
                    break
            return self._recent(posts, complete=complete)

    def metrics(self, remote_ids: Sequence[str], films: Collection[str] = ()) -> dict[str, Figures]:
        with self._call(), _unsupported_where_unreadable():
            if self._is_organisation:
                return organisation_figures(self._client, self._author, remote_ids, films)
            return member_figures(self._client, remote_ids, films)

    def account_figures(self, first: date, last: date) -> AccountFigures:
        """Of an organisation all that there is; of a member how many follow (Member Follower Statistics). Raises
        Unsupported where the connection may not read that."""
        if self._is_organisation:
            with self._call():
                return organisation_figures_of(self._client, self._author, first, last)
        with self._call(), _unsupported_where_unreadable():
            return AccountFigures(self._members_followers())

    def _members_followers(self) -> int | None:
        answer = self._client.rest("GET", "/rest/memberFollowersCount?q=me", action="FINDER").json()
        elements = reading.items(reading.as_object(answer, TITLE).get("elements"))
        return reading.count(elements[0], "memberFollowersCount") if elements else None

    def delete(self, remote_id: str) -> None:
        with self._call():
            try:
                if comments.is_comment(remote_id):
                    comments.remove(self._client, self._author, remote_id)
                else:
                    self._client.rest("DELETE", f"/rest/posts/{encoded(remote_id)}", action="DELETE")
            except Rejected as error:
                if error.status not in (404, 410):
                    raise

    def refresh(self) -> Credentials | None:
        """A new token. None without a refresh token, which LinkedIn gives to approved partners alone."""
        refresh_token = self._credentials.get("refresh_token", "")
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token, **self._app_form()}
        if not refresh_token or not form.get("client_secret"):
            return None
        with self._call():
            now = datetime.now(UTC)
            try:
                answer = reading.as_object(self._token_call("accessToken", form), TITLE)
            except Rejected as error:
                raise ReconnectNeeded(
                    f"{TITLE} does not accept the refresh token.", status=error.status, code=error.code
                ) from error
            return self._fresh(answer, now)

    @property
    def _is_organisation(self) -> bool:
        return self._author.startswith(ORGANISATION)

    def _granted(self) -> frozenset[str]:
        """What the token may do: by LinkedIn's word now, where the operator's app may ask for it, else by that of the
        answer that gave the token (Token Introspection). Empty where nobody says."""
        form = {"token": self._token, **self._app_form()}
        said = ""
        if form.get("client_secret"):
            with contextlib.suppress(NetworkError, ValueError):
                said = reading.text(reading.child(self._token_call("introspectToken", form), "scope"))
        return frozenset((said or self._credentials.get("scopes", "")).replace(",", " ").split())

    def _token_call(self, name: str, form: dict[str, str]) -> Any:
        # The app names itself in the form: no bearer token belongs here.
        answer = self._session.post(f"{WEBSITE}/oauth/v2/{name}", data=form, auth=lambda request: request)
        return answer.json()

    def _app_form(self) -> dict[str, str]:
        return {name: self._app[name] for name in ("client_id", "client_secret") if self._app.get(name)}

    def _fresh(self, answer: dict[str, Any], now: datetime) -> Credentials:
        token = reading.text(answer.get("access_token"))
        if not token:
            raise ReconnectNeeded(f"{TITLE} gave no new access token.")
        fresh = {**self._credentials, "access_token": token}
        if refresh_token := reading.text(answer.get("refresh_token")):
            fresh["refresh_token"] = refresh_token
        if granted := reading.text(answer.get("scope")).replace(",", " ").split():
            fresh["scopes"] = ",".join(sorted(granted))
        fresh.pop("expires_at", None)
        seconds = reading.count(answer, "expires_in")
        if seconds is not None:
            fresh["expires_at"] = reading.rfc3339(now + timedelta(seconds=seconds))
        return fresh

    def _confirmed(self, urn: str | None) -> str | None:
        """The post that a duplicate rejection names, if it is there: LinkedIn names deleted ones for a day or two."""
        if urn is None:
            return None
        try:
            self._client.rest("GET", f"/rest/posts/{encoded(urn)}")
        except NetworkError:
            return None
        return urn

    def _page(self, start: int) -> list[dict[str, Any]]:
        path = f"/rest/posts?q=author&author={encoded(self._author)}&count={PAGE}&start={start}&sortBy=CREATED"
        answer = reading.as_object(self._client.rest("GET", path, action="FINDER").json(), TITLE)
        elements = reading.as_list(answer.get("elements"), TITLE)
        return [e if isinstance(e, dict) else {} for e in elements]


@contextmanager
def _unsupported_where_unreadable() -> Iterator[None]:
    try:
        yield
    except ReconnectNeeded as error:
        raise unsupported_if_unreadable(error) from error


def _remote_post(element: dict[str, Any]) -> RemotePost | None:
    urn = reading.identifier(element.get("id"))
    made = reading.moment(element.get("createdAt") or element.get("publishedAt"))
    if urn is None or made is None:
        return None
    content = element.get("content")
    source = reading.text(reading.child(content, "article", "source"))
    return RemotePost(
        remote_id=urn,
        text=normalised(unescape(reading.text(element.get("commentary")))),
        created_at=made,
        url=_url(urn),
        media_count=_media_in(content) if isinstance(content, dict) else None,
        links=(source,) if source else (),
    )


def _media_in(content: dict[str, Any]) -> int:
    several = reading.items(reading.child(content, "multiImage", "images"))
    return len(several) or int(isinstance(content.get("media"), dict))


def _url(urn: str) -> str:
    return f"https://www.linkedin.com/feed/update/{urn}"
