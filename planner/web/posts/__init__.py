"""Screens about posts: the composer, a post's page, the list, the queue."""

from planner.web.posts import (
    bulk,
    changes,
    checking,
    composer,
    decisions,
    link_cards,
    listing,
    live,
    naming,
    page,
    queue,
)
from planner.web.posts.blueprint import blueprint

__all__ = [
    "blueprint",
    "bulk",
    "changes",
    "checking",
    "composer",
    "decisions",
    "link_cards",
    "listing",
    "live",
    "naming",
    "page",
    "queue",
]
