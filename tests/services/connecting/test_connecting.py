"""Connecting by consent: the trip to the sandbox networks and back, and the choice, on both kinds of database."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery, Slot
from planner.services import connecting
from planner.services.connecting import Arrival
from planner.services.connections import ChannelAccess
from planner.services.errors import Conflict, Invalid
from planner.services.posts import When
from publishers.sandbox import Sandbox
from tests.services.connecting.tripping import SESSION, all_channels, begin, choose, come_back, rows
from tests.support.consenting import brought, decide
from tests.support.factories import Company, make_channel, make_post


def test_several_pages_become_channels_at_once_and_nothing_is_left_behind(
    platform: Platform, company: Company, sandbox: Sandbox
) -> None:
    address = begin(platform, company.alice, "facebook")
    [row] = rows(platform)
    state = brought(address)["state"]
    assert state not in (row.state_digest, row.sealed)
    arrival = come_back(platform, company.alice, "facebook", brought(decide(address)))
    [row] = rows(platform)
    assert "EAAB" not in row.sealed
    with platform.database.read() as session:
        offered = connecting.choice(session, platform, company.alice, arrival.begun_id, SESSION)
    assert [(o.offer.account.name, o.usable) for o in offered.options] == [
        ("Brandt Maschinenbau", True), ("Brandt Service & Ersatzteile", True), ("Ausbildung bei Brandt", False),
    ]  # fmt: skip
    with pytest.raises(Invalid):
        choose(platform, company.alice, arrival.begun_id, "131907745582213")
    chosen = choose(platform, company.alice, arrival.begun_id, "104872951638204", "118240667301955")
    assert len(chosen.connected) == 2
    assert rows(platform) == []
    for channel in all_channels(platform):
        assert channel.verified_at == platform.clock.now()
        assert "EAAB" not in str(channel.credentials)
    with pytest.raises(Conflict, match="consent_choice_gone"):
        choose(platform, company.alice, arrival.begun_id, "104872951638204")
    assert len(all_channels(platform)) == 2


def test_of_two_returns_at_once_one_exchanges_the_code(platform: Platform, company: Company, sandbox: Sandbox) -> None:
    parameters = brought(decide(begin(platform, company.alice, "twitter")))
    outcomes: list[Arrival | str] = []
    start = Barrier(2)

    def arrive() -> None:
        start.wait()
        try:
            outcomes.append(come_back(platform, company.alice, "twitter", parameters))
        except Conflict as error:
            outcomes.append(error.code)

    threads = [Thread(target=arrive) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    exchanged = [r for r in sandbox.requests("twitter", "refresh") if r["method"] == "POST"]
    assert len(exchanged) == 1
    assert {o if isinstance(o, str) else "arrived" for o in outcomes} <= {"arrived", "consent_used"}
    # Whoever comes once more, by the back button, is led to the choice that stands.
    assert come_back(platform, company.alice, "twitter", parameters).begun_id == rows(platform)[0].id
    assert len([r for r in sandbox.requests("twitter", "refresh") if r["method"] == "POST"]) == 1


def test_reconnecting_keeps_slots_and_queue_and_what_waited_goes_on(
    platform: Platform, company: Company, sandbox: Sandbox
) -> None:
    now = platform.clock.now()
    page = "104872951638204"
    channel = make_channel(
        platform.database, company, now, "facebook", [(1, "09:00"), (3, "10:00")], remote_account_id=page,
        credentials=platform.vault.seal({"page_id": page, "access_token": "ended"}), reconnect_since=now,
    )  # fmt: skip
    waiting = make_post(platform, company.bob, [channel], When(at=now + timedelta(hours=1)), approve=True)
    queued = make_post(platform, company.bob, [channel], When(queue=True), text="In der Reihe", approve=True)
    with platform.database.write() as session:
        delivery = session.query(Delivery).filter_by(post_id=waiting.id).one()
        delivery.state, delivery.error_code = DeliveryState.NEEDS_PERSON, "reconnect"
        place = session.query(Delivery).filter_by(post_id=queued.id).one().publish_at
    parameters = brought(decide(begin(platform, company.alice, "facebook", channel)))
    arrival = come_back(platform, company.alice, "facebook", parameters)
    assert arrival.reconnected is not None
    assert arrival.reconnected.id == channel.id
    assert rows(platform) == []
    with platform.database.read() as session:
        fresh = session.get_one(Channel, channel.id)
        assert (fresh.reconnect_since, fresh.credentials_version) == (None, channel.credentials_version + 1)
        assert session.query(Slot).count() == 2
        assert session.query(Delivery).filter_by(post_id=waiting.id).one().state is DeliveryState.SCHEDULED
        assert session.query(Delivery).filter_by(post_id=queued.id).one().publish_at == place
    with platform.connections.publisher(ChannelAccess.of(fresh)) as publisher:
        assert publisher.verify().remote_id == page


def test_reconnecting_renews_all_channels_of_the_same_sign_in_that_the_consent_covers_and_no_other(
    platform: Platform, company: Company, sandbox: Sandbox
) -> None:
    now = platform.clock.now()
    brandt, service, own = "urn:li:organization:78214563", "urn:li:organization:90117342", "urn:li:person:Kv7QmZ2xTa"

    def channel(author: str, token: str, **more: Any) -> Channel:
        sealed = platform.vault.seal({"author": author, "access_token": token, **more.pop("kept", {})})
        return make_channel(
            platform.database, company, now, "linkedin", name=f"{author} {token}", remote_account_id=author,
            credentials=sealed, **more,
        )  # fmt: skip

    elsewhere = channel(own, "ended")
    with platform.database.write() as session:
        session.get_one(Channel, elsewhere.id).workspace_id = company.oscar.workspace_id
    refreshed = {"kept": {"refresh_token": "the-sign-in"}}
    ended = channel(brandt, "ended", reconnect_since=now, **refreshed)
    sister = channel(service, "renewed for itself", **refreshed)
    profile = channel(own, "ended", reconnect_since=now)
    kept = [
        channel("urn:li:organization:99999999", "ended"),  # not covered by the consent
        channel(service, "ended", archived_at=now),
        elsewhere,
    ]
    parameters = brought(decide(begin(platform, company.alice, "linkedin", ended)))
    arrival = come_back(platform, company.alice, "linkedin", parameters)
    assert arrival.reconnected is not None
    assert (arrival.reconnected.id, [c.id for c in arrival.also]) == (ended.id, [sister.id, profile.id])
    now_there = {c.id: c for c in all_channels(platform)}
    for one in (ended, sister, profile):
        fresh = now_there[one.id]
        assert (fresh.reconnect_since, fresh.credentials_version) == (None, one.credentials_version + 1)
        with platform.connections.publisher(ChannelAccess.of(fresh)) as publisher:
            assert publisher.verify().remote_id == one.remote_account_id
    assert [now_there[c.id].credentials for c in kept] == [c.credentials for c in kept]

    # With a token of its own, and by hand, a channel is left alone.
    with platform.database.write() as session:
        session.get_one(Channel, sister.id).credentials = platform.vault.seal(
            {"author": service, "access_token": "mine"}
        )
        session.get_one(Channel, profile.id).by_hand_since = now
    parameters = brought(decide(begin(platform, company.alice, "linkedin", ended)))
    assert come_back(platform, company.alice, "linkedin", parameters).also == ()
