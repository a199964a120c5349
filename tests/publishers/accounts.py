"""An account of each network as the tests connect it, and posts to send through it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from publishers.base import Connection, Credentials, Medium, OutgoingPost, Published, Publisher, Waiting
from publishers.registry import network
from publishers.sandbox import Sandbox


class NetworkClock:
    """The networks' time: it runs with the real one, and a test can move it on."""

    def __init__(self) -> None:
        self.moved = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.moved

    def move(self, by: timedelta) -> None:
        self.moved += by


KEYS = ("linkedin", "facebook", "twitter", "xing")

CREDENTIALS: dict[str, dict[str, str]] = {
    "facebook": {"page_id": "104872951638204", "access_token": "EAABsecretOfThePage"},
    "twitter": {
        "access_token": "x-secret-access", "refresh_token": "x-secret-refresh", "user_id": "1502893746120984576",
    },
    "linkedin": {"author": "urn:li:organization:2414183", "access_token": "linkedin-secret-access"},
    "xing": {
        "consumer_key": "the-key", "consumer_secret": "consumer-secret-9", "token": "xing-secret-token",
        "token_secret": "token-secret-9", "user_id": "1346_cafe99",
    },
}  # fmt: skip

APP = {"client_id": "the-app", "client_secret": "app-secret-7788"}

SECRETS = (
    "EAABsecretOfThePage", "x-secret-access", "x-secret-refresh", "linkedin-secret-access", "consumer-secret-9",
    "xing-secret-token", "token-secret-9", "app-secret-7788",
)  # fmt: skip


def connect(
    key: str,
    api_url: str,
    *,
    timeout: float = 10.0,
    app: Mapping[str, str] | None = None,
    credentials: Credentials | None = None,
    prepare_timeout: float = 60.0,
    waiting: Waiting | None = None,
) -> Publisher:
    """A connected account; ``credentials`` replace or add to the usual ones."""
    given: Credentials = {**CREDENTIALS[key], **(credentials or {})}
    connection = Connection(api_url, timeout, app or {}, prepare_timeout, waiting or skipping())
    return network(key).connect(given, connection)


def skipping(clock: NetworkClock | None = None) -> Waiting:
    """Waiting that takes no time: the clock of the networks, or one of its own, is moved on instead."""
    moved = clock or NetworkClock()
    return Waiting(lambda: moved().timestamp(), lambda seconds: moved.move(timedelta(seconds=seconds)))


def png(width: int = 8, height: int = 8) -> bytes:
    """A grey image, made by hand."""
    rows = b"".join(b"\0" + b"\x80" * width for _ in range(height))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def image(folder: Path, alt: str = "", name: str = "bild.png", mime: str = "image/png") -> Medium:
    path = folder / name
    path.write_bytes(png())
    return Medium(path, mime, path.stat().st_size, 8, 8, alt)


def text_post(text: str = "Neue Drehmaschine in Halle 3") -> OutgoingPost:
    return OutgoingPost(text)


def register(sandbox: Sandbox, key: str, credentials: Credentials) -> None:
    """Make an account known to the sandbox networks."""
    name = "Brandt Maschinenbau"
    if key == "facebook":
        sandbox.add_account(key, credentials["page_id"], name, credentials["access_token"], followers=3000)
    elif key == "twitter":
        refresh = credentials.get("refresh_token")
        sandbox.add_account(
            key, credentials["user_id"], name, credentials["access_token"], handle="Brandt", refresh=refresh
        )
    elif key == "linkedin":
        refresh = credentials.get("refresh_token")
        sandbox.add_account(key, credentials["author"], name, credentials["access_token"], refresh=refresh)
    else:
        sandbox.add_account(
            key, credentials["user_id"], name, credentials["token"], secret=credentials["token_secret"],
            consumer_key=credentials["consumer_key"], consumer_secret=credentials["consumer_secret"],
        )  # fmt: skip


LINK = "https://www.brandt-maschinenbau.example/neu?utm_source=social&utm_campaign=herbst"


def send(publisher: Publisher, post: OutgoingPost) -> Published:
    return publisher.publish(publisher.prepare(post))
