"""facebook-sdk's GraphAPI on our session."""

from __future__ import annotations

import hashlib
import hmac
import json
import warnings
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from publishers import reading
from publishers.base import Connection, NetworkError, Rejected, Uncertain
from publishers.errors import Answer
from publishers.facebook import versions
from publishers.facebook.errors import TITLE, judge
from publishers.facebook.limits import readings
from publishers.http import BearerAuth, NetworkSession, open_session

with warnings.catch_warnings():
    # facebook-sdk 3.1.0 has an invalid escape sequence, which Python reports when it compiles the file.
    warnings.simplefilter("ignore")
    import facebook

HOSTS = ("graph.facebook.com", "graph-video.facebook.com")
PARTS_AT_ONCE = 50  # of a batch request (Graph API, Batch requests)

Query = tuple[str, Mapping[str, str]]
"""A path below the version, and its parameters."""


def open_facebook_session(token: str, connection: Connection) -> NetworkSession:
    secrets = (token, connection.app.get("client_secret", ""))
    return open_session(TITLE, HOSTS, connection, judge, limits=readings, secrets=secrets, auth=BearerAuth(token))


class GraphClient(facebook.GraphAPI):  # type: ignore[misc]
    """facebook.GraphAPI without its token leak, for versions that it does not know.

    The package puts its token into the query string of whatever has no body. So it is not given the token: reads
    carry it in the header that the session sets, writes in their body too, as Graph documents it.
    """

    def __init__(self, token: str, session: NetworkSession, app: Mapping[str, str]) -> None:
        super().__init__(session=session)
        self.version = versions.asked_for(app)  # its check refuses v10 and later
        self._signed = {"access_token": token}
        self._proof = proof_of(token, app.get("client_secret", ""))
        self._has_batch = True

    def request(
        self,
        path: str,
        args: Mapping[str, Any] | None = None,
        post_args: Mapping[str, Any] | None = None,
        files: Any = None,
        method: str | None = None,
    ) -> Any:
        if post_args is not None:
            body = {**post_args, **self._signed, **self._proof}
            return super().request(path, args, body, files, method)
        return super().request(path, {**(args or {}), **self._proof}, None, files, method)

    def upload_photo(self, page: str, name: str, content: bytes, mime: str, alt: str) -> str:
        """The id of an image that is not visible yet (Graph API, Page photos: ``published=false``)."""
        details = {"alt_text_custom": alt} if alt else {}
        answer = self.put_photo((name, content, mime), f"{page}/photos", published="false", **details)
        return reading.accepted_id(reading.child(answer, "id"), TITLE)

    def send(self, path: str, fields: Mapping[str, str], files: Any = None) -> dict[str, Any]:
        """A call with a body, ``files`` in it as ``requests`` takes them."""
        return reading.as_object(self.request(f"{self.version}/{path}", post_args=fields, files=files), TITLE)

    def ask(self, path: str, **parameters: str) -> Any:
        return self.request(f"{self.version}/{path}", parameters)

    def ask_many(self, queries: Sequence[Query]) -> list[Any]:
        """An answer or a NetworkError for each query, in the fewest calls. None where Graph ran out of time."""
        answers: list[Any] = []
        for start in range(0, len(queries), PARTS_AT_ONCE):
            part = queries[start : start + PARTS_AT_ONCE]
            answers += self._batch(part) if self._has_batch else [self._ask_or_error(q) for q in part]
        return answers

    def _batch(self, queries: Sequence[Query]) -> list[Any]:
        parts = [{"method": "GET", "relative_url": _relative_url(query)} for query in queries]
        try:
            answer = self.request(
                f"{self.version}/", post_args={"batch": json.dumps(parts), "include_headers": "false"}
            )
        except Rejected:
            self._has_batch = False
            return [self._ask_or_error(query) for query in queries]
        if not isinstance(answer, list) or len(answer) != len(queries):
            raise Uncertain(f"{TITLE} answered a batch in a way that is not the documented one.")
        return [_part(part) for part in answer]

    def _ask_or_error(self, query: Query) -> Any:
        path, parameters = query
        try:
            return self.ask(path, **parameters)
        except NetworkError as error:
            return error


def _part(part: Any) -> Any:
    status, body = reading.count(part, "code"), reading.text(reading.child(part, "body"))
    if status is None:
        return None
    answer = Answer(status, {}, body.encode())
    error = judge(answer)
    if error is None:
        return answer.json()
    error.limits = tuple(readings(answer))
    return error


def _relative_url(query: Query) -> str:
    path, parameters = query
    return f"{path}?{urlencode(parameters)}" if parameters else path


def proof_of(token: str, app_secret: str) -> dict[str, str]:
    """``appsecret_proof``, with which Graph knows that the call comes from the app's own server (Graph API, Securing
    requests)."""
    if not app_secret:
        return {}
    return {"appsecret_proof": hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()}
