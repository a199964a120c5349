"""New time zone data, with zone files that really changed: slots follow, times of their own are asked about."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from planner.bootstrap import Platform
from planner.domain.walltime import resolve
from planner.models import Channel, Event, Notice, User, Workspace
from planner.scheduler import Scheduler
from planner.services import zone_rules
from planner.services.errors import Conflict, Forbidden
from planner.services.posts import When
from planner.services.retiming import Choices, Keep
from tests.services.queueing import delivery_of, get, queued, times
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_channel, make_company, make_post
from tests.support.zone_files import write_zone, zones_in

ZONE = "Europe/Teststadt"
HOUR = 3600
ABOLISHED = datetime(2026, 3, 29, 1, tzinfo=UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def database_url(any_url: str) -> str:
    """Nothing here depends on the kind of database."""
    return any_url


@pytest.fixture(autouse=True)
def old_rules(tmp_path: Path) -> Iterator[None]:
    """A town an hour east of Greenwich, whose clock is put forward on 29 March 2026."""
    folder = tmp_path / "zones"
    write_zone(folder, ZONE, HOUR, (ABOLISHED, 2 * HOUR))
    with zones_in(folder, "2026a"):
        yield


@contextmanager
def new_rules(tmp_path: Path) -> Iterator[None]:
    """The parliament has just abolished it."""
    folder = tmp_path / "newer"
    write_zone(folder, ZONE, HOUR)
    with zones_in(folder, "2026b"):
        yield


@pytest.fixture
def company(platform: Platform) -> Company:
    return make_company(platform.database, platform.clock.now(), zone=ZONE)


@pytest.fixture
def channel(platform: Platform, company: Company) -> Channel:
    """A slot each Tuesday at 09:00."""
    return make_channel(platform.database, company, platform.clock.now(), slots=[(1, "09:00")])


def fixed(platform: Platform, company: Company, channel: Channel, at: str) -> int:
    when = When(wall=datetime.fromisoformat(at))
    return delivery_of(platform, make_post(platform, company.bob, [channel], when, text=at, approve=True).id)


def told(platform: Platform, kind: str) -> list[Notice]:
    with platform.database.read() as session:
        return list(session.query(Notice).filter_by(kind=kind).order_by(Notice.user_id))


def decide(platform: Platform, company: Company, choices: Choices) -> Event:
    with platform.database.write() as session:
        return zone_rules.decide(session, company.charlie, choices, now=platform.clock.now())


def test_the_zone_files_of_these_tests_are_what_python_reads(tmp_path: Path) -> None:
    chosen = datetime.fromisoformat("2026-03-31T09:00")
    assert (resolve(chosen, ZONE).utc, zone_rules.version()) == (utc("2026-03-31T07:00"), "2026a")
    with new_rules(tmp_path):
        assert (resolve(chosen, ZONE).utc, zone_rules.version()) == (utc("2026-03-31T08:00"), "2026b")


def test_queued_posts_follow_the_new_rules_and_the_rest_is_asked_about_once(
    platform: Platform, company: Company, channel: Channel, tmp_path: Path
) -> None:
    slots = [queued(platform, company, channel) for _ in range(3)]
    own = fixed(platform, company, channel, "2026-04-01T15:00")
    early = fixed(platform, company, channel, "2026-03-20T15:00")
    assert zone_rules.recheck(platform) == 0
    assert told(platform, zone_rules.ASKED) == []

    with new_rules(tmp_path):
        assert zone_rules.recheck(platform) == 1
        assert zone_rules.recheck(platform) == 0

    assert times(platform, *slots) == [utc(f"2026-03-{day}T08:00") for day in (17, 24, 31)]
    assert times(platform, own, early) == [utc("2026-04-01T13:00"), utc("2026-03-20T14:00")]


def test_it_is_noticed_who_is_told_and_which_version_was_seen(
    platform: Platform, company: Company, channel: Channel, tmp_path: Path
) -> None:
    slots = [queued(platform, company, channel) for _ in range(3)]
    own = fixed(platform, company, channel, "2026-04-01T15:00")
    zone_rules.recheck(platform)
    with platform.database.write() as session:
        session.get_one(User, company.bob.user_id).active = False

    with new_rules(tmp_path):
        zone_rules.recheck(platform)

        planners = sorted(p.user_id or 0 for p in (company.alice, company.charlie))
        assert [n.user_id for n in told(platform, zone_rules.MOVED)] == planners
        assert [(n.user_id, n.data["deliveries"]) for n in told(platform, zone_rules.ASKED)] == [
            (p, [own]) for p in planners
        ]
        with platform.database.read() as session:
            assert session.get_one(Workspace, company.workspace.id).zone_rules == "2026b"
            (seen,) = session.query(Event).filter_by(kind="zone_rules_seen", subject_id=company.workspace.id).all()
            moved = session.query(Event).filter_by(subject="delivery", subject_id=slots[2], kind="moved").all()
        assert (seen.data, [e.actor for e in moved]) == ({"before": "2026a", "after": "2026b"}, ["Sendeplan"])


@pytest.mark.parametrize(
    ("keep", "moment", "wall"),
    [(Keep.CLOCK, "2026-04-01T14:00", "2026-04-01T15:00"), (Keep.MOMENT, "2026-04-01T13:00", "2026-04-01T14:00")],
)
def test_a_person_decides_between_the_clock_and_the_moment_and_may_take_it_back(
    platform: Platform, company: Company, channel: Channel, tmp_path: Path, keep: Keep, moment: str, wall: str
) -> None:
    own = fixed(platform, company, channel, "2026-04-01T15:00")
    with new_rules(tmp_path):
        zone_rules.recheck(platform)

        event = decide(platform, company, Choices(keep))

        assert (times(platform, own), get(platform, own).wall_time) == ([utc(moment)], wall)
        with pytest.raises(Conflict, match="no_times_to_decide"):
            decide(platform, company, Choices(keep))
        now = platform.clock.now()
        with platform.database.write() as session, pytest.raises(Forbidden):
            zone_rules.take_back(session, company.rita, event.id, now=now)
        with platform.database.write() as session:
            assert zone_rules.take_back(session, company.bob, event.id, now=now).restored == (own,)
        assert (times(platform, own), get(platform, own).wall_time) == ([utc("2026-04-01T13:00")], "2026-04-01T15:00")


def test_until_somebody_decides_a_post_goes_out_at_its_stored_moment_and_what_passed_asks_nothing(
    platform: Platform, company: Company, channel: Channel, tmp_path: Path, clock: FakeClock
) -> None:
    own = fixed(platform, company, channel, "2026-04-01T15:00")
    with new_rules(tmp_path):
        clock.set("2026-04-01T13:00:01Z")
        zone_rules.recheck(platform)

        assert told(platform, zone_rules.ASKED) == []
        assert times(platform, own) == [utc("2026-04-01T13:00")]


def test_a_moment_given_by_a_script_in_a_repeated_hour_asks_nothing(
    platform: Platform, company: Company, channel: Channel
) -> None:
    with platform.database.write() as session:
        session.get_one(Workspace, company.workspace.id).zone = "Europe/Berlin"
    for at in ("2026-10-25T01:30:00", "2026-03-29T02:15:20"):
        make_post(platform, company.bob, [channel], When(at=utc(at)), approve=True)

    zone_rules.recheck(platform)

    assert told(platform, zone_rules.ASKED) == []


def test_the_clock_looks_at_its_start(platform: Platform, company: Company) -> None:
    def seen() -> str | None:
        with platform.database.read() as session:
            return session.get_one(Workspace, company.workspace.id).zone_rules

    scheduler = Scheduler(platform)
    scheduler.start()
    end = time.monotonic() + 20
    while seen() is None and time.monotonic() < end:
        time.sleep(0.02)
    scheduler.stop()

    assert seen() == "2026a"
