"""A delivery in plain words: what happened, whether it is live, and what can be done about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import LazyString, lazy_gettext as _l

from planner.domain.states import DeliveryState
from planner.models import Attempt, Delivery
from planner.services.doubt import DOUBT
from planner.services.publishing.guards import Hold
from planner.services.publishing.marks import RESTORED
from planner.web.formats import moment
from planner.web.messages.advice import advised

S = DeliveryState


@dataclass(frozen=True, slots=True)
class Trouble:
    """``what`` happened and what to do, whether it is ``live``, and the names of the buttons that help: ``now``,
    ``slot``, ``edit``, ``live``, ``not_live``, ``drop``, ``channel``, ``assist``, ``hand``."""

    what: LazyString | str
    live: LazyString
    actions: tuple[str, ...] = ()
    kind: str = "danger"


SURELY_NOT = _l("It is not live.")
ONLY_THE_POST = _l("The post is live; this is not.")
NOBODY_KNOWS = _l("Only a look at the network can tell whether it is live.")
LOOKING = _l("Sendeplan is looking for it on the network by itself. It is not sent a second time meanwhile.")

#: Why, by the delivery's error code, where the network's answer does not say more (``messages/advice.py``).
WHY: Mapping[str, LazyString] = {
    "rejected": _l("The network did not accept this content."),
    "unsupported": _l("This connection cannot publish this kind of post."),
    "payment_required": _l("The network wants its account topped up before it takes more posts."),
    "attempts_exhausted": _l("The network refused it several times in a row."),
    "refused": _l("The network could not be reached, or did not take it for now. It is tried again by itself."),
    "throttled": _l("The network's limit was reached. It is tried again by itself."),
    "quota_spent": _l("The network's quota for this account is spent. Once there is some again, end the pause."),
    "blocked": _l(
        "The network takes no posts of this account for now. Look there for the reason; once that is settled, "
        "end the pause."
    ),
    "version_over": _l("The network no longer serves the API version that is set. The operator sets a newer one."),
    "token_renewed": _l("The access had run out and was renewed. It is tried again by itself."),
    "too_slow": _l("The machine stood still for too long. It is tried again by itself."),
    "lease_over": _l("The process that prepared it ended. It is tried again by itself."),
    "not_found": _l("It was not found on the network after several looks, so it is sent again."),
    "duplicate": _l("The network says it has the same content already, but the post could not be found there."),
    "reconnect": _l("The network no longer accepts this channel's access. Reconnect the channel, then it goes on."),
    "unconfirmed": _l("The network's answer did not say whether it took the post."),
    "interrupted": _l("The process ended while the post was being sent."),
    "restored": _l("The instance was restored from a backup, which cannot know what went out since."),
    "ambiguous": _l("Several posts on the network could be this one."),
    "cannot_list": _l("The network does not let us check whether the post is there."),
    "assisted": _l("This channel is published by hand: it is your turn."),
    "network_missing": _l("The part of Sendeplan that speaks to this network is not installed."),
    "cannot_prepare": _l(
        "The part of Sendeplan that speaks to this network failed at this post. The server's log says more."
    ),
    "parent_unknown": _l(
        "It cannot be put under its post, because the network's own number of that post is not known here. Publish it "
        "there yourself, then say that it is live."
    ),
    "preparation_too_long": _l("Its media were not with the network in time. It is tried again by itself."),
    "media_missing": _l("An image of this post is no longer stored."),
    "media_changed": _l("An image of this post is not the one that was approved."),
    "missed": _l("Its time passed while nothing could be sent, by more than this channel's limit."),
}

HELD: Mapping[Hold, LazyString] = {
    Hold.WORKSPACE_PAUSED: _l("All publishing is paused."),
    Hold.CAMPAIGN_PAUSED: _l("Its campaign is paused."),
    Hold.CHANNEL_PAUSED: _l("Its channel is paused."),
    Hold.APPROVAL_MISSING: _l("A lead's approval is missing."),
    Hold.RECONNECT: _l("Its channel must be reconnected first."),
    Hold.THROTTLED: _l("The network's limit for this account is reached. It goes on by itself on %(time)s."),
    Hold.APP_THROTTLED: _l(
        "The network's limit, which all its channels here share, is reached. It goes on by itself on %(time)s."
    ),
    Hold.UNREACHABLE: _l("The network could not be reached. It is tried again by itself on %(time)s."),
}

OUTCOMES: Mapping[str, LazyString] = {
    "published": _l("Published"),
    "refused": _l("Refused: not sent"),
    "rejected": _l("Rejected: not sent"),
    "reconnect": _l("Access refused: not sent"),
    "duplicate": _l("Duplicate, says the network"),
    "uncertain": _l("No clear answer"),
}


def trouble_of(delivery: Delivery) -> Trouble | None:
    """What is wrong with a delivery; None where nothing is, or it goes on by itself.

    What follows a post has no slot and no form of its own, and the post itself is live.
    """
    found = _trouble_of(delivery)
    if found is not None and (said := why(delivery)):
        found = replace(found, what=said)
    if found is None or not delivery.step:
        return found
    live = ONLY_THE_POST if found.live is SURELY_NOT else found.live
    return replace(found, live=live, actions=tuple(a for a in found.actions if a not in ("slot", "edit")))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A post at the network that may be this one: its address, and since when it is there (None: not known)."""

    url: str
    at: datetime | None


def candidates_of(delivery: Delivery) -> list[Candidate]:
    """What was found where several could be it, as far as it can be opened."""
    found = (delivery.error_params or {}).get("candidates", [])
    return [Candidate(one["url"], _moment(one.get("created_at"))) for one in found if one.get("url")]


def _moment(given: object) -> datetime | None:
    return datetime.fromisoformat(given) if isinstance(given, str) else None


def why(delivery: Delivery) -> str:
    """What went wrong with a delivery and what to do about it; empty where nothing did."""
    code = delivery.error_code or ""
    return advised(code, delivery.error_params, delivery.channel.network) or str(WHY.get(code, ""))


def _trouble_of(delivery: Delivery) -> Trouble | None:
    code = delivery.error_code or ""
    if delivery.state is S.FAILED:
        return Trouble(WHY.get(code, WHY["rejected"]), SURELY_NOT, ("edit", "now", "slot", "hand", "drop"))
    if delivery.state is S.UNKNOWN:
        return Trouble(WHY.get(code, WHY["unconfirmed"]), LOOKING, ("look",), "warning")
    if delivery.state is S.MISSED:
        return Trouble(WHY["missed"], SURELY_NOT, ("now", "slot", "hand", "drop"))
    if delivery.state is S.NEEDS_PERSON:
        return _asked(code)
    if delivery.state is S.SCHEDULED and delivery.attempt_count and code in WHY and code != "throttled":
        return Trouble(WHY[code], SURELY_NOT, (), "warning")
    return None


def waiting(reason: Hold, until: datetime | None) -> str:
    """Why a delivery waits, and when it goes on by itself."""
    return str(HELD[reason]) % {"time": moment(until)}


def outcome(attempt: Attempt) -> LazyString | str:
    """How an attempt ended; one without an end is still running or was cut off. A restore notes one of its own."""
    if attempt.owner == RESTORED:
        return _l("Looked for after a restore")
    if attempt.outcome is None:
        return _l("No answer yet")
    return OUTCOMES.get(attempt.outcome.value, attempt.outcome.value)


def _asked(code: str) -> Trouble:
    if code == "assisted":
        return Trouble(WHY[code], SURELY_NOT, ("assist", "live", "drop"), "info")
    if code == "parent_unknown":
        return Trouble(WHY[code], SURELY_NOT, ("live", "drop"), "info")
    if code in DOUBT:
        return Trouble(WHY[code], NOBODY_KNOWS, ("look", "live", "not_live", "drop"))
    return Trouble(WHY.get(code, WHY["reconnect"]), SURELY_NOT, ("channel", "hand", "not_live", "drop"))
