"""Organisations by the name in their page's address (Organization Lookup, finder ``vanityName``)."""

from __future__ import annotations

from publishers import reading
from publishers.base import Account
from publishers.connected import Connected
from publishers.linkedin import ORGANISATION
from publishers.linkedin.client import LinkedInClient, encoded
from publishers.linkedin.errors import TITLE


class LinkedInNaming(Connected):
    """See :class:`publishers.optional.Naming`. Needs ``rw_organization_admin``; people have no such finder."""

    _client: LinkedInClient

    def named(self, name: str) -> Account | None:
        path = f"/rest/organizations?q=vanityName&vanityName={encoded(name)}"
        with self._call():
            answer = reading.as_object(self._client.rest("GET", path, action="FINDER").json(), TITLE)
            for found in reading.items(reading.as_list(answer.get("elements"), TITLE)):
                vanity, number = reading.text(found.get("vanityName")), reading.identifier(found.get("id"))
                if number is not None and vanity.casefold() == name.casefold():
                    url = f"https://www.linkedin.com/company/{vanity}"
                    return Account(f"{ORGANISATION}{number}", reading.text(found.get("localizedName")) or vanity, url)
            return None
