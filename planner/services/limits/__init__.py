"""The networks' limits: kept where they are near, shared out fairly, and asked before anything is called."""

from planner.services.limits.holds import (
    AppLimit,
    CurrentLimit,
    app_limits,
    channel_held_until,
    current,
    reading_held_until,
)
from planner.services.limits.noting import app_of, forget, forget_other_apps, keep, note, watched

__all__ = [
    "AppLimit",
    "CurrentLimit",
    "app_limits",
    "app_of",
    "channel_held_until",
    "current",
    "forget",
    "forget_other_apps",
    "keep",
    "note",
    "reading_held_until",
    "watched",
]
