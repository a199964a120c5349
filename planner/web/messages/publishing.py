"""Sentences about deliveries: what happened, whether the post is live, and what to do."""

from __future__ import annotations

from flask_babel import LazyString, lazy_gettext as _l

SENTENCES: dict[str, LazyString] = {
    "cannot_decide": _l("This was decided already, or it went on by itself. Look how it stands now."),
    "delivery_unknown": _l("There is no publication with the id %(id)s."),
    "delivery_twice": _l("This publication is named twice."),
    "nothing_to_take_back": _l("Nothing can be taken back any more: it was sent, or changed in the meantime."),
    "id_taken": _l("This address belongs to another post. Look again and copy the address of this one."),
    "taken_already": _l("%(by)s has taken this on already."),
    "held_back": _l("A pause or a missing approval keeps this back. Publishing by hand does not get around it."),
    "not_paused": _l("Nothing is paused here."),
    "reason_missing": _l("Say why, so that everyone knows."),
    "reason_too_long": _l("This is too long: %(length)s characters of %(limit)s."),
    "unconfirmed_after_restore": _l(
        "After a restore it must be known first what went out. Still being looked for: %(count)s. Try again in some "
        "minutes."
    ),
}
