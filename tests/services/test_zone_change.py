"""Another zone of the workspace: slots follow the clock, and posts with a time of their own are asked about."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery, Event, Workspace
from planner.services import workspace_settings
from planner.services.errors import Conflict, Forbidden, Invalid, NotFound
from planner.services.posts import When
from planner.services.retiming import Choices, Keep, TakenBack
from planner.services.workspace_settings import Settings, ZoneMoved
from tests.services.queueing import delivery_of, get, problems, queued, set_state, times
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_channel, make_post

NEW_YORK, TOKYO = "America/New_York", "Asia/Tokyo"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def channel(platform: Platform, company: Company) -> Channel:
    """Slots on Tuesday and Thursday at 09:00."""
    return make_channel(platform.database, company, platform.clock.now(), slots=[(1, "09:00"), (3, "09:00")])


def fixed(platform: Platform, company: Company, channel: Channel, at: str) -> int:
    """A post with a time of its own, on the clock of Berlin."""
    when = When(wall=datetime.fromisoformat(at))
    return delivery_of(platform, make_post(platform, company.bob, [channel], when, text=at, approve=True).id)


def move_to(platform: Platform, company: Company, zone: str, choices: Choices | None = None) -> ZoneMoved:
    wanted = Settings("Brandt", zone, "de", True, 0, time(6))
    with platform.database.write() as session:
        moved = workspace_settings.change(session, company.alice, wanted, choices, now=platform.clock.now())
    assert moved is not None
    return moved


def move_back(platform: Platform, company: Company, event_id: int) -> TakenBack:
    with platform.database.write() as session:
        return workspace_settings.take_zone_back(session, company.alice, event_id, now=platform.clock.now())


def zone_of(platform: Platform, company: Company) -> str:
    with platform.database.read() as session:
        return session.get_one(Workspace, company.workspace.id).zone


def stands(platform: Platform, *ids: int) -> list[tuple[datetime | None, str | None, str | None, str | None]]:
    return [(d.publish_at, d.wall_time, d.zone, d.occurrence) for d in (get(platform, i) for i in ids)]


def test_each_post_keeps_its_clock_time_or_its_moment_as_chosen_and_queued_ones_their_slot(
    platform: Platform, company: Company, channel: Channel
) -> None:
    by_clock, by_moment = (fixed(platform, company, channel, f"2026-03-18T{h}:00") for h in ("09", "15"))
    slot = queued(platform, company, channel)

    moved = move_to(platform, company, NEW_YORK, Choices(Keep.CLOCK, {by_moment: Keep.MOMENT}))

    assert (moved.queued, moved.by_clock, moved.by_moment) == (1, 1, 1)
    assert stands(platform, by_clock, by_moment, slot) == [
        (utc("2026-03-18T13:00"), "2026-03-18T09:00", NEW_YORK, None),
        (utc("2026-03-18T14:00"), "2026-03-18T10:00", NEW_YORK, None),
        (utc("2026-03-17T13:00"), "2026-03-17T09:00", NEW_YORK, "slot:2026-03-17T09:00"),
    ]


def test_the_preview_shows_what_will_be_and_changes_nothing(
    platform: Platform, company: Company, channel: Channel
) -> None:
    one, slot = fixed(platform, company, channel, "2026-03-18T09:00"), queued(platform, company, channel)
    before = stands(platform, one, slot)

    with platform.database.read() as session:
        seen = workspace_settings.preview_zone(session, company.workspace.id, NEW_YORK, now=platform.clock.now())

    (own,) = seen.own
    assert (own.moment, own.by_clock, own.wall, own.shown, own.past) == (
        utc("2026-03-18T08:00"), utc("2026-03-18T13:00"),
        datetime.fromisoformat("2026-03-18T09:00"), datetime.fromisoformat("2026-03-18T04:00"), False,
    )  # fmt: skip
    assert [(d.id, at) for d, at in seen.queued] == [(slot, utc("2026-03-17T13:00"))]
    assert stands(platform, one, slot) == before


def test_without_a_choice_nothing_is_saved_at_all(platform: Platform, company: Company, channel: Channel) -> None:
    one, slot = fixed(platform, company, channel, "2026-03-18T09:00"), queued(platform, company, channel)
    before = stands(platform, one, slot)

    with pytest.raises(Invalid) as refused:
        move_to(platform, company, NEW_YORK)

    assert problems(refused) == {("keep", "keep_missing")}
    assert (stands(platform, one, slot), zone_of(platform, company)) == (before, "Europe/Berlin")


def test_what_would_be_past_by_the_new_clock_is_refused_at_that_post_and_not_missed(
    platform: Platform, company: Company, channel: Channel
) -> None:
    soon, later = (fixed(platform, company, channel, at) for at in ("2026-03-16T12:00", "2026-03-18T09:00"))

    with pytest.raises(Invalid) as refused:
        move_to(platform, company, TOKYO, Choices(Keep.CLOCK))
    assert problems(refused) == {(f"keep.{soon}", "clock_time_past")}
    assert zone_of(platform, company) == "Europe/Berlin"

    move_to(platform, company, TOKYO, Choices(Keep.CLOCK, {soon: Keep.MOMENT}))
    assert times(platform, soon, later) == [utc("2026-03-16T11:00"), utc("2026-03-18T00:00")]
    assert get(platform, soon).wall_time == "2026-03-16T20:00"


def test_a_queue_whose_first_slot_would_be_past_closes_up_in_its_order(
    platform: Platform, company: Company, channel: Channel, clock: FakeClock
) -> None:
    clock.set("2026-03-17T03:00:00Z")  # Tuesday, 04:00 in Berlin and 12:00 in Tokyo
    first, second = queued(platform, company, channel), queued(platform, company, channel)
    assert times(platform, first, second) == [utc("2026-03-17T08:00"), utc("2026-03-19T08:00")]

    moved = move_to(platform, company, TOKYO)

    assert times(platform, first, second) == [utc("2026-03-19T00:00"), utc("2026-03-24T00:00")]
    assert move_back(platform, company, moved.event_id) == TakenBack((first, second), ())
    assert times(platform, first, second) == [utc("2026-03-17T08:00"), utc("2026-03-19T08:00")]


def test_what_is_being_sent_or_is_due_already_stays(
    platform: Platform, company: Company, channel: Channel, clock: FakeClock
) -> None:
    claimed, due = (fixed(platform, company, channel, f"2026-03-16T{h}:30") for h in ("11", "10"))
    set_state(platform, claimed, DeliveryState.CLAIMED)
    clock.set("2026-03-16T09:45:00Z")
    before = stands(platform, claimed, due)

    move_to(platform, company, NEW_YORK)

    assert stands(platform, claimed, due) == before


def test_a_change_can_be_undone_whole_but_for_what_moved_since(
    platform: Platform, company: Company, channel: Channel
) -> None:
    kept, touched = (fixed(platform, company, channel, f"2026-03-18T{h}:00") for h in ("09", "15"))
    slot = queued(platform, company, channel)
    before = stands(platform, kept, slot)
    moved = move_to(platform, company, NEW_YORK, Choices(Keep.CLOCK))
    elsewhere = utc("2026-04-01T12:00")
    with platform.database.write() as session:
        delivery = session.get_one(Delivery, touched)
        delivery.publish_at = delivery.try_at = elsewhere

    taken_back = move_back(platform, company, moved.event_id)

    assert (set(taken_back.restored), taken_back.left) == ({kept, slot}, (touched,))
    assert stands(platform, kept, slot) == before
    assert (times(platform, touched), zone_of(platform, company)) == ([elsewhere], "Europe/Berlin")
    with pytest.raises(Conflict, match="zone_changed_since"):
        move_back(platform, company, moved.event_id)


def test_every_move_is_in_the_history_and_only_an_admin_of_the_workspace_moves_or_undoes(
    platform: Platform, company: Company, channel: Channel
) -> None:
    one = fixed(platform, company, channel, "2026-03-18T09:00")
    moved = move_to(platform, company, NEW_YORK, Choices(Keep.CLOCK))

    with platform.database.read() as session:
        (event,) = session.query(Event).filter_by(subject="delivery", subject_id=one, kind="moved").all()
    assert (event.actor, event.data) == (
        "Alice",
        {"before": "2026-03-18T08:00:00+00:00", "after": "2026-03-18T13:00:00+00:00"},
    )
    now = platform.clock.now() + timedelta(minutes=1)
    with platform.database.write() as session, pytest.raises(Forbidden):
        workspace_settings.take_zone_back(session, company.bob, moved.event_id, now=now)
    with platform.database.write() as session, pytest.raises(NotFound):
        workspace_settings.take_zone_back(session, company.oscar, moved.event_id, now=now)
