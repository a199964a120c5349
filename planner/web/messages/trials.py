"""Sentences about a trial sign-in: each point, how it went, and what to do where it did not."""

from __future__ import annotations

from flask_babel import LazyString, lazy_gettext as _l

from planner.services.connecting import Mark, Point, Tried

Key = tuple[Point, Mark, str]

#: By point, mark and (where there are several ways) why: what is, and what to do.
SAYS: dict[Key, tuple[LazyString, LazyString | None]] = {
    (Point.REDIRECT, Mark.RIGHT, ""): (
        _l("The network took the redirect address, and sent the browser back to it."),
        None,
    ),
    (Point.STATE, Mark.RIGHT, ""): (_l("The answer belongs to this sign-in: the network gave its mark back."), None),
    (Point.ALLOWED, Mark.RIGHT, ""): (_l("The network took the request, and access was allowed."), None),
    (Point.ALLOWED, Mark.WRONG, "denied"): (
        _l("You did not allow access."),
        _l("Try once more, and allow everything that is asked for."),
    ),
    (Point.ALLOWED, Mark.WRONG, "app"): (
        _l("The network does not take the request of this app."),
        _l("Often the app lacks a product or a permission that is asked for. The network's own words say which."),
    ),
    (Point.CODE, Mark.RIGHT, ""): (_l("The network exchanged its code for access: id and secret are right."), None),
    (Point.CODE, Mark.WRONG, "app"): (
        _l("The network does not accept the app's id, secret or redirect address."),
        _l("Compare all three with the developer app, to the letter."),
    ),
    (Point.CODE, Mark.WRONG, "unreachable"): (
        _l("The network could not be reached for the exchange."),
        _l("Look whether this machine may reach the network, and try again."),
    ),
    (Point.CODE, Mark.WRONG, ""): (
        _l("The network did not exchange its code for access."),
        _l("Try once more. If it happens again, the log tells more."),
    ),
    (Point.CODE, Mark.OPEN, ""): (_l("It did not come to the exchange for access."), None),
    (Point.PERMISSION, Mark.OPEN, ""): (_l("It did not come to the permissions."), None),
    (Point.ACCOUNT, Mark.OPEN, ""): (_l("It did not come to the accounts."), None),
    (Point.ACCOUNT, Mark.WRONG, "none"): (
        _l("No account came of it."),
        _l("Share at least one there, and sign in as somebody who may publish with it."),
    ),
    (Point.TOKENS, Mark.RIGHT, "void"): (_l("The access of this trial was made void at the network."), None),
    (Point.TOKENS, Mark.RIGHT, "forgotten"): (
        _l("The access of this trial was thrown away and stored nowhere. It ends by itself."),
        None,
    ),
    (Point.TOKENS, Mark.WRONG, ""): (
        _l("The access of this trial was thrown away and stored nowhere, but the network did not make it void."),
        _l("It ends by itself. To end it at once, take the app's access away in the account's settings there."),
    ),
}
GRANTED = _l("Granted: %(purpose)s.")
WITHHELD = _l("Not granted.")
ALLOW = _l("Allow it when you are asked. If you were not asked for it, the app may not ask:")
UNASKED = _l("Not asked for.")
ACCOUNT_FOUND = _l("Found, and may publish.")
UNLISTED = _l("The network did not let Sendeplan look into it. Pages may be missing.")


def says(tried: Tried) -> tuple[str, str]:
    """What is, and what to do ("" for nothing), for all points but permissions and accounts, which have names."""
    said, hint = SAYS[tried.point, tried.mark, tried.why]
    return str(said), str(hint) if hint is not None else ""
