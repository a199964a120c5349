"""Whose a LinkedIn connection is: members and organisations."""

from __future__ import annotations

from typing import Any

from publishers import reading
from publishers.base import ReconnectNeeded, Rejected
from publishers.linkedin import ORGANISATION
from publishers.linkedin.client import LinkedInClient, encoded
from publishers.linkedin.errors import TITLE

Profile = tuple[str, str, str | None]
"""URN, name, address."""

MAY_PUBLISH = frozenset({"ADMINISTRATOR", "CONTENT_ADMINISTRATOR", "CONTENT_ADMIN"})
"""Roles that let a member post for an organisation (Organization Access Control by Role; Posts API)."""

AT_ONCE = 100
MOST_CALLS = 5


def organisation(client: LinkedInClient, urn: str) -> Profile:
    """An organisation that the connection may read."""
    number = urn.removeprefix(ORGANISATION)
    found = reading.as_object(client.rest("GET", f"/rest/organizations/{encoded(number)}").json(), TITLE)
    vanity = reading.text(found.get("vanityName"))
    url = f"https://www.linkedin.com/company/{vanity or number}"
    return urn, reading.text(found.get("localizedName")) or vanity or urn, url


def company_url(urn: str) -> str | None:
    """Where an organisation's page is; None for a member, whose address no app is told."""
    if not urn.startswith(ORGANISATION):
        return None
    return f"https://www.linkedin.com/company/{urn.removeprefix(ORGANISATION)}"


def member(client: LinkedInClient) -> Profile:
    """Who signed in: by ``/v2/me``, or, where the app has only OpenID's scopes, by ``/v2/userinfo``."""
    try:
        found = reading.as_object(client.get_profile(), TITLE)
        names = (reading.text(found.get("localizedFirstName")), reading.text(found.get("localizedLastName")))
        number, name = found.get("id"), " ".join(n for n in names if n)
    except (Rejected, ReconnectNeeded) as error:
        if error.status not in (403, 404):
            raise
        found = reading.as_object(client.rest("GET", "/v2/userinfo").json(), TITLE)
        number, name = found.get("sub"), reading.text(found.get("name"))
    urn = f"urn:li:person:{reading.accepted_id(number, TITLE)}"
    return urn, name or urn, None


def organisations(client: LinkedInClient) -> list[str]:
    """The URNs of the organisations that the member may post for, in LinkedIn's order (finder ``roleAssignee``)."""
    found: list[dict[str, Any]] = []
    for call in range(MOST_CALLS):
        path = f"/rest/organizationAcls?q=roleAssignee&state=APPROVED&start={call * AT_ONCE}&count={AT_ONCE}"
        answer = reading.as_object(client.rest("GET", path).json(), TITLE)
        elements = reading.items(reading.as_list(answer.get("elements"), TITLE))
        found += elements
        if len(elements) < AT_ONCE:
            break
    may = [e for e in found if reading.text(e.get("role")) in MAY_PUBLISH]
    urns = [reading.text(e.get("organization")) or reading.text(e.get("organizationalTarget")) for e in may]
    return list(dict.fromkeys(urn for urn in urns if urn.startswith(ORGANISATION)))
