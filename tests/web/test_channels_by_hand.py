"""Channels that people publish on: made with a name and an address, switched to hand and back."""

from __future__ import annotations

import pytest

from planner.bootstrap import Platform
from planner.models import Channel
from tests.support.factories import CREDENTIALS, Company, make_channel
from tests.support.web import Browsing, ClientOf


@pytest.fixture
def alice(client_of: ClientOf, company: Company) -> Browsing:
    return client_of(company.alice)


def only_channel(platform: Platform) -> Channel:
    with platform.database.read() as session:
        return session.query(Channel).one()


def test_a_channel_of_a_network_without_an_interface_takes_a_name_and_an_address(
    alice: Browsing, platform: Platform
) -> None:
    assert "instagram" in alice.get("/channels/new").text
    page = alice.get("/channels/new?network=instagram").text
    assert "credentials." not in page

    sent = {"network": "instagram", "name": "brandt.maschinenbau"}
    refused = alice.send("/channels/by-hand", **sent, profile_url="https://www.linkedin.com/company/brandt")
    assert refused.status_code == 422
    assert "brandt.maschinenbau" in refused.text
    assert "https://www.linkedin.com/company/brandt" in refused.text
    made = alice.send("/channels/by-hand", **sent, profile_url="https://www.instagram.com/brandt/")

    channel = only_channel(platform)
    assert made.location.endswith(f"/channels/{channel.id}/slots")
    assert (channel.network, channel.profile_url) == ("instagram", "https://www.instagram.com/brandt/")
    assert (channel.credentials, channel.by_hand_since) == (None, None)
    assert "Neue Zugangsdaten" not in alice.get(f"/channels/{channel.id}").text


def test_a_channel_of_any_network_can_do_without_a_connection(alice: Browsing, platform: Platform) -> None:
    assert "/channels/by-hand" in alice.get("/channels/new?network=facebook").text

    alice.send("/channels/by-hand", network="facebook", name="Seite", profile_url="")

    channel = only_channel(platform)
    assert channel.by_hand_since == platform.clock.now()
    page = alice.get(f"/channels/{channel.id}").text
    assert "Hier veröffentlichen Menschen" in page
    assert "neu verbinden" not in page.lower()


def test_a_channel_is_switched_to_hand_and_back_by_an_admin_alone(
    alice: Browsing, client_of: ClientOf, platform: Platform, company: Company
) -> None:
    sealed = platform.vault.seal(CREDENTIALS["facebook"])
    channel = make_channel(platform.database, company, platform.clock.now(), "facebook", credentials=sealed)
    assert client_of(company.charlie).send(f"/channels/{channel.id}/hand").status_code == 403
    assert client_of(company.oscar).send(f"/channels/{channel.id}/hand").status_code == 404

    alice.send(f"/channels/{channel.id}/hand")
    assert "Beiträge wieder von selbst hinausgehen lassen" in alice.get(f"/channels/{channel.id}").text
    assert "Von Hand" in alice.get("/channels").text
    alice.send(f"/channels/{channel.id}/hand", back="yes")

    assert only_channel(platform).by_hand_since is None


def test_a_title_is_typed_where_the_network_shows_one_and_kept(
    alice: Browsing, platform: Platform, company: Company
) -> None:
    alice.send("/channels/by-hand", network="pinterest", name="Pins", profile_url="")
    channel = only_channel(platform)
    assert f"variants.{channel.id}.title" in alice.get("/posts/new").text
    form = {"text": "Die BX 500\nMehr dazu", "channels": str(channel.id), "variant": str(channel.id), "when": "none"}

    made = alice.send("/posts/new", **form, **{f"variants.{channel.id}.title": " Fräsen \t heute "}, action="draft")

    assert made.status_code == 303
    assert "Fräsen heute" in alice.get(made.location).text
    assert 'value="Fräsen heute"' in alice.get(made.location + "/edit").text
    checked = alice.ask("/posts/check", **form, **{f"variants.{channel.id}.title": "T" * 101}).get_json()
    assert f"variants.{channel.id}.title" in checked["errors"]


def test_a_link_that_nobody_can_follow_is_named_while_typing(alice: Browsing, platform: Platform) -> None:
    alice.send("/channels/by-hand", network="instagram", name="Insta", profile_url="")
    form = {"text": "Neu", "link": "https://brandt.example", "channels": str(only_channel(platform).id)}
    warned = alice.ask("/posts/check", **form).get_json()["warnings"]
    assert [one["field"] for one in warned] == ["link"]
