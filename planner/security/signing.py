"""Signing what is sent to a webhook, so that its receiver knows it is ours, whole and new.

The scheme is that of the Standard Webhooks specification 1.0 (symmetric signatures): HMAC-SHA256 over
``id.timestamp.body``, keyed with the bytes that stand in base64 behind ``whsec_``.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

PREFIX = "whsec_"


def new_secret() -> str:
    """A secret with 256 random bits."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def sign(secret: str, key: str, timestamp: int, body: bytes) -> str:
    """A value of the header ``webhook-signature``, which may hold several, a blank between them. ``key`` is the call's
    id, ``timestamp`` in seconds since 1970."""
    signed = f"{key}.{timestamp}.".encode() + body
    digest = hmac.new(base64.b64decode(secret.removeprefix(PREFIX)), signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()
