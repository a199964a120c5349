"""What the screens read, on both kinds of database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from planner.bootstrap import Platform
from planner.domain.periods import custom
from planner.domain.states import ChannelHealth, DeliveryState, PostStatus, TopicStage
from planner.models import Channel, Delivery, Notice, Post, Workspace
from planner.services import (
    approvals,
    archiving,
    assisted,
    channel_overview,
    notices,
    onboarding,
    pausing,
    success,
    topic_board,
    waiting,
    workspace_settings,
)
from planner.services.errors import Conflict, Forbidden, NotFound
from planner.services.plan import GoalInput, TopicInput, goals, topics
from planner.services.posts import When
from planner.services.topic_board import TopicFilter
from planner.services.waiting import Waiting
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_channel, make_media, make_post
from tests.support.published import make_published

LAST_WEEK = datetime(2026, 3, 10, 9, tzinfo=UTC)
PERIOD = custom(date(2026, 3, 9), date(2026, 3, 15))


@pytest.fixture
def linkedin(platform: Platform, company: Company) -> Channel:
    return make_channel(platform.database, company, platform.clock.now(), "linkedin", [(1, "09:00")], name="Brandt")


@pytest.fixture
def xing(platform: Platform, company: Company) -> Channel:
    return make_channel(platform.database, company, platform.clock.now(), "xing", name="Von Hand")


def test_the_board_of_a_period_compares_ranks_and_measures(
    platform: Platform, company: Company, linkedin: Channel, xing: Channel
) -> None:
    image = make_media(platform, company.charlie)
    with platform.database.write() as session:
        goal = GoalInput("Gespräche", "interactions", 80, date(2026, 3, 1), date(2026, 3, 31))
        goal_id = goals.create(session, company.charlie, goal, now=platform.clock.now()).id
    for number in range(4):
        figures = {"reactions": 10 + 30 * number}
        content = {"media": (image,), "text": f"{number}", "goal_id": goal_id if number < 2 else None}
        make_published(platform, company.charlie, linkedin, LAST_WEEK, figures, **content)
    make_published(platform, company.charlie, xing, LAST_WEEK, text="Ohne Zahlen.")
    with platform.database.read() as session:
        board = success.board(
            session, company.workspace.id, PERIOD, "Europe/Berlin", now=platform.clock.now(), metric="reactions"
        )
    assert [(row.key, row.posts) for row in board.weeks] == [("2026-W11", 5)]
    assert {row.key: row.sums.value("interactions") for row in board.networks.rows} == {"linkedin": 220, "xing": None}
    best = board.best[0]
    assert (best.score.text, best.factor, best.image is not None) == ("3", 100 / 55, True)
    assert [state.goal.name for state in board.goals] == ["Gespräche"]
    assert board.goals[0].progress.value == 50
    assert board.verdict.code == "goal_on_track"


def test_topics_come_by_due_date_with_their_posts(platform: Platform, company: Company, linkedin: Channel) -> None:
    now = platform.clock.now()
    with platform.database.write() as session:
        late = topics.create(session, company.charlie, TopicInput("Spät", due_on=date(2026, 3, 1)), now=now)
        topics.create(session, company.charlie, TopicInput("Ohne Termin"), now=now)
        topics.create(session, company.charlie, TopicInput("Fertig", stage=TopicStage.DONE), now=now)
    make_post(platform, company.charlie, [linkedin], topic_id=late.id)
    with platform.database.read() as session:
        cards = topic_board.cards(session, company.workspace.id, TopicFilter(), today=date(2026, 3, 16), now=now)
        found = topic_board.cards(
            session, company.workspace.id, TopicFilter(q="SPÄT"[:3]), today=date(2026, 3, 16), now=now
        )
    assert [(c.topic.title, c.overdue, [p.status for p in c.posts]) for c in cards] == [
        ("Spät", True, [PostStatus.DRAFT]),
        ("Ohne Termin", False, []),
        ("Fertig", False, []),
    ]
    assert [c.topic.title for c in found] == ["Spät"]


def test_channel_cards_know_health_next_post_and_owner(
    platform: Platform, company: Company, linkedin: Channel, xing: Channel
) -> None:
    now = platform.clock.now()
    make_post(platform, company.bob, [linkedin], When(at=now + timedelta(hours=5)), approve=True)
    make_post(platform, company.bob, [linkedin], When(at=now + timedelta(hours=2)), approve=True, text="Früher.")
    with platform.database.read() as session:
        cards = {c.channel.name: c for c in channel_overview.cards(session, company.workspace.id, now=now)}
        upcoming = channel_overview.next_delivery(session, linkedin.id, now=now)
        assert channel_overview.planned_count(session, linkedin.id) == 2
    assert cards["Brandt"].next_at == now + timedelta(hours=2)
    assert (cards["Brandt"].slots, cards["Brandt"].owner) == (1, "Charlie")
    assert (cards["Von Hand"].health, cards["Von Hand"].next_at) == (ChannelHealth.ASSISTED, None)
    assert upcoming is not None
    assert upcoming.publish_at == now + timedelta(hours=2)


def test_archiving_is_for_admins_and_waits_for_what_is_being_sent(
    platform: Platform, company: Company, linkedin: Channel
) -> None:
    now = platform.clock.now()
    post = make_post(platform, company.bob, [linkedin], When(queue=True), approve=True)
    with platform.database.write() as session, pytest.raises(Forbidden):
        archiving.archive(session, company.bob, linkedin.id, now=now)
    with platform.database.write() as session, pytest.raises(NotFound):
        archiving.archive(session, company.oscar, linkedin.id, now=now)
    with platform.database.write() as session:
        session.query(Delivery).one().state = DeliveryState.CLAIMED
    with platform.database.write() as session, pytest.raises(Conflict, match="channel_is_sending"):
        archiving.archive(session, company.alice, linkedin.id, now=now)
    with platform.database.write() as session:
        session.query(Delivery).one().state = DeliveryState.SCHEDULED
    with platform.database.write() as session:
        archiving.archive(session, company.alice, linkedin.id, now=now)
    with platform.database.read() as session:
        delivery = session.query(Delivery).one()
        assert (delivery.state, delivery.occurrence) == (DeliveryState.CANCELLED, None)
        assert session.get_one(Post, post.id).status is PostStatus.CANCELLED


def test_the_first_steps_are_read_off_what_is_there(platform: Platform, company: Company) -> None:
    place = company.workspace.id

    def done() -> list[str]:
        with platform.database.read() as session:
            return [step.key for step in onboarding.steps(session, place) if step.done]

    assert done() == ["company", "colleague"]
    channel = make_channel(platform.database, company, platform.clock.now())
    assert done() == ["company", "channel", "colleague"]
    make_channel(platform.database, company, platform.clock.now(), "twitter", [(1, "09:00")])
    make_post(platform, company.bob, [channel], approve=True)
    assert done() == ["company", "channel", "slots", "post", "approval", "colleague"]
    with platform.database.read() as session:
        assert not onboarding.is_dismissed(session, place, company.alice.user_id or 0)
    with platform.database.write() as session:
        onboarding.dismiss(session, company.alice, now=platform.clock.now())
    with platform.database.read() as session:
        assert onboarding.is_dismissed(session, place, company.alice.user_id or 0)
        assert not onboarding.is_dismissed(session, place, company.bob.user_id or 0)


def test_reading_notices_counts_only_ones_own(platform: Platform, company: Company) -> None:
    place, charlie = company.workspace.id, company.charlie.user_id or 0
    with platform.database.write() as session:
        for user_id in (charlie, charlie, company.bob.user_id):
            session.add(
                Notice(
                    workspace_id=place,
                    user_id=user_id,
                    at=platform.clock.now(),
                    kind="queue_moved",
                    subject="workspace",
                    subject_id=place,
                )
            )
    with platform.database.write() as session:
        first = notices.page(session, place, charlie)[0][0].notice.id
        assert notices.mark_read(session, place, charlie, first, now=platform.clock.now()) == 1
        assert notices.mark_read(session, place, charlie, first, now=platform.clock.now()) == 0
        assert notices.count_unread(session, place, charlie) == 1
        assert notices.mark_read(session, place, charlie, None, now=platform.clock.now()) == 1
        assert notices.count_unread(session, place, company.bob.user_id or 0) == 1


def test_lists_of_publishing_by_hand(
    platform: Platform, company: Company, xing: Channel, linkedin: Channel, clock: FakeClock
) -> None:
    now = clock.now()
    make_post(platform, company.bob, [xing], When(at=now + timedelta(days=2)), approve=True, text="Kommt.")
    make_post(platform, company.bob, [xing], When(at=now + timedelta(days=9)), approve=True, text="Später.")
    due = make_post(platform, company.bob, [xing], When(at=now + timedelta(hours=1)), approve=True, text="Fällig.")
    make_published(platform, company.bob, xing, LAST_WEEK, text="Ohne Zahlen.")
    make_published(platform, company.bob, xing, LAST_WEEK, {"reach": 5}, text="Mit Zahlen.")
    make_published(platform, company.bob, linkedin, LAST_WEEK, {"reach": 5}, text="Von selbst.")
    with platform.database.write() as session:
        delivery = session.query(Delivery).filter_by(post_id=due.id).one()
        delivery.state, delivery.error_code = DeliveryState.NEEDS_PERSON, "assisted"
    with platform.database.read() as session:
        lists = assisted.lists(session, company.workspace.id, now=now)
        assert waiting.count(session, company.workspace.id, now=now) == Waiting(by_hand=1)
        assert [[d.post.text for d in part] for part in (lists.due, lists.coming, lists.figures)] == [
            ["Fällig."],
            ["Kommt."],
            ["Ohne Zahlen."],
        ]


def test_what_a_release_would_do_is_counted_by_each_channels_limit(
    platform: Platform, company: Company, linkedin: Channel, clock: FakeClock
) -> None:
    patient = make_channel(
        platform.database, company, clock.now(), "twitter", name="Geduldig", missed_after_seconds=6 * 3600
    )
    for channel in (linkedin, patient):
        make_post(platform, company.bob, [channel], When(at=clock.now() + timedelta(hours=1)), approve=True)
    clock.advance(hours=4)
    with platform.database.read() as session:
        effect = pausing.effect_of_release(session, company.workspace.id, now=clock.now())
    assert (effect.goes_out, effect.missed, effect.soon) == (1, 1, 0)


def test_a_yes_that_is_taken_back_waits_again(platform: Platform, company: Company, linkedin: Channel) -> None:
    now = platform.clock.now()
    post = make_post(platform, company.charlie, [linkedin], When(at=now + timedelta(hours=5)))
    with platform.database.write() as session:
        approvals.approve(session, company.bob, post.id, now=now)
        approvals.take_back(session, company.bob, post.id, now=now)
    with platform.database.write() as session:
        assert session.get_one(Post, post.id).status is PostStatus.IN_APPROVAL
        assert session.query(Delivery).one().state is DeliveryState.DRAFT
        with pytest.raises(Conflict, match="not_approved"):
            approvals.take_back(session, company.bob, post.id, now=now)


def test_a_new_zone_moves_the_queue(platform: Platform, company: Company, linkedin: Channel) -> None:
    make_post(platform, company.bob, [linkedin], When(queue=True), approve=True)
    with platform.database.write() as session:
        place = session.get_one(Workspace, company.workspace.id)
        wanted = workspace_settings.Settings("Brandt", "Asia/Tokyo", "de", True, 0, place.weekly_time)
        with pytest.raises(Forbidden):
            workspace_settings.change(session, company.bob, wanted, now=platform.clock.now())
        moved = workspace_settings.change(session, company.alice, wanted, now=platform.clock.now())
    assert moved is not None
    assert moved.queued == 1
    with platform.database.read() as session:
        assert session.query(Delivery).one().publish_at == datetime(2026, 3, 17, 0, tzinfo=UTC)
