"""The list of channels, and a channel's own page with its settings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _, ngettext
from flask_login import login_required

from planner.domain.roles import Permission
from planner.domain.week import Week
from planner.models import Channel
from planner.services import (
    archiving,
    channel_overview,
    channels,
    limits,
    metrics,
    planning_anew,
    queue,
    rehearsing,
    slots,
    spending,
    verifying,
    weeks,
)
from planner.services.errors import Conflict, Invalid, Problems
from planner.services.publishing import pause
from planner.web import choices, context, inputs
from planner.web.access import requires
from planner.web.channels.base import blueprint
from planner.web.channels.consenting import consent_of, prevented, told_about
from planner.web.channels.labels import missed_choices
from planner.web.formats import moment
from planner.web.messages import explain
from planner.web.notify import say
from planner.web.releasing import released


@blueprint.get("")
@login_required
def index() -> ResponseReturnValue:
    """All channels: health, next post, this week's rhythm."""
    session, place = context.reading(), context.workspace()
    cards = channel_overview.cards(session, place.id, now=context.now())
    return render_template(
        "channels/index.html",
        cards=cards,
        waits=_waits([card.channel for card in cards]),
        lacking={card.channel.id for card in cards if _lacks(card.channel)},
        weeks=_this_week(),
        categories=choices.names(choices.categories()),
    )


@blueprint.get("/<int:channel_id>")
@login_required
def show(channel_id: int) -> ResponseReturnValue:
    """One channel with everything about it."""
    channel = channels.get(context.reading(), context.workspace().id, channel_id)
    return _page(channel)


@blueprint.post("/<int:channel_id>/settings")
@requires(Permission.MANAGE)
def save_settings(channel_id: int) -> ResponseReturnValue:
    """Name, rhythm, limit, owner."""
    problems = Problems()
    rhythm = inputs.number("rhythm_per_week", problems, high=100)
    limit = inputs.number("missed_after_seconds", problems, low=60, high=7 * 86400)
    try:
        with context.platform().database.write() as session:
            channels.update(
                session,
                context.actor(),
                channel_id,
                now=context.now(),
                name=inputs.text("name"),
                rhythm_per_week=rhythm or 0,
                missed_after_seconds=limit,
                owner_id=inputs.reference("owner"),
                profile_url=inputs.text("profile_url"),
            )
            problems.raise_any()  # what is no number at all keeps the rest from being stored as well
    except Invalid as error:
        channel = channels.get(context.reread(), context.workspace().id, channel_id)
        every = Invalid(*problems.errors, *error.errors)
        return _page(channel, errors=inputs.errors_of(every), typed=True), 422
    context.platform().wake()
    say(_("Saved."))
    return redirect(url_for("channels.show", channel_id=channel_id))


@blueprint.post("/<int:channel_id>/pause")
@requires(Permission.PAUSE)
def hold(channel_id: int) -> ResponseReturnValue:
    """Hold everything of this channel, with a reason."""
    try:
        with context.platform().database.write() as session:
            pause.pause_channel(session, context.actor(), channel_id, inputs.text("reason"), now=context.now())
    except Invalid as error:
        channel = channels.get(context.reread(), context.workspace().id, channel_id)
        return _page(channel, hold_error=inputs.errors_of(error)["reason"]), 422
    say(_("Paused. Nothing goes out through this channel until it is resumed."), kind="info")
    return redirect(url_for("channels.show", channel_id=channel_id))


@blueprint.post("/<int:channel_id>/pause/release")
@requires(Permission.RELEASE)
def resume(channel_id: int) -> ResponseReturnValue:
    """Let it publish again."""
    try:
        with context.platform().database.write() as session:
            pause.release_channel(session, context.actor(), channel_id, now=context.now())
    except Conflict as error:
        say(explain(error), kind="info")
        return redirect(url_for("channels.show", channel_id=channel_id))
    return released(_("Resumed: this channel publishes again."), url_for("channels.show", channel_id=channel_id))


@blueprint.post("/<int:channel_id>/rehearsal")
@requires(Permission.MANAGE)
def rehearse(channel_id: int) -> ResponseReturnValue:
    """From now on its posts go to a played network; with ``end`` to the real one again."""
    settings, end = context.platform().settings, "end" in request.form
    try:
        with context.platform().database.write() as session:
            if end:
                channel = rehearsing.end(session, context.actor(), channel_id, now=context.now())
            else:
                channel = rehearsing.begin(session, context.actor(), channel_id, settings=settings, now=context.now())
            name = channel.name
    except Conflict as error:
        say(explain(error), kind="error")
        return redirect(url_for("channels.show", channel_id=channel_id))
    if end:
        say(_("%(channel)s publishes for real again. What was rehearsed stays marked as rehearsed.", channel=name))
    else:
        say(_("%(channel)s rehearses: from now on nothing of it reaches its network.", channel=name), kind="info")
    return redirect(url_for("channels.show", channel_id=channel_id))


@blueprint.post("/<int:channel_id>/archive")
@requires(Permission.MANAGE)
def archive(channel_id: int) -> ResponseReturnValue:
    """Take the channel out of use."""
    try:
        with context.platform().database.write() as session:
            channel = archiving.archive(session, context.actor(), channel_id, now=context.now())
            name = channel.name
    except Conflict as error:
        say(explain(error), kind="error")
        return redirect(url_for("channels.show", channel_id=channel_id))
    context.platform().wake()
    say(_("%(channel)s is archived. Its posts and figures stay.", channel=name))
    return redirect(url_for("channels.index"))


@blueprint.post("/<int:channel_id>/check")
@requires(Permission.MANAGE)
def verify(channel_id: int) -> ResponseReturnValue:
    """Ask the network now whether the connection still is what it was."""
    actor, place = context.actor(), context.workspace().id
    context.close_reading()  # a network may take its time, and no session waits for it
    try:
        checked = verifying.check(context.platform(), actor, channel_id)
    except Conflict as error:
        say(explain(error), kind="error")
        return redirect(url_for("channels.show", channel_id=channel_id))
    if checked.resumed:
        context.platform().wake()
    return _page(channels.get(context.reread(), place, channel_id), checked=checked)


def _page(
    channel: Channel,
    *,
    errors: dict[str, str] | None = None,
    typed: bool = False,
    hold_error: str = "",
    checked: verifying.Checked | None = None,
) -> str:
    """The channel's page. ``typed``: the settings form shows what was sent instead of what is stored;
    ``hold_error``: why a pause was refused; ``checked``: what a check of the connection just came to."""
    session, now = context.reading(), context.now()
    zone = context.workspace().zone
    planned = channel_overview.planned_count(session, channel.id)
    return render_template(
        "channels/show.html",
        channel=channel,
        health=channels.health(channel, now),
        limited_until=limits.channel_held_until(channel, limits.app_limits(session, now), now),
        unreachable_until=_unreachable_until(channel),
        week=_this_week().get(channel.id),
        spent=spending.this_month(session, channel.workspace_id, now=now).get(channel.id),
        following=metrics.following(session, channel.id),
        upcoming=channel_overview.next_delivery(session, channel.id, now=now),
        queue_length=len(queue.queue_of(session, channel.id, now=now)),
        rows=[(s.weekday, f"{s.wall_time:%H:%M}", s.category_id) for s in channel.slots],
        notes=slots.clock_change_notes(channel.slots, zone, now),
        members=choices.members(),
        categories=choices.categories(),
        one_click=(found := consent_of(channel.network)) is not None and found.ready,
        lacks=_lacks(channel),
        checked=checked,
        result=told_about(checked, channel.network) if checked else None,
        takes_credentials=channels.takes_credentials(channel),
        missed_choices=missed_choices(channel.missed_after_seconds),
        archive_text=ngettext(
            "%(num)s planned post is cancelled. What is published and its figures stay.",
            "%(num)s planned posts are cancelled. What is published and its figures stay.",
            planned,
        )
        if planned
        else _("Nothing is planned here. What is published and its figures stay."),
        can_rehearse=rehearsing.can_rehearse(channel),
        rehearsed=planning_anew.count_waiting(session, channel.workspace_id, now=context.now(), channel_id=channel.id),
        errors=errors or {},
        typed=typed,
        hold_error=hold_error,
    )


def _unreachable_until(channel: Channel) -> datetime | None:
    """When a network is tried again that could not be reached; None where it can be."""
    until = channel.throttled_until if channel.throttle_reason == "unreachable" else None
    return until if until is not None and until > context.now() else None


def _waits(found: Sequence[Channel]) -> dict[int, str]:
    """What keeps a connected channel back until it ends by itself, by the channel's id."""
    apps, now = limits.app_limits(context.reading(), context.now()), context.now()
    said = {}
    for one in found:
        if limited := limits.channel_held_until(one, apps, now):
            said[one.id] = _("The network's limit is reached. It goes on by itself on %(time)s.", time=moment(limited))
        elif until := _unreachable_until(one):
            said[one.id] = _(
                "The network could not be reached. It is tried again by itself on %(time)s.", time=moment(until)
            )
    return said


def _lacks(channel: Channel) -> list[tuple[str, str]]:
    """The permissions that its access lacks, each with what cannot be done without it."""
    return prevented(tuple(channel.missing or ()), channel.network) if consent_of(channel.network) else []


def _this_week() -> dict[int, weeks.ChannelWeek]:
    place, now = context.workspace(), context.now()
    week = Week.containing(now, place.zone)
    overview = weeks.week_overview(context.reading(), place.id, week, now=now)
    return {one.channel_id: one for one in overview.channels}
