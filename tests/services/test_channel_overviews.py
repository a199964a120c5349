"""What the networks count of whole channels, put together for a period."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from planner.bootstrap import Platform
from planner.domain.channel_days import Course
from planner.domain.periods import custom
from planner.models import Channel, ChannelDay, ChannelSnapshot
from planner.services.reports import Lack, Reason, over
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_channel

PERIOD = custom(date(2026, 3, 9), date(2026, 3, 15))
ZONE = "Europe/Berlin"


def test_a_period_of_each_channel_with_what_is_missing_and_why(
    platform: Platform, company: Company, clock: FakeClock
) -> None:
    now = clock.now()
    made = {
        key: make_channel(platform.database, company, now, key, credentials="sealed")
        for key in ("linkedin", "facebook", "twitter", "xing")
    }
    by_hand = make_channel(platform.database, company, now, "instagram")
    gone = make_channel(platform.database, company, now, "youtube", archived_at=now)

    def day(key: str, on: date, **figures: Any) -> ChannelDay:
        return ChannelDay(channel_id=made[key].id, day=on, taken_at=now, **{"extra": {}, **figures})

    def count(key: str, when: datetime, followers: int | None, **more: Any) -> ChannelSnapshot:
        return ChannelSnapshot(channel_id=made[key].id, taken_at=when, followers=followers, **more)

    first, week = PERIOD.first, timedelta(days=7)
    start, end = PERIOD.bounds(ZONE)
    refused = {"why": "permission", "permissions": ["rw_organization_admin"]}
    with platform.database.write() as session:
        session.add_all(
            [
                day("linkedin", first, impressions=100, follower_gain=4, extra={"paid_gain": 1}),
                day("linkedin", first + timedelta(days=1), impressions=50, follower_gain=-1, extra={"paid_gain": 0}),
                day("linkedin", first - week, impressions=120, follower_gain=9),
                day("linkedin", first - timedelta(days=6), impressions=80),
                day("linkedin", first - 2 * week, impressions=5000),
                day("linkedin", PERIOD.last + timedelta(days=1), impressions=5000),
                count("linkedin", end - timedelta(hours=3), 5_000, missing={"visitors": refused}),
                count(
                    "facebook",
                    end - timedelta(hours=3),
                    None,
                    missing={"impressions": {"why": "failed", "permissions": []}},
                ),
                count("twitter", start - week, 860),
                count("twitter", start - timedelta(hours=2), 870),
                count("twitter", end - timedelta(hours=9), 862, extra={"listed": 9}),
                count("twitter", end + timedelta(hours=9), 990, extra={"listed": 99}),
            ]
        )
    with platform.database.read() as session:
        found = {one.channel.network: one for one in over(session, company.workspace.id, PERIOD, ZONE)}
    assert list(found) == [*made, by_hand.network]
    assert gone.network not in found

    linkedin = found["linkedin"]
    assert linkedin.figures["impressions"] == Course(150, 2, 200, 2, -0.25)
    assert linkedin.figures["follower_gain"] == Course(3, 2, 9, 1), "a change of a gain in percent says nothing"
    assert (linkedin.followers, linkedin.parts, linkedin.as_of) == (5_000, {"paid_gain": 1}, now)
    assert linkedin.lacks == {
        "page_views": Lack(Reason.NO_DAYS),
        "visitors": Lack(Reason.PERMISSION, ("rw_organization_admin",)),
        "engagements": Lack(Reason.NO_DAYS),
        "page_clicks": Lack(Reason.NO_DAYS),
    }
    facebook = found["facebook"]
    assert facebook.followers is None
    assert facebook.tells_something, "it may yet"
    assert facebook.lacks["impressions"] == Lack(Reason.FAILED)
    assert facebook.lacks["visitors"] == Lack(Reason.NOT_GIVEN)
    x = found["twitter"]
    assert (x.followers, x.totals) == (862, {"listed": 9}), "as of the period's end"
    assert x.figures["follower_gain"] == Course(-8, 0, 10)
    assert x.lacks["impressions"] == Lack(Reason.NOT_GIVEN)
    assert not found["xing"].tells_something
    assert set(found[by_hand.network].lacks.values()) == {Lack(Reason.BY_HAND)}
    assert not found[by_hand.network].tells_something


def test_what_was_never_asked_says_so(platform: Platform, company: Company, clock: FakeClock) -> None:
    channel = make_channel(platform.database, company, clock.now(), "linkedin", credentials="sealed")
    with platform.database.read() as session:
        (found,) = over(session, company.workspace.id, PERIOD, ZONE)
        assert session.get_one(Channel, channel.id) is found.channel
    assert set(found.lacks.values()) == {Lack(Reason.NOT_ASKED)}
