"""Webhooks: what happens is told to other programs, signed, each event once as far as HTTP allows."""

from planner.services.webhooks.calling import send_due
from planner.services.webhooks.events import EVENTS
from planner.services.webhooks.managing import (
    WebhookInput,
    all_of,
    change,
    create,
    delete,
    get,
    log_of,
    renew_secret,
    send_again,
    send_test,
)

__all__ = [
    "EVENTS",
    "WebhookInput",
    "all_of",
    "change",
    "create",
    "delete",
    "get",
    "log_of",
    "renew_secret",
    "send_again",
    "send_due",
    "send_test",
]
