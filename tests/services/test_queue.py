"""The queue gives each post the next free slot of its channel."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery, Slot, Workspace
from planner.services import posts, queue
from planner.services.errors import Conflict, Invalid
from planner.services.posts import When
from planner.services.slots import SlotInput
from tests.services.queueing import (
    FRI,
    MON,
    NEXT_TUESDAY,
    QUEUE,
    THU,
    THURSDAY,
    TUE,
    TUESDAY,
    delivery_of,
    get,
    make_category,
    move,
    problems,
    queued,
    save_slots,
    set_state,
    times,
)
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_channel, make_company, make_platform, make_post


@pytest.fixture
def channel(platform: Platform, company: Company) -> Channel:
    """A channel with slots on Tuesday and Thursday at nine."""
    return make_channel(platform.database, company, platform.clock.now(), slots=[(TUE, "09:00"), (THU, "09:00")])


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


def test_a_passing_that_was_by_the_old_zone_is_not_given_again_when_it_comes_by_the_new_one(
    platform: Platform, company: Company, channel: Channel, clock: FakeClock
) -> None:
    set_state(platform, queued(platform, company, channel), DeliveryState.PUBLISHED)
    clock.set(TUESDAY + timedelta(minutes=30))
    with platform.database.write() as session:
        session.get_one(Workspace, channel.workspace_id).zone = "Europe/London"

    later = queued(platform, company, channel)

    assert times(platform, later) == [THURSDAY + timedelta(hours=1)]


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


def test_a_channel_has_each_passing_of_a_slot_once_whoever_writes(
    platform: Platform, company: Company, channel: Channel
) -> None:
    one, other = queued(platform, company, channel), queued(platform, company, channel)

    with pytest.raises(IntegrityError), platform.database.write() as session:
        session.get_one(Delivery, other).occurrence = session.get_one(Delivery, one).occurrence


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
