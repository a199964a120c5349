"""Bare HTTP callers of the four networks, with the tokens of the sandbox's sample company."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any
from urllib.parse import quote

import requests
from oauthlib.oauth1 import SIGNATURE_PLAINTEXT
from requests_oauthlib import OAuth1

from publishers.sandbox.apps import APPS

PAGE = "104872951638204"
X_USER = "1502893746120984576"
ORGANIZATION = "urn:li:organization:78214563"
PERSON = "urn:li:person:Kv7QmZ2xTa"
XING_USER = "28471936_5f3c9a"


def png(width: int = 8, height: int = 8) -> bytes:
    """A grey image."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + b"\x80" * width for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(*part) for part in ((b"IHDR", header), (b"IDAT", body), (b"IEND", b""))
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


class Caller:
    """Requests below one network's address."""

    def __init__(self, http: requests.Session, url: str) -> None:
        self.http = http
        self.url = url

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        return self.http.request(method, self.url + path, timeout=20, **options)


class Twitter(Caller):
    token = "sandbox-x-brandt-access"

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        return super().call(method, path, headers={"Authorization": f"Bearer {self.token}"}, **options)

    def renew(self, refresh_token: str) -> requests.Response:
        """As the developer app that the networks know."""
        app = APPS["twitter"]
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token, "client_id": app.id}
        named = base64.b64encode(f"{app.id}:{app.secret}".encode()).decode()
        return super().call("POST", "/2/oauth2/token", headers={"Authorization": f"Basic {named}"}, data=form)

    def post(self, text: str, **body: Any) -> requests.Response:
        return self.call("POST", "/2/tweets", json={"text": text, **body})

    def published(self, text: str, **body: Any) -> str:
        answer = self.post(text, **body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["data"]["id"])

    def upload(self, content: bytes) -> requests.Response:
        files = {"media": ("bild.png", content, "image/png")}
        return self.call("POST", "/2/media/upload", files=files, data={"media_category": "tweet_image"})

    def timeline(self, **query: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.call("GET", f"/2/users/{X_USER}/tweets", params=query).json()
        return answer


class Facebook(Caller):
    token = "EAABsandboxBrandtPage"

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}"}
        return super().call(method, f"/v26.0{path}", headers=headers, **options)

    def post(self, **form: str) -> requests.Response:
        return self.call("POST", f"/{PAGE}/feed", data=form)

    def published(self, message: str, **form: str) -> str:
        answer = self.post(message=message, **form)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    def photo(self, content: bytes, **form: str) -> requests.Response:
        return self.call("POST", f"/{PAGE}/photos", data=form, files={"source": ("bild.png", content, "image/png")})

    def listed(self, **query: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.call("GET", f"/{PAGE}/published_posts", params=query).json()
        return answer


class LinkedIn(Caller):
    token = "AQXsandboxBrandtLinkedIn"

    def call(self, method: str, path: str, *, without: str = "", **options: Any) -> requests.Response:
        headers = {
            "Authorization": f"Bearer {self.token}",
            "LinkedIn-Version": "202608",
            "X-Restli-Protocol-Version": "2.0.0",
            **options.pop("headers", {}),
        }
        return super().call(method, path, headers={k: v for k, v in headers.items() if k != without}, **options)

    def post(self, commentary: str, author: str = ORGANIZATION, **fields: Any) -> requests.Response:
        body = {
            "author": author, "commentary": commentary, "visibility": "PUBLIC", "lifecycleState": "PUBLISHED",
            "distribution": {"feedDistribution": "MAIN_FEED"}, **fields,
        }  # fmt: skip
        return self.call("POST", "/rest/posts", json=body)

    def published(self, commentary: str, author: str = ORGANIZATION, **fields: Any) -> str:
        answer = self.post(commentary, author, **fields)
        assert answer.status_code == 201, answer.text
        return answer.headers["x-restli-id"]

    def get(self, urn: str) -> requests.Response:
        return self.call("GET", f"/rest/posts/{quote(urn, safe='')}")

    def uploaded(self, content: bytes, owner: str = ORGANIZATION) -> str:
        begin = self.call(
            "POST", "/rest/images?action=initializeUpload", json={"initializeUploadRequest": {"owner": owner}}
        ).json()["value"]
        assert self.http.put(begin["uploadUrl"], data=content, timeout=20).status_code == 201
        return str(begin["image"])


class Xing(Caller):
    def call(
        self, method: str, path: str, *, key: str = "xing-brandt-token-secret", **options: Any
    ) -> requests.Response:
        signed = OAuth1(
            "xing-brandt-consumer", "xing-brandt-consumer-secret", "xing-brandt-token", key,
            signature_method=SIGNATURE_PLAINTEXT,
        )  # fmt: skip
        return super().call(method, path, auth=signed, **options)

    def post(self, message: str) -> requests.Response:
        return self.call("POST", "/v1/users/me/status_message", data={"message": message})

    def feed(self, **query: str) -> list[dict[str, Any]]:
        answer: list[dict[str, Any]] = self.call("GET", "/v1/users/me/feed", params=query).json()["network_activities"]
        return answer
