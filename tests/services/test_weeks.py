"""A week says, channel by channel, what goes out, whether the rhythm is met and what is missing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, select

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState
from planner.domain.week import Week
from planner.models import Channel, Delivery
from planner.services.posts import When
from planner.services.weeks import ChannelWeek, WeekOverview, week_overview, week_overviews
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_channel, make_post

TUE, THU, SUN = 1, 3, 6
THIS_WEEK = Week(2026, 12)
QUEUE = When(queue=True)
TUESDAY = datetime(2026, 3, 17, 8, 0, tzinfo=UTC)
THURSDAY = datetime(2026, 3, 19, 8, 0, tzinfo=UTC)


@pytest.fixture
def channel(platform: Platform, company: Company) -> Channel:
    """A channel with two slots a week and a rhythm of two posts."""
    slots = [(TUE, "09:00"), (THU, "09:00")]
    return make_channel(platform.database, company, platform.clock.now(), slots=slots, rhythm_per_week=2)


def overview(platform: Platform, company: Company, week: Week = THIS_WEEK) -> WeekOverview:
    with platform.database.read() as session:
        return week_overview(session, company.workspace.id, week, now=platform.clock.now())


def only(found: WeekOverview) -> ChannelWeek:
    (channel,) = found.channels
    return channel


def set_state(platform: Platform, post_id: int, state: DeliveryState) -> None:
    with platform.database.write() as session:
        session.scalars(select(Delivery).filter_by(post_id=post_id)).one().state = state


def test_an_empty_week_is_all_gaps_and_its_rhythm_unmet(platform: Platform, company: Company, channel: Channel) -> None:
    found = overview(platform, company)

    assert [gap.publish_at for gap in only(found).gaps] == [TUESDAY, THURSDAY]
    assert found.gap_count == 2
    assert (only(found).published, only(found).planned, only(found).met) == (0, 0, False)


def test_posts_at_the_slots_close_the_gaps_and_meet_the_rhythm(
    platform: Platform, company: Company, channel: Channel
) -> None:
    make_post(platform, company.bob, [channel], QUEUE, approve=True)
    make_post(platform, company.bob, [channel], When(at=THURSDAY), approve=True)

    assert only(overview(platform, company)).gaps == ()
    assert only(overview(platform, company)).met is True


def test_a_post_beside_the_slots_counts_for_the_rhythm_and_closes_no_gap(
    platform: Platform, company: Company, channel: Channel
) -> None:
    make_post(platform, company.bob, [channel], When(at=TUESDAY + timedelta(hours=3)), approve=True)

    found = only(overview(platform, company))
    assert (found.planned, len(found.gaps)) == (1, 2)


def test_what_waits_for_approval_fills_its_slot_but_does_not_count_yet(
    platform: Platform, company: Company, channel: Channel
) -> None:
    make_post(platform, company.charlie, [channel], QUEUE)

    found = only(overview(platform, company))
    assert (found.waiting, found.planned, found.met) == (1, 0, False)
    assert [gap.publish_at for gap in found.gaps] == [THURSDAY]


@pytest.mark.parametrize(
    ("state", "published", "planned"),
    [
        (DeliveryState.SCHEDULED, 0, 1),
        (DeliveryState.CLAIMED, 0, 1),
        (DeliveryState.SENDING, 0, 1),
        (DeliveryState.UNKNOWN, 0, 1),
        (DeliveryState.PUBLISHED, 1, 0),
        (DeliveryState.FAILED, 0, 0),
        (DeliveryState.MISSED, 0, 0),
        (DeliveryState.NEEDS_PERSON, 0, 0),
        (DeliveryState.CANCELLED, 0, 0),
    ],
)
def test_only_what_is_out_or_goes_out_by_itself_counts(
    platform: Platform, company: Company, channel: Channel, state: DeliveryState, published: int, planned: int
) -> None:
    set_state(platform, make_post(platform, company.bob, [channel], QUEUE, approve=True).id, state)

    found = only(overview(platform, company))
    assert (found.published, found.planned) == (published, planned)


def test_what_was_only_rehearsed_does_not_meet_the_rhythm(
    platform: Platform, company: Company, channel: Channel
) -> None:
    post = make_post(platform, company.bob, [channel], QUEUE, approve=True).id
    set_state(platform, post, DeliveryState.PUBLISHED)
    assert only(overview(platform, company)).published == 1
    with platform.database.write() as session:
        session.scalars(select(Delivery).filter_by(post_id=post)).one().rehearsed = True

    found = only(overview(platform, company))
    assert (found.published, [gap.publish_at for gap in found.gaps]) == (0, [THURSDAY]), "it keeps its slot"


def test_a_slot_that_has_passed_is_no_gap_any_more(
    platform: Platform, company: Company, channel: Channel, clock: FakeClock
) -> None:
    clock.set("2026-03-18T12:00:00Z")

    assert [gap.publish_at for gap in only(overview(platform, company)).gaps] == [THURSDAY]
    assert only(overview(platform, company, THIS_WEEK.previous)).gaps == ()


def test_a_channel_without_a_rhythm_neither_meets_nor_misses_one(platform: Platform, company: Company) -> None:
    make_channel(platform.database, company, platform.clock.now(), slots=[(TUE, "09:00")])

    assert (only(overview(platform, company)).target, only(overview(platform, company)).met) == (None, None)


def test_sunday_evening_in_berlin_belongs_to_the_week_that_ends(
    platform: Platform, company: Company, channel: Channel
) -> None:
    late = datetime(2026, 3, 22, 22, 59, tzinfo=UTC)
    make_post(platform, company.bob, [channel], When(at=late), approve=True)
    make_post(platform, company.bob, [channel], When(at=late + timedelta(minutes=1)), approve=True)

    assert [only(overview(platform, company, w)).planned for w in (THIS_WEEK, THIS_WEEK.next)] == [1, 1]


def test_the_gap_in_the_skipped_hour_is_at_the_time_it_would_be_sent(
    platform: Platform, company: Company, clock: FakeClock
) -> None:
    make_channel(platform.database, company, clock.set("2027-03-22T00:00:00Z"), slots=[(SUN, "02:30")])

    (gap,) = only(overview(platform, company, Week(2027, 12))).gaps
    assert (gap.publish_at, gap.note) == (datetime(2027, 3, 28, 1, 30, tzinfo=UTC), "skipped")


def test_archived_channels_and_those_of_others_are_not_shown(
    platform: Platform, company: Company, channel: Channel
) -> None:
    now = platform.clock.now()
    make_channel(platform.database, company, now, "xing", archived_at=now)
    with platform.database.read() as session:
        outside = week_overview(session, company.oscar.workspace_id, THIS_WEEK, now=now)

    assert [c.channel_id for c in overview(platform, company).channels] == [channel.id]
    assert outside.channels == ()


def test_a_month_of_weeks_takes_no_more_queries_than_one(
    platform: Platform, company: Company, channel: Channel
) -> None:
    make_channel(platform.database, company, platform.clock.now(), "xing", slots=[(TUE, "09:00")])
    make_post(platform, company.bob, [channel], QUEUE, approve=True)
    weeks = [THIS_WEEK]
    while len(weeks) < 6:
        weeks.append(weeks[-1].next)
    statements: list[str] = []

    @event.listens_for(platform.database.engine, "before_cursor_execute")
    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    with platform.database.read() as session:
        found = week_overviews(session, company.workspace.id, weeks, now=platform.clock.now())

    assert len([s for s in statements if s.startswith("SELECT")]) == 3
    assert [f.gap_count for f in found] == [2, 3, 3, 3, 3, 3]
    assert found[0] == overview(platform, company)
