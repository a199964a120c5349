"""Sentences about what forms on the screens send."""

from __future__ import annotations

from flask_babel import LazyString, lazy_gettext as _l

SENTENCES: dict[str, LazyString] = {
    "amount_invalid": _l("Enter an amount in euros, such as 1.234,50."),
    "time_invalid": _l("Enter a time of day from 00:00 to 23:59, such as 09:30."),
    "keep_missing": _l("Choose what posts with a time of their own keep."),
    "clock_time_past": _l("By the clock of %(zone)s this time is past. Keep the moment instead."),
    "zone_changed_since": _l("The time zone was changed again since. Change it back in the settings."),
    "times_taken_back_already": _l("This was taken back already."),
    "no_times_to_decide": _l("There is nothing to decide any more."),
    "zone_unknown": _l("Choose a time zone from the list."),
    "channel_is_sending": _l("%(channel)s is sending a post right now. Try again in a minute."),
    "channel_in_doubt": _l(
        "%(channel)s cannot be archived yet. Nobody knows of %(count)s of its posts whether they are live: open the "
        "posts that need a decision, say whether they are, then archive the channel."
    ),
}
