"""The first steps, which tick themselves."""

from __future__ import annotations

import pytest

from planner.bootstrap import Platform
from planner.models import Channel, Workspace
from planner.services.installation import FIRST_NAME
from planner.services.posts import When
from tests.support.factories import Company, make_post
from tests.support.web import Browsing, ClientOf


@pytest.fixture
def alice(client_of: ClientOf, company: Company) -> Browsing:
    client = client_of(company.alice)
    client.send("/language", language="en")
    return client


def done(page: str) -> int:
    return page.count("data-done")


def test_steps_tick_themselves_from_what_is_there(
    alice: Browsing, platform: Platform, company: Company, request: pytest.FixtureRequest
) -> None:
    assert done(alice.get("/channels").text) == 2  # the company has its name, and there are colleagues
    linkedin: Channel = request.getfixturevalue("linkedin")
    assert done(alice.get("/channels").text) == 4
    make_post(platform, company.charlie, [linkedin], When(queue=True))
    assert done(alice.get("/channels").text) == 5
    make_post(platform, company.bob, [linkedin], When(queue=True), approve=True)
    assert "onboarding-title" not in alice.get("/channels").text


def test_a_company_that_still_has_the_first_name_is_asked_for_its_own(
    alice: Browsing, platform: Platform, company: Company
) -> None:
    with platform.database.write() as session:
        session.get_one(Workspace, company.workspace.id).name = FIRST_NAME
    page = alice.get("/channels").text
    assert done(page) == 1
    assert "Name your company" in page


def test_they_are_put_away_for_one_person(alice: Browsing, client_of: ClientOf, company: Company) -> None:
    assert alice.send("/onboarding/dismissal", next="/channels").location == "/channels"
    assert "onboarding-title" not in alice.get("/channels").text
    assert "onboarding-title" in client_of(company.charlie).get("/channels").text


def test_a_step_leads_on_only_where_the_role_allows_it(client_of: ClientOf, company: Company) -> None:
    assert 'href="/channels/new"' in client_of(company.alice).get("/topics").text
    assert 'href="/channels/new"' not in client_of(company.charlie).get("/topics").text


def test_readers_see_none(client_of: ClientOf, company: Company) -> None:
    assert "onboarding-title" not in client_of(company.rita).get("/channels").text
