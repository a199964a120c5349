"""Rehearsing on the screen: a week, and a channel."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from planner.bootstrap import Platform
from planner.models import Channel, Delivery
from planner.services.posts import When
from tests.publishers.accounts import CREDENTIALS
from tests.support.factories import Company, make_channel, make_post
from tests.support.published import delivery_of, make_published
from tests.support.web import ClientOf


def connected(platform: Platform, company: Company) -> Channel:
    sealed = platform.vault.seal(CREDENTIALS["linkedin"])
    return make_channel(platform.database, company, platform.clock.now(), "linkedin", credentials=sealed, name="Brandt")


def test_a_week_is_rehearsed_and_each_result_shown(client_of: ClientOf, company: Company, platform: Platform) -> None:
    channel = connected(platform, company)
    at = When(at=datetime(2026, 3, 25, 8, tzinfo=UTC))
    make_post(platform, company.alice, [channel], at, text="Tag der offenen Tür", approve=True)
    make_post(platform, company.alice, [channel], at, text="Noch ohne Freigabe")
    editor = client_of(company.charlie)

    shown = editor.get("/rehearsal")
    assert "KW 13" in shown.text  # the next week
    played = editor.send("/rehearsal", week="2026-W13")

    assert "1 von 2 Beiträgen würden so hinausgehen." in played.text
    assert played.text.count("Angenommen.") == 2
    assert "Tag der offenen Tür" in played.text
    assert editor.get("/rehearsal?week=2026-W99").status_code == 404
    assert client_of(company.rita).send("/rehearsal", week="2026-W13").status_code == 403


def test_a_channel_is_put_to_rehearsal_and_back_and_the_calendar_says_so(
    client_of: ClientOf, company: Company, platform: Platform
) -> None:
    channel = connected(platform, company)
    admin = client_of(company.alice)
    admin.send(f"/channels/{channel.id}/rehearsal")
    assert "Dieser Kanal probt" in admin.get(f"/channels/{channel.id}").text
    assert "simuliertes Netzwerk" in admin.get("/calendar").text
    admin.send(f"/channels/{channel.id}/rehearsal", end="yes")
    assert "simuliertes Netzwerk" not in admin.get("/calendar").text
    assert client_of(company.charlie).send(f"/channels/{channel.id}/rehearsal").status_code == 403


def test_what_a_channel_rehearsed_is_planned_for_real_with_its_times_shown_first_and_taken_back(
    client_of: ClientOf, company: Company, platform: Platform
) -> None:
    channel = connected(platform, company)
    at = platform.clock.now() - timedelta(days=1)
    post = make_published(platform, company.bob, channel, at, text="Geprobt und gut")
    with platform.database.write() as session:
        session.query(Delivery).filter_by(post_id=post.id).one().rehearsed = True
    editor = client_of(company.charlie)

    assert "1 Veröffentlichung ging nur an ein simuliertes Netzwerk." in editor.get(f"/channels/{channel.id}").text
    assert "1 Veröffentlichung ging nur an ein simuliertes Netzwerk." in editor.get("/rehearsal").text
    page = editor.get("/rehearsal/posts").text
    assert "Geprobt und gut" in page
    assert "geht hinaus: So., 22. März 2026, 10:00" in page, "without slots, the weekday and time of the rehearsal"
    assert "Wirklich einplanen" not in client_of(company.rita).get("/rehearsal/posts").text.split("<main")[1]
    number = delivery_of(platform, post).id
    shown = editor.ask("/rehearsal/posts/preview", **{f"choice-{number}": "slot"}).get_json()
    assert "Kein Sendeplatz passt" in shown["outcomes"][str(number)]
    refused = editor.send("/rehearsal/posts", **{f"choice-{number}": "slot"})
    assert refused.status_code == 422
    assert "hat noch keine Sendeplätze" in refused.text
    assert editor.send("/rehearsal/posts").status_code == 422, "nothing is chosen"

    planned = editor.send_and_follow("/rehearsal/posts", **{f"choice-{number}": "same"})
    assert "1 Beitrag ist jetzt wirklich eingeplant." in planned.text
    assert "Geprobt und gut" not in editor.get("/rehearsal/posts").text
    assert "hat ihn wirklich eingeplant" in editor.get(f"/posts/{post.id}").text
    undo = re.search(r"/rehearsal/posts/decisions/\d+/undo", planned.text)
    assert undo
    assert "1 Beitrag ist zurückgenommen." in editor.send_and_follow(undo[0]).text
    assert "Geprobt und gut" in editor.get("/rehearsal/posts").text
