"""How many calls figures take: for 1,000 posts of each network at once, over the life of one post, and for a whole
channel each day."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from planner.domain.measuring import first_due, next_due
from publishers.base import Connection
from publishers.optional import Counting
from publishers.registry import network
from publishers.sandbox import Sandbox

POSTS = 1_000
ACCOUNT = {"facebook": "page_id", "twitter": "user_id", "linkedin": "author", "xing": "user_id"}


def calls() -> dict[str, Any]:
    """By network: calls for 1,000 posts, pulls of one post in its life, and what reading it costs (US dollars);
    ``channel``: calls for the figures of the whole channel, each day.

    LinkedIn twice: for an organisation and for the member who connected it.
    """
    found: dict[str, Any] = {}
    with Sandbox(limits={}) as sandbox:
        for given in sandbox.credentials():
            key = given["network"]
            if key in found:
                continue
            fields = {name: value for name, value in given.items() if name not in ("network", "name")}
            found[key] = _calls(sandbox, key, fields)
            if key == "linkedin":
                token = sandbox.world.directory.token(key, fields["access_token"])
                member = token.account.id if token else ""
                found["linkedin, member"] = _calls(sandbox, key, {**fields, "author": member})
    return found


def _calls(sandbox: Sandbox, key: str, credentials: dict[str, str]) -> dict[str, Any]:
    now = datetime.now(UTC)
    account = credentials[ACCOUNT[key]]
    ids = [
        sandbox.backfill(key, account, f"Post {number}", now - timedelta(days=2, seconds=number))
        for number in range(POSTS)
    ]
    able = network(key).capabilities_of(credentials)
    with closing(network(key).connect(credentials, Connection(sandbox.api_url(key), 300.0))) as publisher:
        before = len(sandbox.requests(key))
        for start in range(0, POSTS, able.figures_at_once):
            publisher.metrics(ids[start : start + able.figures_at_once])
        made = len(sandbox.requests(key)) - before
        micros = sum(charge.micros for charge in publisher.charges())
        before = len(sandbox.requests(key))
        if able.has_followers:
            cast("Counting", publisher).account_figures((now - timedelta(days=7)).date(), now.date())
        channel = len(sandbox.requests(key)) - before
    pulls = _pulls(paid=able.reading_costs)
    return {"calls": made, "pulls": pulls, "dollars": micros / 1e6 / POSTS * pulls, "channel": channel}


def _pulls(*, paid: bool) -> int:
    """How often a post is asked for, from its publishing until it is too old."""
    published = datetime(2026, 1, 1, tzinfo=UTC)
    due: datetime | None = first_due(published)
    number = 0
    while due is not None:
        number, due = number + 1, next_due(published, due, paid=paid)
    return number
