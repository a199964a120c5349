"""Comments on XING's activities by the partner API, where keys for it exist. Answers stand beside what they answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from publishers import reading
from publishers.base import Published, Rejected, Unsupported
from publishers.connected import Connected
from publishers.dialogue import Remark, RemarkRef, Remarks
from publishers.text import normalised
from publishers.xing.client import XingClient
from publishers.xing.errors import TITLE

PAGE = 50
MOST_PAGES = 20


class XingDialogue(Connected):
    """See :class:`publishers.optional.Talking`."""

    _client: XingClient
    _user_id: str

    def remarks(self, post_ids: Sequence[str], since: datetime) -> Remarks:  # noqa: ARG002 - the API has no "since"
        with self._call():
            return self._remarks_of_each(post_ids, self._comments)

    def answer(self, to: RemarkRef, text: str, key: str = "") -> Published:  # noqa: ARG002 - XING takes no key
        with self._call():
            answer = self._client.comment(_post_of(to), normalised(text)).json()
            return Published(reading.accepted_id(reading.child(answer, "comment", "id"), TITLE))

    def answers(self, to: RemarkRef, since: datetime) -> Remarks:
        since = reading.whole_second(since)
        with self._call():
            read, complete = self._comments(_post_of(to))
            return self._remarks([r for r in read if r.own and r.said_at >= since], complete=complete)

    def remove(self, remark: RemarkRef) -> None:
        with self._call():
            try:
                self._client.delete_comment(_post_of(remark), remark.remote_id)
            except Rejected as error:
                if error.status not in (404, 410):
                    raise

    def _comments(self, post_id: str) -> tuple[list[Remark], bool]:
        found: list[Remark] = []
        readable = True
        if not self._user_id:
            raise Unsupported(f"Without the account's user_id, {TITLE} does not show which comments are its own.")
        for page in range(MOST_PAGES):
            answer = reading.as_object(self._client.comments(post_id, page * PAGE, PAGE), TITLE)
            entries = reading.items(reading.as_list(reading.child(answer, "comments", "items"), TITLE))
            read = [r for e in entries if (r := self._remark(e, post_id)) is not None]
            found += read
            readable = readable and len(read) == len(entries)
            if len(entries) < PAGE:
                return found, readable
        return found, False

    def _remark(self, entry: dict[str, Any], post_id: str) -> Remark | None:
        remote_id, said = reading.identifier(entry.get("id")), reading.moment(entry.get("created_at"))
        if remote_id is None or said is None:
            return None
        author = reading.identifier(reading.child(entry, "creator", "id")) or ""
        return Remark(
            ref=RemarkRef(remote_id, post_id=post_id),
            text=normalised(reading.text(entry.get("content"))),
            said_at=said,
            author_name=reading.text(reading.child(entry, "creator", "display_name")),
            author_id=author,
            author_url=reading.text(reading.child(entry, "creator", "permalink")) or None,
            own=bool(author) and author == self._user_id,
        )


def _post_of(remark: RemarkRef) -> str:
    if remark.post_id is None:
        raise Unsupported(f"{TITLE} has comments under posts alone.")
    return remark.post_id
