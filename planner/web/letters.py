"""Mails in words: plain, short, in the reader's language, with the address of the page to act on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from flask import Flask, g, render_template, url_for
from flask_babel import gettext as _, ngettext

from planner.models import Alert
from planner.services.mail import Content, Letter
from planner.services.mail.composing import WeekLetter
from planner.services.notices import Told
from planner.web import formats
from planner.web.messages import alerts as alert_sentences, notices as notice_sentences
from planner.web.places import place_of

#: Where a link leads while nobody has said under which address people reach Sendeplan.
NOWHERE = "http://sendeplan.invalid"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is told: a heading, what there is to say, and where to act."""

    title: str
    lines: tuple[str, ...] = ()
    url: str | None = None
    action: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """A mail before it is drawn as text and as HTML."""

    subject: str
    lead: str
    items: tuple[Item, ...] = ()


class Letters:
    """Writes letters with the application's own languages, formats and addresses."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._public_url: str | None = app.extensions["sendeplan"].settings.public_url

    def __call__(self, letter: Letter) -> Content:
        """The letter in words."""
        with self._app.test_request_context(base_url=self._public_url or NOWHERE):
            g.language, g.zone = letter.language, letter.zone
            body = _WRITERS[letter.kind](letter)
            settings = self._link(url_for("account.index", _anchor="mail", _external=True)) if letter.personal else None
            body = Body(body.subject, body.lead, tuple(self._with_link(item) for item in body.items))
            closing = _closing(letter)
            html = render_template("mail/letter.html", body=body, letter=letter, settings_url=settings, closing=closing)
            return Content(f"Sendeplan: {body.subject}", _text(body, letter, settings, closing), html, settings)

    def _with_link(self, item: Item) -> Item:
        return Item(item.title, item.lines, self._link(item.url), item.action)

    def _link(self, url: str | None) -> str | None:
        return url if self._public_url else None


def _text(body: Body, letter: Letter, settings: str | None, closing: str) -> str:
    parts = [_greeting(letter), body.lead]
    for item in body.items:
        lines = [item.title, *item.lines]
        if item.url:
            lines.append(f"{item.action}: {item.url}")
        parts.append("\n".join(lines))
    parts.append("-- \n" + closing + (f"\n{settings}" if settings else ""))
    return "\n\n".join(part for part in parts if part) + "\n"


def _greeting(letter: Letter) -> str:
    return _("Hello %(name)s,", name=letter.name) if letter.name else _("Hello,")


def _closing(letter: Letter) -> str:
    if not letter.personal:
        return _("This address is set by SENDEPLAN_ALERT_MAIL.")
    if letter.workspace:
        return _(
            "You get this mail as a member of “%(workspace)s”. Choose what is mailed in your account.",
            workspace=letter.workspace,
        )
    return _("Choose what is mailed in your account.")


# --- one kind each ---------------------------------------------------------------------------------------------


def _notices(letter: Letter) -> Body:
    told = cast("list[Told]", letter.data["told"])
    items = tuple(map(_notice, told))
    if len(told) == 1:
        return Body(items[0].title, "", items)
    subject = ngettext("%(num)s notice for you", "%(num)s notices for you", len(told))
    return Body(subject, _("This happened and may need you:"), items)


def _summary(letter: Letter) -> Body:
    told = cast("list[Told]", letter.data["told"])
    subject = ngettext("daily summary, %(num)s notice", "daily summary, %(num)s notices", len(told))
    return Body(subject, _("What happened since yesterday:"), tuple(map(_notice, told)))


def _notice(told: Told) -> Item:
    said = (
        _("“%(excerpt)s”", excerpt=told.excerpt) if told.excerpt else "",
        notice_sentences.advice(told),
        formats.moment(told.notice.at),
    )
    place = place_of(told, external=True)
    return Item(notice_sentences.title(told), tuple(filter(None, said)), place, _("Open"))


def _week(letter: Letter) -> Body:
    week = cast(WeekLetter, letter.data["week"])
    overview = week.overview
    items = [
        Item(
            _("Goes out this week"),
            (*_ahead(week), *([_("and %(num)s more", num=week.more)] if week.more else ())),
            url_for("calendar.index", _external=True),
            _("Open the calendar"),
        )
    ]
    gaps = [(c.name, c.gaps) for c in overview.channels if c.gaps]
    if gaps:
        lines = (f"{name}: {', '.join(formats.moment(gap.publish_at) for gap in free)}" for name, free in gaps)
        items.append(
            Item(
                ngettext("%(num)s slot is still free", "%(num)s slots are still free", overview.gap_count), tuple(lines)
            )
        )
    unmet = [c for c in overview.channels if c.met is False]
    if unmet:
        lines = (
            _(
                "%(channel)s: %(planned)s of %(target)s posts",
                channel=c.name,
                planned=c.published + c.planned,
                target=c.target,
            )
            for c in unmet
        )
        items.append(Item(_("The weekly rhythm is not met yet"), tuple(lines)))
    if week.awaiting:
        title = ngettext("%(num)s post awaits approval", "%(num)s posts await approval", week.awaiting)
        items.append(Item(title, (), url_for("approvals.index", _external=True), _("Open the approvals")))
    if week.by_hand:
        items.append(_hands(week))
    number = overview.week.number
    return Body(
        _("week %(number)s", number=number), _("This is how week %(number)s stands.", number=number), tuple(items)
    )


def _hands(week: WeekLetter) -> Item:
    title = ngettext(
        "%(num)s post waits to be published by hand", "%(num)s posts wait to be published by hand", week.by_hand
    )
    late = ngettext("%(num)s of them is overdue.", "%(num)s of them are overdue.", week.overdue) if week.overdue else ""
    return Item(title, (late,) if late else (), url_for("assisted.index", _external=True), _("Open the list"))


def _ahead(week: WeekLetter) -> Sequence[str]:
    if not week.ahead:
        return (_("Nothing is planned."),)
    return [f"{formats.moment(one.publish_at)} · {', '.join(one.channels)}: {one.excerpt}" for one in week.ahead]


def _alert(letter: Letter) -> Body:
    alert, cleared = cast(Alert, letter.data["alert"]), bool(letter.data["cleared"])
    title = alert_sentences.title(alert)
    when = (_("Since %(time)s", time=formats.moment(alert.raised_at)),)
    link = url_for("alerts.index", _external=True)
    if cleared:
        over = (*when, _("Over since %(time)s", time=formats.moment(alert.cleared_at)))
        return Body(_("over: %(alert)s", alert=title), _("This alert is over."), (Item(title, over, link, _("Open")),))
    said = (alert_sentences.advice(alert), *when)
    return Body(_("alert: %(alert)s", alert=title), _("Something needs you:"), (Item(title, said, link, _("Open")),))


def _test(_letter: Letter) -> Body:
    item = Item(_("Mail works"), (), url_for("home.index", _external=True), _("Open Sendeplan"))
    return Body(_("test mail"), _("This mail was sent to see whether mail arrives."), (item,))


_WRITERS = {"notices": _notices, "summary": _summary, "week": _week, "alert": _alert, "test": _test}
