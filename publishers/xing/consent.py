"""Consent at XING: OAuth 1 has no permissions, an access token may do what the keys may."""

from __future__ import annotations

from publishers.connecting import Consent, Flow


def _flow() -> Flow:
    from publishers.xing import oauth

    return oauth


CONSENT = Consent(_flow)
