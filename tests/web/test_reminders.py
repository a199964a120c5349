"""Reminders of what is published by hand: wished for, said in words, in the calendar feed, and by the check-up."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from icalendar import Calendar

from planner.bootstrap import Platform
from planner.domain.roles import Role
from planner.domain.states import DeliveryState
from planner.models import Delivery, User, Workspace
from planner.services import checkup, tokens
from planner.services.posts import When
from planner.services.publishing import pool
from planner.services.publishing.reminding import remind_due
from planner.services.waiting import count
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_channel, make_post
from tests.support.web import ClientOf


@pytest.fixture
def due(platform: Platform, company: Company, clock: FakeClock) -> int:
    """Charlie's post, of which he and then the leads were told, and which nobody has published."""
    channel = make_channel(platform.database, company, clock.now(), "xing", name="XING von Hand")
    make_post(
        platform, company.charlie, [channel], When(at=clock.now() + timedelta(minutes=1)), text="Wir stellen ein."
    )
    with platform.database.write() as session:
        delivery = session.query(Delivery).one()
        delivery.state = DeliveryState.SCHEDULED
        delivery.post.needs_approval = False
    clock.advance(minutes=1)
    pool.run_due(platform, "test")
    clock.advance(minutes=61)
    remind_due(platform)
    return delivery.id


def test_each_person_chooses_how_long_before_they_hear_of_it(
    client_of: ClientOf, company: Company, platform: Platform
) -> None:
    charlie = client_of(company.charlie)
    assert "30 Minuten vorher und zur geplanten Zeit" in charlie.get("/account").text
    assert "remind_minutes" not in client_of(company.rita).get("/account").text

    assert charlie.send("/account/reminder", remind_minutes="30").status_code == 302
    assert charlie.send("/account/reminder", remind_minutes="31").status_code == 422

    with platform.database.read() as session:
        assert session.get_one(User, company.charlie.user_id).remind_minutes == 30


def test_an_admin_sets_when_the_leads_hear_and_no_earlier_than_it_is_shown(
    client_of: ClientOf, company: Company, platform: Platform
) -> None:
    alice = client_of(company.alice)
    form = {"name": "Brandt", "zone": "Europe/Berlin", "language": "de", "weekly_weekday": "0", "weekly_time": "06:00"}
    for wrong in ("", "14", "viele", "99999999"):
        refused = alice.send("/settings/workspace", **form, overdue_minutes=wrong)
        assert (refused.status_code, f'value="{wrong}"' in refused.text) == (422, True)
    assert alice.send("/settings/workspace", **form, overdue_minutes="90").status_code == 302
    with platform.database.read() as session:
        assert session.get_one(Workspace, company.workspace.id).overdue_minutes == 90


def test_the_lead_reads_who_was_told_when_and_comes_to_the_page_to_publish(
    client_of: ClientOf, company: Company, due: int
) -> None:
    bob = client_of(company.bob)
    page = bob.get("/notices").text
    assert "Auf XING von Hand hat niemand von Hand veröffentlicht" in page
    assert "Geplant war Mo., 16. März 2026, 10:01. Erinnert: Charlie (Mo., 16. März 2026, 10:01)." in page
    reading = re.findall(r"/notices/\d+/reading", page)[0]  # the newest
    assert bob.send(reading).location.endswith(f"/assisted/{due}")
    assert "hat niemand von Hand veröffentlicht" not in client_of(company.charlie).get("/notices").text


def test_the_check_up_and_the_counts_name_what_is_overdue(platform: Platform, company: Company, due: int) -> None:
    found = {f.code: f for f in checkup.examine(platform, environ={})}
    assert found["by_hand_overdue"].params["channels"] == "XING von Hand"
    with platform.database.read() as session:
        waiting = count(session, company.workspace.id, now=platform.clock.now())
    assert (waiting.by_hand, waiting.overdue) == (1, 1)


def test_the_calendar_feed_rings_for_what_is_published_by_hand_alone(
    app: Flask, platform: Platform, company: Company, clock: FakeClock
) -> None:
    when = When(at=clock.now() + timedelta(days=1))
    for network in ("xing", "linkedin"):
        sealed = platform.vault.seal({"author": "urn:li:organization:1", "access_token": "t"})
        credentials = sealed if network == "linkedin" else None
        channel = make_channel(platform.database, company, clock.now(), network, credentials=credentials)
        make_post(platform, company.bob, [channel], when, text=network, approve=True)
    with platform.database.write() as session:
        _token, secret = tokens.create(session, company.alice, "Kalender", Role.READER, now=clock.now())

    body = app.test_client().get(f"/calendar.ics?token={secret}&alarm=15").data

    alarms = {
        str(event["summary"]).split()[0]: [alarm.decoded("trigger") for alarm in event.walk("VALARM")]
        for event in Calendar.from_ical(body).walk("VEVENT")
    }
    assert alarms == {"xing": [timedelta(minutes=-15)], "linkedin": []}
    assert b"/assisted/" in body
