"""Versions of the Graph API (developers.facebook.com, Versioning and the changelog): each is served for two years at
least after the next one came."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from publishers.versions import ApiVersion

DEFAULT_VERSION = "v26.0"  # of 2026-07-29; the operator sets another by the app option `api_version`

#: The last days: two years after the next version came. One that is newer than these lasts for two years from its start
#: at least, and v20.0 is the last that has ended.
ENDS = {
    "v20.0": date(2026, 10, 2),
    "v21.0": date(2027, 1, 21),
    "v22.0": date(2027, 5, 29),
    "v23.0": date(2027, 10, 8),
    "v24.0": date(2028, 2, 18),
    "v25.0": date(2028, 7, 29),
    "v26.0": date(2028, 7, 29),
}

LISTED_AT = "https://developers.facebook.com/docs/graph-api/changelog/versions"

_VERSION = re.compile(r"v?(\d{1,3})\.(\d)")


def asked_for(app: Mapping[str, str]) -> str:
    """``v26.0``, as it stands in an address."""
    version = app.get("api_version") or DEFAULT_VERSION
    return version if version.startswith("v") else f"v{version}"


def version(app: Mapping[str, str]) -> ApiVersion:
    """The version in use. What is older than all that are listed ended before them."""
    name = asked_for(app)
    if not (found := _VERSION.fullmatch(name)):
        return ApiVersion(name, None, DEFAULT_VERSION, readable=False, listed_at=LISTED_AT)
    older = int(found[1]) < min(int(known[1:-2]) for known in ENDS)
    ends = min(ENDS.values()) if older else ENDS.get(name)
    return ApiVersion(name, ends, DEFAULT_VERSION, listed_at=LISTED_AT)
