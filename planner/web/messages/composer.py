"""Sentences about writing, moving and queueing posts."""

from __future__ import annotations

from flask_babel import LazyString, lazy_gettext as _l

SENTENCES: dict[str, LazyString] = {
    "time_unreadable": _l("This is not a date with a time. Write it as 2027-03-01T09:30, or use the calendar button."),
    "channel_has_no_slot_for_category": _l(
        "%(channel)s has no weekly slot for this category. Add one, choose another category, or choose a time."
    ),
    "queue_changed": _l("The queue changed in the meantime. It is shown as it stands now: try again."),
    "planned_anew_already": _l("Somebody has just planned one of these posts. This is how it stands now."),
    "nothing_chosen": _l("Choose at least one post first."),
    "nothing_to_move": _l("Nothing in this post can be moved any more."),
    "link_to_post_missing": _l("Paste the address of the published post, starting with https://."),
}
