"""Figures come back from the networks by themselves, by a schedule, once each time."""

from __future__ import annotations

import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery, Snapshot
from planner.services.connections import ChannelAccess
from planner.services.metrics import Pulled, pull_due
from planner.services.metrics.pulling import CLAIM
from publishers.base import OutgoingPost
from publishers.sandbox import Sandbox
from tests.publishers.accounts import KEYS, connect, send
from tests.publishers.files import film
from tests.services.metrics.published import asked, connected, due_at, published, snapshots
from tests.support import sandboxed
from tests.support.clock import FakeClock
from tests.support.factories import Company

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


def test_a_post_that_went_out_with_a_video_has_its_views_too(
    platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock, tmp_path: Path
) -> None:
    delivery = published(platform, company, connected(platform, company, "twitter"), None)
    with closing(connect("twitter", sandbox.api_url("twitter"))) as publisher:
        sandbox.world.processing_seconds = 0.0
        remote_id = send(publisher, OutgoingPost("Die Linie läuft", media=(film(tmp_path),))).remote_id
    with platform.database.write() as session:
        row = session.get_one(Delivery, delivery)
        row.remote_id, row.payload = remote_id, {"media": [{"mime": "video/mp4"}]}
    clock.advance(hours=10)

    pull_due(platform)

    (snapshot,) = snapshots(platform, delivery)
    assert snapshot.extra["video_views"] > 0


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
    ids = [published(platform, company, channel, sandbox, age=timedelta(days=40)) for _ in range(105)]

    assert pull_due(platform).snapshots == 105

    assert asked(sandbox) == 2, "X takes a hundred at once"
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
    other = sandboxed.wired(tmp_path / "other", url, clock, sandbox)
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
    assert due_at(platform, gone) is None
    with platform.database.read() as session:
        assert session.get_one(Delivery, gone).removed_at == clock.now()


def test_several_channels_are_asked_side_by_side_and_none_more_once_the_process_ends(
    platform: Platform, company: Company, sandbox: Sandbox
) -> None:
    keys = ("facebook", "linkedin", "twitter")
    deliveries = [
        published(platform, company, connected(platform, company, key), sandbox, age=timedelta(days=3)) for key in keys
    ]
    platform.stopping.set()
    assert pull_due(platform) == Pulled()
    platform.stopping.clear()

    assert pull_due(platform) == Pulled(channels=3, posts=3, snapshots=3)
    assert all(snapshots(platform, delivery) for delivery in deliveries)
