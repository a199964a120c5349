"""Calendar, figures, reports and the calendar feed by the API."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import update

from planner.bootstrap import Platform
from planner.domain.roles import Role
from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery, ReadCost, Snapshot
from tests.support.api import Script, fields, made, make_token, problem
from tests.support.clock import FakeClock
from tests.support.databases import on_one_kind
from tests.support.factories import Company, make_channel


def publish(platform: Platform, post: dict[str, Any], **figures: int | None) -> None:
    """As if the post had gone out at its time and figures had come back a day later."""
    with platform.database.write() as session:
        for given in post["deliveries"]:
            delivery = session.get_one(Delivery, int(given["id"]))
            delivery.state = DeliveryState.PUBLISHED
            delivery.published_at = delivery.publish_at
            delivery.remote_url = f"https://network.example/{delivery.id}"
            assert delivery.publish_at is not None
            session.add(Snapshot(delivery_id=delivery.id, taken_at=delivery.publish_at + timedelta(days=1), **figures))


def schedule(admin: Script, channel: Channel, at: str, text: str = "Hallo", **changes: Any) -> dict[str, Any]:
    body = {"text": text, "channels": [str(channel.id)], "publish_at": at, "approved": True}
    return made(admin.post("/posts", body | changes))


def test_the_calendar_shows_what_goes_out_and_what_is_missing(
    admin: Script, channel: Channel, clock: FakeClock
) -> None:
    clock.advance(minutes=1)
    post = schedule(admin, channel, "2026-03-17T08:00:00Z")
    seen = made(admin.get("/calendar?from=2026-03-16&to=2026-03-22"))
    assert seen["items"] == [
        {
            "post": post["id"],
            "publish_at": "2026-03-17T08:00:00Z",
            "text": "Hallo",
            "status": "scheduled",
            "held": False,
            "waits_for": None,
            "held_until": None,
            "topic": None,
            "campaign": None,
            "category": None,
            "owner": None,
            "deliveries": [
                {
                    "id": post["deliveries"][0]["id"],
                    "channel": str(channel.id),
                    "status": "scheduled",
                    "queued": False,
                    "remote_url": None,
                }
            ],
        }
    ]
    assert seen["gaps"] == [{"channel": str(channel.id), "publish_at": "2026-03-19T15:00:00Z"}]


def test_an_entry_that_is_held_says_why_and_until_when(
    admin: Script, channel: Channel, clock: FakeClock, platform: Platform
) -> None:
    at = clock.now() + timedelta(hours=1)
    schedule(admin, channel, at.isoformat())
    until = at + timedelta(hours=2)
    for values, expected in (
        ({"paused_at": clock.now()}, (True, "channel_paused", None)),
        ({"paused_at": None, "throttled_until": until}, (True, "throttled", "2026-03-16T12:00:00Z")),
        ({"throttle_reason": "unreachable"}, (True, "unreachable", "2026-03-16T12:00:00Z")),
        ({"reconnect_since": clock.now()}, (True, "reconnect", None)),
        ({"reconnect_since": None, "throttled_until": at}, (False, None, None)),
    ):
        with platform.database.write() as session:
            session.execute(update(Channel).where(Channel.id == channel.id).values(**values))
        (entry,) = made(admin.get("/calendar?from=2026-03-16&to=2026-03-22"))["items"]
        assert (entry["held"], entry["waits_for"], entry["held_until"]) == expected


def test_a_queued_post_fills_the_gap(admin: Script, channel: Channel, clock: FakeClock) -> None:
    clock.advance(minutes=1)
    made(admin.post("/posts", {"text": "Hallo", "channels": [str(channel.id)], "queue": True}))
    assert made(admin.get("/calendar?from=2026-03-16&to=2026-03-22"))["gaps"] == []


@on_one_kind
@pytest.mark.parametrize(
    "query", ["from=2026-03-22&to=2026-03-01", "from=2026-01-01&to=2026-12-31", "from=1970-01-01&to=2200-12-31"]
)
def test_a_range_that_is_none_or_too_long_is_refused(admin: Script, query: str) -> None:
    assert fields(problem(admin.get(f"/calendar?{query}"), 422)) == {"to": "range_invalid"}


def test_figures_are_summed_up_by_groups_and_missing_ones_stay_missing(
    admin: Script, channel: Channel, platform: Platform, company: Company, clock: FakeClock
) -> None:
    facebook = make_channel(platform.database, company, clock.now(), "facebook")
    topic = made(admin.post("/topics", {"title": "Messe"}))["id"]
    first = schedule(admin, channel, "2026-03-17T08:00:00Z", topic=topic)
    second = schedule(admin, facebook, "2026-03-18T08:00:00Z")
    publish(platform, first, impressions=1000, reactions=30, comments=5, shares=5)
    publish(platform, second, reactions=10, comments=0, shares=0)
    clock.set("2026-03-23T08:00:00Z")
    seen = made(admin.get("/metrics/summary?from=2026-03-16&to=2026-03-22&group=network"))
    rows = {row["key"]: row for row in seen["items"]}
    assert (rows["linkedin"]["impressions"], rows["linkedin"]["interactions"]) == (1000, 40)
    assert rows["linkedin"]["engagement_rate"] == 0.04
    assert (rows["facebook"]["impressions"], rows["facebook"]["engagement_rate"]) == (None, None)
    assert (seen["total"]["impressions"], seen["total"]["given"]["impressions"]) == (1000, 1)
    assert seen["total"]["interactions"] == 50
    by_topic = made(admin.get("/metrics/summary?from=2026-03-16&to=2026-03-22&group=topic"))["items"]
    assert {(row["key"], row["label"]): row["posts"] for row in by_topic} == {(topic, "Messe"): 1, (None, None): 1}
    unknown = admin.get("/metrics/summary?from=2026-03-16&to=2026-03-22&group=farbe")
    assert fields(problem(unknown, 422)) == {"group": "choice_invalid"}


@pytest.mark.parametrize("period", ["2026-W12", "2026-03", "2026-Q1"])
def test_a_period_comes_as_a_table(admin: Script, channel: Channel, platform: Platform, period: str) -> None:
    post = schedule(admin, channel, "2026-03-17T08:00:00Z", text='Neu: "Fräse",\nmit Umlaut')
    schedule(admin, channel, "2026-03-18T08:00:00Z", text="Noch nicht veröffentlicht")
    publish(platform, post, impressions=10, reactions=0)
    answer = admin.get(f"/reports/{period}.csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert row["published"] == "2026-03-17 09:00", "by the workspace's clock"
    assert (row["text"], row["impressions"], row["reactions"], row["reach"]) == (
        'Neu: "Fräse",\nmit Umlaut',
        "10",
        "0",
        "",
    )


@on_one_kind
def test_a_table_holds_no_formulas(admin: Script, channel: Channel, platform: Platform) -> None:
    publish(platform, schedule(admin, channel, "2026-03-17T08:00:00Z", text='=HYPERLINK("https://x.example")'))
    (row,) = csv.DictReader(io.StringIO(admin.get("/reports/2026-W12.csv").text))
    assert row["text"].startswith("'=")


@on_one_kind
@pytest.mark.parametrize("period", ["2026", "2026-13", "2026-W54", "2026-Q5", "0000-01", "2026-3", "x"])
def test_an_unknown_period_is_not_found(admin: Script, period: str) -> None:
    assert problem(admin.get(f"/reports/{period}.csv"), 404)["code"] == "period_unknown"


def test_a_goal_shows_how_far_it_has_come(
    admin: Script, channel: Channel, platform: Platform, clock: FakeClock
) -> None:
    body = {
        "name": "Gesehen werden",
        "metric": "impressions",
        "target": 2000,
        "starts_on": "2026-03-01",
        "ends_on": "2026-03-31",
    }
    goal = made(admin.post("/goals", body))["id"]
    assert made(admin.get(f"/goals/{goal}/progress"))["value"] is None
    publish(platform, schedule(admin, channel, "2026-03-17T08:00:00Z", goal=goal), impressions=500)
    clock.set("2026-03-20T08:00:00Z")
    progress = made(admin.get(f"/goals/{goal}/progress"))
    assert (progress["value"], progress["target"], progress["share"], progress["posts"]) == (500, 2000, 0.25, 1)


def test_the_feed_is_a_calendar_that_other_programs_read(
    app: Flask, admin: Script, channel: Channel, platform: Platform, company: Company
) -> None:
    post = schedule(admin, channel, "2026-03-17T08:00:00Z", text="Tag der offenen Tür; mit Führung, Kuchen\nund Musik")
    made(admin.post("/posts", {"text": "Ohne Zeit", "channels": [str(channel.id)]}))
    token = make_token(platform, company.rita)
    answer = app.test_client().get(f"/calendar.ics?token={token}")
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert event.decoded("dtstart") == datetime(2026, 3, 17, 8, tzinfo=UTC)
    assert str(event["description"]) == "Tag der offenen Tür; mit Führung, Kuchen\nund Musik"
    assert str(event["summary"]).endswith("(Linkedin von Brandt)")
    assert str(event["url"]) == f"http://localhost/posts/{post['id']}"
    assert all(len(line) <= 75 for line in answer.data.split(b"\r\n"))


def test_a_feed_takes_only_a_token_that_can_do_nothing_else(app: Flask, platform: Platform, company: Company) -> None:
    client = app.test_client()
    for role in (Role.EDITOR, Role.ADMIN):
        answer = client.get(f"/calendar.ics?token={make_token(platform, company.alice, role)}")
        assert problem(answer, 403)["code"] == "token_not_read_only"
    problem(client.get("/calendar.ics?token=falsch"), 401)
    problem(client.get("/calendar.ics"), 401)


def test_a_feed_shows_an_outsider_nothing(
    app: Flask, admin: Script, channel: Channel, platform: Platform, company: Company
) -> None:
    schedule(admin, channel, "2026-03-17T08:00:00Z")
    token = make_token(platform, company.oscar, Role.READER)
    answer = app.test_client().get(f"/calendar.ics?token={token}")
    assert not Calendar.from_ical(answer.data).walk("VEVENT")


def test_what_the_month_cost_is_told_by_channel(
    admin: Script, channel: Channel, platform: Platform, clock: FakeClock
) -> None:
    clock.advance(minutes=1)
    post = schedule(admin, channel, "2026-03-17T08:00:00Z")
    assert made(admin.get("/costs")) == {"month": "2026-03", "items": [], "total_usd": 0.0}
    publish(platform, post)
    with platform.database.write() as session:
        session.get_one(Delivery, int(post["deliveries"][0]["id"])).cost_micros = 200_000
        session.add(ReadCost(channel_id=channel.id, month="2026-03", reads=30, micros=150_000))
    assert made(admin.get("/costs")) == {
        "month": "2026-03",
        "items": [
            {
                "channel": str(channel.id),
                "posts": 1,
                "posts_usd": 0.2,
                "answers": 0,
                "answers_usd": 0.0,
                "reads": 30,
                "reads_usd": 0.15,
            }
        ],
        "total_usd": 0.35,
    }
    assert made(admin.get(f"/deliveries/{post['deliveries'][0]['id']}"))["cost_usd"] == 0.2
