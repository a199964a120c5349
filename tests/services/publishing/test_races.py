"""Moments at which two meet, on PostgreSQL, which lets them: each is brought about exactly, not hoped for.

On SQLite writers come one at a time, and none of these moments exists.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import count

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from planner.bootstrap import Platform, bootstrap
from planner.config import NetworkSettings
from planner.domain import retry
from planner.domain.states import DeliveryState
from planner.models import Channel
from planner.services import channels, posts
from planner.services.connections import ChannelAccess
from planner.services.posts import store
from planner.services.publishing import decide, missed, renewal
from planner.services.publishing.access import release_waiting
from planner.services.publishing.claim import Claimed, claim
from planner.services.publishing.pool import run_due
from planner.services.publishing.reconcile import TURN_SHARE, reconcile
from planner.services.publishing.recover import recover
from planner.services.publishing.restored import after_restore
from planner.services.publishing.send import Step
from tests.services.publishing.access.ending import APP
from tests.services.publishing.stage import SEND_TIMEOUT, SETTLE, Stage, at_step, lost

S = DeliveryState
PATIENCE = 20.0


@pytest.fixture
def database_url(postgresql_url: str) -> str:
    return postgresql_url


@pytest.fixture
def other(platform: Platform) -> Iterator[Platform]:
    """Another process on the same database."""
    other = bootstrap(platform.settings, clock=platform.clock)
    yield other
    other.close()


@contextmanager
def right_before(platform: Platform, statement: str, act: Callable[[], object], *, passing: int = 0) -> Iterator[None]:
    """Something happens once, just before ``platform`` sends a statement that holds these words, after it let
    ``passing`` of them pass."""
    done: list[bool] = []
    passed = count()

    def listen(_connection: object, _cursor: object, sent: str, *_rest: object) -> None:
        if statement in sent and not done and next(passed) == passing:
            done.append(True)
            act()

    event.listen(platform.database.engine, "before_cursor_execute", listen)
    yield
    event.remove(platform.database.engine, "before_cursor_execute", listen)
    assert done, f"nothing like {statement} was sent"


def begin(stage: Stage, work: Callable[[], object]) -> threading.Thread:
    """Start ``work`` in a thread; come back when it has come to its end, or waits for somebody's lock."""
    thread = threading.Thread(target=work)
    thread.start()
    until_it_ends_or_waits(stage, thread)
    return thread


def until_it_ends_or_waits(stage: Stage, thread: threading.Thread) -> None:
    end = time.monotonic() + PATIENCE
    while thread.is_alive() and not _somebody_waits(stage):
        assert time.monotonic() < end, "it neither ended nor waited"
        time.sleep(0.005)


def _somebody_waits(stage: Stage) -> bool:
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with stage.platform.database.read() as session:
        return bool(session.scalar(text(query)))


# --- claiming -----------------------------------------------------------------------------------------------


def test_a_delivery_that_another_process_claims_between_look_and_claim_is_not_claimed_twice(
    stage: Stage, other: Platform
) -> None:
    delivery = stage.due(stage.channel())
    theirs: list[Claimed] = []

    def claim_meanwhile() -> None:
        theirs.extend(claim(other, "another-process", 9).claimed)

    with right_before(stage.platform, "OF post SKIP LOCKED", claim_meanwhile):
        mine = stage.claim()

    assert ([work.ref.id for work in theirs], mine) == ([delivery.id], ())
    assert stage.read(delivery).claim_owner == "another-process"


def test_a_post_that_is_being_changed_is_claimed_only_with_its_new_text(stage: Stage) -> None:
    channel = stage.channel()
    delivery = stage.due(channel, text="Alt")
    now, folder, mine = stage.clock.now(), stage.platform.settings.media_folder, list[Claimed]()
    content = posts.Content(text="Neu", channels=(channel.id,))

    with stage.platform.database.write() as session:
        posts.edit(session, stage.company.alice, delivery.post_id, content, now=now, folder=folder, approve=True)
        session.flush()
        claiming = begin(stage, lambda: mine.extend(stage.claim()))
    claiming.join()

    assert [work.payload.post.text for work in [*mine, *stage.claim()]] == ["Neu"]


def test_what_an_edit_looked_at_is_not_claimed_before_the_edit_is_written(stage: Stage) -> None:
    delivery = stage.due(stage.channel())
    mine: list[Claimed] = []

    with stage.platform.database.write() as session:
        store.load(session, stage.company.alice, delivery.post_id)
        store.changeable(session, delivery.post_id, stage.clock.now())
        claiming = begin(stage, lambda: mine.extend(stage.claim()))
        assert stage.state(delivery) is S.SCHEDULED
    claiming.join()

    assert len([*mine, *stage.claim()]) == 1


def test_a_claim_that_two_processes_take_back_at_once_is_left_to_whoever_claimed_it_anew(
    stage: Stage, other: Platform
) -> None:
    delivery = stage.due(stage.channel())
    stage.claim("a-process-that-died")
    stage.clock.advance(seconds=stage.platform.settings.lease_seconds)

    def take_back_and_claim_meanwhile() -> None:
        assert recover(other) == 1
        assert len(claim(other, "another-process", 9).claimed) == 1

    with right_before(stage.platform, "FOR NO KEY UPDATE", take_back_and_claim_meanwhile):
        assert stage.recover() == 0

    assert (stage.state(delivery), stage.read(delivery).claim_owner) == (S.CLAIMED, "another-process")


# --- missing ------------------------------------------------------------------------------------------------


def test_what_a_person_moves_while_the_late_ones_are_swept_is_not_missed(stage: Stage) -> None:
    delivery = stage.due(stage.channel(missed_after_seconds=600))
    stage.clock.advance(minutes=11)
    later = stage.moment(hours=1)

    with right_before(
        stage.platform, "FOR NO KEY UPDATE", lambda: stage.change(delivery, publish_at=later, try_at=later)
    ):
        missed.sweep(stage.platform)

    assert stage.state(delivery) is S.SCHEDULED


# --- noting -------------------------------------------------------------------------------------------------


def test_a_result_that_the_database_did_not_take_is_written_again(stage: Stage, other: Platform) -> None:
    delivery = stage.due(stage.channel())
    broken: list[bool] = []

    def break_connections() -> None:
        with other.database.write() as session:
            mine = text(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            for pid in session.scalars(mine).all():
                session.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        broken.append(True)

    def watch(step: Step, _delivery_id: int) -> None:
        if step is Step.CALLED:
            stack.enter_context(right_before(stage.platform, "UPDATE delivery SET", break_connections))

    with ExitStack() as stack:
        stage.run(watch)

    assert (stage.state(delivery), stage.read(delivery).remote_id, broken) == (
        S.PUBLISHED,
        stage.live()[0]["id"],
        [True],
    )


# --- looking ------------------------------------------------------------------------------------------------


def test_two_processes_that_look_at_the_same_moment_count_one_look(stage: Stage, other: Platform) -> None:
    lost(stage, "linkedin", accepted=False)
    delivery = stage.due(stage.channel())
    stage.run()
    stage.clock.advance(hours=1)

    with right_before(stage.platform, "FOR NO KEY UPDATE", lambda: reconcile(other)):
        stage.reconcile()

    assert (stage.state(delivery), stage.read(delivery).looks) == (S.UNKNOWN, 1)


def test_a_look_that_took_so_long_that_another_process_looked_meanwhile_does_not_count(
    stage: Stage, other: Platform
) -> None:
    lost(stage, "linkedin", accepted=False)
    delivery = stage.due(stage.channel())
    stage.run()
    stage.clock.advance(hours=1)

    def look_meanwhile() -> None:
        stage.clock.advance(seconds=TURN_SHARE * SEND_TIMEOUT)
        assert reconcile(other) == 1

    with right_before(stage.platform, "SELECT delivery.payload", look_meanwhile):
        stage.reconcile()

    assert (stage.state(delivery), stage.read(delivery).looks) == (S.UNKNOWN, 1)


def test_a_look_that_is_noted_after_another_attempt_began_does_not_send_a_third_time(
    stage: Stage, other: Platform
) -> None:
    lost(stage, "linkedin", accepted=False)
    delivery = stage.due(stage.channel())
    stage.run()
    for _ in range(2):
        stage.clock.advance(minutes=20)
        stage.reconcile()
    stage.clock.advance(minutes=20)

    def look_and_send_meanwhile() -> None:
        stage.clock.advance(seconds=TURN_SHARE * SEND_TIMEOUT)
        assert reconcile(other) == 1
        lost(stage, "linkedin", accepted=True)
        assert run_due(other, "another-process") == 1

    with right_before(stage.platform, "FOR NO KEY UPDATE", look_and_send_meanwhile):
        stage.reconcile()

    assert (stage.state(delivery), len(stage.attempts(delivery)), len(stage.live())) == (S.UNKNOWN, 2, 1)


# --- renewing -----------------------------------------------------------------------------------------------


def test_what_a_person_reconnected_meanwhile_is_not_overwritten_by_a_renewal(stage: Stage) -> None:
    url = stage.platform.settings.networks["twitter"].api_url
    settings = replace(stage.platform.settings, networks={"twitter": NetworkSettings(url, APP)})
    renewing = bootstrap(settings, clock=stage.clock)
    channel = stage.channel("twitter", token_expires_at=stage.moment(minutes=5))

    def reconnect() -> None:
        stage.change(channel, credentials="what the person gave", credentials_version=2)

    with right_before(renewing, "FOR NO KEY UPDATE", reconnect):
        renewed = renewal.renew(renewing, ChannelAccess.of(channel))
    renewing.close()

    assert stage.channel_now(channel).credentials == renewed.access.sealed == "what the person gave"


def test_what_a_person_decides_while_a_channels_access_comes_back_stays_as_they_decided(stage: Stage) -> None:
    """It waited for access; they say that it is live, and it is not sent as well."""
    channel = stage.channel("xing")
    delivery = stage.due(channel)
    stage.change(delivery, state=S.NEEDS_PERSON, error_code="reconnect")

    def give_access() -> None:
        with stage.platform.database.write() as session:
            release_waiting(session, session.get_one(Channel, channel.id), stage.clock.now())

    with stage.platform.database.write() as session:
        decide.is_live(session, stage.company.alice, delivery.id, None, now=stage.clock.now())
        session.flush()
        giving = begin(stage, give_access)
    giving.join(30)

    assert stage.state(delivery) is S.PUBLISHED
    assert stage.run() == 0
    assert stage.live() == []


def test_an_answer_that_is_noted_while_a_look_is_decided_counts_in_it(stage: Stage, other: Platform) -> None:
    """Its post is nearly what is looked for: it is either on its way or known, at no moment neither."""
    channel = stage.channel("xing")
    lost(stage, "xing", accepted=False)
    looked_for = stage.due(channel, text="Beitrag 1 aus dem Werk Süd")
    stage.run()
    for _ in range(retry.LOOKS - 1):
        stage.clock.advance(seconds=2 * SETTLE)
        stage.reconcile()
    being_sent = stage.due(channel, text="Beitrag 2 aus dem Werk Süd")
    stage.clock.advance(seconds=2 * SETTLE)
    called, noting = threading.Event(), threading.Event()

    def wait() -> None:
        called.set()
        assert noting.wait(PATIENCE)

    def note() -> None:
        noting.set()
        sending.join(PATIENCE)

    sending = threading.Thread(target=lambda: run_due(other, "another-process", observe=at_step(Step.CALLED, wait)))
    sending.start()
    assert called.wait(PATIENCE)
    with right_before(stage.platform, "channel_id IN (", note, passing=1):
        stage.reconcile()

    assert (stage.state(looked_for), stage.state(being_sent)) == (S.SCHEDULED, S.PUBLISHED), "nobody is asked"


@pytest.mark.parametrize("question", ["SELECT delivery.remote_id", "SELECT DISTINCT attempt.fingerprint"])
def test_what_another_look_gives_away_while_one_is_decided_is_not_asked_about(
    stage: Stage, other: Platform, question: str
) -> None:
    channel = stage.channel("xing")
    lost(stage, "xing", accepted=False)
    lost(stage, "xing", accepted=True)
    one = stage.due(channel, text="Beitrag 1 aus dem Werk Süd")
    two = stage.due(channel, text="Beitrag 2 aus dem Werk Süd")
    stage.run()
    stage.change(one, looks=retry.LOOKS - 1)
    stage.clock.advance(seconds=2 * SETTLE)
    stage.change(two, look_at=stage.moment(seconds=SETTLE))

    def look_for_the_other() -> None:
        stage.change(two, look_at=stage.clock.now())
        reconcile(other)

    with right_before(stage.platform, question, look_for_the_other):
        stage.reconcile()

    assert (stage.state(one), stage.state(two)) == (S.SCHEDULED, S.PUBLISHED)


def test_who_reconnects_a_channel_while_a_look_for_it_is_decided_waits_and_is_not_turned_away(
    stage: Stage, ours: Channel, theirs: Channel
) -> None:
    assert theirs.remote_account_id == ours.remote_account_id
    delivery = stage.due(ours)
    stage.change(delivery, state=S.NEEDS_PERSON, error_code="reconnect")
    stage.change(ours, reconnect_since=stage.clock.now(), reconnect_reason="abgelaufen")
    after_restore(stage.platform)
    vault, threads, errors = stage.platform.vault, list[threading.Thread](), list[BaseException]()
    given = vault.open(stage.channel_now(ours).credentials or "")

    def reconnect() -> None:
        try:
            with stage.platform.database.write() as session:
                channels.reconnect(session, stage.company.alice, vault, ours.id, given, now=stage.clock.now())
        except OperationalError as error:
            errors.append(error)

    with right_before(
        stage.platform, "FROM channel \nWHERE channel.id IN", lambda: threads.append(begin(stage, reconnect))
    ):
        stage.reconcile()
    threads[0].join(PATIENCE)

    assert errors == []
    assert stage.channel_now(ours).reconnect_since is None
