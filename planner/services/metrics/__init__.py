"""Figures of published deliveries and of whole channels: pulled by the clock, or entered by a person."""

from planner.services.metrics.channels import Following, days, following, history, pull_channels
from planner.services.metrics.manual import further, record_manual
from planner.services.metrics.pulling import Pulled, pull_due

__all__ = [
    "Following",
    "Pulled",
    "days",
    "following",
    "further",
    "history",
    "pull_channels",
    "pull_due",
    "record_manual",
]
