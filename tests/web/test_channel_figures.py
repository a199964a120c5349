"""What the success page says of whole channels."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask_babel import force_locale

from planner.bootstrap import Platform
from planner.domain.channel_days import CHANNEL_METRICS
from planner.models import Channel, ChannelDay, ChannelSnapshot
from planner.web.figures_of_channels import BRIEFLY, CHANNEL_FIGURES
from tests.support.browser import ROOT
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_channel
from tests.support.web import ClientOf

FIRST = date(2026, 3, 9)
PATH = "/success?period=custom&from=2026-03-09&to=2026-03-15"


def told(platform: Platform, channel: Channel, on: date, **figures: Any) -> None:
    with platform.database.write() as session:
        session.add(ChannelDay(channel_id=channel.id, day=on, taken_at=platform.clock.now(), extra={}, **figures))


def asked(platform: Platform, channel: Channel, followers: int | None, **more: Any) -> None:
    with platform.database.write() as session:
        at = platform.clock.now() - timedelta(days=3)
        session.add(ChannelSnapshot(channel_id=channel.id, taken_at=at, followers=followers, **more))


def block(page: str, name: str) -> str:
    """What is said of one channel, without its tags."""
    text = page.split('class="channel-course"')
    return next(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", one)) for one in text[1:] if name in one)


def test_each_channel_has_its_figures_against_the_period_before_and_says_why_some_are_missing(
    client_of: ClientOf, platform: Platform, company: Company, clock: FakeClock
) -> None:
    clock.advance(days=2)
    sealed: dict[str, Any] = {"credentials": "sealed"}
    ours = make_channel(platform.database, company, clock.now(), "linkedin", name="Brandt GmbH", **sealed)
    page = make_channel(platform.database, company, clock.now(), "facebook", name="Brandt-Seite", **sealed)
    x = make_channel(platform.database, company, clock.now(), "twitter", name="@Brandt", **sealed)
    make_channel(platform.database, company, clock.now(), "xing", name="Katrin", **sealed)
    make_channel(platform.database, company, clock.now(), "youtube", name="Filme")
    for number in range(5):
        told(platform, ours, FIRST + timedelta(days=number), impressions=1200, follower_gain=2)
        told(platform, ours, FIRST + timedelta(days=number - 7), impressions=1000, follower_gain=3)
    refused = {"why": "permission", "permissions": ["rw_organization_admin"]}
    asked(platform, ours, 5_000, missing={"page_views": refused, "visitors": refused})
    failed = {name: {"why": "failed", "permissions": []} for name in CHANNEL_METRICS}
    asked(platform, page, None, missing=failed)
    asked(platform, x, 870, extra={"listed": 9})

    bob = client_of(company.bob)
    bob.send("/language", language="en")
    shown = bob.get(PATH).text
    linkedin, facebook, twitter = (block(shown, name) for name in ("Brandt GmbH", "Brandt-Seite", "@Brandt"))
    assert "Impressions 6,000 +20% before: 5,000 given for 5 of 7 days" in linkedin
    assert "Followers gained +10 less than before before: +15" in linkedin
    assert "Followers 5,000" in linkedin
    assert "Page visitors – permission missing" in linkedin
    assert "does not let this connection read: Page views, Page visitors." in linkedin
    assert "rw_organization_admin" in linkedin
    assert "has to be an administrator of the page" in linkedin
    assert "Impressions – no answer lately" in facebook
    assert "It is asked again within a day." in facebook
    assert "Facebook does not give this here: Page visitors." in facebook
    assert "on lists: 9" in twitter
    assert "Followers gained – none in this period" in twitter
    assert "X (Twitter) does not give this here: Impressions, Page views" in twitter
    assert "The network gives no such figures: Katrin (XING)." in shown
    assert "no network can be asked: Filme (YouTube)." in shown
    for name in CHANNEL_FIGURES:
        assert shown.count(f'id="means-{name}"') == 1, "each figure says what it means"
    bob.send("/language", language="de")
    german = block(bob.get(PATH).text, "Brandt GmbH")
    assert "Impressionen 6.000 +20 % davor: 5.000 für 5 von 7 Tagen angegeben" in german


def test_without_a_channel_that_could_tell_something_nothing_is_said(client_of: ClientOf, company: Company) -> None:
    assert "channel-course" not in client_of(company.bob).get(PATH).text


def test_each_figure_says_what_it_means_in_both_languages_and_in_the_docs(app: Flask) -> None:
    docs = Path(ROOT, "docs", "user", "figures.md").read_text(encoding="utf-8")
    assert set(CHANNEL_FIGURES) == {f"channel_{name}" for name in (*CHANNEL_METRICS, "followers")}
    with app.test_request_context():
        for name, words in CHANNEL_FIGURES.items():
            said = [words.label, words.meaning, *words.networks.values(), *BRIEFLY.values()]
            with force_locale("en"):
                english = [str(one) for one in said]
            with force_locale("de"):
                german = [str(one) for one in said]
            assert [one for one, other in zip(english[1:], german[1:], strict=True) if one == other] == [], name
            assert f"| {english[0]} |" in docs, name
