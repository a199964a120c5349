"""Sentences about connecting by consent: what went wrong, what permissions are for, what a check of the app found."""

from __future__ import annotations

from flask_babel import LazyString, lazy_gettext as _l

SENTENCES: dict[str, LazyString] = {
    "consent_app_missing": _l("%(network)s cannot be connected yet: %(settings)s must be set first."),
    "consent_unknown": _l(
        "This answer belongs to nothing that was begun here. Nothing was stored. Begin anew, from the start."
    ),
    "consent_foreign": _l(
        "This connection was begun by somebody else, in another browser, in another workspace, or before you signed in "
        "again. Nothing was stored. Begin anew, from the start."
    ),
    "consent_expired": _l("It took longer than 15 minutes. Nothing was stored. Begin anew, from the start."),
    "consent_used": _l("This answer was taken already, and works only once. Look whether the channel is there."),
    "consent_denied": _l("You did not allow access at %(network)s. Nothing was stored and nothing was changed."),
    "consent_code_refused": _l(
        "%(network)s does not take its own answer any more: it is too old or was used before. Nothing was stored. "
        "Begin anew. %(network)s said: %(said)s"
    ),
    "consent_app_refused": _l(
        "%(network)s does not accept your developer app as it is set up. Nothing was stored. It said: %(said)s"
    ),
    "consent_unreachable": _l(
        "%(network)s cannot be reached just now, or takes no requests. Nothing was stored, and nothing is lost."
    ),
    "consent_unreadable": _l(
        "%(network)s gave an answer that cannot be understood. Nothing was stored. Begin anew; if it happens again, "
        "the log tells more. What is known: %(said)s"
    ),
    "consent_empty": _l(
        "%(person)s shared no account at %(network)s. Nothing was stored. Begin anew and choose at least one there; "
        "the person who signs in must be allowed to publish with it."
    ),
    "consent_choice_gone": _l("This choice was made already, or is older than 15 minutes. Begin anew where needed."),
    "accounts_none": _l("Choose at least one account."),
    "account_unusable": _l("“%(account)s” cannot be connected: a permission to publish is missing."),
}

#: What a permission is for, and so what its absence prevents.
PREVENTS: dict[str, LazyString] = {
    "publish": _l("Without it, nothing can be published."),
    "choose": _l("Without it, Sendeplan does not see your pages."),
    "recognise": _l("Without it, Sendeplan does not see whose account it is."),
    "images": _l("Without it, posts with images fail."),
    "confirm": _l("Without it, Sendeplan cannot look whether a post is live."),
    "figures": _l("Without it, there are no figures."),
    "followers": _l("Without it, nobody knows here how many follow this account."),
    "comments": _l("Without it, there are no comments."),
    "answers": _l("Without it, comments cannot be answered, and first comments fail."),
    "hiding": _l("Without it, replies cannot be hidden."),
    "likes": _l("Without it, nothing can be liked."),
    "renew": _l("Without it, the connection ends after two hours."),
    "role": _l("This person's role on the page does not allow to publish. An admin of the page can change that."),
}

#: What a permission is for, on the page that explains what to set up.
PURPOSES: dict[str, LazyString] = {
    "publish": _l("publishing"),
    "choose": _l("seeing which pages there are"),
    "recognise": _l("seeing whose account it is"),
    "images": _l("posts with images"),
    "confirm": _l("looking whether a post is live"),
    "figures": _l("figures"),
    "followers": _l("counting followers"),
    "comments": _l("comments"),
    "answers": _l("answers and first comments"),
    "hiding": _l("hiding replies"),
    "likes": _l("likes"),
    "renew": _l("a connection that renews itself"),
}

FINDINGS: dict[str, tuple[LazyString, LazyString | None]] = {
    "app_accepted": (_l("%(network)s accepts the developer app: its id and secret are right."), None),
    "app_setting_missing": (
        _l("%(setting)s is not set."),
        _l("Take it from the developer app at %(network)s, set it, and restart Sendeplan."),
    ),
    "app_refused": (
        _l("%(network)s does not accept the developer app. It says: %(said)s"),
        _l("Compare id, secret and redirect address with the developer app, to the letter."),
    ),
    "app_version_other": (
        _l("%(network)s no longer serves the version of its API that is set; it answers with %(said)s."),
        _l("Set a newer one, or take the setting away to use the one that was tested."),
    ),
    "app_silent": (
        _l("%(network)s could not be asked about the developer app: %(reason)s"),
        _l("Look whether this machine may reach the network, and try again."),
    ),
    "app_address_unknown": (
        _l("It is not set where people reach Sendeplan, so that nobody can tell the redirect address for %(network)s."),
        _l("Set SENDEPLAN_PUBLIC_URL."),
    ),
    "app_address_plain": (
        _l("%(network)s sends nobody back to an address without encryption: %(address)s"),
        _l("Put a web server with TLS in front, and set SENDEPLAN_PUBLIC_URL to its https address."),
    ),
    "app_address_guessed": (
        _l("The redirect address for %(network)s is taken from how you opened this page: %(address)s"),
        _l("Set SENDEPLAN_PUBLIC_URL, so that it is the same for everybody."),
    ),
}
