"""Figures of published deliveries: pulled from the networks by the clock, or entered by a person."""

from planner.services.metrics.followers import Following, following, history, pull_followers
from planner.services.metrics.manual import further, record_manual
from planner.services.metrics.pulling import Pulled, pull_due

__all__ = [
    "Following",
    "Pulled",
    "following",
    "further",
    "history",
    "pull_due",
    "pull_followers",
    "record_manual",
]
