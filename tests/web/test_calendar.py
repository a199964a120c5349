"""The calendar's page and what it draws: entries, gaps, the weekly rhythm."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, select, update

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState, PostStatus
from planner.models import Base, Campaign, Channel, Delivery, Post, Workspace
from planner.services.posts import When
from planner.services.publishing.status import refresh_status
from tests.support.factories import Company, make_post
from tests.support.web import Browsing, ClientOf

MARCH = "/calendar/events?start=2026-02-23T00:00:00%2B01:00&end=2026-04-06T00:00:00%2B02:00"
WEEK = "/calendar/events?start=2026-03-16T00:00:00%2B01:00&end=2026-03-23T00:00:00%2B01:00"


def test_an_entry_is_a_post_on_those_channels_that_go_out_together(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel, twitter: Channel
) -> None:
    at = platform.clock.now() + timedelta(days=2)
    post = make_post(platform, company.bob, [linkedin, twitter], When(at=at), text="Fräse " * 40, approve=True)
    entries = events(client_of(company.rita), MARCH)["entries"]
    assert len(entries) == 1
    entry = entries[0]
    assert entry["post"] == str(post.id)
    assert entry["start"] == "2026-03-18T09:00:00Z"
    assert sorted(entry["channels"]) == sorted([str(linkedin.id), str(twitter.id)])
    assert (entry["status"], entry["movable"], entry["queued"], entry["held"]) == ("scheduled", True, False, "")
    assert entry["marks"] == []
    assert entry["text"].endswith(" …")
    assert len(entry["text"]) <= 75


@pytest.mark.parametrize(
    ("state", "status", "movable"),
    [
        (DeliveryState.SENDING, "publishing", False),
        (DeliveryState.UNKNOWN, "publishing", False),
        (DeliveryState.PUBLISHED, "published", False),
        (DeliveryState.FAILED, "failed", False),
        (DeliveryState.MISSED, "needs_person", True),
    ],
)
def test_what_is_on_its_way_or_out_cannot_be_dragged(
    client_of: ClientOf,
    company: Company,
    platform: Platform,
    linkedin: Channel,
    state: DeliveryState,
    status: str,
    movable: bool,
) -> None:
    post = make_post(platform, company.bob, [linkedin], When(queue=True), approve=True)
    with platform.database.write() as session:
        session.scalars(select(Delivery)).one().state = state
        refresh_status(session, post.id)
    entry = events(client_of(company.charlie), MARCH)["entries"][0]
    assert (entry["status"], entry["movable"]) == (status, movable)


def test_what_is_held_says_why_in_words(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel
) -> None:
    with platform.database.write() as session:
        campaign = Campaign(workspace_id=company.workspace.id, name="Messe")
        session.add(campaign)
    make_post(platform, company.bob, [linkedin], When(queue=True), approve=True, campaign_id=campaign.id)
    rita = client_of(company.rita)
    paused: tuple[tuple[type[Base], str], ...] = (
        (Campaign, "Die Kampagne ist pausiert."),
        (Channel, "Der Kanal ist pausiert."),
        (Workspace, "Das Veröffentlichen ist pausiert."),
    )
    for model, words in paused:
        assert events(rita, MARCH)["entries"][0]["held"] == ""
        pause(platform, model, on=True)
        assert events(rita, MARCH)["entries"][0]["held"] == words
        pause(platform, model, on=False)


def test_free_slots_ahead_are_gaps(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel
) -> None:
    make_post(platform, company.bob, [linkedin], When(queue=True), approve=True)
    gaps = events(client_of(company.rita), WEEK)["gaps"]
    assert [(g["channel"], g["start"]) for g in gaps] == [(str(linkedin.id), "2026-03-19T09:00:00Z")]


def test_the_week_says_whether_the_rhythm_is_met(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel, twitter: Channel
) -> None:
    rita = client_of(company.rita)
    for count, met in ((1, False), (2, True)):
        make_post(platform, company.bob, [linkedin], When(queue=True), approve=True)
        week = events(rita, WEEK)["weeks"][0]
        shown = {c["channel"]: (c["count"], c["target"], c["met"]) for c in week["channels"]}
        assert (week["week"], week["number"]) == ("2026-W12", 12)
        assert shown == {str(linkedin.id): (count, 2, met), str(twitter.id): (0, None, None)}


def test_the_month_holds_whole_weeks_over_the_change_of_the_clocks(client_of: ClientOf, company: Company) -> None:
    weeks = events(client_of(company.rita), MARCH)["weeks"]
    assert [w["number"] for w in weeks] == [9, 10, 11, 12, 13, 14]


def test_drafts_without_a_time_stand_beside_the_calendar(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel
) -> None:
    make_post(platform, company.charlie, [linkedin], text="Liegt noch da")
    make_post(platform, company.charlie, [linkedin], When(queue=True), text="Hat seine Zeit")
    page = client_of(company.charlie).get("/calendar").text
    assert re.findall(r'data-draft-text="([^"]+)"', page) == ["Liegt noch da"]


def test_others_see_nothing_of_it(client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel) -> None:
    post = make_post(platform, company.bob, [linkedin], When(queue=True), approve=True)
    assert client_of(company.rita).get(f"/calendar/entries/{post.id}").status_code == 200
    oscar = client_of(company.oscar)
    assert events(oscar, MARCH)["entries"] == []
    assert oscar.get(f"/calendar/entries/{post.id}").status_code == 404
    assert client_of(None).get("/calendar").status_code == 302


def test_a_reader_looks_and_an_editor_acts(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel
) -> None:
    post = make_post(platform, company.bob, [linkedin], When(queue=True), approve=True)
    pages = {n: client_of(getattr(company, n)).get(f"/calendar/entries/{post.id}").text for n in ("charlie", "rita")}
    assert "data-entry-move" in pages["charlie"]
    assert "data-entry-move" not in pages["rita"]
    assert "data-entry-delete" not in pages["rita"]
    settings = re.search(r'id="calendar-settings">(.*?)</script>', client_of(company.rita).get("/calendar").text)
    assert settings
    assert json.loads(settings[1])["mayEdit"] is False


@pytest.mark.parametrize(
    "query", ["", "?start=x&end=y", "?start=2026-03-02T00:00:00Z&end=2026-03-01T00:00:00Z", "?start=2026-03-01T00:00"]
)
def test_a_range_that_is_none_is_refused(client_of: ClientOf, company: Company, query: str) -> None:
    assert client_of(company.rita).get(f"/calendar/events{query}").status_code == 400


def test_a_very_long_range_is_cut(client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel) -> None:
    answer = events(client_of(company.rita), "/calendar/events?start=1990-01-01T00:00:00Z&end=2090-01-01T00:00:00Z")
    assert len(answer["weeks"]) <= 16


def test_page_and_entries_take_few_queries_however_many_posts_there_are(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel, twitter: Channel
) -> None:
    bob = client_of(company.bob)
    counts = []
    for more in (1, 300):
        many_posts(platform, [linkedin, twitter], more)
        with counting(platform) as statements:
            bob.get("/calendar")
            events(bob, MARCH)
        counts.append(len(statements))
    assert len(events(bob, MARCH)["entries"]) == 301
    assert counts[0] == counts[1]
    assert counts[1] < 14, "\n\n".join(statements)


def many_posts(platform: Platform, channels: list[Channel], count: int) -> None:
    """Published posts in March, written straight into the tables."""
    now = platform.clock.now()
    common = {"workspace_id": channels[0].workspace_id, "created_at": now, "updated_at": now}
    with platform.database.write() as session:
        for number in range(count):
            values = {**common, "text": f"Beitrag {number}", "status": PostStatus.PUBLISHED}
            post_id = session.execute(insert(Post).values(**values).returning(Post.id)).scalar_one()
            at = now - timedelta(minutes=10 * number)
            rows = [
                {**common, "post_id": post_id, "channel_id": c.id, "state": DeliveryState.PUBLISHED, "publish_at": at}
                for c in channels
            ]
            session.execute(insert(Delivery), rows)


@contextmanager
def counting(platform: Platform) -> Iterator[list[str]]:
    """Collects the queries that reach the database meanwhile."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    event.listen(platform.database.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(platform.database.engine, "before_cursor_execute", note)


def events(person: Browsing, address: str) -> dict[str, Any]:
    answer = person.get(address)
    assert answer.status_code == 200, answer.text
    return dict(answer.json or {})


def pause(platform: Platform, model: type[Base], *, on: bool) -> None:
    with platform.database.write() as session:
        session.execute(update(model).values(paused_at=platform.clock.now() if on else None))


def test_channels_whose_access_ends_or_has_ended_stand_above_the_calendar_and_those_that_renew_themselves_do_not(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel, twitter: Channel
) -> None:
    now = platform.clock.now()
    soon = {"credentials": "sealed", "token_expires_at": now + timedelta(days=3)}
    with platform.database.write() as session:
        session.execute(update(Channel).where(Channel.id == twitter.id).values(renews=True, **soon))

    banners = []
    for values in ({}, soon, {"reconnect_since": now}):
        with platform.database.write() as session:
            session.execute(update(Channel).where(Channel.id == linkedin.id).values(name=linkedin.name, **values))
        page = client_of(company.rita).get("/calendar").text
        banners.append(re.findall(r"Die Verbindung [^<]*", page))

    assert banners == [
        [],
        ["Die Verbindung endet am Do., 19. März 2026, 10:00."],
        ["Die Verbindung ist beendet. Dort geht nichts hinaus, bis der Kanal neu verbunden ist."],
    ]
