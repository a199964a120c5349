"""Sentences about connecting by consent: what went wrong, what permissions are for, what a check of the app found."""

from __future__ import annotations

from flask_babel import LazyString, lazy_gettext as _l

from publishers.connecting import Permission

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
    "consent_empty_portfolios": _l(
        "%(person)s shared no account at %(network)s. Nothing was stored. If the page belongs to a business portfolio, "
        "allow %(permission)s as well. Begin anew and choose at least one page there; the person who signs in must be "
        "allowed to publish with it."
    ),
    "trial_gone": _l("What a trial sign-in showed is kept for 15 minutes. Try it once more where needed."),
    "consent_choice_gone": _l("This choice was made already, or is older than 15 minutes. Begin anew where needed."),
    "accounts_none": _l("Choose at least one account."),
    "account_unusable": _l("“%(account)s” cannot be connected: a permission to publish is missing."),
}

#: What a permission is for, and so what its absence prevents.
PREVENTS: dict[str, LazyString] = {
    "publish": _l("Without it, nothing can be published."),
    "choose": _l("Without it, Sendeplan does not see your pages."),
    "portfolios": _l("Without it, Sendeplan does not see pages that you reach through a business portfolio alone."),
    "recognise": _l("Without it, Sendeplan does not see whose account it is."),
    "images": _l("Without it, posts with images fail."),
    "confirm": _l("Without it, Sendeplan cannot look whether a post is live."),
    "figures": _l("Without it, there are no figures."),
    "followers": _l("Without it, nobody knows here how many follow this account."),
    "comments": _l("Without it, there are no comments."),
    "mentions": _l("Without it, nobody hears here of posts that mention the page."),
    "answers": _l("Without it, comments cannot be answered, and first comments fail."),
    "hiding": _l("Without it, replies cannot be hidden."),
    "likes": _l("Without it, nothing can be liked."),
    "renew": _l("Without it, the connection ends after two hours."),
    "role": _l("This person's role on the page does not allow to publish. An admin of the page can change that."),
    "access": _l(
        "The network lists this page, but gives this person no access to it. Whoever looks after the business "
        "portfolio can assign the page to them, with the task to create content."
    ),
}


def prevents(permission: Permission) -> str:
    """All that the absence of a permission prevents, in sentences."""
    return " ".join(str(PREVENTS[purpose.value]) for purpose in permission.purposes)


#: What a permission is for, on the page that explains what to set up.
PURPOSES: dict[str, LazyString] = {
    "publish": _l("publishing"),
    "choose": _l("seeing which pages there are"),
    "portfolios": _l("seeing pages that belong to a business portfolio"),
    "recognise": _l("seeing whose account it is"),
    "images": _l("posts with images"),
    "confirm": _l("looking whether a post is live"),
    "figures": _l("figures"),
    "followers": _l("counting followers"),
    "comments": _l("comments"),
    "mentions": _l("mentions"),
    "answers": _l("answers and first comments"),
    "hiding": _l("hiding replies"),
    "likes": _l("likes"),
    "renew": _l("a connection that renews itself"),
}

#: What may be right or wrong about a developer app.
POINTS: dict[str, LazyString] = {
    "credentials": _l("id and secret"),
    "version": _l("the version of the API"),
    "redirect": _l("the redirect address"),
    "domains": _l("the app's domains"),
    "privacy": _l("the privacy policy"),
    "permissions": _l("the permissions that the app may ask for"),
    "mode": _l("whether people without a role in the app can sign in (live mode)"),
}

FINDINGS: dict[str, tuple[LazyString, LazyString | None]] = {
    "app_accepted": (_l("%(network)s knows the developer app: its id and secret are right."), None),
    "app_version_right": (_l("%(network)s serves the version of its API that is asked for."), None),
    "app_redirect_right": (_l("%(network)s takes the redirect address."), None),
    "app_domains_right": (_l("The domain of the redirect address is among the app's domains at %(network)s."), None),
    "app_domains_other": (
        _l("The app's domains at %(network)s are: %(there)s. The redirect address lies elsewhere."),
        _l("Add its domain at the developer app under App settings, Basic, App domains."),
    ),
    "app_privacy_right": (_l("The app names a privacy policy at %(network)s, which live mode asks for."), None),
    "app_privacy_other": (
        _l("The app names no privacy policy at %(network)s: without one it cannot be switched to live mode."),
        _l("Enter its address under App settings, Basic. Until then only people with a role in the app can sign in."),
    ),
    "app_unseen": (
        _l("Without a person who signs in, %(network)s says nothing about: %(points)s."),
        _l(
            "A trial sign-in, on the page on which the app is set up, shows it for the person who signs in, and "
            "connects nothing."
        ),
    ),
    "app_address": (_l("The redirect address for %(network)s is: %(address)s"), None),
    "app_address_odd": (
        _l("SENDEPLAN_PUBLIC_URL does not look like an address that a network sends people back to: %(address)s"),
        _l("It is https://, the host, and at most a path: nothing before the host, no question mark, no #."),
    ),
    "app_address_elsewhere": (
        _l("You opened this page at %(here)s, but %(network)s sends people back to %(there)s."),
        _l("Sign in to Sendeplan there before you connect: here, nobody would know you when you come back."),
    ),
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
