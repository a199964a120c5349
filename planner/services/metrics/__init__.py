"""Figures of published deliveries: pulled from the networks by the clock, or entered by a person."""

from planner.services.metrics.manual import further, record_manual
from planner.services.metrics.pulling import Pulled, pull_due

__all__ = ["Pulled", "further", "pull_due", "record_manual"]
