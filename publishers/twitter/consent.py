"""What X asks a person for (docs.x.com, OAuth 2.0 scopes; which call needs which: its OpenAPI description)."""

from __future__ import annotations

from publishers.connecting import Consent, Flow, Permission, Purpose

USER = "user"

PERMISSIONS = (
    Permission("tweet.write", Purpose.PUBLISH, vital=True),
    Permission("tweet.read", Purpose.CONFIRM, vital=True),
    Permission("users.read", Purpose.RECOGNISE, vital=True),
    Permission("media.write", Purpose.IMAGES),
    Permission("offline.access", Purpose.RENEW),
    Permission("tweet.moderate.write", Purpose.HIDING),
    Permission("like.write", Purpose.LIKES),
)


def _flow() -> Flow:
    from publishers.twitter import oauth

    return oauth


CONSENT = Consent(_flow, PERMISSIONS, tuple(p.name for p in PERMISSIONS), needs=("client_id",))
"""A public app has no secret."""
