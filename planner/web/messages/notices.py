"""The sentence of each kind of notice: what happened, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import LazyString, gettext as _, lazy_gettext as _l, ngettext

from planner.services.notices import Told
from planner.web.formats import moment


@dataclass(frozen=True, slots=True)
class Kind:
    """``title`` says what happened, ``advice`` what to do; ``tone`` and ``icon`` as in the looks of states."""

    title: LazyString
    advice: LazyString | str
    icon: str
    tone: str


KINDS: dict[str, Kind] = {
    "approval_asked": Kind(
        _l("%(by)s asks for your approval"),
        _l("Look at the post and approve it or send it back."),
        "hourglass",
        "warning",
    ),
    "sent_back": Kind(_l("%(by)s sent your post back"), _l("Change it and ask again."), "arrow-back-up", "warning"),
    "approved": Kind(_l("%(by)s approved your post"), "", "circle-check", "success"),
    "delivery_failed": Kind(
        _l("A post failed on %(channel)s"), _l("It is not live. Change it or try again."), "circle-x", "danger"
    ),
    "delivery_needs_person": Kind(
        _l("A post on %(channel)s needs your decision"), _l("Say whether it is live."), "user-question", "danger"
    ),
    "delivery_published_twice": Kind(
        _l("A post may stand twice on %(channel)s"),
        _l("Look at the network and delete the one that is too many."),
        "alert-triangle",
        "danger",
    ),
    "delivery_missed": Kind(
        _l("A post on %(channel)s missed its time"),
        _l("It was not sent. Choose: now, the next slot, or drop it."),
        "clock-exclamation",
        "danger",
    ),
    "delivery_assisted": Kind(
        _l("It is time to publish on %(channel)s by hand"),
        _l("Text and files are ready to copy."),
        "hand-click",
        "info",
    ),
    "delivery_soon": Kind(
        _l("Soon to be published on %(channel)s by hand"), _l("Text and files are ready to look at."), "clock", "info"
    ),
    "delivery_overdue": Kind(
        _l("Nobody has published by hand on %(channel)s"),
        _l("It is overdue. Publish it yourself, move it, or ask."),
        "clock-exclamation",
        "danger",
    ),
    "channel_reconnect": Kind(
        _l("%(channel)s must be reconnected"), _l("Nothing goes out there until then."), "plug-connected-x", "danger"
    ),
    "channel_expiring": Kind(
        _l("The connection of %(channel)s expires soon"),
        _l("Reconnect it before that."),
        "clock-exclamation",
        "warning",
    ),
    "channel_lacks": Kind(
        _l("%(channel)s lost a permission"),
        _l("Posts go out all the same. Look on its page what is missing, and reconnect it."),
        "alert-triangle",
        "warning",
    ),
    "channel_paused": Kind(
        _l("%(channel)s was paused"),
        _l("The network refuses further posts. Look at the reason."),
        "player-pause",
        "warning",
    ),
    "week_gaps": Kind(_l("Slots of week %(week)s are still free"), "", "calendar-event", "warning"),
    "rhythm_unmet": Kind(_l("The weekly rhythm of week %(week)s is not met yet"), "", "calendar-event", "warning"),
    "queue_moved": Kind(
        _l("Posts waiting for approval moved to later slots"),
        _l("Their slot passed before anyone approved them."),
        "calendar-time",
        "info",
    ),
}
KINDS |= {
    "zone_rules_moved": Kind(
        _l("The rules of the time zone changed: queued posts moved with their slots"),
        _l("They go out at the same time on the clock as before."),
        "world",
        "info",
    ),
    "zone_rules_asked": Kind(
        _l("The rules of a time zone changed: posts with a time of their own wait for your decision"),
        _l("Say whether they keep their time on the clock or their moment. Until then the moment counts."),
        "world",
        "warning",
    ),
}
KINDS |= {
    "posts_removed": Kind(
        _l("A post on %(channel)s is no longer at the network"),
        _l("Nobody took it down here. Its figures and its history stay."),
        "trash",
        "warning",
    ),
    "remarks": Kind(
        _l("Somebody said something on %(channel)s"), _l("Look whether it wants an answer."), "message", "info"
    ),
    "answer_asked": Kind(
        _l("%(by)s asks for your yes to an answer on %(channel)s"),
        _l("It goes out once a lead said yes."),
        "hourglass",
        "warning",
    ),
    "answer_needs_person": Kind(
        _l("An answer on %(channel)s needs your decision"),
        _l("The network did not say whether it took it. Look whether it stands there."),
        "user-question",
        "danger",
    ),
}
OTHER = Kind(_l("Something happened: %(kind)s"), "", "bell", "info")


def kind_of(told: Told) -> Kind:
    """How a notice is shown; one of an unknown kind shows its name."""
    return KINDS.get(told.notice.kind, OTHER)


def title(told: Told) -> str:
    """What happened."""
    data = told.notice.data
    week = str(data.get("week", "")).partition("-W")[2].lstrip("0")
    if told.notice.kind == "delivery_missed" and int(data.get("count", 1)) > 1:
        return str(ngettext("%(num)s post missed its time", "%(num)s posts missed their times", int(data["count"])))
    if told.notice.kind == "posts_removed" and int(data.get("count", 1)) > 1:
        words = ngettext(
            "%(num)s post on %(channel)s is no longer at the network",
            "%(num)s posts on %(channel)s are no longer at the network",
            int(data["count"]),
            channel=told.channel or "?",
        )
        return str(words)
    if told.notice.kind == "remarks" and int(data.get("count", 1)) > 1:
        words = ngettext(
            "%(num)s new remark on %(channel)s",
            "%(num)s new remarks on %(channel)s",
            int(data["count"]),
            channel=told.channel or "?",
        )
        return str(words)
    values = {"by": data.get("by", ""), "channel": told.channel or "?", "week": week, "kind": told.notice.kind}
    return str(kind_of(told).title) % values


def advice(told: Told) -> str:
    """What to do about it, in one sentence; "" where there is nothing to say."""
    data = told.notice.data
    if told.notice.kind == "sent_back" and data.get("note"):
        return str(data["note"])
    if told.notice.kind == "delivery_missed" and int(data.get("count", 1)) > 1:
        return str(_("None of them was sent. Decide about all of them on one page."))
    if told.notice.kind == "posts_removed" and int(data.get("count", 1)) > 1:
        return str(_("Nobody took them down here. Their figures and their history stay."))
    if told.notice.kind in _ADVICE:
        return _ADVICE[told.notice.kind](data)
    if told.notice.kind == "rhythm_unmet":
        return " · ".join(
            _("%(channel)s: %(planned)s of %(target)s", channel=c["name"], planned=c["planned"], target=c["target"])
            for c in data.get("channels", [])
        )
    return str(kind_of(told).advice)


def _expiring(data: dict[str, Any]) -> str:
    try:
        time = moment(datetime.fromisoformat(str(data.get("expires_at"))))
    except ValueError:
        return str(KINDS["channel_expiring"].advice)
    if data.get("failing"):
        return str(_("It should renew itself, but cannot. Reconnect it: access ends on %(time)s.", time=time))
    return str(_("Access ends on %(time)s. Reconnect it before that, and nothing is missed.", time=time))


def _soon(data: dict[str, Any]) -> str:
    return str(_("Its time is %(time)s. Text and files are ready to look at.", time=_time(data.get("publish_at"))))


def _overdue(data: dict[str, Any]) -> str:
    """Since when, who was told when, and who has taken it on."""
    said = [_("It should have been live at %(time)s.", time=_time(data.get("publish_at")))]
    told = ", ".join(f"{one['name']} ({_time(one['at'])})" for one in data.get("told", []))
    if told:
        said.append(_("Told: %(people)s.", people=told))
    if data.get("taken_by"):
        said.append(_("Taken on by %(name)s (%(time)s).", name=data["taken_by"], time=_time(data.get("taken_at"))))
    return " ".join(map(str, said))


def _time(given: object) -> str:
    try:
        return moment(datetime.fromisoformat(str(given)))
    except ValueError:
        return "?"


def _gaps(data: dict[str, Any]) -> str:
    count = int(data.get("count", 0))
    names = ", ".join(c["name"] for c in data.get("channels", []))
    return str(ngettext("%(num)s free slot: %(names)s", "%(num)s free slots: %(names)s", count, names=names))


_ADVICE: dict[str, Callable[[dict[str, Any]], str]] = {
    "channel_expiring": _expiring,
    "delivery_overdue": _overdue,
    "delivery_soon": _soon,
    "week_gaps": _gaps,
}
