"""After a restore with a channel that cannot be listed: several with the same words, and what people do before a look
could tell."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from planner.domain.states import DeliveryState
from planner.models import Attempt, Channel, Delivery
from planner.services import channels, posts
from planner.services.posts.inputs import PartInput
from planner.services.publishing import decide, missed
from planner.services.publishing.restored import after_restore
from tests.services.publishing.restoring import (
    Backup,
    come_back_without_access,
    give_access,
    goes_out,
    lost_access,
    release,
)
from tests.services.publishing.stage import Stage

S = DeliveryState


# --- several with the same words -----------------------------------------------------------------------------


def twins_of_which_the_first_went_out(stage: Stage) -> tuple[Channel, Delivery, Delivery]:
    """Today's and next week's; the restore comes without access to the channel."""
    channel = stage.channel("xing", missed_after_seconds=7 * 24 * 3600)
    today = stage.planned(channel, text="Montagsgruß", after=timedelta(minutes=5))
    next_week = stage.planned(channel, text="Montagsgruß", after=timedelta(days=6))
    backup = Backup(stage, today, next_week)
    goes_out(stage, channel, "Montagsgruß")
    come_back_without_access(stage, channel, backup)
    return channel, today, next_week


def test_what_people_are_asked_about_is_looked_for_as_well_and_goes_before_what_is_promised_later(stage: Stage) -> None:
    channel, today, next_week = twins_of_which_the_first_went_out(stage)
    assert [stage.state(d) for d in (today, next_week)] == [S.NEEDS_PERSON, S.SCHEDULED]

    give_access(stage, channel)
    for _ in range(3):
        stage.settle()

    assert [stage.state(d) for d in (today, next_week)] == [S.PUBLISHED, S.SCHEDULED]


def test_what_a_person_called_live_without_a_number_is_not_given_to_what_is_promised_later(stage: Stage) -> None:
    channel, today, next_week = twins_of_which_the_first_went_out(stage)
    with stage.platform.database.write() as session:
        decide.is_live(session, stage.company.alice, today.id, None, now=stage.clock.now())

    give_access(stage, channel)
    for _ in range(3):
        stage.settle()
    assert [stage.state(d) for d in (today, next_week)] == [S.PUBLISHED, S.SCHEDULED]

    stage.clock.set(stage.read(next_week).publish_at or stage.clock.now())
    stage.run()
    stage.reconcile()
    assert (stage.state(next_week), stage.read(next_week).error_code) == (S.NEEDS_PERSON, "ambiguous")


def test_one_that_is_claimed_while_the_channel_is_listed_goes_before_what_is_promised_later(stage: Stage) -> None:
    stage.sandbox.world.store.takes_twins = True
    channel, today, next_week = twins_of_which_the_first_went_out(stage)
    stage.change(today, state=S.SCHEDULED, error_code=None, try_at=stage.clock.now())
    with stage.platform.database.write() as session:
        session.execute(update(Attempt).where(Attempt.delivery_id == today.id).values(finished_at=None))
    give_access(stage, channel)
    stage.run()
    assert stage.state(today) is S.UNKNOWN
    stage.change(today, look_at=stage.moment(seconds=60))  # whoever listed the channel began before the claim

    for _ in range(3):
        stage.settle()
    stage.run()

    assert [stage.state(d) for d in (today, next_week)] == [S.PUBLISHED, S.SCHEDULED]
    assert len(stage.live(channel)) == 1


def test_looks_with_nearly_the_same_words_do_not_wait_for_each_other_for_ever(stage: Stage) -> None:
    """Two texts by turns, the first two are live; and one more that was written after the backup and lost with it."""
    channel = stage.channel("xing", missed_after_seconds=7 * 24 * 3600)
    six, seven, eight = (f"Heute im Werk Süd geöffnet bis {hour} Uhr" for hour in (16, 17, 18))
    planned = [
        stage.planned(channel, text=text, after=timedelta(minutes=minutes))
        for minutes, text in ((10, six), (20, eight), (30, six), (40, eight))
    ]
    backup = Backup(stage, *planned)
    for text in (six, eight, seven):
        goes_out(stage, channel, text)
    stage.clock.advance(hours=1)
    backup.come_back()

    for _ in range(5):
        stage.settle()

    assert [stage.state(d) for d in planned] == [S.PUBLISHED, S.PUBLISHED, S.NEEDS_PERSON, S.NEEDS_PERSON]
    release(stage)


def test_a_claim_to_other_words_keeps_nobody_waiting(stage: Stage) -> None:
    """Two restores: at the first both had the same words, before the second one was changed a little, and went out."""
    first, second = (
        "Am Montag zeigen wir die neue Fräse: kommen Sie!",
        "Am Montag zeigen wir die neue Fräse; kommen Sie!",
    )
    channel = stage.channel("xing", missed_after_seconds=7 * 24 * 3600)
    one = stage.planned(channel, text=first, after=timedelta(hours=6))
    two = stage.planned(channel, text=first, after=timedelta(days=6))
    come_back_without_access(stage, channel, Backup(stage, one, two))
    edit(stage, two, second, channel)
    backup = Backup(stage, one, two)
    goes_out(stage, channel, second)
    stage.clock.set((stage.read(one).publish_at or stage.clock.now()) + timedelta(minutes=1))
    stage.sandbox.faults.clear()
    stage.change(channel, reconnect_since=None)
    backup.come_back()

    for _ in range(3):
        stage.settle()

    assert [stage.state(d) for d in (one, two)] == [S.SCHEDULED, S.PUBLISHED]


def test_whoever_waits_for_another_for_ever_is_asked_about(stage: Stage) -> None:
    channel, one, two = twins_of_which_the_first_went_out(stage)
    give_access(stage, channel)
    stage.change(one, look_at=stage.moment(days=1))  # whoever looks for it never comes to an end

    for _ in range(8):
        stage.settle()

    assert (stage.state(two), stage.read(two).look_at) == (S.SCHEDULED, None), "it is looked for before its sending"


# --- what people do before it could be looked for --------------------------------------------------------------


def one_that_went_out(stage: Stage, channel: Channel, *more: Channel, **content: Any) -> Delivery:
    """The backup has it as planned; the channel cannot be listed any more."""
    delivery = stage.planned(channel, *more, text="Um neun", after=timedelta(hours=3), **content)
    backup = Backup(stage, delivery)
    goes_out(stage, channel, "Um neun")
    come_back_without_access(stage, channel, backup)
    return delivery


def edit(stage: Stage, delivery: Delivery, text: str, *chosen: Channel) -> None:
    content = posts.Content(text=text, channels=tuple(channel.id for channel in chosen))
    alice, now, folder = stage.company.alice, stage.clock.now(), stage.platform.settings.media_folder
    with stage.platform.database.write() as session:
        posts.edit(session, alice, delivery.post_id, content, now=now, folder=folder, approve=True)


def put_back(stage: Stage, delivery: Delivery, channel: Channel, other: Channel, *, text: str = "Um neun") -> None:
    """The channel is taken off the post, and put back."""
    edit(stage, delivery, text, other)
    edit(stage, delivery, text, channel, other)


def test_a_channel_that_is_taken_off_a_post_and_put_back_does_not_send_it_again(stage: Stage) -> None:
    stage.sandbox.world.store.takes_twins = True
    channel, second = stage.channel("xing"), stage.channel("linkedin")
    delivery = one_that_went_out(stage, channel, second)
    put_back(stage, delivery, channel, second)
    anew = stage.deliveries(delivery.post_id)[-1]
    assert (anew.channel_id, anew.id > delivery.id) == (channel.id, True)
    give_access(stage, channel)
    for _ in range(3):
        stage.settle()

    assert stage.state(anew) is S.PUBLISHED
    assert len(stage.live(channel)) == 1


def test_a_channel_taken_off_and_put_back_while_it_is_looked_for_is_what_is_found(stage: Stage) -> None:
    stage.sandbox.world.store.takes_twins = True
    channel, second = stage.channel("xing", missed_after_seconds=7 * 24 * 3600), stage.channel("linkedin")
    delivery = stage.planned(channel, second, text="Um neun", after=timedelta(days=2))
    backup = Backup(stage, delivery)
    goes_out(stage, channel, "Um neun")
    backup.come_back()
    put_back(stage, delivery, channel, second)
    anew = stage.deliveries(delivery.post_id)[-1]

    for _ in range(3):
        stage.settle()
    release(stage)
    stage.clock.advance(days=3)
    stage.run()
    for _ in range(3):
        stage.settle()
        stage.run()

    assert [stage.state(d) for d in (delivery, anew)] == [S.CANCELLED, S.PUBLISHED]
    assert len(stage.live(channel)) == 1


def test_all_the_words_in_which_it_may_have_gone_out_pass_to_the_delivery_that_is_put_back(stage: Stage) -> None:
    """Two restores, and other words between them."""
    stage.sandbox.world.store.takes_twins = True
    channel, second = stage.channel("xing", missed_after_seconds=7 * 24 * 3600), stage.channel("linkedin")
    delivery = stage.planned(channel, second, text="Alte Worte", after=timedelta(days=2))
    come_back_without_access(stage, channel, Backup(stage, delivery))
    edit(stage, delivery, "Neue Worte", channel, second)
    backup = Backup(stage, delivery)
    goes_out(stage, channel, "Neue Worte")
    backup.come_back()
    stage.settle()
    release(stage)
    put_back(stage, delivery, channel, second, text="Neue Worte")
    anew = stage.deliveries(delivery.post_id)[-1]
    assert (len(stage.attempts(delivery)), len(stage.attempts(anew))) == (0, 2)

    give_access(stage, channel)
    for _ in range(3):
        stage.settle()

    assert stage.state(anew) is S.PUBLISHED
    assert len(stage.live(channel)) == 1


def test_before_it_is_published_by_hand_somebody_is_asked_whether_it_is_there(stage: Stage) -> None:
    channel = stage.channel("xing")
    delivery = one_that_went_out(stage, channel)
    stage.clock.set((stage.read(delivery).publish_at or stage.clock.now()) + timedelta(minutes=2))
    with stage.platform.database.write() as session:
        loaded = session.get_one(Delivery, delivery.id)
        assert not decide.can_be_handed_over(session, loaded, stage.clock.now())
        channels.switch_to_hand(session, stage.company.alice, channel.id, now=stage.clock.now())

    stage.run()
    for _ in range(3):
        stage.settle()
    assert (stage.state(delivery), stage.read(delivery).error_code) == (S.NEEDS_PERSON, "cannot_list")

    with stage.platform.database.write() as session:
        decide.is_not_live(session, stage.company.alice, delivery.id, now=stage.clock.now())
    stage.run()
    assert stage.read(delivery).error_code == "assisted"


def test_what_follows_a_post_is_made_where_a_look_finds_it_though_somebody_was_to_publish_it(stage: Stage) -> None:
    channel = stage.channel("twitter")
    delivery = stage.planned(channel, text="Eins", after=timedelta(hours=3), thread=(PartInput("Zwei"),))
    backup = Backup(stage, delivery)
    goes_out(stage, channel, "Eins")
    backup.come_back()
    stage.change(delivery, state=S.NEEDS_PERSON, error_code="assisted")

    for _ in range(3):
        stage.settle()
        stage.run()

    assert stage.state(delivery) is S.PUBLISHED
    assert [d.step for d in stage.deliveries(delivery.post_id)] == [0, 1]


def test_what_is_looked_for_ahead_of_its_time_still_goes_out_at_its_time(stage: Stage) -> None:
    channel = stage.channel("xing")
    delivery = stage.planned(channel, text="Um neun", after=timedelta(hours=3))
    lost_access(stage, channel)
    after_restore(stage.platform)
    stage.settle()
    release(stage)
    stage.sandbox.faults.clear()
    at = stage.read(delivery).publish_at or stage.clock.now()
    stage.change(channel, reconnect_since=None)
    stage.change(delivery, try_at=stage.clock.now())
    stage.run()
    assert stage.state(delivery) is S.UNKNOWN

    stage.settle()
    assert (stage.state(delivery), stage.read(delivery).try_at) == (S.SCHEDULED, at)


def test_all_that_is_too_late_is_seen_to_however_much_of_it_is_in_doubt(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(missed, "BATCH", 1)
    channel = stage.channel("xing")
    doubted = [stage.planned(channel, text=text, after=timedelta(hours=3)) for text in ("Eins", "Zwei")]
    lost_access(stage, channel)
    after_restore(stage.platform)
    stage.settle()
    release(stage)
    new = stage.planned(channel, text="Drei", after=timedelta(hours=3))
    stage.clock.advance(days=3)

    assert missed.sweep(stage.platform) == 3

    assert [stage.state(d) for d in (*doubted, new)] == [S.UNKNOWN, S.UNKNOWN, S.MISSED]
