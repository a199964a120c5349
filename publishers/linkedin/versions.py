"""Versions of LinkedIn's Marketing API (learn.microsoft.com, "API versioning"): each month has one, which is served for
twelve months and answered with 426 after that. 202511 ended on 2026-11-16."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from publishers.versions import ApiVersion

DEFAULT_VERSION = "202608"  # lives for twelve months; the operator sets another by the app option `api_version`

LISTED_AT = "https://learn.microsoft.com/linkedin/marketing/versioning"

_VERSION = re.compile(r"(20\d\d)(0[1-9]|1[0-2])")
_LAST_DAY = 15
"""Of the month a year later: they end in its middle."""


def asked_for(app: Mapping[str, str]) -> str:
    """``202608``, as the header takes it."""
    return app.get("api_version") or DEFAULT_VERSION


def version(app: Mapping[str, str]) -> ApiVersion:
    """The version in use."""
    name = asked_for(app)
    if not (found := _VERSION.fullmatch(name)):
        return ApiVersion(name, None, DEFAULT_VERSION, readable=False, listed_at=LISTED_AT)
    return ApiVersion(name, date(int(found[1]) + 1, int(found[2]), _LAST_DAY), DEFAULT_VERSION, listed_at=LISTED_AT)
