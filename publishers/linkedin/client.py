"""python-linkedin-v2's application on our session, with the calls that post, which the package does not have."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import requests
from linkedin_v2 import linkedin

from publishers import reading
from publishers.base import Connection, Medium, NetworkError, Rejected
from publishers.connected import content_of
from publishers.http import BearerAuth, NetworkSession, open_session
from publishers.linkedin import versions
from publishers.linkedin.errors import TITLE, judge
from publishers.linkedin.limits import readings
from publishers.transport import time_left

HOSTS = ("api.linkedin.com", "www.linkedin.com")
WEBSITE = "https://www.linkedin.com"  # where tokens are given out
PROTOCOL = "2.0.0"
ASK_AGAIN_SECONDS = 0.5


def open_linkedin_session(token: str, secrets: tuple[str, ...], connection: Connection) -> NetworkSession:
    return open_session(
        TITLE, HOSTS, connection, judge, limits=readings, secrets=(token, *secrets), auth=BearerAuth(token)
    )


class LinkedInClient(linkedin.LinkedInApplication):  # type: ignore[misc]
    """linkedin.LinkedInApplication whose requests carry the token in a header instead of the address."""

    def __init__(self, token: str, session: NetworkSession, app: Mapping[str, str]) -> None:
        super().__init__(token=token)
        self._session = session
        self._versioned = {
            "LinkedIn-Version": versions.asked_for(app),
            "X-Restli-Protocol-Version": PROTOCOL,
        }

    def make_request(
        self,
        method: str,
        url: str,
        data: bytes | str | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **_timeout: Any,
    ) -> requests.Response:
        """The package's one way out, overridden. What bounds the time is the deadline of the call."""
        sent = {**self._versioned, **(headers or {})}
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        return self._session.request(method.upper(), url, data=data, params=params, headers=sent)

    def rest(self, method: str, path: str, body: Any = None, action: str = "") -> requests.Response:
        """A call of the versioned API. ``path`` comes with its query, encoded as Rest.li 2.0 wants it."""
        data = None if body is None else json.dumps(body)
        headers = {"X-RestLi-Method": action} if action else {}
        return self.make_request(method, f"{self.BASE_URL}{path}", data=data, headers=headers)

    def upload(self, owner: str, medium: Medium) -> str:
        """The URN of an image that LinkedIn can use (Images API: initializeUpload, PUT, status)."""
        content = content_of(medium)
        begin = {"initializeUploadRequest": {"owner": owner}}
        answer = self.rest("POST", "/rest/images?action=initializeUpload", begin).json()
        value = reading.as_object(reading.child(answer, "value"), TITLE)
        urn = reading.accepted_id(value.get("image"), TITLE)
        upload_url = reading.text(value.get("uploadUrl"))
        self.make_request("PUT", upload_url, content, headers={"Content-Type": "application/octet-stream"})
        self._wait_until_available(urn)
        return urn

    def _wait_until_available(self, urn: str) -> None:
        while (status := self._image_status(urn)) in ("PROCESSING", "WAITING_UPLOAD"):
            time.sleep(min(ASK_AGAIN_SECONDS, time_left()))
        if status == "PROCESSING_FAILED":
            raise Rejected(f"{TITLE} could not process an image.")

    def _image_status(self, urn: str) -> str:
        """The state of an image. Empty where this connection may not read it: then it is taken as ready."""
        try:
            return reading.text(reading.child(self.rest("GET", f"/rest/images/{encoded(urn)}").json(), "status"))
        except (NetworkError, ValueError):
            return ""


def encoded(urn: str) -> str:
    """A URN as Rest.li wants it in an address: its colons and brackets percent-encoded."""
    return quote(urn, safe="")
