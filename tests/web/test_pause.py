"""The crisis switch."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from planner.bootstrap import Platform
from planner.models import Campaign, Channel, Delivery, Workspace
from planner.services.posts import When
from planner.services.publishing import restored
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_post
from tests.support.web import Browsing, ClientOf

REASON = "Unfall im Werk"


@pytest.fixture
def bob(client_of: ClientOf, company: Company) -> Browsing:
    client = client_of(company.bob)
    client.send("/language", language="en")
    return client


def workspace(platform: Platform, company: Company) -> Workspace:
    with platform.database.read() as session:
        return session.get_one(Workspace, company.workspace.id)


def test_anyone_who_writes_pulls_it_and_a_lead_releases_it(
    client_of: ClientOf, platform: Platform, company: Company
) -> None:
    rita, charlie, bob = (client_of(actor) for actor in (company.rita, company.charlie, company.bob))
    assert rita.send("/pause", reason=REASON).status_code == 403
    assert "pause-dialog" not in rita.get("/topics").text
    assert charlie.send("/pause", reason=REASON, next="/topics").location == "/topics"
    assert workspace(platform, company).pause_reason == REASON
    assert charlie.send("/pause/release").status_code == 403
    assert bob.send("/pause/release").status_code == 302
    assert workspace(platform, company).paused_at is None


def test_every_page_says_who_stopped_it_when_and_why(client_of: ClientOf, company: Company) -> None:
    client_of(company.charlie).send("/pause", reason=REASON)
    rita = client_of(company.rita)
    for path in ("/topics", "/channels", "/success", "/approvals"):
        banner = rita.get(path).text.split('class="pause-banner"')[1].split("</div>")[0]
        assert REASON in banner
        assert "Charlie" in banner
        assert "16. März 2026, 10:00" in banner


def test_another_workspace_goes_on(client_of: ClientOf, platform: Platform, company: Company) -> None:
    client_of(company.charlie).send("/pause", reason=REASON)
    assert "pause-banner" not in client_of(company.oscar).get("/topics").text


def test_it_needs_a_reason_and_keeps_what_was_typed(bob: Browsing, platform: Platform, company: Company) -> None:
    answer = bob.send("/pause", reason=" ")
    assert answer.status_code == 422
    assert 'id="field-reason-error"' in answer.text
    long = "x" * 501
    assert long in bob.send("/pause", reason=long).text
    assert workspace(platform, company).paused_at is None


def test_before_the_release_it_says_what_goes_out_and_what_is_missed(
    bob: Browsing, platform: Platform, company: Company, linkedin: Channel, clock: FakeClock
) -> None:
    for hours, text in ((1, "Zu spät."), (3, "Gerade noch."), (10, "Später am Tag.")):
        when = When(at=clock.now() + timedelta(hours=hours))
        make_post(platform, company.bob, [linkedin], when, approve=True, text=text)
    bob.send("/pause", reason=REASON)
    clock.advance(hours=4)
    page = bob.get("/pause").text
    assert "1 publication is due and within its limit: it goes out at once." in page
    assert "1 is later than its limit: it is marked as missed" in page
    assert "1 more follows at its time within 24 hours." in page


def test_after_a_restore_it_says_what_is_waited_for_and_offers_the_release_once_that_is_known(
    client_of: ClientOf, platform: Platform, company: Company, linkedin: Channel, clock: FakeClock
) -> None:
    post = make_post(platform, company.bob, [linkedin], When(at=clock.now() + timedelta(days=1)), approve=True)
    restored.after_restore(platform)
    bob = client_of(company.bob)
    page = bob.get("/pause").text
    assert page.count("Aus einer Sicherung wiederhergestellt") == 2  # over the page, and on it
    assert "1 Veröffentlichung wird noch im Netzwerk gesucht" in page
    assert "/pause/release" not in page
    assert "Aus einer Sicherung wiederhergestellt" in bob.get(f"/posts/{post.id}").text.split("delivery-hold")[1]
    with platform.database.write() as session:
        session.execute(update(Delivery).values(look_at=None))
    page = bob.get("/pause").text
    assert "Es steht fest, was nach der Sicherung hinausging" in page
    assert "/pause/release" in page


def test_releasing_what_is_not_paused_is_said(bob: Browsing) -> None:
    assert "Nothing is paused here." in bob.send_and_follow("/pause/release").text


@pytest.mark.parametrize("kind", ["workspace", "campaign", "channel"])
def test_what_is_held_says_why_on_every_page_and_what_is_too_late_after_the_release_is_asked_about_at_once(
    client_of: ClientOf,
    bob: Browsing,
    platform: Platform,
    company: Company,
    linkedin: Channel,
    clock: FakeClock,
    kind: str,
) -> None:
    with platform.database.write() as session:
        campaign = Campaign(workspace_id=company.workspace.id, name="Messe")
        session.add(campaign)
    for hours in (1, 3):
        when = When(at=clock.now() + timedelta(hours=hours))
        post = make_post(platform, company.bob, [linkedin], when, approve=True, campaign_id=campaign.id)
    make_post(platform, company.bob, [linkedin], When(queue=True), approve=True, campaign_id=campaign.id)
    held, home = {
        "workspace": ("/pause", "/pause"),
        "campaign": (f"/plan/campaigns/{campaign.id}/pause", f"/plan/campaigns/{campaign.id}"),
        "channel": (f"/channels/{linkedin.id}/pause", f"/channels/{linkedin.id}"),
    }[kind]
    client_of(company.charlie).send(held, reason=REASON)

    if kind != "workspace":
        assert f'btn-sm" href="{home}"' in bob.get(f"/posts/{post.id}").text, "the way to where it is ended"
    page = bob.get(home).text
    assert REASON in page
    assert "Charlie" in page.split("<main")[1]
    for path in (f"/posts/{post.id}", f"/calendar/entries/{post.id}", "/posts", "/queue"):
        assert f"Reason: {REASON}." in bob.get(path).text, path

    clock.advance(hours=4)
    released = bob.send_and_follow(f"{held}/release")

    assert released.request.path == "/missed"
    assert "1 post is too late: decide about it." in released.text
