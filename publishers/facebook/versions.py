"""Versions of the Graph API (developers.facebook.com, Versioning and the changelog): each is served for two years at
least after the next one came."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from publishers.versions import ApiVersion

DEFAULT_VERSION = "v26.0"  # of 2026-07-29; the operator sets another by the app option `api_version`

#: The last days that are announced. One that is newer than these lasts for two years from its start at least.
ENDS = {"v24.0": date(2028, 2, 18), "v25.0": date(2028, 7, 29), "v26.0": date(2028, 7, 29)}

_VERSION = re.compile(r"v?(\d{1,3})\.(\d)")


def asked_for(app: Mapping[str, str]) -> str:
    """``v26.0``, as it stands in an address."""
    version = app.get("api_version") or DEFAULT_VERSION
    return version if version.startswith("v") else f"v{version}"


def version(app: Mapping[str, str]) -> ApiVersion:
    """The version in use. What is older than all that are listed has ended, or may any day."""
    name = asked_for(app)
    if not (found := _VERSION.fullmatch(name)):
        return ApiVersion(name, None, DEFAULT_VERSION, readable=False)
    older = int(found[1]) < min(int(known[1:-2]) for known in ENDS)
    return ApiVersion(name, date(2026, 7, 29) if older else ENDS.get(name), DEFAULT_VERSION)
