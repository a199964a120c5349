"""What the figures of a whole channel are called and mean, where a network counts otherwise, and why one is missing.

Sources: Graph API, Insights (Page metrics) and Page; learn.microsoft.com, Organization Page, Follower and Share
Statistics; docs.x.com, User. What is said of a network is what its adapter asks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask import Flask
from flask_babel import LazyString, gettext as _, lazy_gettext as _l

from planner.domain.channel_days import Course
from planner.services.reports import Lack, Overview, Reason
from planner.web.figure_words import FIGURES, FURTHER, FigureWords
from planner.web.formats import number
from planner.web.looks import network_look

#: By ``channel_`` and the figure's name: a post has figures of the same names that mean something else.
CHANNEL_FIGURES: dict[str, FigureWords] = {
    "channel_followers": FigureWords(
        _l("Followers"),
        _l("How many followed the account at the newest count in the period. It is counted once a day."),
    ),
    "channel_follower_gain": FigureWords(
        _l("Followers gained"),
        _l("How many more, or fewer, followed at the end of the period than at its beginning."),
        {
            "facebook": _l("new followers without those who left."),
            "twitter": _l("by the counts at both ends of the period."),
            "linkedin": _l(
                "for organisations gained by posts and by ads together, told two days late; for members by the counts "
                "at both ends of the period."
            ),
        },
    ),
    "channel_impressions": FigureWords(
        _l("Impressions"),
        _l("How often posts of the account were shown in the period, older ones among them."),
        {
            "facebook": _l(
                "media views instead: how often something of the Page was shown or played. Only for Pages with 100 "
                "likes or more."
            ),
            "linkedin": _l("without ads."),
        },
    ),
    "channel_engagements": FigureWords(
        _l("All engagements"),
        _l("What people did in the period with posts of the account, older ones among them; clicks count too."),
        {
            "facebook": _l("by Facebook's own count."),
            "linkedin": _l("clicks, reactions, comments and reposts together, without ads."),
        },
    ),
    "channel_page_views": FigureWords(
        _l("Page views"), _l("How often the account's own page was opened. Whoever opens it twice counts twice.")
    ),
    "channel_visitors": FigureWords(
        _l("Page visitors"),
        _l(
            "How many different people opened the account's own page, counted for each day: whoever comes on three "
            "days counts three times."
        ),
    ),
    "channel_page_clicks": FigureWords(
        _l("Clicks on the page"),
        _l("Clicks on what the account's own page offers to click."),
        {
            "facebook": _l("on contact data and on the button at the top of the Page."),
            "linkedin": _l("on the button at the top of the page."),
        },
    ),
}

_PARTS: dict[str, LazyString] = {
    "follows": _l("came: %(count)s"),
    "unfollows": _l("left: %(count)s"),
    "organic_gain": _l("by posts: %(count)s"),
    "paid_gain": _l("by ads: %(count)s"),
}
_TOTALS: dict[str, LazyString] = {"posts": _l("posts there: %(count)s"), "listed": _l("on lists: %(count)s")}

#: In a word, under the dash.
BRIEFLY: dict[Reason, LazyString] = {
    Reason.PERMISSION: _l("permission missing"),
    Reason.FAILED: _l("no answer lately"),
    Reason.NOT_ASKED: _l("not asked yet"),
    Reason.NO_DAYS: _l("none in this period"),
}

_IN_FULL: dict[Reason, LazyString] = {
    Reason.NOT_GIVEN: _l("%(network)s does not give this here: %(figures)s."),
    Reason.PERMISSION: _l(
        "%(network)s does not let this connection read: %(figures)s. It takes the permission %(permissions)s."
    ),
    Reason.FAILED: _l("%(network)s did not answer when it was last asked. It is asked again within a day."),
    Reason.NOT_ASKED: _l("%(network)s has not been asked yet. That happens within a day."),
}
_PERMISSION_AT: dict[str, LazyString] = {
    "linkedin": _l(
        "%(network)s does not let this connection read: %(figures)s. It takes the permission %(permissions)s, and the "
        "person who connected the channel has to be an administrator of the page."
    ),
}

#: Of a channel that tells nothing at all.
SILENT: dict[Reason, LazyString] = {
    Reason.NOT_GIVEN: _l("The network gives no such figures: %(channels)s."),
    Reason.BY_HAND: _l("Without a connection, no network can be asked: %(channels)s."),
}

#: Below this a change is drawn as "about the same".
NOTABLE = 0.005


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure as the page shows it. ``trend`` is up, down, same or None; ``notes`` stand under it."""

    name: str
    value: str
    before: str | None
    change: float | None
    trend: str | None
    notes: tuple[str, ...]


def init_app(app: Flask) -> None:
    """Offer them to templates, beside those of posts."""
    app.jinja_env.globals.update(figure_words={**FIGURES, **FURTHER, **CHANNEL_FIGURES})


def shown(overview: Overview, days: int) -> list[Shown]:
    """The channel's figures that are there or may come; ``days`` of the period are over."""
    totals = [str(said) % {"count": number(overview.totals[t])} for t, said in _TOTALS.items() if t in overview.totals]
    followers = Shown("channel_followers", number(overview.followers), None, None, None, tuple(totals))
    names = [name.removeprefix("channel_") for name in CHANNEL_FIGURES if name != followers.name]
    return [followers, *(_shown(overview, name, days) for name in names if _may_come(overview, name))]


def lacks(overview: Overview) -> list[str]:
    """Why figures are not there, in a sentence for each reason."""
    by_reason: dict[Lack, list[str]] = {}
    for name, lack in overview.lacks.items():
        by_reason.setdefault(lack, []).append(str(CHANNEL_FIGURES[f"channel_{name}"].label))
    return [_sentence(overview, lack, labels) for lack, labels in by_reason.items() if lack.reason in _IN_FULL]


def silence(overviews: Iterable[Overview]) -> list[str]:
    """Why these channels tell nothing at all, in a sentence for each reason."""
    named: dict[Reason, list[str]] = {}
    for one in overviews:
        name = f"{one.channel.name} ({network_look(one.channel.network).label})"
        named.setdefault(next(iter(one.lacks.values())).reason, []).append(name)
    return [str(said) % {"channels": ", ".join(named[reason])} for reason, said in SILENT.items() if reason in named]


def _sentence(overview: Overview, lack: Lack, labels: list[str]) -> str:
    network = overview.channel.network
    said = _PERMISSION_AT.get(network) if lack.reason is Reason.PERMISSION else None
    return str(said or _IN_FULL[lack.reason]) % {
        "network": network_look(network).label,
        "figures": ", ".join(labels),
        "permissions": ", ".join(lack.permissions),
    }


def _may_come(overview: Overview, name: str) -> bool:
    lack = overview.lacks.get(name)
    return lack is None or lack.reason not in SILENT


def _shown(overview: Overview, name: str, days: int) -> Shown:
    one, lack = overview.figures[name], overview.lacks.get(name)
    form = _signed if name == "follower_gain" else number
    return Shown(
        f"channel_{name}",
        form(one.value),
        None if one.before is None else form(one.before),
        one.change,
        _trend(one),
        tuple(_notes(overview, name, one, lack, days)),
    )


def _notes(overview: Overview, name: str, one: Course, lack: Lack | None, days: int) -> Iterator[str]:
    if lack is not None:
        yield str(BRIEFLY[lack.reason])
    if name == "follower_gain" and one.given:
        parts = [str(said) % {"count": number(overview.parts[p])} for p, said in _PARTS.items() if p in overview.parts]
        yield " · ".join(parts)
    if 0 < one.given < days:
        yield _("given for %(given)s of %(all)s days", given=one.given, all=days)


def _signed(value: int | None) -> str:
    return f"+{number(value)}" if value is not None and value > 0 else number(value)


def _trend(one: Course) -> str | None:
    """Of a gain, which has no change in percent, whether it was more or less than before."""
    if one.value is None or one.before is None:
        return None
    by = one.change if one.change is not None else float(one.value - one.before)
    return "same" if abs(by) < NOTABLE else "up" if by > 0 else "down"
