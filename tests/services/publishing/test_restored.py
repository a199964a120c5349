"""After a restore: what went out between the backup and the restore is found, whatever state the backup has it in, and
nobody is asked who need not be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from planner.domain.states import DeliveryState
from planner.models import Delivery
from planner.services import approvals, channels, posts
from planner.services.errors import Conflict
from planner.services.posts import When
from planner.services.publishing import decide, missed
from planner.services.publishing.restored import after_restore
from publishers import registry
from tests.services.publishing.restoring import (
    Backup,
    columns,
    come_back_without_access,
    give_access,
    goes_out,
    release,
)
from tests.services.publishing.stage import SEND_TIMEOUT, SETTLE, Stage, lost
from tests.support.factories import make_post

S = DeliveryState


def test_everything_is_paused_what_was_due_is_in_doubt_and_what_is_planned_is_looked_for(stage: Stage) -> None:
    channel = stage.channel()
    due, claimed = stage.planned(channel, text="Fällig", after=timedelta(minutes=1)), stage.due(stage.channel())
    later = stage.planned(channel, text="Später", after=timedelta(hours=1))
    stage.change(claimed, state=S.CLAIMED)

    assert after_restore(stage.platform) == 3

    assert stage.workspace().paused_at is not None
    assert [stage.state(d) for d in (due, claimed, later)] == [S.UNKNOWN, S.UNKNOWN, S.SCHEDULED]


def test_what_went_out_after_the_backup_is_found_and_not_sent_again(stage: Stage) -> None:
    channel = stage.channel()
    out, not_out = stage.due(channel, text="Ging noch hinaus"), stage.due(channel, text="Ging nicht mehr hinaus")
    stage.sandbox.backfill("linkedin", channel.remote_account_id or "", "Ging noch hinaus", stage.moment(seconds=1))
    stage.clock.advance(minutes=10)

    after_restore(stage.platform)
    stage.settle()

    assert (stage.state(out), stage.state(not_out)) == (S.PUBLISHED, S.SCHEDULED)
    assert stage.run() == 0


def test_the_pause_cannot_be_released_before_all_is_looked_for(stage: Stage) -> None:
    channel = stage.channel()
    delivery, later = stage.due(channel), stage.planned(channel, text="Später", after=timedelta(hours=1))
    stage.clock.advance(minutes=10)
    after_restore(stage.platform)

    for decided in (delivery, later):
        with pytest.raises(Conflict, match="unconfirmed_after_restore"):
            release(stage)
        stage.change(decided, state=S.CANCELLED, look_at=None)
    release(stage)


def test_what_a_person_publishes_is_not_looked_for(stage: Stage) -> None:
    delivery = stage.due(stage.by_hand())

    assert after_restore(stage.platform) == 0
    assert stage.state(delivery) is S.SCHEDULED


@pytest.mark.parametrize("state", [S.DRAFT, S.SCHEDULED, S.MISSED, S.FAILED, S.NEEDS_PERSON, S.CANCELLED])
def test_what_stood_otherwise_in_the_backup_and_went_out_since_is_found(stage: Stage, state: S) -> None:
    """Brought forward, approved, tried again, or released by reconnecting: the backup knows nothing of it."""
    channel = stage.channel("xing")
    out = stage.planned(channel, text="Ging hinaus", after=timedelta(hours=3))
    kept = stage.planned(channel, text="Blieb liegen", after=timedelta(hours=3))
    for delivery in (out, kept):
        stage.change(delivery, state=state, error_code=None if state in (S.DRAFT, S.SCHEDULED) else "reconnect")
    backup, before = Backup(stage, out, kept), columns(stage.read(kept))
    goes_out(stage, channel, "Ging hinaus")

    assert backup.come_back() == 2
    stage.settle()
    release(stage)

    assert stage.state(out) is S.PUBLISHED
    assert stage.read(out).remote_id == stage.live(channel)[0]["id"]
    after = columns(stage.read(kept))
    marked = {"attempt_count": 1, "attempts_forgiven": 1}
    assert after == {**before, **marked}, "what did not go out stands as it stood, and goes on"
    if state is S.SCHEDULED:
        stage.clock.set(stage.read(kept).publish_at or stage.clock.now())
        stage.run()
        assert stage.state(kept) is S.PUBLISHED, "at its time: it was looked for before"
    assert len(stage.live(channel)) == 1 + (state is S.SCHEDULED)


def _cannot_be_listed(stage: Stage) -> None:
    stage.sandbox.faults.add("error", "xing", "list", status=503, accepted=False, count=None)


def _needs_access(stage: Stage) -> None:
    stage.sandbox.faults.add("expired_token", "xing", "list", count=1)


@pytest.mark.parametrize("why", [_cannot_be_listed, _needs_access])
def test_where_no_look_could_tell_it_is_looked_for_again_in_place_of_its_sending(
    stage: Stage, why: Callable[[Stage], None]
) -> None:
    channel = stage.channel("xing")
    delivery = stage.planned(channel, text="Um neun", after=timedelta(hours=3))
    backup = Backup(stage, delivery)
    goes_out(stage, channel, "Um neun")
    why(stage)
    backup.come_back()
    for _ in range(3):
        stage.settle()
    release(stage)
    assert stage.state(delivery) is S.SCHEDULED, "nobody is asked before its time"

    stage.sandbox.faults.clear()
    stage.change(channel, reconnect_since=None)
    stage.clock.set(stage.read(delivery).publish_at or stage.clock.now())
    stage.run()
    assert stage.state(delivery) is S.UNKNOWN
    stage.reconcile()
    assert (stage.state(delivery), len(stage.live(channel))) == (S.PUBLISHED, 1)


def test_of_a_channel_that_cannot_be_listed_people_are_asked_at_its_time_and_once(stage: Stage) -> None:
    channel = stage.channel("xing")
    first = stage.planned(channel, text="Um neun", after=timedelta(minutes=30))
    second = stage.planned(channel, text="Um zehn", after=timedelta(hours=3))
    asked = stage.planned(channel, text="Ist es da?", after=timedelta(minutes=40))
    stage.change(asked, state=S.NEEDS_PERSON, error_code="cannot_list")
    after_restore(stage.platform)
    _cannot_be_listed(stage)
    stage.settle()
    stage.settle()
    release(stage)
    for delivery in (first, second):
        stage.clock.set(max(stage.clock.now(), stage.read(delivery).publish_at or stage.clock.now()))
        stage.run()
        stage.settle()
        stage.settle()
    assert [stage.state(d) for d in (first, second)] == [S.NEEDS_PERSON, S.NEEDS_PERSON]

    stage.sandbox.faults.clear()
    with stage.platform.database.write() as session:
        for delivery in (first, second, asked):
            decide.is_not_live(session, stage.company.alice, delivery.id, now=stage.clock.now())
    stage.run()
    assert [stage.state(d) for d in (first, second, asked)] == [S.PUBLISHED] * 3


def test_one_that_was_taken_out_long_ago_and_is_brought_back_is_looked_for_first(stage: Stage) -> None:
    channel = stage.channel("xing")
    delivery = stage.planned(channel, text="Doch noch", after=timedelta(days=60))
    with stage.platform.database.write() as session:
        posts.delete(session, stage.company.alice, delivery.post_id, now=stage.clock.now())
    stage.clock.advance(days=31)
    backup = Backup(stage, delivery)
    goes_out(stage, channel, "Doch noch")
    assert backup.come_back() == 0
    release(stage)
    with stage.platform.database.write() as session:
        posts.restore(session, stage.company.alice, delivery.post_id, now=stage.clock.now())
    stage.clock.set(stage.read(delivery).publish_at or stage.clock.now())
    stage.run()
    assert (stage.state(delivery), stage.sent()) == (S.UNKNOWN, 0)
    stage.reconcile()
    assert stage.state(delivery) is S.PUBLISHED


def test_a_doubt_of_before_the_backup_begins_anew(stage: Stage) -> None:
    """Two looks had not found it. Since then it was sent again, and the network lists that late."""
    channel = stage.channel("xing")
    lost(stage, "xing", accepted=False)
    delivery = stage.due(channel)
    stage.run()
    stage.clock.advance(seconds=1.5 * SEND_TIMEOUT)
    stage.reconcile()
    stage.clock.advance(seconds=SETTLE / 2)
    stage.reconcile()
    assert stage.read(delivery).looks == 2
    backup = Backup(stage, delivery)
    stage.clock.advance(seconds=SETTLE / 2)
    stage.reconcile()
    stage.sandbox.faults.add("listing_lag", "xing", seconds=240.0, count=1)
    stage.run()
    assert len(stage.live(channel)) == 1

    stage.clock.advance(seconds=30)
    backup.come_back()
    stage.settle()
    release(stage)
    stage.run()
    assert (stage.state(delivery), len(stage.live(channel))) == (S.PUBLISHED, 1)


def test_one_that_a_person_words_anew_after_the_restore_is_looked_for_in_its_old_words_too(stage: Stage) -> None:
    channel = stage.channel("xing")
    post = make_post(stage.platform, stage.company.charlie, (channel,), When(at=stage.moment(minutes=40)), text="Alt")
    delivery = stage.deliveries(post.id)[0]
    backup = Backup(stage, delivery)
    goes_out(stage, channel, "Alt")
    backup.come_back()
    with stage.platform.database.write() as session:
        found = stage.post(delivery)
        content = posts.content_of(session.merge(found), (channel.id,))
        wanted = type(content)(**{**_fields(content), "text": "Neu"})
        folder = stage.platform.settings.media_folder
        posts.edit(session, stage.company.charlie, post.id, wanted, now=stage.clock.now(), folder=folder)
    stage.settle()
    assert stage.state(delivery) is S.PUBLISHED
    with pytest.raises(Conflict), stage.platform.database.write() as session:
        approvals.approve(session, stage.company.bob, post.id, now=stage.clock.now())


def _fields(what: Any) -> dict[str, Any]:
    return {name: getattr(what, name) for name in what.__dataclass_fields__}


def test_of_several_with_the_same_words_the_one_that_was_promised_first_is_the_one_found(stage: Stage) -> None:
    channel = stage.channel("xing")
    next_week = stage.planned(channel, text="Montagsgruß", after=timedelta(days=7))
    dropped = stage.planned(channel, text="Montagsgruß", after=timedelta(minutes=80))
    stage.change(dropped, state=S.CANCELLED)
    today = stage.planned(channel, text="Montagsgruß", after=timedelta(minutes=90))
    backup = Backup(stage, today, next_week, dropped)
    goes_out(stage, channel, "Montagsgruß")
    backup.come_back()
    stage.settle()
    assert [stage.state(d) for d in (today, next_week, dropped)] == [S.PUBLISHED, S.SCHEDULED, S.CANCELLED]


def test_what_is_planned_after_the_restore_is_not_held_up(stage: Stage) -> None:
    channel = stage.channel("xing")
    stage.planned(channel, text="Von vorher", after=timedelta(hours=3))
    after_restore(stage.platform)
    new = stage.planned(channel, text="Von danach", after=timedelta(minutes=30))
    stage.settle()
    release(stage)
    stage.clock.set(stage.read(new).publish_at or stage.clock.now())
    stage.run()
    assert stage.state(new) is S.PUBLISHED


def test_a_network_that_is_not_installed_here_keeps_nothing_from_coming_back(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = stage.channel("xing")
    without, known = stage.due(channel), stage.due(stage.channel("linkedin"))
    sending = stage.due(stage.channel("xing"))
    stage.change(sending, state=S.SENDING)
    real = registry.networks()
    with monkeypatch.context() as patch:
        patch.setattr(registry, "networks", lambda: {key: real[key] for key in real if key != "xing"})
        assert after_restore(stage.platform) == 2
    assert [stage.state(d) for d in (without, known, sending)] == [S.SCHEDULED, S.UNKNOWN, S.UNKNOWN]
    stage.settle()
    release(stage)
    stage.run()
    assert stage.state(without) is S.UNKNOWN, "installed again, it is looked for first"


def test_reconnecting_after_a_restore_sends_nothing_again(stage: Stage) -> None:
    channel = stage.channel("xing")
    delivery = stage.due(channel)
    stage.change(delivery, state=S.NEEDS_PERSON, error_code="reconnect")
    stage.change(channel, reconnect_since=stage.clock.now(), reconnect_reason="abgelaufen")
    backup = Backup(stage, delivery)
    goes_out(stage, channel, "Neue Fräse im Werk Süd.")
    _cannot_be_listed(stage)
    backup.come_back()
    for _ in range(3):
        stage.settle()
    stage.sandbox.faults.clear()
    release(stage)
    vault, now = stage.platform.vault, stage.clock.now()
    given = vault.open(stage.channel_now(channel).credentials or "")
    with stage.platform.database.write() as session:
        channels.reconnect(session, stage.company.alice, vault, channel.id, given, now=now)
        session.get_one(Delivery, delivery.id).publish_at = now
    stage.run()
    stage.reconcile()
    assert (stage.state(delivery), len(stage.live(channel))) == (S.PUBLISHED, 1)


@pytest.mark.parametrize("archived", [False, True])
def test_what_may_have_gone_out_and_is_too_late_now_is_asked_about_and_not_called_missed(
    stage: Stage, *, archived: bool
) -> None:
    channel = stage.channel("xing")
    delivery = stage.planned(channel, text="Um neun", after=timedelta(hours=3))
    backup = Backup(stage, delivery)
    goes_out(stage, channel, "Um neun")
    come_back_without_access(stage, channel, backup)
    stage.change(channel, archived_at=stage.clock.now() if archived else None)
    stage.clock.advance(days=3)

    missed.sweep(stage.platform)
    stage.run()
    for _ in range(3):
        stage.settle()

    found = stage.read(delivery)
    assert (found.state, found.error_code, found.remote_id) == (S.NEEDS_PERSON, "cannot_list", None)
    assert stage.told("delivery_needs_person") == stage.owners()


def test_what_is_too_late_and_did_not_go_out_is_missed_once_that_is_known(stage: Stage) -> None:
    channel = stage.channel("xing")
    delivery = stage.planned(channel, text="Um neun", after=timedelta(hours=3))
    backup = Backup(stage, delivery)
    come_back_without_access(stage, channel, backup)
    stage.sandbox.faults.clear()
    stage.change(channel, reconnect_since=None)
    stage.clock.advance(days=3)

    stage.run()
    assert stage.state(delivery) is S.UNKNOWN
    for _ in range(3):
        stage.settle()
    stage.run()

    assert (stage.state(delivery), stage.live(channel)) == (S.MISSED, [])


def test_what_could_not_be_looked_for_is_looked_for_when_its_channel_has_access_again(stage: Stage) -> None:
    """One of them was deleted meanwhile: it is live, so it is in the plan again."""
    channel = stage.channel("xing")
    kept, deleted, never_sent = (
        stage.planned(channel, text=text, after=timedelta(days=9)) for text in ("Ging hinaus", "Auch", "Noch nicht")
    )
    backup = Backup(stage, kept, deleted, never_sent)
    goes_out(stage, channel, "Ging hinaus")
    goes_out(stage, channel, "Auch")
    come_back_without_access(stage, channel, backup)
    with stage.platform.database.write() as session:
        posts.delete(session, stage.company.alice, deleted.post_id, now=stage.clock.now())
    assert [stage.state(d) for d in (kept, deleted, never_sent)] == [S.SCHEDULED, S.CANCELLED, S.SCHEDULED]

    give_access(stage, channel)
    for _ in range(3):
        stage.settle()

    assert [stage.state(d) for d in (kept, deleted, never_sent)] == [S.PUBLISHED, S.PUBLISHED, S.SCHEDULED]
    assert stage.post(deleted).deleted_at is None
    assert {stage.read(d).remote_id for d in (kept, deleted)} == {post["id"] for post in stage.live(channel)}
    stage.clock.set(stage.read(never_sent).publish_at or stage.clock.now())
    stage.run()
    assert stage.state(never_sent) is S.PUBLISHED, "it was looked for, and is not looked for a second time"
