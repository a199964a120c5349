"""What is said on LinkedIn (learn.microsoft.com, Comments API and Reactions API).

Who wrote a comment is told by URN alone; names of members are given to no app. Comments are plain text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from publishers import reading
from publishers.base import Published, ReconnectNeeded, Rejected, Uncertain, Unsupported
from publishers.connected import Connected
from publishers.dialogue import Remark, RemarkRef, Remarks
from publishers.linkedin import ORGANISATION, mentions
from publishers.linkedin.client import LinkedInClient, encoded
from publishers.linkedin.errors import TITLE
from publishers.linkedin.metrics import unsupported_if_unreadable
from publishers.linkedin.people import company_url
from publishers.text import normalised

PAGE = 100
MOST_PAGES = 10
_COMMENT = re.compile(r"urn:li:comment:\(([^,()]+),([^,()]+)\)")


class LinkedInDialogue(Connected):
    """See :class:`publishers.optional.Talking`."""

    _client: LinkedInClient
    _author: str

    def remarks(self, post_ids: Sequence[str], since: datetime) -> Remarks:  # noqa: ARG002 - the API has no "since"
        """All comments of each post, and the answers below them: a call for each, and for each that has answers."""
        with self._call():
            return self._remarks_of_each(post_ids, self._thread)

    def mentions(self, since: datetime, cursor: str | None = None) -> Remarks:  # noqa: ARG002 - there is no cursor
        """Posts that name the organisation. Raises Unsupported for a member, about whom LinkedIn tells no app."""
        if not self._author.startswith(ORGANISATION):
            raise Unsupported(f"{TITLE} does not tell who names a member.")
        with self._call():
            found, complete = mentions.named(self._client, self._author, reading.whole_second(since))
            return self._remarks([r for r in found if not r.own], complete=complete)

    def answer(self, to: RemarkRef, text: str, key: str = "") -> Published:  # noqa: ARG002 - LinkedIn takes no key
        """A mention is answered by a comment on it, a comment by one under it.

        Answers stand one level deep: one to an answer goes under the comment that both answer.
        """
        parent = to.parent_id or to.remote_id
        body: dict[str, Any] = {"actor": self._author, "message": {"text": normalised(text)}}
        if _COMMENT.fullmatch(parent):
            body |= {"object": _parts(parent)[0], "parentComment": parent}
        else:
            body["object"] = parent
        with self._call():
            answer = self._client.rest("POST", f"/rest/socialActions/{encoded(parent)}/comments", body, action="CREATE")
            urn = reading.identifier(reading.child(_json(answer), "commentUrn"))
            number = reading.identifier(answer.headers.get("x-restli-id"))
            if urn is None and number is None:
                raise Uncertain(f"{TITLE} answered without naming the comment.")
            return Published(urn or f"urn:li:comment:({body['object']},{number})")

    def answers(self, to: RemarkRef, since: datetime) -> Remarks:
        since = reading.whole_second(since)
        with self._call():
            read, complete = self._list(to.parent_id or to.remote_id, to.post_id or "")
            return self._remarks([r for r in read if r.own and r.said_at >= since], complete=complete)

    def like(self, remark: RemarkRef, *, liked: bool) -> None:
        """As a reaction, which took the place of likes."""
        actor = encoded(self._author)
        with self._call():
            if liked:
                body = {"root": remark.remote_id, "reactionType": "LIKE"}
                self._client.rest("POST", f"/rest/reactions?actor={actor}", body)
                return
            key = f"(actor:{actor},entity:{encoded(remark.remote_id)})"
            try:
                self._client.rest("DELETE", f"/rest/reactions/{key}", action="DELETE")
            except Rejected as error:
                if error.status not in (404, 410):
                    raise

    def remove(self, remark: RemarkRef) -> None:
        activity, number = _parts(remark.remote_id)
        path = f"/rest/socialActions/{encoded(activity)}/comments/{encoded(number)}?actor={encoded(self._author)}"
        with self._call():
            try:
                self._client.rest("DELETE", path, action="DELETE")
            except Rejected as error:
                if error.status not in (404, 410):
                    raise

    def _thread(self, post_id: str) -> tuple[list[Remark], bool]:
        found: list[Remark] = []
        complete = True
        elements, whole = self._elements(post_id)
        for element in elements:
            remark = self._remark(element, post_id)
            if remark is None:
                complete = False
                continue
            found.append(remark)
            if reading.count(element.get("commentsSummary"), "totalFirstLevelComments", "aggregatedTotalComments"):
                below, all_of_them = self._list(remark.ref.remote_id, post_id)
                found += below
                complete = complete and all_of_them
        return found, complete and whole

    def _list(self, urn: str, post_id: str) -> tuple[list[Remark], bool]:
        elements, whole = self._elements(urn)
        read = [r for e in elements if (r := self._remark(e, post_id, urn)) is not None]
        return read, whole and len(read) == len(elements)

    def _elements(self, urn: str) -> tuple[list[dict[str, Any]], bool]:
        """What stands right under a post or a comment, and whether that is all."""
        found: list[dict[str, Any]] = []
        for page in range(MOST_PAGES):
            path = f"/rest/socialActions/{encoded(urn)}/comments?start={page * PAGE}&count={PAGE}"
            try:
                answer = reading.as_object(self._client.rest("GET", path, action="GET_ALL").json(), TITLE)
            except ReconnectNeeded as error:
                raise unsupported_if_unreadable(error) from error
            elements = reading.items(reading.as_list(answer.get("elements"), TITLE))
            found += elements
            if len(elements) < PAGE:
                return found, True
        return found, False

    def _remark(self, element: dict[str, Any], post_id: str, parent: str | None = None) -> Remark | None:
        number, activity = reading.identifier(element.get("id")), reading.identifier(element.get("object"))
        urn = reading.identifier(element.get("commentUrn"))
        if urn is None and number is not None and activity is not None:
            urn = f"urn:li:comment:({activity},{number})"
        said = reading.moment(reading.child(element, "created", "time"))
        if urn is None or said is None or not _COMMENT.fullmatch(urn):
            return None
        actor = reading.text(element.get("actor"))
        return Remark(
            ref=RemarkRef(urn, post_id=post_id, parent_id=reading.identifier(element.get("parentComment")) or parent),
            text=normalised(reading.text(reading.child(element, "message", "text"))),
            said_at=said,
            author_id=actor,
            author_url=company_url(actor),
            url=f"https://www.linkedin.com/feed/update/{post_id}?commentUrn={encoded(urn)}" if post_id else None,
            liked=reading.child(element, "likesSummary", "likedByCurrentUser") is True,
            own=actor == self._author,
        )


def _parts(urn: str) -> tuple[str, str]:
    """The activity and the number in a comment's URN. Raises Rejected where it is none."""
    match = _COMMENT.fullmatch(urn)
    if match is None:
        raise Rejected(f"{TITLE} knows a comment by another name than this one.")
    return match[1], match[2]


def _json(answer: Any) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None
