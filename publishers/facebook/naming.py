"""Pages by their username (Graph API, Page: ``/{username}``)."""

from __future__ import annotations

from urllib.parse import quote

from publishers import reading
from publishers.base import Account, ReconnectNeeded, Rejected, Unsupported
from publishers.connected import Connected
from publishers.facebook.client import GraphClient
from publishers.facebook.errors import TITLE

NO_SUCH_NAME = "803"
NOT_ALLOWED = "10"


class FacebookNaming(Connected):
    """See :class:`publishers.optional.Naming`."""

    _client: GraphClient

    def named(self, name: str) -> Account | None:
        """Pages of others need the feature Page Public Metadata Access: Unsupported where the app does not have it.

        None for what is no Page: of people Graph does not tell (code 803).
        """
        with self._call():
            try:
                page = reading.as_object(self._client.ask(quote(name, safe=""), fields="id,name,link"), TITLE)
            except Rejected as error:
                if error.code == NO_SUCH_NAME:
                    return None
                raise
            except ReconnectNeeded as error:
                # Only this is not allowed; nothing is wrong with the connection.
                if error.code == NOT_ALLOWED:
                    raise Unsupported(f"{TITLE} does not let this app read the Pages of others.") from error
                raise
            number = reading.accepted_id(page.get("id"), TITLE)
            return Account(number, reading.text(page.get("name")), reading.text(page.get("link")) or None)
