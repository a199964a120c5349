"""Pages and pictures from addresses that people enter: to public machines alone, a few seconds, a limited size.

Redirects are followed by hand, so that each address on the way is judged, looked up and checked like the first
(:mod:`planner.security.outgoing`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin

from urllib3 import BaseHTTPResponse, PoolManager
from urllib3.exceptions import HTTPError

from planner.security.outgoing import LONGEST_URL, OutgoingError, connections, explained, may_be_public, split
from publishers.transport import deadline

MOST_REDIRECTS = 5
_PIECE = 1 << 14
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
#: Names that lead nowhere on the open internet (RFC 2606): no name server is asked for them.
_NOWHERE = (".example", ".test", ".invalid")


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer. ``url`` is where it came from in the end, ``kind`` the content type as it was sent; ``whole`` False:
    there was more than the limit, and ``content`` is the beginning."""

    url: str
    status: int
    kind: str
    content: bytes
    whole: bool


def get(url: str, headers: Mapping[str, str], *, limit: int, seconds: float, private: bool = False) -> Fetched:
    """GET at most ``limit`` bytes (unpacked) in ``seconds`` in all, redirects included. ``private`` allows addresses
    that are not public.

    Raises OutgoingError: ``webhook_url_invalid``, ``webhook_url_password``, ``webhook_url_private``,
    ``webhook_name_unknown``, ``webhook_silent``, ``webhook_away``, ``webhook_tls_failed``, ``webhook_redirects`` (too
    many).
    """
    pools = connections(private=private)
    try:
        with deadline(seconds):
            for _hop in range(MOST_REDIRECTS + 1):
                url = _checked(url, private=private)
                answer = pools.request(
                    "GET", url, headers=dict(headers), redirect=False, retries=False, preload_content=False
                )
                following = answer.headers.get("Location") if answer.status in _REDIRECTS else None
                if following is None:
                    return _read(answer, url, limit)
                url = _followed(pools, answer, url, following)
    except (HTTPError, OSError) as error:
        raise explained(error) from None
    finally:
        pools.clear()
    raise OutgoingError("webhook_redirects")


def _checked(url: str, *, private: bool) -> str:
    """What can be seen without asking anyone; the connection checks the rest."""
    url = urldefrag(url).url
    parts = split(url)
    if parts is None or len(url) > LONGEST_URL:
        raise OutgoingError("webhook_url_invalid")
    if parts.username is not None or parts.password is not None:
        raise OutgoingError("webhook_url_password")
    host = (parts.hostname or "").rstrip(".")
    if not private and host.endswith(_NOWHERE):
        raise OutgoingError("webhook_name_unknown")
    if not private and not may_be_public(host):
        raise OutgoingError("webhook_url_private")
    return url


def _followed(pools: PoolManager, answer: BaseHTTPResponse, url: str, location: str) -> str:
    answer.close()
    pools.clear()
    try:
        return urljoin(url, location.strip())
    except ValueError:
        raise OutgoingError("webhook_url_invalid") from None


def _read(answer: BaseHTTPResponse, url: str, limit: int) -> Fetched:
    content = bytearray()
    for piece in answer.stream(_PIECE, decode_content=True):
        content += piece
        if len(content) > limit:
            break
    answer.close()
    kind = answer.headers.get("Content-Type", "")
    return Fetched(url, int(answer.status), kind, bytes(content[:limit]), len(content) <= limit)
