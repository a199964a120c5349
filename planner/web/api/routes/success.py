"""Whether it worked, and what the calendar shows."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Response

from planner.domain.roles import Permission
from planner.domain.week import Week
from planner.models import Workspace
from planner.services import calendar, dress_rehearsal, reports, spending
from planner.services.errors import FieldError, Invalid, NotFound
from planner.services.limits.charges import month_name
from planner.services.reports import table
from planner.web.api.operations import Call, Router
from planner.web.api.present import ref
from planner.web.api.routes.posts import moment
from planner.web.api.shapes import success as shapes
from planner.web.api.shapes.success import Calendar, MetricsSummary, RangeQuery, SummaryQuery

router = Router("success")

FIGURES = ("impressions", "reach", "reactions", "comments", "shares", "clicks", "interactions")
LONGEST_SUMMARY = timedelta(days=2 * 366)


@router.get("/calendar")
def get_calendar(call: Call, query: RangeQuery) -> Calendar:
    """What goes out (or went out) between two moments, at most 100 days, and which slots are free."""
    start, end = _range(call, query, calendar.LONGEST)
    workspace = call.session.get_one(Workspace, call.workspace_id)
    seen = calendar.look(call.session, workspace, start, end, now=call.now)
    gaps = [
        shapes.Gap(channel=str(channel.channel_id), publish_at=gap.publish_at)
        for week in seen.weeks
        for channel in week.channels
        for gap in channel.gaps
        if start <= gap.publish_at < end
    ]
    return Calendar(items=[_entry(drawn) for drawn in seen.entries], gaps=sorted(gaps, key=lambda g: g.publish_at))


@router.get("/rehearsals/{week}", permission=Permission.EDIT)
def get_rehearsal(call: Call, week: str) -> shapes.Rehearsal:
    """Play a week (`2026-W49`) through: each planned post is really prepared and sent, to networks that are played.

    Nothing about the posts changes.
    """
    zone = call.session.get_one(Workspace, call.workspace_id).zone
    try:
        start, end = Week.parse(week).bounds(zone)
    except ValueError:
        raise NotFound("not_found") from None
    played = dress_rehearsal.rehearse(call.platform, call.workspace_id, start, end)
    return shapes.Rehearsal(
        items=[
            shapes.Rehearsed(
                delivery=str(one.delivery.id),
                post=str(one.delivery.post_id),
                channel=str(one.delivery.channel_id),
                outcome=one.outcome,
                message=one.message or None,
                problems=[p.code for p in one.problems],
                waits_for=one.hold,
                shown=one.shown or None,
                follow_ups=one.follow_ups,
            )
            for one in played
        ]
    )


@router.get("/costs")
def get_costs(call: Call) -> shapes.Costs:
    """What the networks ask for this month's posts, answers and reading, by their price lists."""
    spent = spending.this_month(call.session, call.workspace_id, now=call.now)
    items = [
        shapes.ChannelCosts(
            channel=str(channel_id),
            posts=one.posts,
            posts_usd=one.post_micros / spending.MICROS,
            answers=one.answers,
            answers_usd=one.answer_micros / spending.MICROS,
            reads=one.reads,
            reads_usd=one.read_micros / spending.MICROS,
        )
        for channel_id, one in sorted(spent.items())
    ]
    total = sum(one.micros for one in spent.values()) / spending.MICROS
    return shapes.Costs(month=month_name(call.now), items=items, total_usd=total)


@router.get("/metrics/summary")
def get_summary(call: Call, query: SummaryQuery) -> MetricsSummary:
    """The figures of a period, summed up by network, topic, campaign, goal, week or channel."""
    start, end = _range(call, query, LONGEST_SUMMARY)
    found = reports.summary(call.session, call.workspace_id, start, end, query.group)
    return MetricsSummary(
        group=query.group,
        start=found.start,
        end=found.end,
        items=[shapes.SummaryRow(key=row.key, label=row.label, **dict(_sums(row))) for row in found.rows],
        total=_sums(found.total),
        previous=_sums(found.previous),
        previous_start=found.previous_start,
    )


@router.get("/reports/{period}.csv", answer_content={"text/csv": {"schema": {"type": "string"}}})
def get_report(call: Call, period: str) -> Response:
    """All that was published in a week (`2026-W47`), month (`2026-11`) or quarter (`2026-Q4`), one line each."""
    zone = call.session.get_one(Workspace, call.workspace_id).zone
    try:
        bounds = table.read_period(period, zone)
    except ValueError:
        raise NotFound("period_unknown") from None
    text = table.as_csv(call.session, call.workspace_id, bounds, zone)
    response = Response(text, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="sendeplan-{period}.csv"'
    return response


def _range(call: Call, query: RangeQuery, longest: timedelta) -> tuple[datetime, datetime]:
    start, end = moment(call, query.from_, end=False), moment(call, query.to, end=True)
    if start is None or end is None or not timedelta() < end - start <= longest:
        raise Invalid(FieldError("to", "range_invalid", {"days": longest.days}))
    return start, end


def _entry(drawn: calendar.Drawn) -> shapes.CalendarEntry:
    entry = drawn.entry
    return shapes.CalendarEntry(
        post=str(entry.post_id),
        publish_at=entry.publish_at,
        text=entry.text,
        status=drawn.status,
        held=drawn.waits_for is not None,
        waits_for=drawn.waits_for,
        held_until=drawn.held_until,
        topic=ref(entry.topic_id),
        campaign=ref(entry.campaign_id),
        category=ref(entry.category_id),
        owner=ref(entry.owner_id),
        deliveries=[
            shapes.CalendarDelivery(
                id=str(d.id), channel=str(d.channel_id), status=d.state, queued=d.queued, remote_url=d.remote_url
            )
            for d in entry.deliveries
        ],
    )


def _sums(row: reports.Row) -> shapes.Sums:
    return shapes.Sums(
        posts=row.posts,
        deliveries=row.deliveries,
        engagement_rate=row.sums.engagement_rate,
        given={name: row.sums.given(name) for name in FIGURES},
        as_of_oldest=row.as_of_oldest,
        as_of_newest=row.as_of_newest,
        **{name: row.sums.value(name) for name in FIGURES},
    )
