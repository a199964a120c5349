"""The queue gives each post the next free slot of its channel."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState
from planner.models import Category, Channel, Delivery, Event, Post, Slot, Workspace
from planner.services import posts, queue
from planner.services.actor import Actor
from planner.services.errors import Conflict, Forbidden, Invalid, NotFound
from planner.services.posts import When
from planner.services.slots import SlotInput, SlotsSaved, clock_change_notes, set_slots
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_channel, make_company, make_platform, make_post

QUEUE = When(queue=True)
MON, TUE, WED, THU, FRI, SAT, SUN = range(7)
# It is Monday, 2026-03-16, 10:00 in Berlin; the clock is put forward on the 29th.
TUESDAY = datetime(2026, 3, 17, 8, 0, tzinfo=UTC)
THURSDAY = datetime(2026, 3, 19, 8, 0, tzinfo=UTC)
NEXT_TUESDAY = datetime(2026, 3, 24, 8, 0, tzinfo=UTC)
NEXT_THURSDAY = datetime(2026, 3, 26, 8, 0, tzinfo=UTC)


@pytest.fixture
def channel(platform: Platform, company: Company) -> Channel:
    """A channel with slots on Tuesday and Thursday at nine."""
    return make_channel(platform.database, company, platform.clock.now(), slots=[(TUE, "09:00"), (THU, "09:00")])


def queued(platform: Platform, company: Company, channel: Channel, *, approve: bool = True, **content: Any) -> int:
    """The delivery of a new post that was queued."""
    post = make_post(platform, company.bob, [channel], QUEUE, approve=approve, **content)
    return delivery_of(platform, post.id)


def delivery_of(platform: Platform, post_id: int) -> int:
    with platform.database.read() as session:
        return session.scalars(select(Delivery.id).where(Delivery.post_id == post_id)).one()


def get(platform: Platform, delivery_id: int) -> Delivery:
    with platform.database.read() as session:
        return session.get_one(Delivery, delivery_id)


def times(platform: Platform, *delivery_ids: int) -> list[datetime | None]:
    return [get(platform, delivery_id).publish_at for delivery_id in delivery_ids]


def move(platform: Platform, actor: Actor, delivery_id: int, when: When) -> None:
    with platform.database.write() as session:
        posts.move(session, actor, [delivery_id], when, now=platform.clock.now(), folder=platform.settings.media_folder)


def set_state(platform: Platform, delivery_id: int, state: DeliveryState) -> None:
    with platform.database.write() as session:
        session.get_one(Delivery, delivery_id).state = state


def save_slots(platform: Platform, actor: Actor, channel: Channel, *wanted: SlotInput) -> SlotsSaved:
    with platform.database.write() as session:
        return set_slots(session, actor, channel.id, wanted, now=platform.clock.now())


def problems(error: pytest.ExceptionInfo[Invalid]) -> set[tuple[str, str]]:
    return {(e.field, e.code) for e in error.value.errors}


# --- queueing --------------------------------------------------------------------------------------------


def test_queued_posts_take_one_slot_after_the_other(platform: Platform, company: Company, channel: Channel) -> None:
    ids = [queued(platform, company, channel) for _ in range(3)]

    assert times(platform, *ids) == [TUESDAY, THURSDAY, NEXT_TUESDAY]


def test_a_queued_delivery_says_when_and_from_which_slot(
    platform: Platform, company: Company, channel: Channel
) -> None:
    delivery = get(platform, queued(platform, company, channel))

    assert delivery.queued
    assert delivery.try_at == delivery.publish_at == TUESDAY
    assert (delivery.wall_time, delivery.zone) == ("2026-03-17T09:00", "Europe/Berlin")
    assert delivery.slot_id == channel.slots[0].id
    assert delivery.occurrence


def test_each_channel_of_a_post_takes_its_own_next_slot(platform: Platform, company: Company, channel: Channel) -> None:
    other = make_channel(platform.database, company, platform.clock.now(), "xing", slots=[(FRI, "17:00")])

    post = make_post(platform, company.bob, [other, channel], QUEUE, approve=True)

    with platform.database.read() as session:
        found = {d.channel_id: d.publish_at for d in session.scalars(select(Delivery).filter_by(post_id=post.id))}
    assert found == {channel.id: TUESDAY, other.id: datetime(2026, 3, 20, 16, 0, tzinfo=UTC)}


def test_a_post_with_a_fixed_time_on_a_slot_fills_the_slot(
    platform: Platform, company: Company, channel: Channel
) -> None:
    make_post(platform, company.bob, [channel], When(at=TUESDAY), approve=True)

    assert times(platform, queued(platform, company, channel)) == [THURSDAY]


@pytest.mark.parametrize("state", [DeliveryState.DRAFT, DeliveryState.CLAIMED, DeliveryState.PUBLISHED])
def test_a_slot_is_taken_whatever_became_of_the_post_in_it(
    platform: Platform, company: Company, channel: Channel, state: DeliveryState
) -> None:
    set_state(platform, queued(platform, company, channel), state)

    assert times(platform, queued(platform, company, channel)) == [THURSDAY]


def test_a_cancelled_post_frees_its_slot(platform: Platform, company: Company, channel: Channel) -> None:
    cancelled = queued(platform, company, channel)
    with platform.database.write() as session:
        posts.cancel(session, company.charlie, [cancelled], now=platform.clock.now())

    assert times(platform, queued(platform, company, channel)) == [TUESDAY]


def test_a_cancelled_post_with_a_fixed_time_frees_its_slot(
    platform: Platform, company: Company, channel: Channel
) -> None:
    post = make_post(platform, company.bob, [channel], When(at=TUESDAY), approve=True)
    with platform.database.write() as session:
        posts.cancel(session, company.charlie, [delivery_of(platform, post.id)], now=platform.clock.now())

    assert times(platform, queued(platform, company, channel)) == [TUESDAY]


def test_a_post_that_leaves_the_queue_frees_its_slot(platform: Platform, company: Company, channel: Channel) -> None:
    leaving = queued(platform, company, channel)
    move(platform, company.charlie, leaving, When(wall=datetime.fromisoformat("2026-03-18T11:00")))

    left = get(platform, leaving)
    assert (left.queued, left.slot_id, left.occurrence) == (False, None, None)
    assert left.publish_at == datetime(2026, 3, 18, 10, 0, tzinfo=UTC)
    assert times(platform, queued(platform, company, channel)) == [TUESDAY]


def test_queueing_again_gives_the_old_slot_up_for_the_next_free_one(
    platform: Platform, company: Company, channel: Channel
) -> None:
    first, second = queued(platform, company, channel), queued(platform, company, channel)
    move(platform, company.charlie, first, When())

    move(platform, company.charlie, second, QUEUE)

    assert times(platform, second) == [TUESDAY]


def test_queueing_a_post_that_holds_the_next_slot_already_leaves_it_there(
    platform: Platform, company: Company, channel: Channel
) -> None:
    was_queued = queued(platform, company, channel)
    was_fixed = delivery_of(platform, make_post(platform, company.bob, [channel], When(at=THURSDAY)).id)

    for delivery_id in (was_queued, was_fixed):
        move(platform, company.charlie, delivery_id, QUEUE)

    assert times(platform, was_queued, was_fixed) == [TUESDAY, THURSDAY]


def test_a_channel_without_slots_has_no_queue(platform: Platform, company: Company) -> None:
    bare = make_channel(platform.database, company, platform.clock.now(), name="Xing von Brandt")

    with pytest.raises(Invalid) as error:
        queued(platform, company, bare)

    assert problems(error) == {("channels", "channel_has_no_slots")}
    assert error.value.errors[0].params == {"channel": "Xing von Brandt"}


def test_all_channels_without_a_fitting_slot_are_named_at_once(platform: Platform, company: Company) -> None:
    now = platform.clock.now()
    bare = make_channel(platform.database, company, now, "xing")
    category = make_category(platform, company)
    reserved = make_channel(platform.database, company, now, slots=[(TUE, "09:00")])
    save_slots(platform, company.alice, reserved, SlotInput(TUE, time(9), category))
    post = make_post(platform, company.bob, [bare, reserved], When())

    with pytest.raises(Invalid) as error, platform.database.write() as session:
        queue.enqueue_all(session, session.scalars(select(Delivery).filter_by(post_id=post.id)).all(), now=now)

    assert problems(error) == {
        ("channels", "channel_has_no_slots"),
        ("channels", "channel_has_no_slot_for_category"),
    }
    with platform.database.read() as session:
        assert not any(d.queued for d in session.scalars(select(Delivery).filter_by(post_id=post.id)))


def test_a_post_of_a_category_waits_for_its_reserved_slot(platform: Platform, company: Company) -> None:
    category = make_category(platform, company)
    channel = make_channel(platform.database, company, platform.clock.now())
    save_slots(platform, company.alice, channel, SlotInput(TUE, time(9)), SlotInput(THU, time(9), category))

    tip, news, more = (
        queued(platform, company, channel, category_id=category),
        queued(platform, company, channel),
        queued(platform, company, channel),
    )

    assert times(platform, tip, news, more) == [THURSDAY, TUESDAY, NEXT_TUESDAY]


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (DeliveryState.CLAIMED, "frozen"),
        (DeliveryState.SENDING, "frozen"),
        (DeliveryState.UNKNOWN, "frozen"),
        (DeliveryState.PUBLISHED, "published_already"),
    ],
)
def test_what_is_on_its_way_or_out_is_not_queued(
    platform: Platform, company: Company, channel: Channel, state: DeliveryState, code: str
) -> None:
    delivery_id = queued(platform, company, channel)
    set_state(platform, delivery_id, state)

    with pytest.raises(Conflict) as error, platform.database.write() as session:
        queue.enqueue(session, session.get_one(Delivery, delivery_id), now=platform.clock.now())

    assert error.value.code == code
    assert get(platform, delivery_id).occurrence


def test_looking_for_the_next_free_slot_takes_nothing(platform: Platform, company: Company, channel: Channel) -> None:
    with platform.database.read() as session:
        found = [queue.next_free_slot(session, channel, now=platform.clock.now()) for _ in range(2)]

    assert [o and o.publish_at for o in found] == [TUESDAY, TUESDAY]


def test_posts_queued_at_the_same_moment_by_many_never_share_a_slot(
    platform: Platform, company: Company, channel: Channel
) -> None:
    others = [make_channel(platform.database, company, platform.clock.now(), "xing", slots=[(TUE, "09:00")])]
    start, failures = threading.Barrier(8), []

    def one_person(order: list[Channel]) -> None:
        start.wait()
        try:
            for _ in range(5):
                make_post(platform, company.bob, order, QUEUE, approve=True)
        except Exception as error:  # noqa: BLE001 - shown below
            failures.append(error)

    orders = [[channel, *others], [*others, channel]]
    people = [threading.Thread(target=one_person, args=(orders[n % 2],)) for n in range(8)]
    for person in people:
        person.start()
    for person in people:
        person.join()

    assert failures == []
    with platform.database.read() as session:
        rows = session.execute(select(Delivery.channel_id, Delivery.occurrence, Delivery.publish_at)).all()
    for of in (channel, *others):
        mine = [row for row in rows if row.channel_id == of.id]
        assert len(mine) == 40
        assert len({row.occurrence for row in mine}) == len({row.publish_at for row in mine}) == 40


def test_people_who_move_and_people_who_reorder_at_the_same_moment_do_not_get_in_each_others_way(
    platform: Platform, company: Company, channel: Channel
) -> None:
    ids = [queued(platform, company, channel) for _ in range(6)]
    failures: list[Exception] = []
    start = threading.Barrier(4)

    def move_out_and_in() -> None:
        for delivery_id in ids[:3] * 2:
            move(platform, company.charlie, delivery_id, When())
            move(platform, company.charlie, delivery_id, QUEUE)

    def reorder_and_reflow() -> None:
        for _ in range(12):
            with contextlib.suppress(Conflict), platform.database.write() as session:
                now = platform.clock.now()
                order = [d.id for d in queue.queue_of(session, channel.id, now=now)]
                queue.reorder(session, company.bob, channel.id, order[::-1], now=now)
                queue.reflow(session, channel.id, now=now)

    def person(work: Callable[[], None]) -> None:
        start.wait()
        try:
            work()
        except Exception as error:  # noqa: BLE001 - shown below
            failures.append(error)

    works = (move_out_and_in, reorder_and_reflow, reorder_and_reflow, reorder_and_reflow)
    people = [threading.Thread(target=person, args=(work,)) for work in works]
    for one in people:
        one.start()
    for one in people:
        one.join()

    assert failures == []
    assert len(set(times(platform, *ids))) == 6


def test_a_queue_is_placed_again_without_waiting_for_what_somebody_else_is_changing(
    tmp_path: Path, postgresql_url: str, clock: FakeClock
) -> None:
    platform = make_platform(tmp_path / "instance", postgresql_url, clock)
    company = make_company(platform.database, clock.now())
    channel = make_channel(platform.database, company, clock.now(), slots=[(TUE, "09:00"), (THU, "09:00")])
    held, free = queued(platform, company, channel), queued(platform, company, channel)

    with platform.database.write() as somebody, platform.database.write() as session:
        somebody.get_one(Delivery, held, with_for_update=True)
        session.execute(text("SET LOCAL lock_timeout = '5s'"))
        session.add(Slot(channel_id=channel.id, weekday=MON, wall_time=time(15)))
        queue.reflow(session, channel.id, now=clock.now())

    assert times(platform, held, free) == [TUESDAY, datetime(2026, 3, 16, 14, 0, tzinfo=UTC)]
    platform.close()


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


# --- order -----------------------------------------------------------------------------------------------


def test_the_queue_is_read_in_the_order_in_which_it_goes_out(
    platform: Platform, company: Company, channel: Channel
) -> None:
    first, second, third = (queued(platform, company, channel) for _ in range(3))
    make_post(platform, company.bob, [channel], When(at=NEXT_THURSDAY), approve=True)
    move(platform, company.charlie, first, When())
    move(platform, company.charlie, first, QUEUE)

    with platform.database.read() as session:
        entries = queue.queue_of(session, channel.id, now=platform.clock.now())

    assert [d.id for d in entries] == [first, second, third]
    assert entries[0].post.text


def test_a_queue_put_into_another_order_gives_its_slots_in_that_order(
    platform: Platform, company: Company, channel: Channel
) -> None:
    first, second, third = (queued(platform, company, channel) for _ in range(3))

    with platform.database.write() as session:
        done = queue.reorder(session, company.charlie, channel.id, [third, first, second], now=platform.clock.now())

    assert times(platform, third, first, second) == [TUESDAY, THURSDAY, NEXT_TUESDAY]
    assert {m.delivery_id: (m.old, m.new) for m in done.moved}[third] == (NEXT_TUESDAY, TUESDAY)
    assert get(platform, third).try_at == TUESDAY


def test_a_new_order_that_changes_nothing_moves_nothing(platform: Platform, company: Company, channel: Channel) -> None:
    ids = [queued(platform, company, channel) for _ in range(2)]
    before = [get(platform, i).version for i in ids]

    with platform.database.write() as session:
        done = queue.reorder(session, company.charlie, channel.id, ids, now=platform.clock.now())

    assert done.moved == ()
    assert [get(platform, i).version for i in ids] == before


def test_a_move_is_in_the_history_with_who_and_what(platform: Platform, company: Company, channel: Channel) -> None:
    first, second = queued(platform, company, channel), queued(platform, company, channel)

    with platform.database.write() as session:
        queue.reorder(session, company.charlie, channel.id, [second, first], now=platform.clock.now())

    with platform.database.read() as session:
        moved = session.scalars(select(Event).where(Event.kind == "moved", Event.subject_id == second)).one()
    assert moved.actor == "Charlie"
    assert moved.data == {"before": THURSDAY.isoformat(), "after": TUESDAY.isoformat()}


def test_an_order_of_a_queue_that_has_changed_meanwhile_is_refused(
    platform: Platform, company: Company, channel: Channel
) -> None:
    first, second = queued(platform, company, channel), queued(platform, company, channel)

    for stale in ([first], [first, second, second], [first, second, 4711]):
        with pytest.raises(Conflict, match="queue_changed"), platform.database.write() as session:
            queue.reorder(session, company.charlie, channel.id, stale, now=platform.clock.now())

    assert times(platform, first, second) == [TUESDAY, THURSDAY]


def test_what_is_being_sent_is_not_part_of_the_order(platform: Platform, company: Company, channel: Channel) -> None:
    sending, second, third = (queued(platform, company, channel) for _ in range(3))
    set_state(platform, sending, DeliveryState.SENDING)

    with platform.database.write() as session:
        queue.reorder(session, company.charlie, channel.id, [third, second], now=platform.clock.now())

    assert times(platform, sending, third, second) == [TUESDAY, THURSDAY, NEXT_TUESDAY]


def test_readers_and_outsiders_do_not_reorder(platform: Platform, company: Company, channel: Channel) -> None:
    ids = [queued(platform, company, channel) for _ in range(2)]

    for actor, refusal in ((company.rita, Forbidden), (company.oscar, NotFound)):
        with pytest.raises(refusal), platform.database.write() as session:
            queue.reorder(session, actor, channel.id, ids[::-1], now=platform.clock.now())

    assert times(platform, *ids) == [TUESDAY, THURSDAY]


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
        queue.reflow_workspace(session, company.workspace.id, now=platform.clock.now())

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


def test_only_admins_of_the_workspace_set_slots(platform: Platform, company: Company, channel: Channel) -> None:
    for actor, refusal in ((company.bob, Forbidden), (company.charlie, Forbidden), (company.oscar, NotFound)):
        with pytest.raises(refusal):
            save_slots(platform, actor, channel)


# --- drafts whose slot passed ----------------------------------------------------------------------------


def test_a_queued_draft_whose_slot_passed_takes_the_next_free_one(
    platform: Platform, company: Company, channel: Channel, clock: FakeClock
) -> None:
    waiting = queued(platform, company, channel, approve=False)
    approved = queued(platform, company, channel)
    clock.set(TUESDAY)

    with platform.database.write() as session:
        assert queue.move_passed(session, now=clock.now()) == {company.workspace.id: 1}

    assert times(platform, approved, waiting) == [THURSDAY, NEXT_TUESDAY]
    assert get(platform, waiting).state is DeliveryState.DRAFT


def test_drafts_with_slots_ahead_or_times_of_their_own_stay_where_they_are(
    platform: Platform, company: Company, channel: Channel, clock: FakeClock
) -> None:
    fixed = delivery_of(platform, make_post(platform, company.charlie, [channel], When(at=TUESDAY)).id)
    ahead = queued(platform, company, channel, approve=False)
    clock.set(TUESDAY)

    with platform.database.write() as session:
        assert queue.move_passed(session, now=clock.now()) == {}

    assert times(platform, fixed, ahead) == [TUESDAY, THURSDAY]


def make_category(platform: Platform, company: Company) -> int:
    with platform.database.write() as session:
        category = Category(workspace_id=company.workspace.id, name="Praxistipp")
        session.add(category)
    return category.id


def test_a_post_keeps_its_text_whatever_the_queue_does(platform: Platform, company: Company, channel: Channel) -> None:
    first = queued(platform, company, channel)
    with platform.database.read() as session:
        before = session.get_one(Post, get(platform, first).post_id)

    save_slots(platform, company.alice, channel, SlotInput(FRI, time(9)))

    with platform.database.read() as session:
        after = session.get_one(Post, before.id)
    assert (after.text, after.version, after.approved_at) == (before.text, before.version, before.approved_at)
