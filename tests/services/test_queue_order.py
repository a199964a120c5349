"""The queue goes out in its order, which people may change."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState
from planner.models import Channel, Event
from planner.services import queue
from planner.services.errors import Conflict, Forbidden, NotFound
from planner.services.posts import When
from tests.services.queueing import (
    NEXT_THURSDAY,
    NEXT_TUESDAY,
    QUEUE,
    THU,
    THURSDAY,
    TUE,
    TUESDAY,
    get,
    move,
    queued,
    set_state,
    times,
)
from tests.support.factories import Company, make_channel, make_post


@pytest.fixture
def channel(platform: Platform, company: Company) -> Channel:
    """A channel with slots on Tuesday and Thursday at nine."""
    return make_channel(platform.database, company, platform.clock.now(), slots=[(TUE, "09:00"), (THU, "09:00")])


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
