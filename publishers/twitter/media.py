"""Media on X, by API v2: uploads, waiting for their processing, alternative texts.

tweepy 4.17 uploads by v1.1 alone, which X announced as removed in 2025.
"""

from __future__ import annotations

from typing import Any

from publishers import reading
from publishers.base import MediaKind, Medium, Rejected, Stage
from publishers.errors import shorten
from publishers.preparing import Preparation, pieces, read_piece, size_of
from publishers.twitter.client import HOST, TwitterClient
from publishers.twitter.errors import TITLE

ONE_SHOT_BYTES = 5_000_000
SEGMENT_BYTES = 2_000_000  # OpenAPI MediaSegments: at most 1,000 of them, so files of up to 2 GB
LONGEST_ALT = 1000  # OpenAPI AltText: 1000 characters
CATEGORIES = {MediaKind.IMAGE: "tweet_image", MediaKind.GIF: "tweet_gif", MediaKind.VIDEO: "tweet_video"}


class Uploads:
    """The uploads of one preparation."""

    def __init__(self, client: TwitterClient, preparation: Preparation) -> None:
        self._client, self._preparation = client, preparation

    def upload(self, number: int, medium: Medium) -> str:
        """The media id of a file that X has finished processing, with its alternative text. Raises Rejected."""
        size = size_of(medium)
        if medium.kind is MediaKind.IMAGE and size <= ONE_SHOT_BYTES:
            data = self._at_once(number, medium, size)
        else:
            data = self._in_segments(number, medium, size)
        media_id = reading.accepted_id(data.get("id"), TITLE)
        self._wait_until_processed(number, media_id, data)
        if medium.alt:
            self._describe(media_id, medium.alt)
        return media_id

    def _at_once(self, number: int, medium: Medium, size: int) -> dict[str, Any]:
        # OpenAPI MediaUploadRequestOneShot
        form = {"media_category": CATEGORIES[medium.kind], "media_type": medium.mime}
        data = self._multipart("/2/media/upload", form, medium, read_piece(medium, 0, size))
        self._preparation.tell(number, Stage.UPLOADING, size, size)
        return data

    def _in_segments(self, number: int, medium: Medium, size: int) -> dict[str, Any]:
        # OpenAPI MediaUploadConfigRequest, MediaUploadAppendRequest
        category = CATEGORIES.get(medium.kind)
        if category is None:
            raise Rejected(f"{TITLE} takes no files of the kind {medium.mime}.")
        begin = {"media_category": category, "media_type": medium.mime, "total_bytes": size}
        data = self._call("POST", "/2/media/upload/initialize", json=begin)
        media_id = reading.accepted_id(data.get("id"), TITLE)
        for index, (start, segment) in enumerate(pieces(medium, SEGMENT_BYTES)):
            self._multipart(f"/2/media/upload/{media_id}/append", {"segment_index": str(index)}, medium, segment)
            self._preparation.tell(number, Stage.UPLOADING, start + len(segment), size)
        return self._call("POST", f"/2/media/upload/{media_id}/finalize")

    def _wait_until_processed(self, number: int, media_id: str, data: dict[str, Any]) -> None:
        """Ask for the state when X says to, within what is left of the preparation (OpenAPI ProcessingInfo)."""
        while (state := _state(data)) in ("pending", "in_progress"):
            info = data.get("processing_info")
            pause = reading.count(info, "check_after_secs")
            self._preparation.wait(number, 1 if pause is None else pause, reading.count(info, "progress_percent"))
            query = {"command": "STATUS", "media_id": media_id}
            data = self._call("GET", "/2/media/upload", params=query, endpoint_parameters=tuple(query))
        if state == "failed":
            said = _why(data)
            raise Rejected(f"{TITLE} could not process a file.", network_message=said)

    def _describe(self, media_id: str, alt: str) -> None:
        metadata = {"alt_text": {"text": alt[:LONGEST_ALT]}}
        self._call("POST", "/2/media/metadata", json={"id": media_id, "metadata": metadata})

    def _call(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        with self._preparation.call():
            return _data(self._client.ask(method, path, **options))

    def _multipart(self, path: str, form: dict[str, str], medium: Medium, content: bytes) -> dict[str, Any]:
        files = {"media": (medium.path.name, content, medium.mime)}
        with self._preparation.call(len(content)):
            answer = self._client.session.post(HOST + path, data=form, files=files)
            return _data(answer.json()) if answer.content else {}


def _data(answer: Any) -> dict[str, Any]:
    return reading.as_object(reading.as_object(answer, TITLE).get("data", {}), TITLE)


def _state(data: dict[str, Any]) -> str:
    return reading.text(reading.child(data, "processing_info", "state"))


def _why(data: dict[str, Any]) -> str:
    error = reading.child(data, "processing_info", "error")
    return shorten(next((t for n in ("message", "detail", "name") if (t := reading.text(reading.child(error, n)))), ""))
