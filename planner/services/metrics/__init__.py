"""Figures of published deliveries: pulled from the networks by the clock, or entered by a person."""

from planner.services.metrics.manual import record_manual
from planner.services.metrics.pulling import Pulled, pull_due

__all__ = ["Pulled", "pull_due", "record_manual"]
