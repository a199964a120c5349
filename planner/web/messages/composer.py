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
    "page_address": _l("The page cannot be read: this is no complete web address."),
    "page_password": _l("The page cannot be read: the address holds a user or password."),
    "page_private": _l(
        "The page cannot be read: its address is not on the public internet."
        " The setting SENDEPLAN_LINK_PRIVATE_ADDRESSES allows such ones."
    ),
    "page_name_unknown": _l("The page cannot be read: there is no machine of this name."),
    "page_silent": _l("The page cannot be read: no answer came in time."),
    "page_away": _l("The page cannot be read: its machine cannot be reached."),
    "page_tls_failed": _l("The page cannot be read: its certificate or encryption could not be accepted."),
    "page_redirects": _l("The page cannot be read: its address leads on to others without an end."),
    "page_status": _l("The page cannot be read: it answered with the error %(status)s."),
    "page_no_page": _l("There is no page behind this link, but a file."),
    "card_picture_unreadable": _l("The picture that the page names cannot be had. Choose one by hand."),
    "link_to_post_missing": _l("Paste the address of the published post, starting with https://."),
}
