"""What follows a post under it: the parts of a thread, the first comment. Each exactly once."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from planner.domain.states import DeliveryState, Outcome, PostStatus
from planner.models import Channel, Delivery, Event
from planner.services import posts, reports
from planner.services.channel_overview import next_delivery
from planner.services.connections import ChannelAccess
from planner.services.errors import Conflict
from planner.services.posts import PartInput, When
from planner.services.publishing import decide, pause
from planner.services.publishing.restored import after_restore
from planner.services.publishing.send import Step
from publishers.base import FollowUp, Under
from tests.services.publishing.stage import Stage, at_step

S = DeliveryState
COMMENT = "Mehr dazu auf unserer Seite."


def steps(stage: Stage, delivery: Delivery) -> list[Delivery]:
    """What follows a delivery, in its order."""
    query = select(Delivery).where(Delivery.parent_id == delivery.id).order_by(Delivery.step)
    with stage.platform.database.read() as session:
        return list(session.scalars(query))


def states(stage: Stage, delivery: Delivery) -> list[S]:
    return [step.state for step in steps(stage, delivery)]


def reasons(stage: Stage, delivery: Delivery) -> list[object]:
    """Why a person was asked about a delivery, as its history says."""
    query = select(Event.data).where(Event.subject == "delivery", Event.subject_id == delivery.id)
    with stage.platform.database.read() as session:
        return [data["code"] for data in session.scalars(query.where(Event.kind == "needs_person"))]


def comments(stage: Stage, delivery: Delivery) -> list[str]:
    """What our account has written under a delivery's post, as the network has it."""
    now = stage.read(delivery)
    assert now.remote_id is not None
    under = Under(FollowUp.COMMENT, now.remote_id, now.remote_id)
    with stage.platform.connections.publisher(ChannelAccess.of(now.channel)) as publisher:
        return [post.text for post in publisher.find_recent(stage.moment(hours=-1), under).posts]


def commented(stage: Stage, **more: Any) -> Delivery:
    """A post that is due on a Page, with a first comment."""
    return stage.due(stage.channel("facebook"), first_comment=COMMENT, **more)


def comment_lost(stage: Stage, *, accepted: bool, count: int = 1) -> None:
    """The answers to the next comments get lost, after or before the network took them."""
    stage.sandbox.faults.add("error", "facebook", "reply", status=503, accepted=accepted, count=count)


def test_a_thread_goes_out_part_by_part_each_under_the_one_before(stage: Stage) -> None:
    channel = stage.channel("twitter")
    delivery = stage.due(channel, text="Eins", thread=(PartInput("Zwei"), PartInput("Drei")))
    stage.run()
    first, second = steps(stage, delivery)
    assert (first.step, first.state, second.step, second.state) == (1, S.PUBLISHED, 2, S.PUBLISHED)
    live = {post["id"]: post for post in stage.live(channel)}
    assert [live[one.remote_id]["text"] for one in (first, second)] == ["Zwei", "Drei"]
    targets = [live[one.remote_id]["reply_to"] for one in (first, second)]
    assert targets == [stage.read(delivery).remote_id, first.remote_id]
    assert stage.post(delivery).status is PostStatus.PUBLISHED
    assert (first.publish_at, first.queued, first.metrics_due_at) == (None, False, None), "it is no entry of any list"


def test_a_first_comment_is_made_with_the_note_of_its_post_and_stands_under_it(stage: Stage) -> None:
    delivery = commented(stage)
    seen: list[tuple[list[S], PostStatus]] = []
    stage.run(at_step(Step.NOTED, lambda: seen.append((states(stage, delivery), stage.post(delivery).status))))
    assert seen == [([S.SCHEDULED], PostStatus.PUBLISHING)]
    assert states(stage, delivery) == [S.PUBLISHED]
    assert comments(stage, delivery) == [COMMENT]
    assert stage.post(delivery).status is PostStatus.PUBLISHED


def test_what_follows_is_what_was_frozen_with_the_post_whatever_is_written_since(stage: Stage) -> None:
    other = stage.channel("linkedin", paused_at=stage.clock.now())
    delivery = commented(stage)
    post = stage.post(delivery)
    page = stage.read(delivery).channel
    stage.claim()
    stage.change(post, first_comment="Etwas ganz anderes")
    stage.clock.advance(seconds=120)
    stage.recover()
    stage.change(post, first_comment=COMMENT)
    stage.run(at_step(Step.NOTED, lambda: stage.change(post, first_comment="Zu spät")))
    assert comments(stage, delivery) == [COMMENT]
    assert page.id != other.id


def test_a_lost_answer_to_a_comment_is_looked_for_under_the_post_and_adopted(stage: Stage) -> None:
    delivery = commented(stage)
    stage.run(at_step(Step.NOTED, lambda: comment_lost(stage, accepted=True)))
    assert states(stage, delivery) == [S.UNKNOWN]
    assert stage.post(delivery).status is PostStatus.PUBLISHING
    stage.reconcile()
    assert states(stage, delivery) == [S.PUBLISHED]
    assert comments(stage, delivery) == [COMMENT]


def test_a_comment_that_is_not_there_after_the_settle_time_is_sent_again_and_only_then(stage: Stage) -> None:
    delivery = commented(stage)
    stage.run(at_step(Step.NOTED, lambda: comment_lost(stage, accepted=False)))
    stage.reconcile()
    assert states(stage, delivery) == [S.UNKNOWN]
    assert stage.run() == 0
    stage.settle()
    stage.run()
    assert states(stage, delivery) == [S.PUBLISHED]
    assert comments(stage, delivery) == [COMMENT]


def test_the_same_comment_under_two_posts_is_looked_for_under_each(stage: Stage) -> None:
    page = stage.channel("facebook")
    one = stage.due(page, text="Eins", first_comment=COMMENT)
    two = stage.due(page, text="Zwei", first_comment=COMMENT)
    stage.run(at_step(Step.NOTED, lambda: comment_lost(stage, accepted=True, count=2)))
    assert states(stage, one) + states(stage, two) == [S.UNKNOWN, S.UNKNOWN]
    stage.reconcile()
    assert comments(stage, one) == comments(stage, two) == [COMMENT]
    assert [step.state for step in steps(stage, one) + steps(stage, two)] == [S.PUBLISHED, S.PUBLISHED]


def test_a_process_that_dies_between_post_and_comment_leaves_the_comment_to_the_next(stage: Stage) -> None:
    class Died(BaseException):
        pass

    def die() -> None:
        raise Died

    delivery = commented(stage)
    with pytest.raises(Died):
        stage.run(at_step(Step.CALLED, die))  # the post is live, and nobody noted it
    assert (stage.state(delivery), states(stage, delivery)) == (S.SENDING, [])
    stage.clock.advance(seconds=60)
    stage.recover()
    stage.reconcile()
    assert (stage.state(delivery), states(stage, delivery)) == (S.PUBLISHED, [S.SCHEDULED]), (
        "adopted, with what follows"
    )
    stage.run(owner="another-process")
    assert comments(stage, delivery) == [COMMENT]


def test_a_pause_between_post_and_comment_holds_the_comment_and_past_its_limit_it_is_missed(stage: Stage) -> None:
    delivery = commented(stage)
    actor, now = stage.company.alice, stage.clock.now

    def pull() -> None:
        with stage.platform.database.write() as session:
            pause.pause_workspace(session, actor, "Krise", now=now())

    stage.run(at_step(Step.NOTED, pull))
    assert states(stage, delivery) == [S.SCHEDULED]
    stage.clock.advance(hours=3)
    with stage.platform.database.write() as session:
        pause.release_workspace(session, actor, now=now())
    stage.run()
    assert states(stage, delivery) == [S.MISSED]
    assert stage.post(delivery).status is PostStatus.NEEDS_PERSON
    with stage.platform.database.write() as session:
        decide.send_in_next_slot(session, actor, steps(stage, delivery)[0].id, now=now())
    assert steps(stage, delivery)[0].slot_id is None, "what follows a post takes no slot"
    stage.run()
    assert comments(stage, delivery) == [COMMENT]


def test_a_late_yes_to_the_post_makes_what_follows_it_once(stage: Stage) -> None:
    """The delivery was given up for unconfirmed while its sender was still waiting for the answer."""
    delivery = commented(stage)

    def give_up() -> None:
        stage.clock.advance(seconds=60)
        stage.recover()
        stage.reconcile()

    stage.run(at_step(Step.CALLED, give_up))
    assert states(stage, delivery) == [S.PUBLISHED]
    assert comments(stage, delivery) == [COMMENT]


def test_a_comment_that_the_network_refuses_leaves_the_post_live_and_can_be_sent_again(stage: Stage) -> None:
    delivery = commented(stage)
    stage.run(at_step(Step.NOTED, lambda: stage.sandbox.faults.add("rejected", "facebook", "reply", count=1)))
    assert (stage.state(delivery), states(stage, delivery)) == (S.PUBLISHED, [S.FAILED])
    assert stage.post(delivery).status is PostStatus.PARTLY_PUBLISHED
    with stage.platform.database.write() as session:
        decide.send_now(session, stage.company.alice, steps(stage, delivery)[0].id, now=stage.clock.now())
    stage.run()
    assert comments(stage, delivery) == [COMMENT]
    assert stage.post(delivery).status is PostStatus.PUBLISHED


def test_what_follows_a_post_that_a_person_calls_live_waits_for_a_person_where_its_number_is_not_known(
    stage: Stage,
) -> None:
    delivery = commented(stage)
    stage.change(delivery, state=S.NEEDS_PERSON, error_code="cannot_list")
    with stage.platform.database.write() as session:
        decide.is_live(session, stage.company.alice, delivery.id, "https://facebook.com/1", now=stage.clock.now())
    [comment] = steps(stage, delivery)
    assert (comment.state, comment.error_code) == (S.NEEDS_PERSON, "parent_unknown")
    assert reasons(stage, comment) == ["parent_unknown"]
    with stage.platform.database.write() as session:
        decide.is_not_live(session, stage.company.alice, comment.id, now=stage.clock.now())
    stage.run()
    assert [(one.state, one.error_code) for one in steps(stage, delivery)] == [(S.NEEDS_PERSON, "parent_unknown")]


def test_whoever_publishes_by_hand_was_shown_all_and_nothing_follows_by_itself(stage: Stage) -> None:
    channel = stage.channel("facebook", by_hand_since=stage.clock.now())
    delivery = stage.due(channel, first_comment=COMMENT)
    stage.run()
    assert stage.state(delivery) is S.NEEDS_PERSON
    with stage.platform.database.write() as session:
        decide.is_live(session, stage.company.alice, delivery.id, "https://facebook.com/1", now=stage.clock.now())
    assert steps(stage, delivery) == []
    assert stage.post(delivery).status is PostStatus.PUBLISHED


def test_after_a_restore_what_follows_is_in_doubt_like_its_post(stage: Stage) -> None:
    """The backup was made before the post was due; since then post and comment went out, which it does not know."""
    delivery = commented(stage)
    stage.run()
    with stage.platform.database.write() as session:
        session.delete(session.get_one(Delivery, steps(stage, delivery)[0].id))
        before = {"state": S.SCHEDULED, "remote_id": None, "published_at": None, "payload": None, "attempt_count": 0}
        main = session.get_one(Delivery, delivery.id)
        main.attempts[:] = []
        for name, value in before.items():
            setattr(main, name, value)
    stage.clock.advance(seconds=30)
    after_restore(stage.platform)
    stage.reconcile()
    assert (stage.state(delivery), states(stage, delivery)) == (S.PUBLISHED, [S.UNKNOWN])
    stage.reconcile()
    assert states(stage, delivery) == [S.PUBLISHED]
    assert comments(stage, delivery) == [COMMENT], "found, and not sent a second time"


def test_after_a_restore_what_follows_one_that_was_unconfirmed_then_is_in_doubt_too(stage: Stage) -> None:
    """The backup has the post as unconfirmed; since then it was found, and its comment went out."""
    delivery = commented(stage)
    stage.run()
    with stage.platform.database.write() as session:
        session.delete(session.get_one(Delivery, steps(stage, delivery)[0].id))
        main = session.get_one(Delivery, delivery.id)
        main.state, main.remote_id, main.published_at, main.look_at = S.UNKNOWN, None, None, stage.clock.now()
        main.attempts[0].outcome, main.attempts[0].remote_id = Outcome.UNCERTAIN, None
    stage.clock.advance(seconds=30)
    after_restore(stage.platform)
    stage.reconcile()
    assert (stage.state(delivery), states(stage, delivery)) == (S.PUBLISHED, [S.UNKNOWN])
    stage.reconcile()
    assert (states(stage, delivery), comments(stage, delivery)) == ([S.PUBLISHED], [COMMENT])


def test_what_follows_a_post_cannot_be_moved_but_can_be_dropped(stage: Stage) -> None:
    delivery = commented(stage)
    stage.run(at_step(Step.NOTED, lambda: stage.change(stage.read(delivery).channel, paused_at=stage.clock.now())))
    [comment] = steps(stage, delivery)
    said: dict[str, Any] = {"now": stage.clock.now()}
    folder = stage.platform.settings.media_folder
    with stage.platform.database.write() as session, pytest.raises(Conflict, match="cannot_move"):
        posts.move(session, stage.company.alice, [comment.id], When(queue=True), folder=folder, **said)
    with stage.platform.database.write() as session:
        posts.cancel(session, stage.company.alice, [comment.id], **said)
    assert stage.post(delivery).status is PostStatus.PUBLISHED


def test_lists_calendars_and_reports_know_posts_and_not_what_follows_them(stage: Stage) -> None:
    channel: Channel = stage.channel("twitter")
    delivery = stage.due(channel, text="Eins", thread=(PartInput("Zwei"),))
    stage.run()
    with stage.platform.database.read() as session:
        workspace = stage.company.workspace.id
        [entry] = posts.calendar(session, workspace, stage.moment(days=-1), stage.moment(days=1))
        view = posts.view(session, workspace, delivery.post_id)
        assert [d.id for d in entry.deliveries] == [d.id for d in view.deliveries] == [delivery.id]
        assert [d.step for d in view.following[delivery.id]] == [1]
        assert len(reports.post_metrics(session, delivery.post_id)) == 1
        assert next_delivery(session, channel.id, now=stage.clock.now()) is None
