"""What waits for a hand: its person hears of it before its time, as they wish, and the leads once it is overdue."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from planner.domain.states import DeliveryState
from planner.models import Delivery, Notice, User, Workspace
from planner.services import taking
from planner.services.posts import When
from planner.services.publishing import decide
from planner.services.publishing.reminding import remind_due
from tests.services.publishing.stage import Stage
from tests.support.factories import make_post

S = DeliveryState


def wish(stage: Stage, minutes: int) -> None:
    """Alice, whose posts these are, wants to hear so long before."""
    with stage.platform.database.write() as session:
        session.get_one(User, stage.company.alice.user_id).remind_minutes = minutes


def coming(stage: Stage, **after: float) -> Delivery:
    return stage.planned(stage.by_hand(), text="Von Hand", after=timedelta(**after))


def notice(stage: Stage, kind: str) -> dict[str, Any]:
    with stage.platform.database.read() as session:
        return dict(session.query(Notice).filter_by(kind=kind).one().data)


def test_the_owner_hears_of_it_before_its_time_once_and_at_its_time(stage: Stage) -> None:
    wish(stage, 30)
    coming(stage, hours=1)

    assert remind_due(stage.platform) == 0
    stage.clock.advance(minutes=30)
    assert remind_due(stage.platform) == 1
    assert remind_due(stage.platform) == 0
    stage.clock.advance(minutes=30)
    stage.run()

    alice = [stage.company.alice.user_id]
    assert (stage.told("delivery_soon"), stage.told("delivery_assisted")) == (alice, alice)


def test_whoever_wishes_nothing_hears_only_at_its_time_and_a_connected_channel_reminds_nobody(stage: Stage) -> None:
    coming(stage, minutes=5)
    assert remind_due(stage.platform) == 0
    wish(stage, 60)
    stage.planned(stage.channel(), text="Von selbst", after=timedelta(minutes=5))
    assert remind_due(stage.platform) == 1


def test_a_post_that_nobody_owns_is_the_channels_owner_s(stage: Stage) -> None:
    delivery = coming(stage, minutes=1)
    stage.change(stage.post(delivery), owner_id=None, created_by_id=None)
    stage.clock.advance(minutes=1)
    stage.run()
    assert stage.told("delivery_assisted") == [stage.company.charlie.user_id]


def test_a_post_that_was_moved_is_reminded_of_anew(stage: Stage) -> None:
    wish(stage, 30)
    delivery = coming(stage, minutes=20)
    remind_due(stage.platform)
    stage.change(delivery, publish_at=stage.moment(hours=5), try_at=stage.moment(hours=5))
    assert remind_due(stage.platform) == 0
    stage.clock.advance(hours=4, minutes=40)
    assert remind_due(stage.platform) == 1


def test_what_waits_for_approval_or_a_pause_reminds_nobody(stage: Stage) -> None:
    wish(stage, 60)
    make_post(stage.platform, stage.company.alice, [stage.by_hand()], When(at=stage.moment(minutes=30)), text="Offen")
    assert remind_due(stage.platform) == 0
    coming(stage, minutes=30)
    with stage.platform.database.write() as session:
        session.get_one(Workspace, stage.company.workspace.id).paused_at = stage.clock.now()
    assert remind_due(stage.platform) == 0


def test_the_leads_hear_once_of_what_is_overdue_with_who_was_told_when_and_who_has_it(stage: Stage) -> None:
    delivery = coming(stage, minutes=1)
    stage.clock.advance(minutes=1)
    due = stage.clock.now()
    stage.run()
    with stage.platform.database.write() as session:
        taking.take(session, stage.company.charlie, delivery.id, now=stage.clock.advance(minutes=2))

    stage.clock.advance(minutes=57)
    assert remind_due(stage.platform) == 0
    stage.clock.advance(minutes=1)
    assert remind_due(stage.platform) == 1
    assert remind_due(stage.platform) == 0

    assert stage.told("delivery_overdue") == [stage.company.bob.user_id]
    told = notice(stage, "delivery_overdue")
    assert told["told"] == [{"name": "Alice", "at": due.isoformat()}]
    assert (told["publish_at"], told["taken_by"]) == (due.isoformat(), "Charlie")


def test_how_long_is_waited_is_the_workspaces_own(stage: Stage) -> None:
    coming(stage, minutes=1)
    with stage.platform.database.write() as session:
        session.get_one(Workspace, stage.company.workspace.id).overdue_minutes = 15
    stage.clock.advance(minutes=1)
    stage.run()
    stage.clock.advance(minutes=15)
    assert remind_due(stage.platform) == 1


def test_what_is_done_or_moved_is_no_longer_overdue(stage: Stage) -> None:
    done, moved = coming(stage, minutes=1), coming(stage, minutes=1)
    stage.clock.advance(minutes=1)
    stage.run()
    stage.clock.advance(minutes=61)
    assert remind_due(stage.platform) == 2
    at = stage.moment(minutes=1)
    with stage.platform.database.write() as session:
        decide.is_live(session, stage.company.charlie, done.id, None, now=stage.clock.now())
        decide.put_off(session, stage.company.charlie, moved.id, now=stage.clock.now(), at=at)
    with stage.platform.database.read() as session:
        assert session.query(Notice).filter_by(kind="delivery_overdue", read_at=None).count() == 0

    stage.clock.advance(minutes=1)
    stage.run()
    stage.clock.advance(minutes=60)

    assert remind_due(stage.platform) == 1
    assert stage.state(done) is S.PUBLISHED
