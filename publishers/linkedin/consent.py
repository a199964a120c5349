"""What LinkedIn asks a person for (Community Management API, Permissions)."""

from __future__ import annotations

from publishers.connecting import Consent, Flow, Permission, Purpose

ORGANIZATION, PERSON = "organization", "person"

#: Comments and reactions have permissions of their own since 2025 (Comments API, Permissions); what was granted before
#: them, or goes without them, holds them.
_READS, _WRITES = ("r_organization_social",), ("w_organization_social",)

PERMISSIONS = (
    Permission("w_organization_social", Purpose.PUBLISH, vital=True, kinds=(ORGANIZATION,)),
    Permission("rw_organization_admin", Purpose.FIGURES, kinds=(ORGANIZATION,), also=(Purpose.MENTIONS,)),
    Permission("r_organization_social", Purpose.CONFIRM, kinds=(ORGANIZATION,)),
    Permission("r_organization_social_feed", Purpose.COMMENTS, kinds=(ORGANIZATION,), instead=_READS),
    Permission("w_organization_social_feed", Purpose.ANSWERS, kinds=(ORGANIZATION,), instead=_WRITES),
    Permission("w_member_social", Purpose.PUBLISH, vital=True, kinds=(PERSON,)),
    Permission("r_member_postAnalytics", Purpose.FIGURES, kinds=(PERSON,)),
    Permission("r_member_profileAnalytics", Purpose.FOLLOWERS, kinds=(PERSON,)),
)

SCOPES = (
    "r_basicprofile", "w_member_social", "w_organization_social", "r_organization_social", "rw_organization_admin",
)  # fmt: skip
"""What an app with the Community Management API may ask for. One too many, and LinkedIn refuses the whole request."""


def _flow() -> Flow:
    from publishers.linkedin import oauth

    return oauth


CONSENT = Consent(_flow, PERMISSIONS, SCOPES)
