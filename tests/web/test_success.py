"""The success page: what came back, against what, and what is missing."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from planner.bootstrap import Platform
from planner.models import Channel
from planner.services.plan import GoalInput, goals
from tests.support.factories import Company, make_channel
from tests.support.published import make_published
from tests.support.web import Browsing, ClientOf

THIS_WEEK = datetime(2026, 3, 16, 8, tzinfo=UTC)
LAST_WEEK = datetime(2026, 3, 10, 9, tzinfo=UTC)
WEEK_BEFORE = datetime(2026, 3, 3, 9, tzinfo=UTC)


@pytest.fixture
def bob(client_of: ClientOf, company: Company) -> Browsing:
    client = client_of(company.bob)
    client.send("/language", language="en")
    return client


def test_members_of_every_role_see_it_and_strangers_sign_in_first(client_of: ClientOf, company: Company) -> None:
    for actor in (company.alice, company.bob, company.charlie, company.rita):
        assert client_of(actor).get("/success").status_code == 200
    assert client_of(None).get("/success").status_code == 302


def test_it_is_the_leads_first_screen(client_of: ClientOf, company: Company) -> None:
    assert client_of(company.bob).get("/").location == "/success"


def test_without_posts_it_says_so_and_offers_the_next_step(bob: Browsing) -> None:
    page = bob.get("/success").text
    assert "Nothing was published in this period" in page
    assert "Open the calendar" in page


def test_a_company_that_began_this_week_sees_its_first_posts(
    bob: Browsing, platform: Platform, company: Company, linkedin: Channel
) -> None:
    make_published(platform, company.charlie, linkedin, THIS_WEEK, {"reactions": 7}, text="Der erste Beitrag.")
    assert "Der erste Beitrag." in bob.get("/success").text
    make_published(platform, company.charlie, linkedin, LAST_WEEK, {"reactions": 9}, text="Doch schon älter.")
    assert "Der erste Beitrag." not in bob.get("/success").text


def test_figures_stand_beside_those_of_the_period_before(
    bob: Browsing, platform: Platform, company: Company, linkedin: Channel
) -> None:
    make_published(platform, company.charlie, linkedin, WEEK_BEFORE, {"reactions": 40}, text="Die Woche davor.")
    make_published(platform, company.charlie, linkedin, LAST_WEEK, {"reactions": 60}, text="Letzte Woche.")
    page = bob.get("/success?period=last_week").text
    assert "Interactions rose by 50%" in page
    assert "+50%" in page
    assert "before: 40" in page


def test_a_missing_figure_is_a_dash_and_is_explained(
    bob: Browsing, platform: Platform, company: Company, linkedin: Channel, twitter: Channel
) -> None:
    make_published(platform, company.charlie, linkedin, LAST_WEEK, {"reactions": 3, "impressions": 900})
    make_published(platform, company.charlie, twitter, LAST_WEEK, {"reactions": 5}, text="Kurz.")
    page = bob.get("/success?period=last_week").text
    assert "given by 1 of 2 publications" in page
    reach = page.split(">Reach</button></dt>")[1].split("</div>")[0]
    assert "<dd>–</dd>" in reach
    assert "<dd>0</dd>" not in reach


def test_each_block_says_how_old_its_figures_are(
    bob: Browsing, platform: Platform, company: Company, linkedin: Channel
) -> None:
    make_published(platform, company.charlie, linkedin, LAST_WEEK, {"reactions": 3})
    page = bob.get("/success?period=last_week").text
    # Key figures, weeks, networks, topics, campaigns and the best posts.
    assert page.count("as of Tue, 10 Mar 2026, 11:00") == 6


def test_weeks_without_posts_stand_in_the_table_with_a_dash(
    bob: Browsing, platform: Platform, company: Company, linkedin: Channel
) -> None:
    make_published(platform, company.charlie, linkedin, LAST_WEEK, {"reactions": 3})
    page = bob.get("/success?period=4_weeks").text
    row = page.split("Week 10 ")[1].split("</tr>")[0]
    assert row.count(">–<") == 4
    assert "In 3 of 4 weeks nothing was published." in page


def test_a_goal_shows_how_far_it_has_come(
    bob: Browsing, platform: Platform, company: Company, linkedin: Channel
) -> None:
    with platform.database.write() as session:
        given = GoalInput("Mehr Gespräche", "interactions", 100, date(2026, 3, 9), date(2026, 3, 22))
        goal = goals.create(session, company.charlie, given, now=platform.clock.now())
        goal_id = goal.id
    make_published(platform, company.charlie, linkedin, LAST_WEEK, {"reactions": 70}, goal_id=goal_id)
    page = bob.get("/success?period=last_week").text
    assert "Yes: the goal “Mehr Gespräche” is on track." in page
    assert "70 of 100 Interactions · 70%" in page


def test_best_and_weakest_posts_say_how_they_compare(
    bob: Browsing, platform: Platform, company: Company, linkedin: Channel
) -> None:
    for number, reactions in enumerate((90, 10, 8, 7, 5)):
        make_published(
            platform, company.charlie, linkedin, LAST_WEEK, {"reactions": reactions}, text=f"Beitrag {number}."
        )
    best, weakest = bob.get("/success?period=last_week").text.split("Best posts")[1].split("Weakest posts")
    assert "Beitrag 0." in best
    assert "3.8 times an average post" in best
    assert "without a picture" in best
    assert "Beitrag 4." in weakest
    assert "21% of an average post" in weakest


def test_a_backward_period_is_said_at_its_fields_and_keeps_the_days(bob: Browsing) -> None:
    page = bob.get("/success?period=custom&from=2026-03-10&to=2026-03-01").text
    assert "the last comes after the first" in page
    assert 'value="2026-03-10"' in page
    assert 'value="2026-03-01"' in page


@pytest.mark.parametrize("query", ["period=never", "metric=money", "period=custom&from=x&to=", "period=custom"])
def test_a_broken_address_shows_the_usual_page(bob: Browsing, query: str) -> None:
    assert bob.get(f"/success?{query}").status_code == 200


def test_an_outsiders_figures_are_not_counted(
    client_of: ClientOf, platform: Platform, company: Company, linkedin: Channel
) -> None:
    make_published(platform, company.charlie, linkedin, LAST_WEEK, {"reactions": 3}, text="Nur bei uns.")
    page = client_of(company.oscar).get("/success?period=last_week").text
    assert "Nur bei uns." not in page


def test_the_page_costs_a_fixed_number_of_queries(
    bob: Browsing, platform: Platform, company: Company, linkedin: Channel
) -> None:
    from tests.support.queries import counted

    make_published(platform, company.charlie, linkedin, LAST_WEEK, {"reactions": 3})
    with counted(platform.database) as few:
        bob.get("/success?period=last_week")
    for number in range(8):
        channel = make_channel(platform.database, company, platform.clock.now(), "twitter", name=f"@{number}")
        make_published(platform, company.charlie, channel, LAST_WEEK, {"reactions": 3})
    with counted(platform.database) as many:
        bob.get("/success?period=last_week")
    assert len(many) == len(few)
