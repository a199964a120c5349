"""Media on Facebook: photos, and videos in pieces (Graph API, Page photos, Page videos). None of it is visible yet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from publishers import reading
from publishers.base import MediaKind, Medium, OutgoingPost, Prepared, Rejected, Stage
from publishers.errors import shorten
from publishers.facebook.client import GraphClient
from publishers.facebook.errors import TITLE, page_expected
from publishers.facebook.text import compose
from publishers.preparing import Preparation, read_piece, size_of

PIECE_BYTES = 4_000_000
ASK_AGAIN_SECONDS = 2.0
ASK_AGAIN_LATER_SECONDS = 5.0
QUICK_ASKS = 5
LONGEST_TITLE = 255
TARGETING = "targeting"
"""The name of the note, and of Graph's parameter, that says who may see a post."""


def is_film(medium: Medium) -> bool:
    """What goes by Page videos: a GIF would stand still as a photo."""
    return medium.kind in (MediaKind.VIDEO, MediaKind.GIF)


def feed_fields(prepared: Prepared) -> dict[str, str]:
    """What ``/{page}/feed`` takes: a link has a field of its own, unless images take its place."""
    link = "" if prepared.media_ids else prepared.post.link or ""
    attached = json.dumps([{"media_fbid": i} for i in prepared.media_ids]) if prepared.media_ids else ""
    fields = {"message": compose(prepared.post), "link": link, "attached_media": attached, **prepared.notes}
    return {name: value for name, value in fields.items() if value}


class Uploads:
    """The uploads of one preparation. A video gets its text and its audience with it."""

    def __init__(
        self, client: GraphClient, page: str, post: OutgoingPost, notes: Mapping[str, str], preparation: Preparation
    ) -> None:
        self._client, self._page, self._post, self._notes = client, page, post, notes
        self._preparation = preparation

    def upload(self, number: int, medium: Medium) -> str:
        """The id of a photo, or of a video that Facebook has finished processing. Raises Rejected."""
        size = size_of(medium)
        if is_film(medium):
            return self._film(number, medium, size)
        content = read_piece(medium, 0, size)
        with self._preparation.call(size), page_expected():
            photo = self._client.upload_photo(self._page, medium.path.name, content, medium.mime, medium.alt)
        self._preparation.tell(number, Stage.UPLOADING, size, size)
        return photo

    def _film(self, number: int, medium: Medium, size: int) -> str:
        begun = self._phase("start", {"file_size": str(size)})
        video_id = reading.accepted_id(begun.get("video_id"), TITLE)
        session = {"upload_session_id": reading.accepted_id(begun.get("upload_session_id"), TITLE)}
        start, end = _window(begun)
        while start < end:
            length = min(end - start, PIECE_BYTES)
            moved = self._transfer(session, medium, start, length)
            if moved[0] <= start:
                raise Rejected(f"{TITLE} did not take a piece of the video.")
            start, end = moved
            self._preparation.tell(number, Stage.UPLOADING, min(start, size), size)
        self._phase("finish", {**session, **self._details(medium)})
        self._wait_until_ready(number, video_id)
        return video_id

    def _transfer(self, session: Mapping[str, str], medium: Medium, start: int, length: int) -> tuple[int, int]:
        chunk = {"video_file_chunk": (medium.path.name, read_piece(medium, start, length), "application/octet-stream")}
        return _window(self._phase("transfer", {**session, "start_offset": str(start)}, chunk, length))

    def _details(self, medium: Medium) -> dict[str, str]:
        details = {"title": medium.title.strip()[:LONGEST_TITLE], "description": compose(self._post), **self._notes}
        return {"published": "false", **{name: value for name, value in details.items() if value}}

    def _phase(self, phase: str, fields: Mapping[str, str], files: Any = None, size: int = 0) -> dict[str, Any]:
        with self._preparation.call(size), page_expected():
            return self._client.send(f"{self._page}/videos", {"upload_phase": phase, **fields}, files)

    def _wait_until_ready(self, number: int, video_id: str) -> None:
        """Ask for the state of the video (Graph API, VideoStatus) until it is ready."""
        asked = 0
        while (state := reading.text((status := self._status(video_id)).get("video_status"))) != "ready":
            if state in ("error", "expired", "upload_failed"):
                raise Rejected(f"{TITLE} could not process a video.", network_message=_why(status))
            seconds = ASK_AGAIN_SECONDS if asked < QUICK_ASKS else ASK_AGAIN_LATER_SECONDS
            self._preparation.wait(number, seconds, reading.count(status, "processing_progress"))
            asked += 1

    def _status(self, video_id: str) -> dict[str, Any]:
        with self._preparation.call():
            answer = reading.as_object(self._client.ask(video_id, fields="status"), TITLE)
            return reading.as_object(answer.get("status"), TITLE)


def _window(answer: dict[str, Any]) -> tuple[int, int]:
    """Which stretch of the file Graph wants next. It gives numbers as strings."""
    start, end = (reading.whole_number(answer.get(name)) for name in ("start_offset", "end_offset"))
    if start is None or end is None:
        raise Rejected(f"{TITLE} did not say which part of the video it wants.")
    return start, end


def _why(status: dict[str, Any]) -> str:
    phases = [status.get(name) for name in ("processing_phase", "uploading_phase", "publishing_phase")]
    errors = (reading.child(phase, "error", "message") for phase in phases)
    listed = (reading.child(e, "message") for phase in phases for e in reading.items(reading.child(phase, "errors")))
    return shorten(next((text for found in (*errors, *listed) if (text := reading.text(found))), ""))
