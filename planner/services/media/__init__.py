"""Images, videos and documents: taken in, looked into, stored once, shown small, made to fit a network."""

from planner.services.media.receiving import Incoming, discard, receive, received
from planner.services.media.storing import MAX_ALT, MAX_TITLE, add, describe, get, keep
from planner.services.media.thumbnails import can_show, thumbnail

__all__ = [
    "MAX_ALT",
    "MAX_TITLE",
    "Incoming",
    "add",
    "can_show",
    "describe",
    "discard",
    "get",
    "keep",
    "receive",
    "received",
    "thumbnail",
]
