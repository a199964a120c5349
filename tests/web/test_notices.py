"""The bell: what a person should know."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from planner.bootstrap import Platform
from planner.models import Channel, Notice
from planner.services.actor import Actor
from planner.services.posts import When
from planner.web.messages.notices import KINDS
from tests.support.factories import Company, make_post
from tests.support.published import delivery_of
from tests.support.web import Browsing, ClientOf


@pytest.fixture
def charlie(client_of: ClientOf, company: Company) -> Browsing:
    client = client_of(company.charlie)
    client.send("/language", language="en")
    return client


def tell(platform: Platform, to: Actor, kind: str, subject: str, subject_id: int, **data: Any) -> int:
    with platform.database.write() as session:
        notice = Notice(
            workspace_id=to.workspace_id,
            user_id=to.user_id,
            at=platform.clock.now(),
            kind=kind,
            subject=subject,
            subject_id=subject_id,
            data=data,
        )
        session.add(notice)
        session.flush()
        return notice.id


def unread(page: str) -> int:
    return page.count("data-unread")


@pytest.mark.parametrize("kind", sorted(k for k in KINDS if k.startswith("delivery_")))
def test_a_notice_about_a_delivery_names_channel_and_post(
    charlie: Browsing, platform: Platform, company: Company, linkedin: Channel, kind: str
) -> None:
    when = When(at=platform.clock.now() + timedelta(hours=2))
    post = make_post(platform, company.charlie, [linkedin], when, text="Neue Halle.")
    tell(platform, company.charlie, kind, "delivery", delivery_of(platform, post).id, code="x")
    page = charlie.get("/notices").text
    assert linkedin.name in page
    assert "Neue Halle." in page


@pytest.mark.parametrize("kind", sorted(k for k in KINDS if k.startswith("channel_")))
def test_a_notice_about_a_channel_leads_to_it(
    charlie: Browsing, platform: Platform, company: Company, linkedin: Channel, kind: str
) -> None:
    notice_id = tell(platform, company.charlie, kind, "channel", linkedin.id)
    assert linkedin.name in charlie.get("/notices").text
    assert charlie.send(f"/notices/{notice_id}/reading").location == f"/channels/{linkedin.id}"


def test_the_week_is_told_by_its_number_with_channels_and_counts(
    charlie: Browsing, platform: Platform, company: Company
) -> None:
    place = company.workspace.id
    gaps = {"week": "2026-W13", "count": 3, "channels": [{"id": "1", "name": "Brandt", "count": 3, "times": []}]}
    unmet = {"week": "2026-W13", "channels": [{"id": "1", "name": "Brandt", "planned": 1, "target": 2}]}
    tell(platform, company.charlie, "week_gaps", "workspace", place, **gaps)
    tell(platform, company.charlie, "rhythm_unmet", "workspace", place, **unmet)
    page = charlie.get("/notices").text
    assert "Slots of week 13 are still free" in page
    assert "3 free slots: Brandt" in page
    assert "Brandt: 1 of 2" in page


def test_a_returned_post_shows_the_leads_words(charlie: Browsing, platform: Platform, company: Company) -> None:
    tell(platform, company.charlie, "sent_back", "post", 1, by="Bob", note="Bitte <kürzer>.")
    page = charlie.get("/notices").text
    assert "Bob sent your post back" in page
    assert "Bitte &lt;kürzer&gt;." in page


def test_an_unknown_kind_is_shown_and_breaks_nothing(charlie: Browsing, platform: Platform, company: Company) -> None:
    tell(platform, company.charlie, "moon_rose", "moon", 1)
    assert "moon_rose" in charlie.get("/notices").text


def test_the_bell_counts_and_reading_takes_away(charlie: Browsing, platform: Platform, company: Company) -> None:
    first = tell(platform, company.charlie, "queue_moved", "workspace", company.workspace.id)
    tell(platform, company.charlie, "queue_moved", "workspace", company.workspace.id)
    assert "Notices: 2 unread" in charlie.get("/account").text
    charlie.send(f"/notices/{first}/reading")
    assert unread(charlie.get("/notices").text) == 1
    charlie.send("/notices/reading")
    assert "Notices: 0 unread" in charlie.get("/notices").text


def test_nobody_sees_or_reads_anothers_notices(client_of: ClientOf, platform: Platform, company: Company) -> None:
    notice_id = tell(platform, company.charlie, "queue_moved", "workspace", company.workspace.id)
    for actor in (company.rita, company.oscar):
        client = client_of(actor)
        assert unread(client.get("/notices").text) == 0
        client.send(f"/notices/{notice_id}/reading")
        client.send("/notices/reading")
    assert unread(client_of(company.charlie).get("/notices").text) == 1


def test_older_notices_are_on_further_pages(charlie: Browsing, platform: Platform, company: Company) -> None:
    for _ in range(51):
        tell(platform, company.charlie, "queue_moved", "workspace", company.workspace.id)
    page = charlie.get("/notices").text
    assert unread(page) == 50
    older = page.split('rel="next" href="')[1].split('"')[0]
    assert unread(charlie.get(older).text) == 1
