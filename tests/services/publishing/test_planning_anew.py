"""What was only rehearsed is planned for real in one step, and can be taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from planner.domain.states import DeliveryState as S
from planner.domain.walltime import to_wall
from planner.models import Channel, Delivery, Event, Post
from planner.services import planning_anew
from planner.services.errors import Conflict, Forbidden, Invalid
from planner.services.planning_anew import Choice, Undone
from planner.services.posts import PartInput, VariantInput, When, warnings_for
from tests.services.publishing.stage import Stage
from tests.support.factories import make_channel, make_post

SLOTS = [(1, "09:00"), (3, "10:00")]


def rehearsed(stage: Stage, *channels: Channel, text: str, **content: object) -> list[Delivery]:
    """A post that has just been played on these channels, in their rehearsal, which is over."""
    when = When(at=stage.moment(minutes=1))
    post = make_post(stage.platform, stage.company.bob, channels, when, text=text, approve=True, **content)
    stage.clock.advance(minutes=1)
    with stage.platform.database.write() as session:
        values = {"state": S.PUBLISHED, "rehearsed": True, "remote_id": None, "published_at": stage.clock.now()}
        session.execute(update(Delivery).where(Delivery.post_id == post.id).values(values))
    return list(stage.deliveries(post.id))


def channel_with_slots(stage: Stage, network: str = "twitter") -> Channel:
    return stage.channel(network, slots=SLOTS)


def waiting(stage: Stage) -> list[int]:
    with stage.platform.database.read() as session:
        found = planning_anew.waiting(session, stage.company.workspace.id, now=stage.clock.now())
        return [d.id for d in found]


def plan(stage: Stage, choices: dict[int, Choice]) -> Event:
    folder = stage.platform.settings.media_folder
    with stage.platform.database.write() as session:
        return planning_anew.plan(session, stage.company.charlie, choices, now=stage.clock.now(), folder=folder)


def test_rehearsed_posts_take_the_slots_that_were_shown_with_content_and_approval_and_go_out_once(
    stage: Stage,
) -> None:
    twitter, linkedin = channel_with_slots(stage), channel_with_slots(stage, "linkedin")
    own = {linkedin.id: VariantInput(text="Für LinkedIn"), twitter.id: VariantInput(text="Kurz")}
    one = rehearsed(stage, twitter, linkedin, text="Eins", variants=own, thread=(PartInput("Zwei"),))
    two = rehearsed(stage, twitter, text="Zwei")
    choices = {d.id: Choice.SLOT for d in (*one, *two)}
    with stage.platform.database.read() as session:
        found = planning_anew.waiting(session, stage.company.workspace.id, now=stage.clock.now())
        shown = planning_anew.times(session, "Europe/Berlin", found, choices, now=stage.clock.now())

    event = plan(stage, choices)

    assert waiting(stage) == []
    with stage.platform.database.read() as session:
        first, second = (session.get_one(Post, post_id) for post_id in event.data["posts"])
        assert (first.text, first.thread, {v.text for v in first.variants}) == (
            "Eins",
            ["Zwei"],
            {"Für LinkedIn", "Kurz"},
        )
        assert [a.approved_by for a in (*first.approvals, *second.approvals)] == ["Bob", "Bob"], (
            "no lead is asked again"
        )
        again = session.scalars(select(Delivery).where(Delivery.post_id.in_(event.data["posts"]))).all()
        assert {(d.state, d.queued) for d in again} == {(S.SCHEDULED, True)}
        assert sorted(d.publish_at for d in again if d.publish_at) == sorted(at for at in shown.values() if at)
        assert warnings_for(session, second, [d for d in again if d.post_id == second.id]) == []
    stage.clock.advance(days=7)
    with stage.platform.database.write() as session:
        session.execute(update(Channel).values(missed_after_seconds=30 * 86_400))
    stage.run()
    assert sorted(post["text"] for post in stage.live(twitter)) == ["Kurz", "Zwei", "Zwei"]
    assert [post["text"] for post in stage.live(linkedin)] == ["Für LinkedIn"]


def test_a_week_that_keeps_its_weekdays_and_times_moves_as_a_whole(stage: Stage) -> None:
    channel = stage.channel("linkedin")
    stage.clock.set("2026-03-16T08:00:00Z")
    (monday,) = rehearsed(stage, channel, text="Montag")
    stage.clock.set("2026-03-20T08:00:00Z")
    (friday,) = rehearsed(stage, channel, text="Freitag")
    stage.clock.set("2026-03-25T12:00:00Z")

    event = plan(stage, {monday.id: Choice.SAME, friday.id: Choice.SAME})

    # The next Monday lies behind a clock change: the time on the clock stays.
    planned = [stage.deliveries(post_id)[0] for post_id in event.data["posts"]]
    walls = [to_wall(d.publish_at, "Europe/Berlin").isoformat() for d in planned if d.publish_at]
    assert walls == ["2026-03-30T09:01:00", "2026-04-03T09:01:00"]


def test_whoever_takes_a_slot_keeps_clear_of_those_that_keep_their_weekday(stage: Stage) -> None:
    channel = stage.channel("linkedin", slots=[(0, "09:01"), (2, "09:00")])
    stage.clock.set("2026-03-16T08:00:00Z")
    (monday,) = rehearsed(stage, channel, text="Montag, 9:01 Uhr")
    (late,) = rehearsed(stage, channel, text="Noch einer")
    stage.clock.set("2026-03-18T12:00:00Z")
    choices = {late.id: Choice.SLOT, monday.id: Choice.SAME}
    with stage.platform.database.read() as session:
        found = planning_anew.waiting(session, stage.company.workspace.id, now=stage.clock.now())
        shown = planning_anew.times(session, "Europe/Berlin", found, choices, now=stage.clock.now())
    walls = {i: to_wall(at, "Europe/Berlin").isoformat() for i, at in shown.items() if at}
    assert walls == {monday.id: "2026-03-23T09:01:00", late.id: "2026-03-25T09:00:00"}

    event = plan(stage, choices)

    moments = [d.publish_at for post_id in event.data["posts"] for d in stage.deliveries(post_id)]
    assert sorted(moments, key=str) == sorted(shown.values(), key=str)


def test_it_is_taken_back_as_far_as_nothing_was_sent_and_then_waits_again(stage: Stage) -> None:
    channel = channel_with_slots(stage, "linkedin")
    (one,), (two,) = rehearsed(stage, channel, text="Eins"), rehearsed(stage, channel, text="Zwei")
    event = plan(stage, {one.id: Choice.SLOT, two.id: Choice.SLOT})
    first = stage.deliveries(event.data["posts"][0])[0]
    assert first.publish_at is not None
    stage.clock.set(first.publish_at)
    stage.run()

    with stage.platform.database.write() as session:
        undone = planning_anew.take_back(session, stage.company.charlie, event.id, now=stage.clock.now())

    assert undone == Undone(taken=1, left=1)
    assert waiting(stage) == [two.id]
    assert stage.read(two).rehearsed


def test_who_may_plan_and_what_does_not_wait(stage: Stage) -> None:
    channel, still = channel_with_slots(stage), stage.channel("linkedin")
    without_slots = make_channel(stage.platform.database, stage.company, stage.clock.now(), "facebook")
    (one,), _playing = rehearsed(stage, channel, text="Eins"), rehearsed(stage, still, text="Probt noch")
    (slotless,) = rehearsed(stage, without_slots, text="Ohne Sendeplatz")
    real = stage.due(stage.channel("twitter"), text="Wirklich")
    stage.run()
    stage.change(still, rehearsing_since=stage.clock.now())
    folder, now = stage.platform.settings.media_folder, stage.clock.now()

    assert waiting(stage) == [one.id, slotless.id]
    with pytest.raises(Invalid):
        plan(stage, {})
    with pytest.raises(Invalid):
        plan(stage, {one.id: Choice.SLOT, slotless.id: Choice.SLOT})
    assert waiting(stage) == [one.id, slotless.id], "all or nothing"
    with pytest.raises(Conflict, match="planned_anew_already"):
        plan(stage, {real.id: Choice.SAME})
    with stage.platform.database.write() as session, pytest.raises(Forbidden):
        planning_anew.plan(session, stage.company.rita, {one.id: Choice.SLOT}, now=now, folder=folder)
    event = plan(stage, {one.id: Choice.SLOT})
    with pytest.raises(Conflict, match="planned_anew_already"):
        plan(stage, {one.id: Choice.SLOT})
    with stage.platform.database.write() as session:
        session.get_one(Post, event.data["posts"][0]).deleted_at = now
    assert waiting(stage) == [one.id, slotless.id], "a deleted plan is none"
    stage.clock.advance(planning_anew.LOOKED_BACK + timedelta(days=1))
    assert waiting(stage) == []
