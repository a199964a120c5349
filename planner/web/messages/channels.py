"""Sentences about channels and their connections."""

from __future__ import annotations

from flask_babel import LazyString, lazy_gettext as _l

SENTENCES: dict[str, LazyString] = {
    "network_unknown": _l("There is no network “%(network)s”. Known are: %(known)s."),
    "credential_unknown": _l("“%(name)s” does not belong to this network's connection."),
    "credential_empty": _l("“%(name)s” is empty."),
    "credential_blanks": _l("“%(name)s” holds blanks or line breaks. Copy it again, without them."),
    "credential_moment": _l("“%(name)s” must be a time such as 2027-01-31T12:00:00Z."),
    "credential_missing": _l("“%(name)s” is missing."),
    "credential_shape": _l("“%(name)s” does not look right. It looks like this: %(example)s"),
    "network_unreachable": _l(
        "%(network)s could not be asked: it cannot be reached, or takes no requests now. Nothing was stored. "
        "Try again in a few minutes."
    ),
    "credentials_refused": _l("The network did not accept this connection. It said: %(said)s"),
    "credentials_of_another": _l(
        "These credentials open the account “%(account)s”, not the one that you entered (%(expected)s)."
    ),
    "permissions_missing": _l(
        "This is “%(account)s”, but these permissions are missing: %(missing)s. Grant them and try again."
    ),
    "account_connected": _l("This account is connected already, as “%(channel)s”."),
    "other_account": _l("This is another account. Connect it as a channel of its own."),
    "address_elsewhere": _l("This is no address at %(network)s. Copy it from there, with https:// in front."),
    "no_connection": _l("Nothing is connected here. Connect the channel first."),
    "no_stage": _l(
        "Several processes publish here, so the played networks must stand where all of them find them: start "
        "“sendeplan sandbox” and set SENDEPLAN_REHEARSAL_URL to its address."
    ),
    "cannot_rehearse": _l("There is nothing to rehearse here: people publish, or the network cannot be played."),
    "rehearsal_in_flight": _l(
        "A post of this channel is on its way right now. Try again once its result is known, in a minute or so."
    ),
    "name_missing": _l("Give it a name."),
    "number_between": _l("Enter a number from %(low)s to %(high)s."),
}
