"""The slots of a channel move its queue, and say what clock changes do to them."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest
from sqlalchemy import select

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState
from planner.models import Category, Channel, Post, Slot, Workspace
from planner.services import queue
from planner.services.errors import Forbidden, Invalid, NotFound
from planner.services.posts import When
from planner.services.slots import SlotInput, clock_change_notes
from tests.services.queueing import (
    FRI,
    MON,
    SAT,
    SUN,
    THU,
    THURSDAY,
    TUE,
    TUESDAY,
    WED,
    delivery_of,
    get,
    problems,
    queued,
    save_slots,
    set_state,
    times,
)
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_channel, make_post


@pytest.fixture
def channel(platform: Platform, company: Company) -> Channel:
    """A channel with slots on Tuesday and Thursday at nine."""
    return make_channel(platform.database, company, platform.clock.now(), slots=[(TUE, "09:00"), (THU, "09:00")])


# --- clock changes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "sent", "after_it"),
    [
        ("2027-03-25T12:00:00Z", datetime(2027, 3, 28, 1, 30, tzinfo=UTC), datetime(2027, 4, 4, 0, 30, tzinfo=UTC)),
        ("2027-10-28T12:00:00Z", datetime(2027, 10, 31, 0, 30, tzinfo=UTC), datetime(2027, 11, 7, 1, 30, tzinfo=UTC)),
    ],
)
def test_a_slot_in_the_hour_of_a_clock_change_takes_one_post(
    platform: Platform, company: Company, clock: FakeClock, start: str, sent: datetime, after_it: datetime
) -> None:
    now = clock.set(start)
    night = make_channel(platform.database, company, now, slots=[(SUN, "02:30")])

    first, second = queued(platform, company, night), queued(platform, company, night)

    assert times(platform, first, second) == [sent, after_it]
    assert get(platform, first).wall_time == f"{start[:8]}{sent.day}T02:30"


def test_saving_a_slot_in_a_clock_change_hour_tells_when_it_is_sent(
    platform: Platform, company: Company, clock: FakeClock, channel: Channel
) -> None:
    clock.set("2027-01-10T12:00:00Z")

    saved = save_slots(platform, company.alice, channel, SlotInput(SUN, time(2, 30)), SlotInput(MON, time(9)))

    assert [(n.date.isoformat(), n.note, n.publish_at) for n in saved.notes] == [
        ("2027-03-28", "skipped", datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
        ("2027-10-31", "repeated", datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
    ]
    assert {n.wall_time for n in saved.notes} == {time(2, 30)}
    assert clock_change_notes([slot for slot in saved.slots if slot.weekday == MON], "Europe/Berlin", clock.now()) == []


# --- other slots, another zone ---------------------------------------------------------------------------


def test_new_slots_move_the_queue_in_its_order(platform: Platform, company: Company, channel: Channel) -> None:
    first, second = queued(platform, company, channel), queued(platform, company, channel)

    saved = save_slots(platform, company.alice, channel, SlotInput(WED, time(12)), SlotInput(FRI, time(12)))

    wednesday, friday = (datetime(2026, 3, day, 11, 0, tzinfo=UTC) for day in (18, 20))
    assert times(platform, first, second) == [wednesday, friday]
    assert [(slot.weekday, slot.wall_time) for slot in saved.slots] == [(WED, time(12)), (FRI, time(12))]
    assert [m.delivery_id for m in saved.reflowed.moved] == [first, second]


def test_a_slot_that_stays_keeps_its_identity_and_its_post(
    platform: Platform, company: Company, channel: Channel
) -> None:
    first = queued(platform, company, channel)

    saved = save_slots(platform, company.alice, channel, SlotInput(TUE, time(9)), SlotInput(SAT, time(9)))

    assert saved.slots[0].id == channel.slots[0].id
    assert saved.reflowed.moved == ()
    assert get(platform, first).publish_at == TUESDAY


def test_what_is_frozen_published_or_fixed_keeps_its_time_when_slots_change(
    platform: Platform, company: Company, channel: Channel
) -> None:
    frozen = [queued(platform, company, channel) for _ in range(4)]
    states = [DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.UNKNOWN, DeliveryState.PUBLISHED]
    for delivery_id, state in zip(frozen, states, strict=True):
        set_state(platform, delivery_id, state)
    fixed = delivery_of(platform, make_post(platform, company.bob, [channel], When(at=TUESDAY.replace(hour=15))).id)
    before = times(platform, *frozen, fixed)

    save_slots(platform, company.alice, channel, SlotInput(FRI, time(12)))

    assert times(platform, *frozen, fixed) == before


def test_a_queue_that_loses_its_slots_keeps_its_times_and_is_named(
    platform: Platform, company: Company, channel: Channel
) -> None:
    first, second = queued(platform, company, channel), queued(platform, company, channel)

    saved = save_slots(platform, company.alice, channel)

    assert saved.reflowed.unplaced == (first, second)
    assert times(platform, first, second) == [TUESDAY, THURSDAY]
    assert get(platform, first).state is DeliveryState.SCHEDULED

    save_slots(platform, company.alice, channel, SlotInput(FRI, time(9)))

    assert times(platform, first)[0] == datetime(2026, 3, 20, 8, 0, tzinfo=UTC)


def test_a_due_delivery_that_waits_for_its_sender_is_not_moved_away(
    platform: Platform, company: Company, channel: Channel, clock: FakeClock
) -> None:
    due = queued(platform, company, channel)
    clock.set(TUESDAY)

    save_slots(platform, company.alice, channel, SlotInput(FRI, time(9)))

    assert times(platform, due) == [TUESDAY]


def test_another_zone_moves_the_queues_of_all_channels(platform: Platform, company: Company, channel: Channel) -> None:
    other = make_channel(platform.database, company, platform.clock.now(), "xing", slots=[(TUE, "09:00")])
    ids = [queued(platform, company, channel), queued(platform, company, other)]

    with platform.database.write() as session:
        session.get_one(Workspace, company.workspace.id).zone = "Europe/Helsinki"
        queue.follow_clock(session, company.workspace.id, now=platform.clock.now())

    assert times(platform, *ids) == [datetime(2026, 3, 17, 7, 0, tzinfo=UTC)] * 2
    assert get(platform, ids[0]).zone == "Europe/Helsinki"


def test_wrong_slots_are_refused_field_by_field_and_nothing_changes(
    platform: Platform, company: Company, channel: Channel
) -> None:
    with pytest.raises(Invalid) as error:
        save_slots(
            platform,
            company.alice,
            channel,
            SlotInput(7, time(9)),
            SlotInput(MON, time(9, 0, 30)),
            SlotInput(FRI, time(9)),
            SlotInput(FRI, time(9)),
            SlotInput(SAT, time(9), category_id=4711),
        )

    assert problems(error) == {
        ("slots.0.weekday", "weekday_invalid"),
        ("slots.1.time", "time_to_the_minute"),
        ("slots.3.time", "slot_twice"),
        ("slots.4.category", "category_unknown"),
    }
    with platform.database.read() as session:
        kept = session.scalars(select(Slot.weekday).where(Slot.channel_id == channel.id).order_by(Slot.weekday)).all()
    assert kept == [TUE, THU]


def test_a_category_of_another_workspace_is_unknown(platform: Platform, company: Company, channel: Channel) -> None:
    with platform.database.write() as session:
        foreign = Category(workspace_id=company.oscar.workspace_id, name="Fremd")
        session.add(foreign)

    with pytest.raises(Invalid):
        save_slots(platform, company.alice, channel, SlotInput(TUE, time(9), foreign.id))


def test_only_leads_and_admins_set_slots(platform: Platform, company: Company, channel: Channel) -> None:
    for actor, refusal in ((company.charlie, Forbidden), (company.oscar, NotFound)):
        with pytest.raises(refusal):
            save_slots(platform, actor, channel)


def test_a_post_keeps_its_text_whatever_the_queue_does(platform: Platform, company: Company, channel: Channel) -> None:
    first = queued(platform, company, channel)
    with platform.database.read() as session:
        before = session.get_one(Post, get(platform, first).post_id)

    save_slots(platform, company.alice, channel, SlotInput(FRI, time(9)))

    with platform.database.read() as session:
        after = session.get_one(Post, before.id)
    assert (after.text, after.version, after.approved_at) == (before.text, before.version, before.approved_at)
