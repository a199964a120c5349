"""A question that needs no account."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from urllib.parse import urlsplit

from publishers.base import Connection, Network
from publishers.http import one_call, open_session


def network_time(network: Network, connection: Connection) -> datetime | None:
    """What the network's own clock says: the ``Date`` of its answer at the root of its API, whatever it answers.

    Sends no credentials. None where it does not tell. Raises NetworkError where it cannot be reached.
    """
    host = urlsplit(network.default_api_url).hostname or ""
    with (
        closing(open_session(network.title, [host], connection, lambda _answer: None)) as session,
        one_call(network.title, connection.timeout),
    ):
        session.get(network.default_api_url, allow_redirects=False)
        return session.last.date if session.last else None
