"""Sentences about what forms on the screens send."""

from __future__ import annotations

from flask_babel import LazyString, lazy_gettext as _l

SENTENCES: dict[str, LazyString] = {
    "amount_invalid": _l("Enter an amount in euros, such as 1.234,50."),
    "time_invalid": _l("Enter a time of day from 00:00 to 23:59, such as 09:30."),
    "zone_unknown": _l("Choose a time zone from the list."),
    "channel_is_sending": _l("%(channel)s is sending a post right now. Try again in a minute."),
}
