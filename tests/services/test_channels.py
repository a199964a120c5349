"""Connecting accounts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from planner.bootstrap import Platform
from planner.domain.states import ChannelHealth, DeliveryState
from planner.models import Channel, Delivery
from planner.services import channels
from planner.services.actor import Actor
from planner.services.errors import Conflict, Forbidden, Invalid
from planner.services.posts import When
from tests.support.databases import on_one_kind
from tests.support.factories import CREDENTIALS, Company, make_post


def connect(platform: Platform, actor: Actor, network: str, credentials: dict[str, str], **more: Any) -> Channel:
    with platform.database.write() as session:
        return channels.connect(session, actor, platform.vault, network, credentials, now=platform.clock.now(), **more)


@pytest.mark.parametrize("network", list(CREDENTIALS))
def test_each_network_can_be_connected(platform: Platform, company: Company, network: str) -> None:
    channel = connect(platform, company.alice, network, CREDENTIALS[network], name="Brandt")
    assert (channel.network, channel.name) == (network, "Brandt")


def test_tokens_are_encrypted_at_rest(platform: Platform, company: Company) -> None:
    channel = connect(platform, company.alice, "facebook", CREDENTIALS["facebook"])
    assert channel.credentials is not None
    assert "page-token" not in channel.credentials
    assert platform.vault.open(channel.credentials) == CREDENTIALS["facebook"]


def test_only_an_admin_connects(platform: Platform, company: Company) -> None:
    for actor in (company.rita, company.charlie, company.bob):
        with pytest.raises(Forbidden):
            connect(platform, actor, "facebook", CREDENTIALS["facebook"])


def test_one_account_is_one_channel_of_a_workspace(platform: Platform, company: Company) -> None:
    connect(platform, company.alice, "facebook", CREDENTIALS["facebook"], name="Seite")
    with pytest.raises(Conflict) as error:
        connect(platform, company.alice, "facebook", CREDENTIALS["facebook"])
    assert (error.value.code, error.value.params["channel"]) == ("account_connected", "Seite")
    assert connect(platform, company.oscar, "facebook", CREDENTIALS["facebook"]).id


@on_one_kind
@pytest.mark.parametrize(
    ("network", "credentials", "field", "code"),
    [
        ("myspace", {}, "network", "network_unknown"),
        ("facebook", {}, "credentials.page_id", "credential_missing"),
        ("facebook", {"page_id": "1", "access_token": " t"}, "credentials.access_token", "credential_blanks"),
        ("facebook", {"page_id": "1", "access_token": ""}, "credentials.access_token", "credential_empty"),
        ("facebook", {"page_id": "1", "access_token": "t", "x": "y"}, "credentials.x", "credential_unknown"),
        (
            "twitter",
            {"access_token": "t", "user_id": "1", "expires_at": "tomorrow"},
            "credentials.expires_at",
            "credential_moment",
        ),
        ("xing", {"token": "t"}, "credentials.consumer_key", "credential_missing"),
    ],
)
def test_a_wrong_credential_is_named_at_its_field(
    platform: Platform, company: Company, network: str, credentials: dict[str, str], field: str, code: str
) -> None:
    with pytest.raises(Invalid) as error:
        connect(platform, company.alice, network, credentials)
    assert (field, code) in {(e.field, e.code) for e in error.value.errors}


def test_health_says_the_worst_first(platform: Platform, company: Company) -> None:
    now = platform.clock.now()
    channel = connect(platform, company.alice, "facebook", CREDENTIALS["facebook"])
    assert channels.health(channel, now) is ChannelHealth.OK
    channel.token_expires_at = now + timedelta(days=6)
    assert channels.health(channel, now) is ChannelHealth.EXPIRING
    channel.paused_at = now
    assert channels.health(channel, now) is ChannelHealth.PAUSED
    channel.reconnect_since = now
    assert channels.health(channel, now) is ChannelHealth.RECONNECT
    assert channels.health(connect(platform, company.alice, "xing", {}), now) is ChannelHealth.ASSISTED


def test_reconnecting_releases_what_surely_was_not_sent_and_nothing_else(platform: Platform, company: Company) -> None:
    now = platform.clock.now()
    channel = connect(platform, company.alice, "facebook", CREDENTIALS["facebook"])
    when = When(at=now + timedelta(hours=1))
    post, doubtful = (make_post(platform, company.bob, [channel], when, text=t, approve=True) for t in ("Eins", "Zwei"))
    with platform.database.write() as session:
        for post_id, code in ((post.id, "reconnect"), (doubtful.id, "cannot_list")):
            delivery = session.query(Delivery).filter_by(post_id=post_id).one()
            delivery.state, delivery.error_code = DeliveryState.NEEDS_PERSON, code
    with platform.database.write() as session:
        fresh = {"page_id": "1001", "access_token": "new"}
        channels.reconnect(session, company.alice, platform.vault, channel.id, fresh, now=now)
    with platform.database.read() as session:
        delivery = session.query(Delivery).filter_by(post_id=post.id).one()
        asked = session.query(Delivery).filter_by(post_id=doubtful.id).one()
    assert (delivery.state, delivery.error_code) == (DeliveryState.SCHEDULED, None)
    assert (asked.state, asked.error_code) == (DeliveryState.NEEDS_PERSON, "cannot_list")


def test_another_account_cannot_take_a_channels_place(platform: Platform, company: Company) -> None:
    channel = connect(platform, company.alice, "facebook", CREDENTIALS["facebook"])
    other = {"page_id": "9", "access_token": "t"}
    with platform.database.write() as session, pytest.raises(Conflict, match="other_account"):
        channels.reconnect(session, company.alice, platform.vault, channel.id, other, now=platform.clock.now())
