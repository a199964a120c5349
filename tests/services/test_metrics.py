"""Figures come back from the networks by themselves, and by hand where a network gives none."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from planner.bootstrap import Platform, bootstrap
from planner.config import NetworkSettings
from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery, Event, Notice, Snapshot
from planner.services.actor import Actor
from planner.services.connections import ChannelAccess
from planner.services.errors import Conflict, Forbidden, Invalid, NotFound
from planner.services.metrics import Pulled, pull_due, record_manual
from planner.services.metrics.pulling import BATCH, CLAIM, LATER
from publishers.sandbox import Sandbox
from tests.publishers.accounts import CREDENTIALS, KEYS, register
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_channel, make_company, make_platform, make_post, make_settings

ACCOUNT = {"facebook": "page_id", "twitter": "user_id", "linkedin": "author", "xing": "user_id"}


@pytest.fixture
def sandbox(clock: FakeClock) -> Iterator[Sandbox]:
    """The networks, on the test's clock."""
    with Sandbox(clock=clock, limits={}) as sandbox:
        for key in KEYS:
            register(sandbox, key, CREDENTIALS[key])
        yield sandbox


@pytest.fixture
def platform(tmp_path: Path, database_url: str, clock: FakeClock, sandbox: Sandbox) -> Iterator[Platform]:
    """Everything wired to the sandbox networks."""
    platform = wired(tmp_path / "instance", database_url, clock, sandbox)
    yield platform
    platform.close()


def wired(folder: Path, url: str, clock: FakeClock, sandbox: Sandbox) -> Platform:
    return make_platform(
        folder, url, clock, networks={key: sandbox.api_url(key) for key in KEYS}, send_timeout_seconds=5.0
    )


def connected(platform: Platform, company: Company, key: str = "linkedin", **attributes: Any) -> Channel:
    sealed = platform.vault.seal(CREDENTIALS[key])
    return make_channel(platform.database, company, platform.clock.now(), key, credentials=sealed, **attributes)


def published(
    platform: Platform, company: Company, channel: Channel, sandbox: Sandbox | None, *, age: timedelta = timedelta(0)
) -> int:
    """A delivery that went out ``age`` ago, and is at the network too where one is given. Its figures are due."""
    at = platform.clock.now() - age
    post = make_post(platform, company.bob, [channel], approve=True)
    with platform.database.write() as session:
        delivery = session.scalars(select(Delivery).filter_by(post_id=post.id)).one()
        account = CREDENTIALS[channel.network].get(ACCOUNT[channel.network], "")
        known = sandbox.backfill(channel.network, account, f"Post {post.id}", at) if sandbox else f"gone-{post.id}"
        delivery.state, delivery.remote_id = DeliveryState.PUBLISHED, known
        delivery.published_at = delivery.publish_at = at
        delivery.metrics_due_at = platform.clock.now()
    return delivery.id


def snapshots(platform: Platform, delivery_id: int) -> list[Snapshot]:
    with platform.database.read() as session:
        query = select(Snapshot).where(Snapshot.delivery_id == delivery_id).order_by(Snapshot.id)
        return list(session.scalars(query))


def due_at(platform: Platform, delivery_id: int) -> datetime | None:
    with platform.database.read() as session:
        return session.get_one(Delivery, delivery_id).metrics_due_at


def asked(sandbox: Sandbox, network: str | None = None) -> int:
    return len(sandbox.requests(network, "metrics"))


# --- pulling ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", KEYS)
def test_figures_of_every_network_come_back(platform: Platform, company: Company, sandbox: Sandbox, key: str) -> None:
    delivery = published(platform, company, connected(platform, company, key), sandbox, age=timedelta(days=3))

    assert pull_due(platform) == Pulled(channels=1, posts=1, snapshots=1)

    (snapshot,) = snapshots(platform, delivery)
    assert snapshot.reactions
    assert snapshot.comments is not None
    assert (snapshot.source, snapshot.latest, snapshot.taken_at) == ("network", True, platform.clock.now())


def test_a_figure_that_a_network_does_not_give_stays_missing(
    platform: Platform, company: Company, sandbox: Sandbox
) -> None:
    delivery = published(platform, company, connected(platform, company, "xing"), sandbox, age=timedelta(days=3))

    pull_due(platform)

    (snapshot,) = snapshots(platform, delivery)
    assert snapshot.reactions is not None
    assert (snapshot.impressions, snapshot.reach, snapshot.clicks) == (None, None, None)


def test_figures_grow_from_snapshot_to_snapshot_and_the_newest_is_marked(
    platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock
) -> None:
    delivery = published(platform, company, connected(platform, company), sandbox)
    for _ in range(3):
        clock.advance(hours=10)
        pull_due(platform)

    first, second, third = snapshots(platform, delivery)
    assert first.impressions < second.impressions < third.impressions  # type: ignore[operator]
    assert [s.latest for s in (first, second, third)] == [False, False, True]


def test_nothing_is_asked_for_before_it_is_due(
    platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock
) -> None:
    delivery = published(platform, company, connected(platform, company), sandbox)
    pull_due(platform)
    assert due_at(platform, delivery) == clock.now() + timedelta(minutes=15)
    before = asked(sandbox)

    clock.advance(minutes=14, seconds=59)
    assert pull_due(platform) == Pulled()
    assert asked(sandbox) == before

    clock.advance(seconds=1)
    assert pull_due(platform).snapshots == 1


def test_an_old_post_is_asked_about_rarely_and_one_of_over_a_year_never_again(
    platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock
) -> None:
    channel = connected(platform, company, "facebook")
    old = published(platform, company, channel, sandbox, age=timedelta(days=60))
    ancient = published(platform, company, channel, sandbox, age=timedelta(days=366))

    assert pull_due(platform).snapshots == 2

    assert due_at(platform, old) == clock.now() + timedelta(days=7)
    assert due_at(platform, ancient) is None


def test_asking_for_everything_asks_for_what_is_not_due_and_keeps_the_schedule(
    platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock
) -> None:
    channel = connected(platform, company, "facebook")
    young = published(platform, company, channel, sandbox)
    ancient = published(platform, company, channel, sandbox, age=timedelta(days=400))
    pull_due(platform)

    clock.advance(minutes=1)
    assert pull_due(platform, all_due=True) == Pulled(channels=1, posts=2, snapshots=2)

    assert due_at(platform, young) == clock.now() + timedelta(minutes=15)
    assert due_at(platform, ancient) is None


def test_many_posts_are_asked_for_in_few_calls(platform: Platform, company: Company, sandbox: Sandbox) -> None:
    channel = connected(platform, company, "twitter")
    ids = [published(platform, company, channel, sandbox, age=timedelta(days=40)) for _ in range(BATCH + 5)]

    assert pull_due(platform).snapshots == BATCH + 5

    assert asked(sandbox) == 2
    assert all(len(snapshots(platform, i)) == 1 for i in (ids[0], ids[-1]))


def test_what_is_not_published_is_not_asked_for(platform: Platform, company: Company, sandbox: Sandbox) -> None:
    delivery = published(platform, company, connected(platform, company), sandbox)
    with platform.database.write() as session:
        session.get_one(Delivery, delivery).state = DeliveryState.UNKNOWN

    assert pull_due(platform, all_due=True) == Pulled()


def test_two_processes_ask_for_each_post_once(
    platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock, tmp_path: Path
) -> None:
    url = platform.database.url.render_as_string(hide_password=False)
    other = wired(tmp_path / "other", url, clock, sandbox)
    channel = connected(platform, company, "xing")
    ids = [published(platform, company, channel, sandbox, age=timedelta(days=3)) for _ in range(20)]
    start, results = threading.Barrier(4), []

    def process(mine: Platform) -> None:
        start.wait()
        results.append(pull_due(mine))

    threads = [threading.Thread(target=process, args=((platform, other)[n % 2],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()

    assert len(results) == 4
    assert sum(r.snapshots for r in results) == 20
    assert [len(snapshots(platform, i)) for i in ids] == [1] * 20


def test_posts_that_are_being_asked_for_are_left_alone_but_not_for_ever(
    platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock
) -> None:
    delivery = published(platform, company, connected(platform, company, "xing"), sandbox, age=timedelta(days=3))
    sandbox.latency = 1.0
    asking = threading.Thread(target=pull_due, args=(platform,))
    asking.start()
    while not asked(sandbox):
        asking.join(0.01)

    claimed_until = due_at(platform, delivery)
    meanwhile = pull_due(platform)
    asking.join()

    assert meanwhile == Pulled()
    assert claimed_until == clock.now() + CLAIM
    assert len(snapshots(platform, delivery)) == 1


def test_a_claim_whose_process_died_ends_and_the_post_is_asked_for_again(
    platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock
) -> None:
    delivery = published(platform, company, connected(platform, company), sandbox, age=timedelta(days=3))
    with platform.database.write() as session:
        session.get_one(Delivery, delivery).metrics_due_at = clock.now() + CLAIM

    assert pull_due(platform) == Pulled()
    clock.advance(CLAIM)
    assert pull_due(platform).snapshots == 1


def test_figures_of_one_who_was_too_slow_do_not_come_on_top_of_newer_ones(
    platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock
) -> None:
    delivery = published(platform, company, connected(platform, company, "xing"), sandbox, age=timedelta(days=3))
    sandbox.latency = 1.0
    slow = threading.Thread(target=pull_due, args=(platform,))
    slow.start()
    while not asked(sandbox):
        slow.join(0.01)

    sandbox.latency = 0.0
    clock.advance(CLAIM)
    pull_due(platform)
    slow.join()

    assert len(snapshots(platform, delivery)) == 1


# --- what a network no longer gives ----------------------------------------------------------------------


def test_a_figure_that_x_gives_only_to_young_posts_keeps_its_last_value(
    platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock
) -> None:
    delivery = published(platform, company, connected(platform, company, "twitter"), sandbox, age=timedelta(days=40))
    with platform.database.write() as session:
        session.add(
            Snapshot(delivery_id=delivery, taken_at=clock.now(), clicks=17, reactions=1, extra={"bookmarks": 2})
        )

    clock.advance(days=1)
    pull_due(platform)

    newest = snapshots(platform, delivery)[-1]
    assert newest.clicks == 17
    assert newest.reactions is not None
    assert newest.reactions > 1


def test_a_post_that_was_taken_down_keeps_the_figures_it_had(
    platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock
) -> None:
    channel = connected(platform, company)
    gone = published(platform, company, channel, sandbox, age=timedelta(days=3))
    there = published(platform, company, channel, sandbox, age=timedelta(days=3))
    pull_due(platform)
    with platform.database.read() as session:
        remote_id = session.get_one(Delivery, gone).remote_id
        access = ChannelAccess.of(session.get_one(Channel, channel.id))
    with platform.connections.publisher(access) as publisher:
        publisher.delete(str(remote_id))

    clock.advance(hours=6)
    assert pull_due(platform) == Pulled(channels=1, posts=2, snapshots=1)

    assert [len(snapshots(platform, i)) for i in (gone, there)] == [1, 2]
    assert snapshots(platform, gone)[0].latest
    assert due_at(platform, gone) == clock.now() + timedelta(hours=6)


# --- when a network does not answer ----------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["error", "malformed", "reset", "html"])
def test_a_channel_that_fails_is_asked_later_and_the_others_go_on(
    platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock, fault: str
) -> None:
    broken = published(platform, company, connected(platform, company, "xing"), sandbox, age=timedelta(days=3))
    sound = published(platform, company, connected(platform, company, "linkedin"), sandbox, age=timedelta(days=3))
    sandbox.faults.add(fault, "xing", "metrics")

    assert pull_due(platform) == Pulled(channels=2, posts=2, snapshots=1, failed=1)

    assert (len(snapshots(platform, broken)), len(snapshots(platform, sound))) == (0, 1)
    assert due_at(platform, broken) == clock.now() + LATER
    sandbox.faults.clear()
    clock.advance(LATER)
    pull_due(platform)
    assert len(snapshots(platform, broken)) == 1


def test_a_throttling_network_is_left_alone_for_as_long_as_it_asks(
    platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock
) -> None:
    delivery = published(platform, company, connected(platform, company, "xing"), sandbox, age=timedelta(days=3))
    sandbox.faults.add("throttled", "xing", "metrics", retry_after=7200.0)

    assert pull_due(platform).failed == 1

    assert due_at(platform, delivery) == clock.now() + timedelta(hours=2)
    with platform.database.read() as session:
        assert session.scalars(select(Channel)).one().throttled_until is None


def test_a_dead_token_asks_people_to_reconnect_the_channel_and_stops_the_asking(
    platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock
) -> None:
    channel = connected(platform, company)
    ids = [published(platform, company, channel, sandbox, age=timedelta(days=3)) for _ in range(2)]
    sandbox.faults.add("expired_token", "linkedin", "metrics")

    assert pull_due(platform).failed == 1

    with platform.database.read() as session:
        assert session.get_one(Channel, channel.id).reconnect_since == clock.now()
        notices = session.scalars(select(Notice).where(Notice.kind == "channel_reconnect")).all()
    assert {n.user_id for n in notices} >= {company.alice.user_id, company.bob.user_id}
    sandbox.faults.clear()
    before = asked(sandbox)
    clock.advance(days=2)
    assert pull_due(platform) == Pulled()
    assert asked(sandbox) == before
    assert [len(snapshots(platform, i)) for i in ids] == [0, 0]


def test_a_reconnected_channel_gives_its_figures_again(
    platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock
) -> None:
    channel = connected(platform, company, reconnect_since=clock.now())
    delivery = published(platform, company, channel, sandbox, age=timedelta(days=3))
    assert pull_due(platform) == Pulled()

    with platform.database.write() as session:
        session.get_one(Channel, channel.id).reconnect_since = None

    assert pull_due(platform).snapshots == 1
    assert len(snapshots(platform, delivery)) == 1


def test_a_token_that_ended_is_renewed_where_it_can_be(
    tmp_path: Path, database_url: str, clock: FakeClock, sandbox: Sandbox
) -> None:
    settings = {"twitter": NetworkSettings(sandbox.api_url("twitter"), {"client_id": "the-app"})}
    base = make_settings(tmp_path / "instance", database_url)
    platform = bootstrap(dataclasses.replace(base, networks=settings), clock=clock)
    company = make_company(platform.database, clock.now())
    delivery = published(platform, company, connected(platform, company, "twitter"), sandbox, age=timedelta(days=40))
    sandbox.faults.add("expired_token", "twitter", "metrics", count=1)

    assert pull_due(platform) == Pulled(channels=1, posts=1, snapshots=1)

    with platform.database.read() as session:
        channel = session.scalars(select(Channel)).one()
    assert (channel.credentials_version, channel.reconnect_since) == (2, None)
    assert len(snapshots(platform, delivery)) == 1
    platform.close()


@pytest.mark.parametrize("key", KEYS)
def test_a_missing_permission_for_figures_does_not_stop_the_publishing(
    platform: Platform, company: Company, sandbox: Sandbox, key: str
) -> None:
    channel = connected(platform, company, key)
    published(platform, company, channel, sandbox, age=timedelta(days=3))
    sandbox.faults.add("missing_permission", key, "metrics")

    pull_due(platform)

    with platform.database.read() as session:
        assert session.get_one(Channel, channel.id).reconnect_since is None


def test_credentials_that_cannot_be_read_hold_up_no_other_channel(
    platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock
) -> None:
    locked = make_channel(platform.database, company, clock.now(), "xing", credentials="sealed-with-another-key")
    stuck = published(platform, company, locked, None)
    sound = published(platform, company, connected(platform, company), sandbox, age=timedelta(days=3))

    assert pull_due(platform) == Pulled(channels=2, posts=2, snapshots=1, failed=1)

    assert due_at(platform, stuck) == clock.now() + LATER
    assert len(snapshots(platform, sound)) == 1


def test_an_assisted_channel_is_never_asked_for(platform: Platform, company: Company, sandbox: Sandbox) -> None:
    channel = make_channel(platform.database, company, platform.clock.now(), "xing")
    delivery = published(platform, company, channel, None)

    assert pull_due(platform) == Pulled()

    assert due_at(platform, delivery) is None
    assert asked(sandbox) == 0


# --- by hand ---------------------------------------------------------------------------------------------


@pytest.fixture
def by_hand(platform: Platform, company: Company) -> int:
    """A delivery on an assisted channel."""
    channel = make_channel(platform.database, company, platform.clock.now(), "xing")
    return published(platform, company, channel, None)


def enter(platform: Platform, actor: Actor, delivery: int, **figures: Any) -> Snapshot:
    with platform.database.write() as session:
        return record_manual(session, actor, delivery, figures, now=platform.clock.now())


def test_a_person_enters_figures_and_leaves_out_what_is_unknown(
    platform: Platform, company: Company, by_hand: int
) -> None:
    enter(platform, company.charlie, by_hand, reactions="12", comments="", shares=None, impressions=1234)

    (snapshot,) = snapshots(platform, by_hand)
    assert (snapshot.reactions, snapshot.impressions) == (12, 1234)
    assert (snapshot.comments, snapshot.shares, snapshot.clicks, snapshot.reach) == (None, None, None, None)
    assert (snapshot.source, snapshot.entered_by_id, snapshot.latest) == ("manual", company.charlie.user_id, True)


def test_entering_again_adds_and_leaves_what_was_entered_before(
    platform: Platform, company: Company, by_hand: int, clock: FakeClock
) -> None:
    enter(platform, company.charlie, by_hand, reactions=3)
    clock.advance(days=1)
    enter(platform, company.bob, by_hand, reactions=9)

    assert [(s.reactions, s.latest) for s in snapshots(platform, by_hand)] == [(3, False), (9, True)]
    with platform.database.read() as session:
        entered = session.scalars(select(Event).where(Event.kind == "figures_entered").order_by(Event.id)).all()
    assert [(e.actor, e.data) for e in entered] == [("Charlie", {"reactions": 3}), ("Bob", {"reactions": 9})]


@pytest.mark.parametrize(("typed", "number"), [("1.234", 1234), ("12 345", 12345), (" 7 ", 7), ("1.234.567", 1234567)])
def test_numbers_may_be_typed_with_separators(
    platform: Platform, company: Company, by_hand: int, typed: str, number: int
) -> None:
    assert enter(platform, company.charlie, by_hand, impressions=typed).impressions == number


@pytest.mark.parametrize("typed", ["-1", -1, "1.5", "1,5", "viele", "1e3", "0x10", "²", "1.2345", True, ".5"])
def test_what_is_no_whole_number_is_refused_at_its_field(
    platform: Platform, company: Company, by_hand: int, typed: str | int
) -> None:
    with pytest.raises(Invalid) as error:
        enter(platform, company.charlie, by_hand, reactions=typed, clicks=3)

    assert [(e.field, e.code) for e in error.value.errors] == [("reactions", "figure_invalid")]
    assert snapshots(platform, by_hand) == []


def test_numbers_beyond_belief_unknown_names_and_nothing_at_all_are_refused(
    platform: Platform, company: Company, by_hand: int
) -> None:
    for figures, field, code in (
        ({"reach": "3000000000"}, "reach", "figure_too_large"),
        ({"likes": 3, "reach": 1}, "likes", "figure_unknown"),
        ({"reach": " ", "clicks": None}, "figures", "figures_missing"),
        ({}, "figures", "figures_missing"),
    ):
        with pytest.raises(Invalid) as error:
            enter(platform, company.charlie, by_hand, **figures)
        assert (field, code) in {(e.field, e.code) for e in error.value.errors}


def test_figures_are_entered_for_published_posts_on_channels_that_give_none(
    platform: Platform, company: Company, sandbox: Sandbox, by_hand: int
) -> None:
    given = published(platform, company, connected(platform, company), sandbox)
    with pytest.raises(Conflict, match="figures_come_from_network"):
        enter(platform, company.charlie, given, reactions=1)

    with platform.database.write() as session:
        session.get_one(Delivery, by_hand).state = DeliveryState.SCHEDULED
    with pytest.raises(Conflict, match="not_published"):
        enter(platform, company.charlie, by_hand, reactions=1)


def test_readers_and_outsiders_enter_no_figures(platform: Platform, company: Company, by_hand: int) -> None:
    for actor, refusal in ((company.rita, Forbidden), (company.oscar, NotFound)):
        with pytest.raises(refusal):
            enter(platform, actor, by_hand, reactions=1)
    assert snapshots(platform, by_hand) == []
