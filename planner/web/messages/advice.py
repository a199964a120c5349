"""What a person can do about a network's answer: a sentence for each code of the adapters' tables of errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import LazyString, gettext as _, lazy_gettext as _l

from planner.web.messages.connecting import prevents
from publishers import registry
from publishers.connecting import Permission, Purpose

_RECONNECT = _l("The network no longer accepts this channel's access. Reconnect the channel, then it goes on.")
_OPEN = _l("The network's answer did not say whether it took the post.")

#: By the code of a row (publishers/errors.py: Rule.advice).
ADVICE: Mapping[str, LazyString] = {
    # --- the connection: a person reconnects, and often does something else before
    "access_ended": _RECONNECT,
    "page_gone": _l(
        "The network no longer knows this page, or no longer shows it to this connection. Look whether the page is "
        "there, and whether whoever connected it still has a role on it; then reconnect the channel."
    ),
    "other_account": _l(
        "The access of this channel opens another account than the one that was connected. Reconnect the channel, and "
        "sign in with the right account there."
    ),
    "permission": _l(
        "The network does not grant a permission that this needs. Reconnect the channel, and allow everything there "
        "that is asked for."
    ),
    "permission_or_role": _l(
        "The network does not let this connection do that. Look whether whoever connected the channel may still post "
        "for the page, and whether the developer app has the product for it; then reconnect the channel."
    ),
    "permission_partner": _l(
        "The network does not let this connection do that. Ask it to open this call for the developer app, then "
        "reconnect the channel."
    ),
    "app_secret": _l(
        "The network does not accept the developer app's signature: its secret is wrong or was changed. The operator "
        "sets the right one and starts Sendeplan again; then reconnect the channel."
    ),
    "app_forbidden": _l(
        "The network does not let the developer app act for this account. The operator looks in the network's "
        "developer console whether the app is active and belongs to a project; then reconnect the channel."
    ),
    "app_reads_only": _l(
        "The developer app may only read. The operator changes its permissions to “Read and write” in the network's "
        "developer console; then reconnect the channel, so that its access gets them too."
    ),
    "account_locked": _l(
        "The network has locked this account. Sign in there and unlock it; then reconnect the channel."
    ),
    "account_suspended": _l(
        "The network has suspended this account. Settle that with the network; then reconnect the channel."
    ),
    # --- the channel waits until a person ends the pause
    "account_blocked": _l(
        "The network takes no posts of this account for now. Look there for the reason; once that is settled, "
        "end the pause."
    ),
    "quota": _l(
        "What the network's plan allows is used up. Book more there, or wait until it starts anew; then end the pause."
    ),
    "version": _l(
        "The network no longer serves the version of its API that is set. The operator sets a newer one and starts "
        "Sendeplan again; then end the pause."
    ),
    # --- this content, or the operator's account
    "abusive": _l(
        "The network takes this content for abusive. Change its text and link; if that is wrong, complain there."
    ),
    "link": _l("The network does not take this link. Check that the address is right and opens for everybody."),
    "not_accepted": _l("The network did not accept this content. Its own words say why; change that, and send again."),
    "topping_up": _l(
        "The network wants its account topped up before it takes more posts. Once the operator has paid there, send "
        "it again."
    ),
    "has_already": _l(
        "The network says that it has the same content already. Look there whether that is this post; if it is not, "
        "change the text."
    ),
    # --- what passes by itself
    "limit": _l("The network's limit was reached."),
    "limit_account": _l("The network's limit for this account was reached."),
    "limit_app": _l("The network's limit, which all its channels here share, was reached."),
    "limit_day": _l("The network's limit of the day was reached."),
    "upload_gone": _l("The network no longer has a file that was uploaded to it. It is uploaded anew."),
    "clock": _l(
        "The network finds the clock of the machine wrong that Sendeplan runs on. The operator sets it (chrony or "
        "systemd-timesyncd)."
    ),
    # --- what may have been taken, and is looked for
    "network_trouble": _l("The network has a problem of its own, and did not say whether it took the post."),
    "asked_again": _l("The network asks to try again later, and did not say whether it took the post."),
    "gave_up": _l("The network gave up waiting for the rest, and did not say whether it took the post."),
    "conflict": _l("The network reports a conflict, perhaps with this very post, and did not say whether it took it."),
    "too_early": _l("The network says that this came too early, and did not say whether it took the post."),
    "redirected": _l(
        "Another address than the network's answered, and did not say whether the post was taken. If that happens "
        "again, the operator looks at the address that is set for the network, and at what stands in between."
    ),
    "connection_gone": _l("The connection was gone before the network had answered."),
    "came_before": _l("The network says that it had this request before; that one may have been taken."),
    "unexpected": _OPEN,
}

_AGAIN = _l("It is tried again by itself.")
_EXHAUSTED = _l("The network refused it several times in a row.")

#: The codes of deliveries that an advice belongs to: what was noted for another reason is not spoken of by it.
OF_ANSWERS = frozenset({
    "rejected", "payment_required", "attempts_exhausted", "refused", "throttled", "quota_spent", "blocked",
    "version_over", "duplicate", "reconnect", "unconfirmed",
})  # fmt: skip


def advised(code: str, facts: Mapping[str, Any] | None, network: str) -> str:
    """What happened to a delivery and what to do, where the network's answer says more than its ``code``; else empty.

    ``facts`` are what it keeps (:mod:`planner.services.publishing.advising`).
    """
    said = advice(facts, network) if code in OF_ANSWERS else ""
    if said and code in ("refused", "throttled"):
        return f"{said} {_AGAIN}"
    return f"{_EXHAUSTED} {said}" if said and code == "attempts_exhausted" else said


def advice(facts: Mapping[str, Any] | None, network: str) -> str:
    """The sentence for what a delivery or a channel keeps; empty where it keeps nothing of the kind."""
    facts = facts or {}
    code = str(facts.get("advice", ""))
    if code == "version" and facts.get("setting"):
        return _version(facts)
    if code == "app_secret" and facts.get("setting"):
        return _(
            "The network does not accept the developer app's signature: its secret is wrong or was changed. The "
            "operator sets %(setting)s to the right one and starts Sendeplan again; then reconnect the channel.",
            setting=facts["setting"],
        )
    if code == "permission" and facts.get("permissions"):
        return _permissions(facts["permissions"], network)
    return str(ADVICE[code]) if code in ADVICE else ""


def what_to_set(facts: Mapping[str, Any]) -> str:
    """What the operator sets where a version has ended: to which one, or where to look it up."""
    newer = facts.get("newer") if "listed_at" in facts else facts.get("newest")  # an alert of before knows the latter
    if newer:
        return _(
            "Set %(setting)s to a newer version (%(newest)s or later), and start Sendeplan again.",
            setting=facts["setting"],
            newest=newer,
        )
    return _(
        "Set %(setting)s to the newest version that %(listed_at)s lists, and start Sendeplan again.",
        setting=facts["setting"],
        listed_at=facts.get("listed_at", ""),
    )


def _version(facts: Mapping[str, Any]) -> str:
    given = {"network": facts["network"], "version": facts["version"], "setting": facts["setting"]}
    if facts.get("newer"):
        return _(
            "%(network)s no longer serves version %(version)s of its API. The operator sets %(setting)s to %(newer)s "
            "or later and starts Sendeplan again; then end the pause.",
            **given,
            newer=facts["newer"],
        )
    return _(
        "%(network)s no longer serves version %(version)s of its API. The operator sets %(setting)s to the newest "
        "version that %(listed_at)s lists, and starts Sendeplan again; then end the pause.",
        **given,
        listed_at=facts.get("listed_at", ""),
    )


def _permissions(names: list[str], network: str) -> str:
    """As when connecting: each by its name, with what its absence prevents."""
    if len(names) == 1:
        missing = _(
            "The network does not grant %(permissions)s. Reconnect the channel, and allow everything there that is "
            "asked for.",
            permissions=names[0],
        )
        return f"{missing} {_prevents(names[0], network)}"
    missing = _(
        "The network wants these permissions and does not grant them all: %(permissions)s. Reconnect the channel, "
        "and allow everything there that is asked for.",
        permissions=", ".join(names),
    )
    return " ".join([missing, *(f"{name}: {_prevents(name, network)}" for name in names)])


def _prevents(name: str, network_key: str) -> str:
    network = registry.networks().get(network_key)
    unknown = Permission(name, Purpose.PUBLISH, vital=True)
    return prevents(network.consent.permission(name) if network and network.consent else unknown)
