"""One decision about everything that was missed while nothing could be sent."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from planner.domain.states import DeliveryState
from planner.models import Campaign, Channel, Delivery, Event, Notice
from planner.services import posts
from planner.services.errors import Conflict, Forbidden, Invalid, NotFound
from planner.services.posts import When
from planner.services.publishing import missed, pause, resolutions
from planner.services.publishing.resolutions import Choice, Resolution
from tests.services.publishing.stage import Stage

S = DeliveryState
TEN = timedelta(minutes=10)


def outage(stage: Stage, *channels: Channel, hours: float = 12, posts: int = 1) -> list[Delivery]:
    """Posts an hour apart on each channel, all of them missed in one outage of so many hours."""
    planned = [
        stage.planned(channel, text=f"{n}. Beitrag für {channel.id}.", after=timedelta(hours=n + 1))
        for n in range(posts)
        for channel in channels
    ]
    stage.clock.advance(hours=hours)
    missed.sweep(stage.platform)
    assert [stage.state(d) for d in planned] == [S.MISSED] * len(planned)
    return planned


def resolve(stage: Stage, choices: dict[Delivery, Choice], spacing: timedelta = TEN) -> Event:
    wanted = [Resolution(delivery.id, choice) for delivery, choice in choices.items()]
    with stage.platform.database.write() as session:
        return resolutions.resolve(session, stage.company.charlie, wanted, spacing, now=stage.clock.now())


def told(stage: Stage) -> list[Notice]:
    with stage.platform.database.read() as session:
        return list(session.query(Notice).filter_by(kind="delivery_missed").order_by(Notice.user_id))


def test_an_outage_is_told_of_once_and_an_unread_notice_grows(stage: Stage) -> None:
    lost = outage(stage, stage.channel(), stage.channel("twitter"), posts=3)

    assert [n.user_id for n in told(stage)] == stage.owners()
    assert [(n.subject, n.data["count"]) for n in told(stage)] == [("workspace", 6)] * 2
    more = outage(stage, stage.channel())
    assert [n.data["deliveries"] for n in told(stage)] == [[d.id for d in [*lost, *more]]] * 2

    resolve(stage, dict.fromkeys(lost, Choice.DROP))
    assert [(n.data["count"], n.read_at) for n in told(stage)] == [(1, None)] * 2
    resolve(stage, {more[0]: Choice.DROP})
    assert {n.read_at for n in told(stage)} == {stage.clock.now()}
    moved, deleted = outage(stage, stage.channel(), posts=2)
    actor, folder = stage.company.charlie, stage.platform.settings.media_folder
    with stage.platform.database.write() as session:
        posts.move(session, actor, [moved.id], When(at=stage.moment(days=30)), now=stage.clock.now(), folder=folder)
    assert {n.data["count"] for n in told(stage) if n.read_at is None} == {1}
    with stage.platform.database.write() as session:
        posts.delete(session, actor, deleted.post_id, now=stage.clock.now())
    assert [n for n in told(stage) if n.read_at is None] == []
    last = outage(stage, stage.channel())[0]
    assert [(n.subject, n.subject_id) for n in told(stage) if n.read_at is None] == [("delivery", last.id)] * 2


def test_what_is_within_its_limit_goes_out_after_an_outage_and_only_the_rest_is_asked_about(stage: Stage) -> None:
    channel = stage.channel()
    late, in_time = (stage.planned(channel, text=t, after=timedelta(hours=h)) for t, h in (("alt", 1), ("neu", 3)))
    stage.clock.advance(hours=4)

    assert missed.sweep(stage.platform) == 1
    stage.run()

    assert (stage.state(late), stage.state(in_time)) == (S.MISSED, S.PUBLISHED)


def test_what_goes_out_now_is_spread_over_each_channel_in_the_order_of_its_promise(stage: Stage) -> None:
    linkedin, twitter = stage.channel(), stage.channel("twitter")
    lost = outage(stage, linkedin, twitter, posts=3)

    resolve(stage, dict.fromkeys(reversed(lost), Choice.NOW))

    sent = []
    for _ in range(3):
        stage.run()
        sent.append([p["text"] for p in stage.live(linkedin)] + [p["text"] for p in stage.live(twitter)])
        stage.clock.advance(TEN)
    texts = {d: stage.post(d).text for d in lost}
    assert [sorted(s) for s in sent] == [sorted(texts[d] for d in lost[: 2 * n]) for n in (1, 2, 3)]
    assert [stage.read(d).wall_time for d in lost[::2]] == ["2026-03-16T22:00", "2026-03-16T22:10", "2026-03-16T22:20"]


def test_all_some_and_each_may_be_decided_differently_and_a_decision_can_be_taken_back(stage: Stage) -> None:
    channel = stage.channel(slots=[(1, "09:00"), (3, "09:00")])
    now_, later, dropped, waiting, sent = outage(stage, channel, posts=5)
    before = [stage.read(d) for d in (now_, later, dropped)]
    event = resolve(stage, {sent: Choice.NOW, now_: Choice.NOW, later: Choice.SLOT, dropped: Choice.DROP})
    assert [stage.state(d) for d in (now_, later, dropped, waiting)] == [
        S.SCHEDULED,
        S.SCHEDULED,
        S.CANCELLED,
        S.MISSED,
    ]
    assert (stage.read(later).wall_time, stage.read(later).queued) == ("2026-03-17T09:00", True)
    stage.run()
    assert stage.state(now_) is S.PUBLISHED

    with stage.platform.database.write() as session:
        undone = resolutions.take_back(session, stage.company.bob, event.id, now=stage.clock.now())

    assert (set(undone.missed), undone.left) == ({later.id, dropped.id, sent.id}, (now_.id,))
    assert [stage.state(d) for d in (now_, later, dropped, sent)] == [S.PUBLISHED, *[S.MISSED] * 3]
    for was in before[1:]:
        stands = stage.read(was)
        assert (stands.publish_at, stands.wall_time, stands.queued) == (was.publish_at, was.wall_time, was.queued)
    assert stage.sent() == 1
    with stage.platform.database.read() as session:
        unread = select(Notice.data).where(Notice.kind == "delivery_missed", Notice.read_at.is_(None))
        told = [set(data["deliveries"]) for data in session.scalars(unread)]
    assert told, "what is missed again is somebody's question again"
    assert all(deliveries == {waiting.id, later.id, dropped.id, sent.id} for deliveries in told)
    with stage.platform.database.write() as session, pytest.raises(Conflict, match="nothing_to_take_back"):
        resolutions.take_back(session, stage.company.bob, event.id, now=stage.clock.now())
    with stage.platform.database.read() as session, pytest.raises(NotFound):
        resolutions.decision(session, stage.company.oscar.workspace_id, event.id)


def test_the_preview_says_what_the_decision_then_does(stage: Stage) -> None:
    with_slots, without = stage.channel(slots=[(2, "10:00")]), stage.channel("twitter")
    lost = outage(stage, with_slots, without, posts=2)
    choices = dict(zip(lost, (Choice.SLOT, Choice.NOW, Choice.SLOT, Choice.NOW), strict=True))
    with stage.platform.database.read() as session:
        waiting = resolutions.waiting(session, stage.company.workspace.id)
        shown = resolutions.times(session, waiting, {d.id: c for d, c in choices.items()}, TEN, now=stage.clock.now())

    resolve(stage, choices)

    assert shown == {d.id: stage.read(d).publish_at for d in lost}


def test_today_goes_out_now_older_posts_take_a_slot_and_a_campaign_that_is_over_is_dropped(stage: Stage) -> None:
    with stage.platform.database.write() as session:
        over = Campaign(workspace_id=stage.company.workspace.id, name="Messe", ends_on=date(2026, 3, 15))
        session.add(over)
    with_slots, without = stage.channel(slots=[(2, "10:00")]), stage.channel("twitter")
    at = timedelta(hours=1)
    yesterday = [stage.planned(c, text="Gestern.", after=at) for c in (with_slots, without)]
    fair = stage.planned(with_slots, text="Messe!", after=at, campaign_id=over.id)
    today = stage.planned(with_slots, text="Heute.", after=timedelta(hours=18))
    stage.clock.advance(hours=24)
    missed.sweep(stage.platform)

    with stage.platform.database.read() as session:
        waiting = resolutions.waiting(session, stage.company.workspace.id)
        found = resolutions.suggestions(session, stage.workspace(), waiting, now=stage.clock.now())

    choices = [found[d.id] for d in (*yesterday, fair, today)]
    assert choices == [Choice.SLOT, Choice.NOW, Choice.DROP, Choice.NOW]


def test_a_decision_is_whole_or_nothing_and_says_at_each_what_is_wrong(stage: Stage) -> None:
    channel = stage.channel()
    one, two, three = outage(stage, channel, posts=3)
    resolve(stage, {three: Choice.DROP})

    with pytest.raises(Invalid) as refused:
        resolve(stage, {one: Choice.NOW, three: Choice.NOW})
    assert [(e.field, e.code) for e in refused.value.errors] == [("resolutions.1.delivery", "cannot_decide")]
    with pytest.raises(Invalid) as refused:
        resolve(stage, {one: Choice.NOW, two: Choice.SLOT})
    assert [(e.field, e.code) for e in refused.value.errors] == [("resolutions.1.action", "channel_has_no_slots")]
    assert [stage.state(d) for d in (one, two, three)] == [S.MISSED, S.MISSED, S.CANCELLED]


def test_a_reader_decides_nothing_and_an_outsiders_post_is_unknown(stage: Stage) -> None:
    lost = outage(stage, stage.channel())[0]
    wanted, now = [Resolution(lost.id, Choice.DROP)], stage.clock.now()

    with stage.platform.database.write() as session, pytest.raises(Forbidden):
        resolutions.resolve(session, stage.company.rita, wanted, now=now)
    with stage.platform.database.write() as session, pytest.raises(Invalid) as refused:
        resolutions.resolve(session, stage.company.oscar, wanted, now=now)
    assert [e.code for e in refused.value.errors] == ["delivery_unknown"]
    assert stage.state(lost) is S.MISSED


def test_what_a_pause_held_too_long_lands_there_after_the_release_and_the_rest_goes_out(stage: Stage) -> None:
    channel, now = stage.channel(), stage.clock.now()
    late, in_time = (stage.planned(channel, text=t, after=timedelta(hours=h)) for t, h in (("alt", 1), ("neu", 3)))
    with stage.platform.database.write() as session:
        pause.pause_channel(session, stage.company.charlie, channel.id, "Umbau", now=now)
    stage.clock.advance(hours=4)
    assert missed.sweep(stage.platform) == 0
    with stage.platform.database.write() as session:
        pause.release_channel(session, stage.company.bob, channel.id, now=stage.clock.now())

    missed.sweep(stage.platform)
    stage.run()

    assert (stage.state(late), stage.state(in_time)) == (S.MISSED, S.PUBLISHED)
    with stage.platform.database.read() as session:
        assert [d.id for d in resolutions.waiting(session, stage.company.workspace.id)] == [late.id]
