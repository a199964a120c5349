"""Notices on people's own devices by web push: what has to be done soon, encrypted for each device."""

from planner.services.push.devices import all_of, choose, knows, public_key, remove, subscribe, try_out
from planner.services.push.sending import NOT_VOUCHED, Notification, Teller, Telling, send_due
from planner.services.push.waiting import gather

__all__ = [
    "NOT_VOUCHED",
    "Notification",
    "Teller",
    "Telling",
    "all_of",
    "choose",
    "gather",
    "knows",
    "public_key",
    "remove",
    "send_due",
    "subscribe",
    "try_out",
]
