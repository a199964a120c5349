"""Sentences about a check of a channel's connection: what the network said, and what that means."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import LazyString, lazy_gettext as _l

from planner.services.verifying import Checked, Outcome


@dataclass(frozen=True, slots=True)
class Words:
    """How a result is shown: ``tone`` is info, success, warning or danger."""

    tone: str
    title: LazyString
    text: LazyString


RESULTS: dict[Outcome, Words] = {
    Outcome.FINE: Words(
        "success",
        _l("The connection works"),
        _l("%(network)s takes the access and names the account “%(account)s”. All permissions are there."),
    ),
    Outcome.LACKING: Words(
        "warning",
        _l("The connection works, but not everything is allowed"),
        _l("%(network)s takes the access and names the account “%(account)s”. Posts go out; this is missing:"),
    ),
    Outcome.UNFIT: Words(
        "danger",
        _l("A permission to publish is missing"),
        _l(
            "%(network)s takes the access and names the account “%(account)s”, but nothing can be published. What is "
            "due waits until the channel is reconnected; nothing is lost."
        ),
    ),
    Outcome.ENDED: Words(
        "danger",
        _l("The access has ended"),
        _l("%(network)s no longer accepts it. What is due waits until the channel is reconnected; nothing is lost."),
    ),
    Outcome.GONE: Words(
        "danger",
        _l("The network does not know this account any more"),
        _l(
            "%(network)s does not find the account, or no longer shows it to this connection. Look there whether it "
            "still is there, and whether whoever connected it still has a role on it."
        ),
    ),
    Outcome.OTHER_ACCOUNT: Words(
        "danger",
        _l("The access opens another account"),
        _l(
            "%(network)s names “%(account)s”, which is not the account that was connected. What is due waits until the "
            "channel is reconnected with the right one; nothing is lost."
        ),
    ),
    Outcome.DENIED: Words(
        "warning",
        _l("The network does not let this connection look"),
        _l(
            "%(network)s knows the access, but does not show the account to it. That says nothing about publishing, "
            "so the channel goes on as it is. Reconnect it and allow everything, and it can be checked."
        ),
    ),
    Outcome.REFUSED: Words(
        "warning",
        _l("The network did not answer the check"),
        _l("%(network)s refused the question, which says nothing about the connection. The channel goes on as it is."),
    ),
    Outcome.UNREACHABLE: Words(
        "info",
        _l("The network could not be asked"),
        _l(
            "%(network)s cannot be reached just now, or takes no requests. That says nothing about the connection: the "
            "channel goes on as it is. Check again in a few minutes."
        ),
    ),
    Outcome.UNREADABLE: Words(
        "danger",
        _l("The credentials cannot be read"),
        _l("They were encrypted with a key that is not there. Put the former key back, or reconnect the channel."),
    ),
}
_UNTOLD = _l(
    "%(network)s takes the access and names the account “%(account)s”. It does not say which permissions there are."
)
_RESUMED = _l("The channel goes on: what waited for it goes out.")


def title(checked: Checked) -> str:
    """What came of it, in a few words."""
    return str(RESULTS[checked.outcome].title)


def text(checked: Checked, network: str) -> str:
    """What that means; ``network`` is its title."""
    untold = checked.outcome is Outcome.FINE and not checked.permissions_known
    words = _UNTOLD if untold else RESULTS[checked.outcome].text
    said = str(words) % {"network": network, "account": checked.account or "?"}
    return f"{said} {_RESUMED}" if checked.resumed else said
