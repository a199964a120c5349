"""Videos: prepared ahead of their time, told how far they are, and nobody waits behind them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from planner.bootstrap import Platform, bootstrap
from planner.clock import SystemClock
from planner.domain.states import DeliveryState
from planner.models import Delivery, Media
from planner.services import posts
from planner.services.errors import Conflict
from planner.services.posts import Content
from planner.services.publishing import pause
from planner.services.publishing.claim import Claimed, claim, claim_early
from planner.services.publishing.hearing import Hearing
from planner.services.publishing.pool import Pool
from planner.services.publishing.prepare import HandBack, NotReady
from planner.services.publishing.send import Step, deliver
from publishers.base import Progress, Stage as Part
from tests.publishers.files import mp4
from tests.services.publishing.stage import OWNER, Stage
from tests.services.publishing.test_pool import wait_for
from tests.support.clock import FakeClock

S = DeliveryState
SOON = timedelta(minutes=8)


@pytest.fixture
def clock() -> FakeClock:
    """Set to the real time, with which the threads here go."""
    return FakeClock(datetime.now(UTC))


@pytest.fixture
def live(platform: Platform) -> Iterator[Platform]:
    """The same wiring on the machine's own clock."""
    settings = replace(platform.settings, send_timeout_seconds=5.0, sender_threads=2, upload_threads=1)
    live = bootstrap(settings, clock=SystemClock())
    yield live
    live.close()


@pytest.fixture
def stage(stage: Stage) -> Iterator[Stage]:
    """Films are processed in no time: the test's clock stands still."""
    stage.sandbox.world.processing_seconds = -1.0
    yield stage
    stage.sandbox.world.processing_seconds = 0.0


def video(stage: Stage) -> int:
    """A stored video; returns its id."""
    data, folder = mp4(size=100_000), stage.platform.settings.media_folder
    stored = hashlib.sha256(data).hexdigest() + ".mp4"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / stored).write_bytes(data)
    with stage.platform.database.write() as session:
        film = Media(
            workspace_id=stage.company.workspace.id,
            filename="film.mp4",
            stored_as=stored,
            mime="video/mp4",
            size=len(data),
            width=1280,
            height=720,
            seconds=12.0,
            created_at=stage.clock.now(),
        )
        session.add(film)
        session.flush()
        return film.id


def film_due(stage: Stage, after: timedelta = SOON, **more: Any) -> Delivery:
    return stage.planned(stage.channel("twitter"), text="Im Film", after=after, media=(video(stage),), **more)


def early(stage: Stage) -> tuple[Claimed, ...]:
    return claim_early(stage.platform, OWNER, 5)


def test_only_what_takes_long_is_taken_before_its_time_and_only_shortly_before(stage: Stage) -> None:
    film = film_due(stage)
    stage.planned(stage.channel(), text="Nur Text", after=SOON)
    film_due(stage, timedelta(hours=3))
    [work] = early(stage)
    assert work.ref.id == film.id
    assert (stage.state(film), stage.claim()) == (S.CLAIMED, ())


def test_what_was_prepared_ahead_is_not_sent_before_its_time(stage: Stage) -> None:
    film = film_due(stage)
    [work] = early(stage)
    seen: list[tuple[DeliveryState, int]] = []

    def observe(step: Step, _delivery_id: int) -> None:
        if step is Step.PREPARED:
            seen.append((stage.state(film), stage.sent()))
            stage.clock.advance(seconds=SOON.total_seconds())

    deliver(stage.platform, work, observe=observe)
    assert seen == [(S.CLAIMED, 0)]
    assert stage.state(film) is S.PUBLISHED
    [attempt] = stage.attempts(film)
    assert attempt.started_at == film.publish_at
    assert stage.live()[0]["media"], "with its video"


def test_a_change_before_the_time_takes_it_back_from_its_sender(stage: Stage) -> None:
    film = film_due(stage)
    [work] = early(stage)
    content = Content(text="Doch ohne Film", channels=(film.channel_id,))
    said: dict[str, Any] = {"now": stage.clock.now(), "folder": stage.platform.settings.media_folder}
    with stage.platform.database.write() as session:
        posts.edit(session, stage.company.alice, film.post_id, content, approve=True, **said)
    assert stage.state(film) is S.SCHEDULED
    deliver(stage.platform, work)
    assert (stage.state(film), stage.sent()) == (S.SCHEDULED, 0), "the sender finds its claim gone"
    stage.clock.advance(seconds=SOON.total_seconds())
    stage.run()
    assert [post["text"] for post in stage.live()] == ["Doch ohne Film"]


def test_at_its_time_it_is_frozen_as_ever(stage: Stage) -> None:
    film = film_due(stage)
    early(stage)
    stage.clock.advance(seconds=SOON.total_seconds())
    with stage.platform.database.write() as session, pytest.raises(Conflict, match="frozen"):
        posts.delete(session, stage.company.alice, film.post_id, now=stage.clock.now())


def test_what_is_prepared_ahead_does_not_hold_up_its_channel(stage: Stage) -> None:
    film = film_due(stage)
    early(stage)
    text = stage.planned(stage.read(film).channel, text="Nur Text", after=timedelta(minutes=1))
    stage.clock.advance(minutes=1)
    stage.run()
    assert stage.state(text) is S.PUBLISHED


def test_how_far_it_is_is_kept_and_keeps_the_claim_alive_until_it_takes_too_long(stage: Stage) -> None:
    film = film_due(stage)
    [work] = early(stage)
    hearing = Hearing(stage.platform, work, lambda: False)
    hearing(Progress(0, Part.UPLOADING, 40_000, 100_000))
    stage.clock.advance(seconds=50)
    hearing(Progress(0, Part.UPLOADING, 80_000, 100_000))
    stage.clock.advance(seconds=50)
    assert stage.recover() == 0, "the lease of a minute was extended"
    assert stage.read(film).progress == {"medium": 0, "stage": "uploading", "percent": 80}
    stage.clock.advance(seconds=stage.platform.settings.prepare_timeout_seconds)
    with pytest.raises(NotReady) as ended:
        hearing(Progress(0, Part.PROCESSING, 10, 100))
    assert (ended.value.verdict.state, ended.value.verdict.code) == (S.SCHEDULED, "preparation_too_long")


def test_a_preparation_ends_where_it_makes_no_sense_any_more(stage: Stage) -> None:
    film_due(stage)
    [work] = early(stage)
    with pytest.raises(HandBack):
        Hearing(stage.platform, work, lambda: True)(Progress(0, Part.UPLOADING, 1, 2))
    with stage.platform.database.write() as session:
        pause.pause_workspace(session, stage.company.alice, "Krise", now=stage.clock.now())
    with pytest.raises(HandBack):
        Hearing(stage.platform, work, lambda: False)(Progress(0, Part.UPLOADING, 1, 2))


def test_no_more_is_claimed_of_what_takes_long_than_there_is_room_for(stage: Stage) -> None:
    films = [film_due(stage, timedelta(minutes=1)) for _ in range(3)]
    text = stage.planned(stage.channel(), text="Nur Text", after=timedelta(minutes=1))
    stage.clock.advance(minutes=1)
    batch = claim(stage.platform, OWNER, 10, long_room=1)
    assert len(batch.claimed) == 2
    assert not batch.again, "there is no room for more until one is done"
    assert stage.state(text) is S.CLAIMED
    assert [stage.state(film) for film in films].count(S.SCHEDULED) == 2


def test_the_pool_prepares_ahead_beside_its_senders_and_sends_at_the_time(stage: Stage, live: Platform) -> None:
    film, text = film_due(stage), stage.planned(stage.channel(), text="Nur Text", after=SOON)
    seen: list[tuple[Step, int]] = []
    pool = Pool(live, OWNER, observe=lambda step, delivery_id: seen.append((step, delivery_id)))
    pool.start()
    try:
        wait_for(lambda: (Step.PREPARED, film.id) in seen)
        stage.change(text, publish_at=datetime.now(UTC), try_at=datetime.now(UTC))
        pool.wake()
        wait_for(lambda: stage.state(text) is S.PUBLISHED)
        assert stage.state(film) is S.CLAIMED
    finally:
        pool.stop()
    assert stage.state(film) is S.SCHEDULED, "handed back, for whoever starts next"


def test_who_finds_that_the_clock_was_put_back_does_not_hold_the_delivery_until_its_time_comes_again(
    stage: Stage,
) -> None:
    delivery = stage.due(stage.channel())
    [work] = stage.claim()
    stage.clock.advance(hours=-1)

    deliver(stage.platform, work)
    assert (stage.state(delivery), stage.sent()) == (S.SCHEDULED, 0)

    stage.clock.advance(hours=1)
    stage.run()
    assert (stage.state(delivery), stage.sent()) == (S.PUBLISHED, 1)
