"""Media on LinkedIn: the Images, Videos and Documents APIs. Each gives an address, takes the bytes, processes them."""

from __future__ import annotations

from typing import Any

from publishers import reading
from publishers.base import MediaKind, Medium, ReconnectNeeded, Rejected
from publishers.errors import shorten
from publishers.linkedin.client import LinkedInClient, encoded
from publishers.linkedin.errors import TITLE
from publishers.preparing import Preparation, size_of

ASK_AGAIN_SECONDS = 1.0
ASK_AGAIN_LATER_SECONDS = 5.0
QUICK_ASKS = 5
#: Under which API each kind is, and what it calls the URN that it gives.
APIS = {
    MediaKind.IMAGE: ("images", "image"),
    MediaKind.GIF: ("images", "image"),
    MediaKind.VIDEO: ("videos", "video"),
    MediaKind.DOCUMENT: ("documents", "document"),
}
BYTES = {"Content-Type": "application/octet-stream"}


class Uploads:
    """The uploads of one preparation, for one author."""

    def __init__(self, client: LinkedInClient, owner: str, preparation: Preparation) -> None:
        self._client, self._owner, self._preparation = client, owner, preparation

    def upload(self, number: int, medium: Medium) -> str:
        """The URN of a file that LinkedIn can use. Raises Rejected where it cannot be."""
        api, name = APIS[medium.kind]
        size = size_of(medium)
        wanted: dict[str, Any] = {"owner": self._owner}
        if medium.kind is MediaKind.VIDEO:
            wanted |= {"fileSizeBytes": size, "uploadCaptions": False, "uploadThumbnail": False}
        value = self._action(api, "initializeUpload", {"initializeUploadRequest": wanted})
        urn = reading.accepted_id(value.get(name), TITLE)
        if medium.kind is MediaKind.VIDEO:
            self._in_parts(number, medium, urn, value)
        else:
            self._put(number, medium, reading.text(value.get("uploadUrl")), 0, size)
        self._wait_until_available(number, api, urn)
        return urn

    def _in_parts(self, number: int, medium: Medium, urn: str, value: dict[str, Any]) -> None:
        """Each part where LinkedIn wants it, then the ETags of all in their order (Videos API, finalizeUpload)."""
        parts = []
        for instruction in reading.items(value.get("uploadInstructions")):
            first, last = reading.count(instruction, "firstByte"), reading.count(instruction, "lastByte")
            if first is None or last is None:
                raise Rejected(f"{TITLE} did not say which part of the video goes where.")
            parts.append(self._put(number, medium, reading.text(instruction.get("uploadUrl")), first, last - first + 1))
        finalize = {
            "video": urn,
            "uploadToken": reading.text(value.get("uploadToken")),
            "uploadedPartIds": parts,
        }
        self._action("videos", "finalizeUpload", {"finalizeUploadRequest": finalize})

    def _put(self, number: int, medium: Medium, url: str, start: int, length: int) -> str:
        """Send a stretch of the file and return the ETag that it got."""
        body = self._preparation.body(number, medium, start, length)
        with self._preparation.call(length):
            answer = self._client.make_request("PUT", url, body, headers=BYTES)
            return reading.text(answer.headers.get("ETag")).strip('"')

    def _action(self, api: str, action: str, body: dict[str, Any]) -> dict[str, Any]:
        with self._preparation.call():
            answer = self._client.rest("POST", f"/rest/{api}?action={action}", body)
            content = answer.json() if answer.content else {}
            return reading.as_object(reading.as_object(content, TITLE).get("value", {}), TITLE)

    def _wait_until_available(self, number: int, api: str, urn: str) -> None:
        asked = 0
        while (state := self._state(api, urn)).get("status") in ("PROCESSING", "WAITING_UPLOAD"):
            self._preparation.wait(number, ASK_AGAIN_SECONDS if asked < QUICK_ASKS else ASK_AGAIN_LATER_SECONDS)
            asked += 1
        if state.get("status") == "PROCESSING_FAILED":
            said = shorten(reading.text(state.get("processingFailureReason")))
            raise Rejected(f"{TITLE} could not process a file.", network_message=said)

    def _state(self, api: str, urn: str) -> dict[str, Any]:
        """What the file is at. Empty where this connection may not read it: then it is taken as ready."""
        try:
            with self._preparation.call():
                return reading.as_object(self._client.rest("GET", f"/rest/{api}/{encoded(urn)}").json(), TITLE)
        except (Rejected, ReconnectNeeded):
            return {}
