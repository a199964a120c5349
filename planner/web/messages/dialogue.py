"""Sentences about posts that are out, and about what people say to them."""

from __future__ import annotations

from flask_babel import LazyString, lazy_gettext as _l

SENTENCES: dict[str, LazyString] = {
    "not_live": _l("This is not published, so there is nothing at the network."),
    "removed_already": _l("This post was taken down already."),
    "no_connection": _l(
        "%(channel)s has no connection that Sendeplan could use. Reconnect it, or look at the network."
    ),
    "no_remote_id": _l("Sendeplan does not know which post of the network this is. Look at the network itself."),
    "cannot_look": _l("The connection of %(channel)s cannot read a single post. Look at the network itself."),
    "cannot_edit": _l(
        "The network of %(channel)s lets no program change a post that is live. Take it down and publish it anew, "
        "or change it there by hand."
    ),
    "cannot_remove": _l("The connection of %(channel)s cannot take a post down. Do it at the network itself."),
    "edit_unconfirmed": _l(
        "The network did not say whether it took the new text. Look at the post; sending the same text again does no "
        "harm."
    ),
    "removal_unconfirmed": _l(
        "The network did not say whether the post is gone. Look at it; taking it down again does no harm."
    ),
    "network_refused": _l("%(channel)s did not accept that: %(said)s"),
    "cannot_answer": _l("The connection of %(channel)s cannot answer. Do it at the network itself."),
    "answer_only_to_us": _l(
        "On %(channel)s, an answer is possible only to who mentioned the account or spoke to it. "
        "This was said to others."
    ),
    "message_gone": _l("This is no longer at the network."),
    "answer_twice": _l("The same answer to this was written already."),
    "answer_missing": _l("Write an answer first."),
    "answer_too_long": _l("The answer is too long for %(channel)s: %(length)s characters of %(limit)s."),
    "answer_moved_on": _l("This answer went on by itself, or somebody decided. Reload to see how it stands."),
    "cannot_hide": _l("This cannot be hidden on %(channel)s."),
    "cannot_like": _l("The connection of %(channel)s cannot like this."),
    "cannot_remove_message": _l("On %(channel)s, only an answer of your own can be deleted."),
    "nothing_to_take_over": _l("The network shows the text that is stored here."),
}
