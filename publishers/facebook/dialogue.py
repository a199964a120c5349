"""Comments on a Page's posts, and posts that tag the Page (Graph API, Object Comments and Page tagged)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from publishers import reading
from publishers.base import NetworkError, Published, Uncertain
from publishers.connected import Connected
from publishers.dialogue import Remark, RemarkKind, RemarkRef, Remarks
from publishers.facebook.client import GraphClient, Query
from publishers.facebook.errors import TITLE, is_gone
from publishers.text import normalised

PAGE = 100
MOST_PAGES = 10
COMMENT = "id,message,created_time,from{id,name},parent{id},is_hidden,user_likes,permalink_url"
TAGGED = "id,message,created_time,from,permalink_url"


class FacebookDialogue(Connected):
    """See :class:`publishers.optional.Talking`. ``from`` is there only with pages_read_user_content."""

    _client: GraphClient
    _page: str

    def remarks(self, post_ids: Sequence[str], since: datetime) -> Remarks:  # noqa: ARG002 - reading all costs no more
        """All comments of each post, the answers to them too; one call for up to 50 posts that have not many."""
        found: list[Remark] = []
        whole: set[str] = set()
        gone: set[str] = set()
        told = True
        with self._call():
            for post_id, answer in zip(post_ids, self._client.ask_many([_query(p) for p in post_ids]), strict=True):
                if isinstance(answer, NetworkError):
                    if not is_gone(answer):
                        raise answer
                    gone.add(post_id)
                elif answer is not None:
                    entries, complete = self._rest(post_id, answer)
                    read = [r for entry in entries if (r := self._remark(entry, post_id)) is not None]
                    found += read
                    if complete and len(read) == len(entries):
                        whole.add(post_id)
                else:
                    told = False  # Graph ran out of time for this part
            if gone and len(gone) == len(post_ids):
                # It says the same where the token may no longer see any of them.
                self._client.ask(f"{self._page}/published_posts", fields="id", limit="1")
            return self._remarks(found, frozenset(whole), frozenset(gone), complete=told)

    def mentions(self, since: datetime, cursor: str | None = None) -> Remarks:  # noqa: ARG002 - Graph has no lasting cursor
        since = reading.whole_second(since)
        query = {"fields": TAGGED, "limit": str(PAGE)}
        found: list[Remark] = []
        more = True
        with self._call():
            for _ in range(MOST_PAGES):
                answer = reading.as_object(self._client.ask(f"{self._page}/tagged", **query), TITLE)
                read = [self._mention(e) for e in reading.items(reading.as_list(answer.get("data"), TITLE))]
                found += [r for r in read if r is not None and r.said_at >= since]
                after = _after(answer)
                more = after is not None and all(r is None or r.said_at >= since for r in read)
                if not more or after is None:
                    break
                query["after"] = after
            return self._remarks(found, complete=not more)

    def answer(self, to: RemarkRef, text: str, key: str = "") -> Published:  # noqa: ARG002 - Graph takes no key
        # Answers stand one level deep: one to an answer goes under the comment that both answer.
        target = to.parent_id or to.remote_id
        with self._call():
            answer = self._write(f"{quote(target, safe='')}/comments", {"message": normalised(text)})
            return Published(reading.accepted_id(reading.child(answer, "id"), TITLE))

    def answers(self, to: RemarkRef, since: datetime) -> Remarks:
        since = reading.whole_second(since)
        target = to.parent_id or to.remote_id
        with self._call():
            path, parameters = _query(target)
            entries, complete = self._rest(target, self._client.ask(path, **parameters))
            read = [r for e in entries if (r := self._remark(e, to.post_id or target)) is not None]
            own = [r for r in read if r.own and r.said_at >= since]
            return self._remarks(own, complete=complete and len(read) == len(entries))

    def hide(self, remark: RemarkRef, *, hidden: bool) -> None:
        with self._call():
            self._confirmed(self._write(quote(remark.remote_id, safe=""), {"is_hidden": str(hidden).lower()}))

    def like(self, remark: RemarkRef, *, liked: bool) -> None:
        path = f"{self._client.version}/{quote(remark.remote_id, safe='')}/likes"
        with self._call():
            if liked:
                self._confirmed(self._client.request(path, post_args={"method": "post"}))
            else:
                self._confirmed(self._client.request(path, method="DELETE"))

    def remove(self, remark: RemarkRef) -> None:
        with self._call():
            try:
                self._client.delete_object(quote(remark.remote_id, safe=""))
            except NetworkError as error:
                if not is_gone(error):
                    raise

    def _write(self, path: str, body: Mapping[str, str]) -> Any:
        return self._client.request(f"{self._client.version}/{path}", post_args=body)

    def _confirmed(self, answer: Any) -> None:
        if reading.child(answer, "success") is not True:
            raise Uncertain(f"{TITLE} did not say whether it did that.")

    def _rest(self, object_id: str, first: Any) -> tuple[list[dict[str, Any]], bool]:
        """The comments of a first page and of those after it, and whether these are all."""
        path, parameters = _query(object_id)
        answer = reading.as_object(first, TITLE)
        found = reading.items(reading.as_list(answer.get("data"), TITLE))
        for _ in range(MOST_PAGES):
            after = _after(answer)
            if after is None:
                return found, True
            answer = reading.as_object(self._client.ask(path, **parameters, after=after), TITLE)
            found += reading.items(reading.as_list(answer.get("data"), TITLE))
        return found, False

    def _remark(self, entry: dict[str, Any], post_id: str) -> Remark | None:
        parent = reading.identifier(reading.child(entry, "parent", "id"))
        return self._read(entry, RemarkKind.COMMENT, post_id, parent)

    def _mention(self, entry: dict[str, Any]) -> Remark | None:
        return self._read(entry, RemarkKind.MENTION, None, None)

    def _read(self, entry: dict[str, Any], kind: RemarkKind, post: str | None, parent: str | None) -> Remark | None:
        remote_id, said = reading.identifier(entry.get("id")), reading.moment(entry.get("created_time"))
        if remote_id is None or said is None:
            return None
        author = reading.identifier(reading.child(entry, "from", "id")) or ""
        return Remark(
            ref=RemarkRef(remote_id, kind, post, parent),
            text=normalised(reading.text(entry.get("message"))),
            said_at=said,
            author_name=reading.text(reading.child(entry, "from", "name")),
            author_id=author,
            author_url=f"https://www.facebook.com/{author}" if author else None,
            url=reading.text(entry.get("permalink_url")) or None,
            hidden=entry.get("is_hidden") is True,
            liked=entry.get("user_likes") is True,
            own=author == self._page,
        )


def _query(object_id: str) -> Query:
    fields = {"fields": COMMENT, "filter": "stream", "order": "chronological", "limit": str(PAGE)}
    return f"{quote(object_id, safe='')}/comments", fields


def _after(answer: dict[str, Any]) -> str | None:
    after = reading.text(reading.child(answer, "paging", "cursors", "after"))
    return after if after and reading.child(answer, "paging", "next") else None
