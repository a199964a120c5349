"""What a person can be mailed about, and how soon."""

from __future__ import annotations

from flask_babel import LazyString, lazy_gettext as _l

from planner.domain.outbox import Pace

PACES: dict[Pace, LazyString] = {
    Pace.NOW: _l("At once"),
    Pace.DAILY: _l("Once a day"),
    Pace.NONE: _l("No mail"),
}

LABELS: dict[str, LazyString] = {
    "approval_asked": _l("Somebody asks for your approval"),
    "sent_back": _l("A post of yours was sent back"),
    "approved": _l("A post of yours was approved"),
    "delivery_needs_person": _l("A post needs your decision"),
    "delivery_missed": _l("A post missed its time"),
    "delivery_failed": _l("A network refused a post"),
    "delivery_published_twice": _l("A post may stand twice on a network"),
    "posts_removed": _l("A post is no longer at its network"),
    "remarks": _l("Somebody said something in a conversation of yours"),
    "answer_asked": _l("Somebody asks for your yes to an answer"),
    "answer_needs_person": _l("An answer needs your decision"),
    "delivery_soon": _l("It is soon time to publish by hand"),
    "delivery_assisted": _l("It is time to publish by hand"),
    "delivery_overdue": _l("Nobody has published by hand what was due"),
    "channel_reconnect": _l("A channel must be reconnected"),
    "channel_expiring": _l("The connection of a channel expires soon"),
    "channel_lacks": _l("A network took a permission away from a channel"),
    "channel_paused": _l("A channel was paused by its network's refusal"),
    "queue_moved": _l("Posts waiting for approval moved to later slots"),
    "zone_rules_asked": _l("The rules of a time zone changed and posts need your decision"),
    "zone_rules_moved": _l("The rules of a time zone changed and queued posts moved"),
    "week": _l("The week: what goes out, free slots, rhythm"),
    "alert": _l("Alerts of Sendeplan itself"),
}
