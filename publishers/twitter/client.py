"""tweepy's client on our session, with an upload by API v2.

tweepy 4.17 uploads by v1.1 alone, which X announced as removed in 2025.
"""

from __future__ import annotations

import time
from typing import Any

import tweepy

from publishers import reading
from publishers.base import Connection, Medium, Refused, Rejected
from publishers.connected import content_of
from publishers.http import USER_AGENT, BearerAuth, NetworkSession, open_session
from publishers.transport import time_left
from publishers.twitter import costs
from publishers.twitter.errors import TITLE, judge
from publishers.twitter.limits import readings

HOST = "https://api.twitter.com"
HOSTS = ("api.twitter.com", "api.x.com", "upload.twitter.com", "upload.x.com")

ONE_SHOT_BYTES = 5_000_000
SEGMENT_BYTES = 2_000_000
LONGEST_ALT = 1000  # OpenAPI AltText: 1000 characters


def open_twitter_session(token: str, user_id: str, secrets: tuple[str, ...], connection: Connection) -> NetworkSession:
    """A session of one account; ``secrets`` are those besides its token."""
    return open_session(
        TITLE,
        HOSTS,
        connection,
        judge,
        limits=readings,
        charges=costs.reader(user_id, connection.app),
        secrets=(token, *secrets),
        auth=BearerAuth(token),
    )


class TwitterClient(tweepy.Client):  # type: ignore[misc]
    """tweepy.Client with its host fixed, so that our session decides where it goes and how long it may take.

    The token stays with the session: tweepy writes the header it would make itself into its debug log.
    """

    def __init__(self, session: NetworkSession) -> None:
        super().__init__(return_type=dict, wait_on_rate_limit=False)
        self.session = session
        self.user_agent = USER_AGENT

    def upload(self, medium: Medium) -> str:
        """The media id of an image that X has finished processing, with its alternative text."""
        content = content_of(medium)
        if medium.mime != "image/gif" and len(content) <= ONE_SHOT_BYTES:
            data = self._upload_at_once(medium, content)
        else:
            data = self._upload_in_segments(medium, content)
        media_id = reading.accepted_id(data.get("id"), TITLE)
        self._wait_until_processed(media_id, data)
        if medium.alt:
            alt = {"alt_text": {"text": medium.alt[:LONGEST_ALT]}}
            self._make_request("POST", "/2/media/metadata", json={"id": media_id, "metadata": alt})
        return media_id

    def _upload_at_once(self, medium: Medium, content: bytes) -> dict[str, Any]:
        # OpenAPI MediaUploadRequestOneShot
        form = {"media_category": "tweet_image", "media_type": medium.mime}
        return self._multipart("/2/media/upload", form, medium, content)

    def _upload_in_segments(self, medium: Medium, content: bytes) -> dict[str, Any]:
        # OpenAPI MediaUploadConfigRequest, MediaUploadAppendRequest
        category = "tweet_gif" if medium.mime == "image/gif" else "tweet_image"
        begin = {"media_category": category, "media_type": medium.mime, "total_bytes": len(content)}
        data = _data(self._make_request("POST", "/2/media/upload/initialize", json=begin))
        media_id = reading.accepted_id(data.get("id"), TITLE)
        for index, start in enumerate(range(0, len(content), SEGMENT_BYTES)):
            segment = content[start : start + SEGMENT_BYTES]
            self._multipart(f"/2/media/upload/{media_id}/append", {"segment_index": str(index)}, medium, segment)
        return _data(self._make_request("POST", f"/2/media/upload/{media_id}/finalize"))

    def _multipart(self, path: str, form: dict[str, str], medium: Medium, content: bytes) -> dict[str, Any]:
        files = {"media": (medium.path.name, content, medium.mime)}
        answer = self.session.post(HOST + path, data=form, files=files)
        return _data(answer.json()) if answer.content else {}

    def _wait_until_processed(self, media_id: str, data: dict[str, Any]) -> None:
        """Ask for the state as long as X says to, within the deadline of the call."""
        while (state := _state(data)) in ("pending", "in_progress"):
            pause = reading.count(data.get("processing_info"), "check_after_secs") or 1
            if pause >= time_left():
                raise Refused(f"{TITLE} is still processing an image.", retry_after=float(pause))
            time.sleep(pause)
            query = {"command": "STATUS", "media_id": media_id}
            data = _data(self._make_request("GET", "/2/media/upload", params=query, endpoint_parameters=tuple(query)))
        if state == "failed":
            raise Rejected(f"{TITLE} could not process an image.")


def _data(answer: Any) -> dict[str, Any]:
    return reading.as_object(reading.as_object(answer, TITLE).get("data", {}), TITLE)


def _state(data: dict[str, Any]) -> str:
    return reading.text(reading.child(data, "processing_info", "state"))
