"""What X asks for its API since February 2026 (docs.x.com, Pricing): paid by use, in US dollars.

A post costs 0.015, a post with a link in it 0.20. Each post or account that is read costs 0.005, and 0.001 where it
belongs to the account that owns the developer app (app option ``owner_id``); each medium that comes with it 0.005.
Uploads cost nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from publishers import reading
from publishers.base import OutgoingPost
from publishers.costs import Charge, Cost
from publishers.errors import Answer
from publishers.text import link_places
from publishers.twitter.text import compose

POST, POST_WITH_LINK = 15_000, 200_000
READ, OWNED_READ = 5_000, 1_000


def cost(post: OutgoingPost) -> Cost:
    """What one post costs. Whatever X makes a link of counts as one, ``example.com`` as well."""
    with_link = bool(link_places(compose(post)))
    return Cost(POST_WITH_LINK if with_link else POST, with_link)


def reader(user_id: str, app: Mapping[str, str]) -> Callable[[Answer], Iterable[Charge]]:
    """Reads off an answer what it costs: each thing in its ``data``, each medium beside it. Refused calls cost
    nothing."""
    price = OWNED_READ if user_id and app.get("owner_id") == user_id else READ

    def charges(answer: Answer) -> Iterable[Charge]:
        if answer.method != "GET" or not answer.ok or "/2/media/" in answer.path:
            return ()
        data = reading.child(answer.json(), "data")
        read = len(data) if isinstance(data, list) else int(isinstance(data, dict))
        media = len(reading.items(reading.child(answer.json(), "includes", "media")))
        return (Charge(read + media, read * price + media * READ),) if read else ()

    return charges
