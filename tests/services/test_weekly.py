"""The weekly job tells those who plan what the week lacks, once a week."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from planner.bootstrap import Platform
from planner.models import Channel, Delivery, Event, Notice, User, Workspace
from planner.services import weekly
from planner.services.posts import When
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_channel, make_platform, make_post

TUE, THU = 1, 3
QUEUE = When(queue=True)
# Monday, six in Berlin, before the clock is put forward.
SIX_ON_MONDAY = "2026-03-23T05:00:00Z"


@pytest.fixture
def channel(platform: Platform, company: Company) -> Channel:
    """A channel with two slots a week and a rhythm of two posts."""
    slots = [(TUE, "09:00"), (THU, "09:00")]
    return make_channel(
        platform.database, company, platform.clock.now(), slots=slots, rhythm_per_week=2, name="LinkedIn"
    )


def notices(platform: Platform, kind: str | None = None) -> list[Notice]:
    with platform.database.read() as session:
        found = session.scalars(select(Notice).order_by(Notice.id)).all()
    return [n for n in found if n.kind in {"week_gaps", "rhythm_unmet", "queue_moved"} and kind in {None, n.kind}]


def change(platform: Platform, company: Company, **settings: object) -> None:
    with platform.database.write() as session:
        workspace = session.get_one(Workspace, company.workspace.id)
        for name, value in settings.items():
            setattr(workspace, name, value)


def test_on_monday_at_six_gaps_and_unmet_rhythm_are_reported(
    platform: Platform, company: Company, channel: Channel, clock: FakeClock
) -> None:
    clock.set("2026-03-23T04:59:59Z")
    assert weekly.run_due(platform) == 0
    assert notices(platform) == []

    clock.set(SIX_ON_MONDAY)
    assert weekly.run_due(platform) == 2

    gaps = notices(platform, "week_gaps")[0]
    assert gaps.data == {
        "week": "2026-W13",
        "count": 2,
        "channels": [
            {
                "id": str(channel.id),
                "name": "LinkedIn",
                "count": 2,
                "times": ["2026-03-24T08:00:00Z", "2026-03-26T08:00:00Z"],
            }
        ],
    }
    unmet = notices(platform, "rhythm_unmet")[0]
    assert unmet.data == {
        "week": "2026-W13",
        "channels": [{"id": str(channel.id), "name": "LinkedIn", "planned": 0, "target": 2}],
    }
    assert (gaps.subject, gaps.subject_id) == ("workspace", company.workspace.id)


def test_editors_and_leads_are_told_readers_outsiders_and_those_who_left_are_not(
    platform: Platform, company: Company, channel: Channel, clock: FakeClock
) -> None:
    with platform.database.write() as session:
        session.get_one(User, company.alice.user_id).active = False
    clock.set(SIX_ON_MONDAY)

    weekly.run_due(platform)

    assert {n.user_id for n in notices(platform)} == {company.bob.user_id, company.charlie.user_id}


def test_a_full_week_is_noted_without_telling_anyone(
    platform: Platform, company: Company, channel: Channel, clock: FakeClock
) -> None:
    for day in (24, 26):
        make_post(platform, company.bob, [channel], When(at=datetime(2026, 3, day, 8, 0, tzinfo=UTC)), approve=True)
    clock.set(SIX_ON_MONDAY)

    weekly.run_due(platform)

    assert notices(platform) == []
    with platform.database.read() as session:
        done = session.scalars(
            select(Event).where(Event.kind == "weekly_done", Event.workspace_id == company.workspace.id)
        ).one()
    assert done.data == {"week": "2026-W13", "gaps": 0, "unmet": 0}
    assert done.actor == "Sendeplan"


def test_a_week_is_reported_once_and_the_next_one_again(
    platform: Platform, company: Company, channel: Channel, clock: FakeClock
) -> None:
    clock.set(SIX_ON_MONDAY)
    ran = [weekly.run_due(platform)]
    for later in (timedelta(minutes=1), timedelta(days=3), timedelta(days=3, hours=15)):
        clock.advance(later)
        ran.append(weekly.run_due(platform))

    assert ran == [2, 0, 0, 0]
    clock.set("2026-03-30T04:00:00Z")  # six in Berlin, after the clock was put forward

    assert weekly.run_due(platform) == 2
    assert [n.data["week"] for n in notices(platform, "week_gaps") if n.user_id == company.bob.user_id] == [
        "2026-W13",
        "2026-W14",
    ]


def test_a_week_that_has_begun_does_not_end_again_where_the_clock_or_the_zone_goes_back(
    platform: Platform, company: Company, channel: Channel, clock: FakeClock
) -> None:
    change(platform, company, weekly_time=time(0, 0), created_at=clock.now() - timedelta(days=90))
    clock.set("2026-03-22T23:00:00Z")  # midnight in Berlin, Monday begins
    ran = [weekly.run_due(platform)]
    clock.set("2026-03-22T22:30:00Z")
    ran.append(weekly.run_due(platform))
    clock.set("2026-03-22T23:30:00Z")
    ran.append(weekly.run_due(platform))
    change(platform, company, zone="America/New_York")  # Sunday evening
    ran.append(weekly.run_due(platform))
    clock.set("2026-03-23T04:30:00Z")  # Monday there as well
    ran.append(weekly.run_due(platform))

    assert ran[:-1] == [1, 0, 0, 0]
    assert [n.data["week"] for n in notices(platform, "week_gaps") if n.user_id == company.bob.user_id] == ["2026-W13"]


def test_two_processes_report_a_week_once(
    platform: Platform, company: Company, channel: Channel, clock: FakeClock, tmp_path: Path
) -> None:
    url = platform.database.url.render_as_string(hide_password=False)
    other = make_platform(tmp_path / "other", url, clock)
    clock.set(SIX_ON_MONDAY)
    start, ran = threading.Barrier(8), []

    def process(mine: Platform) -> None:
        start.wait()
        ran.append(weekly.run_due(mine))

    threads = [threading.Thread(target=process, args=((platform, other)[n % 2],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()

    assert sum(ran) == 2
    assert len(notices(platform, "week_gaps")) == 3


@pytest.mark.parametrize(
    ("day", "passings"),
    [
        ("2027-03-28", ["00:59", "01:29", "01:30", "02:30"]),
        ("2027-10-31", ["00:29", "00:30", "01:30", "02:30"]),
    ],
)
def test_a_job_set_to_the_hour_of_a_clock_change_runs_once(
    platform: Platform, company: Company, clock: FakeClock, day: str, passings: list[str]
) -> None:
    change(platform, company, weekly_weekday=6, weekly_time=time(2, 30), weekly_done_for=(f"{day[:4]}-W01"))
    due = {"2027-03-28": "01:30", "2027-10-31": "00:30"}[day]
    ran = []
    for at in passings:
        clock.set(f"{day}T{at}:00Z")
        weekly.run_due(platform)
        with platform.database.read() as session:
            events = session.scalars(
                select(Event.id).where(Event.kind == "weekly_done", Event.workspace_id == company.workspace.id)
            ).all()
        ran.append(len(events))

    assert ran == [int(at >= due) for at in passings]


def test_after_a_standstill_the_running_week_is_reported_late_and_older_ones_not(
    platform: Platform, company: Company, channel: Channel, clock: FakeClock
) -> None:
    clock.set("2026-04-15T12:00:00Z")

    weekly.run_due(platform)

    mine = [n for n in notices(platform, "week_gaps") if n.user_id == company.bob.user_id]
    assert [n.data["week"] for n in mine] == ["2026-W16"]
    assert mine[0].data["channels"][0]["times"] == ["2026-04-16T07:00:00Z"]


def test_a_workspace_made_in_the_middle_of_a_week_is_left_in_peace_until_the_next(
    platform: Platform, company: Company, channel: Channel, clock: FakeClock
) -> None:
    clock.set("2026-03-18T12:00:00Z")  # it was made on Monday at ten

    assert weekly.run_due(platform) == 0


def test_a_job_on_thursday_looks_at_the_week_to_come(
    platform: Platform, company: Company, channel: Channel, clock: FakeClock
) -> None:
    change(platform, company, weekly_weekday=THU)
    clock.set("2026-03-19T05:00:00Z")

    weekly.run_due(platform)

    assert notices(platform, "week_gaps")[0].data["week"] == "2026-W13"


def test_queued_drafts_whose_slot_passed_move_on_any_day_and_people_are_told(
    platform: Platform, company: Company, channel: Channel, clock: FakeClock
) -> None:
    make_post(platform, company.charlie, [channel], QUEUE)
    clock.set("2026-03-17T08:00:00Z")

    weekly.run_due(platform)
    weekly.run_due(platform)

    with platform.database.read() as session:
        (moved,) = session.scalars(select(Delivery.publish_at))
    assert moved == datetime(2026, 3, 19, 8, 0, tzinfo=UTC)
    assert [n.data for n in notices(platform, "queue_moved")] == [{"count": 1}] * 3
