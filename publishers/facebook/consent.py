"""What Facebook Login asks a person for (Permissions Reference: pages_*, read_insights, business_management)."""

from __future__ import annotations

from publishers.connecting import CHOOSING, Consent, Flow, Permission, Purpose

PAGE = "page"

PERMISSIONS = (
    Permission("pages_show_list", Purpose.CHOOSE, vital=True, kinds=(CHOOSING,)),
    Permission("business_management", Purpose.PORTFOLIOS, kinds=(CHOOSING,)),
    Permission("pages_manage_posts", Purpose.PUBLISH, vital=True),
    Permission("pages_read_engagement", Purpose.CONFIRM, vital=True),
    Permission("read_insights", Purpose.FIGURES),
    Permission("pages_read_user_content", Purpose.COMMENTS),
    Permission("pages_manage_engagement", Purpose.ANSWERS),
)

TASK = Permission("CREATE_CONTENT", Purpose.ROLE, vital=True)
TOKEN = Permission("access_token", Purpose.ACCESS, vital=True)
"""A Page that a portfolio lists, and that comes without a token: it is not assigned to the person."""


def _flow() -> Flow:
    from publishers.facebook import oauth

    return oauth


CONSENT = Consent(_flow, PERMISSIONS, tuple(p.name for p in PERMISSIONS), roles=(TASK, TOKEN))
