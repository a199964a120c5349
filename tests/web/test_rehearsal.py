"""Rehearsing on the screen: a week, and a channel."""

from __future__ import annotations

from datetime import UTC, datetime

from planner.bootstrap import Platform
from planner.models import Channel
from planner.services.posts import When
from tests.publishers.accounts import CREDENTIALS
from tests.support.factories import Company, make_channel, make_post
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
    assert "gespieltes Netzwerk" in admin.get("/calendar").text
    admin.send(f"/channels/{channel.id}/rehearsal", end="yes")
    assert "gespieltes Netzwerk" not in admin.get("/calendar").text
    assert client_of(company.charlie).send(f"/channels/{channel.id}/rehearsal").status_code == 403
