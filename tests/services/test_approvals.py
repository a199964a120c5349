"""A lead's yes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState, PostStatus
from planner.models import Delivery, Notice, Post
from planner.services import approvals
from planner.services.errors import Conflict, Forbidden, NotFound
from planner.services.posts import When
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_channel, make_post

TOMORROW = datetime(2026, 3, 17, 8, 0, tzinfo=UTC)


@pytest.fixture
def waiting(platform: Platform, company: Company) -> Post:
    """Charlie's post for tomorrow, waiting for a yes."""
    channel = make_channel(platform.database, company, platform.clock.now())
    return make_post(platform, company.charlie, [channel], When(at=TOMORROW))


def states(platform: Platform, post: Post) -> list[DeliveryState]:
    with platform.database.read() as session:
        return [d.state for d in session.query(Delivery).filter_by(post_id=post.id)]


def test_a_yes_schedules_what_has_a_time(platform: Platform, company: Company, waiting: Post) -> None:
    with platform.database.write() as session:
        post = approvals.approve(session, company.bob, waiting.id, now=platform.clock.now(), version=1)
        session.refresh(post)
        assert post.status is PostStatus.SCHEDULED
    assert states(platform, waiting) == [DeliveryState.SCHEDULED]


def test_an_editor_and_an_outsider_may_not_say_yes(platform: Platform, company: Company, waiting: Post) -> None:
    with platform.database.write() as session, pytest.raises(Forbidden):
        approvals.approve(session, company.charlie, waiting.id, now=platform.clock.now())
    with platform.database.write() as session, pytest.raises(NotFound):
        approvals.approve(session, company.oscar, waiting.id, now=platform.clock.now())


def test_a_yes_to_what_was_changed_meanwhile_is_refused(platform: Platform, company: Company, waiting: Post) -> None:
    with platform.database.write() as session:
        session.get_one(Post, waiting.id).version = 2
    with platform.database.write() as session, pytest.raises(Conflict, match="stale_edit"):
        approvals.approve(session, company.bob, waiting.id, now=platform.clock.now(), version=1)


def test_a_second_yes_is_refused(platform: Platform, company: Company, waiting: Post) -> None:
    with platform.database.write() as session:
        approvals.approve(session, company.bob, waiting.id, now=platform.clock.now())
    with platform.database.write() as session, pytest.raises(Conflict, match="approved_already"):
        approvals.approve(session, company.alice, waiting.id, now=platform.clock.now())


def test_withdrawing_takes_the_post_off_the_schedule_and_tells_the_author(
    platform: Platform, company: Company, waiting: Post
) -> None:
    with platform.database.write() as session:
        approvals.approve(session, company.bob, waiting.id, now=platform.clock.now())
    with platform.database.write() as session:
        approvals.withdraw(session, company.bob, waiting.id, now=platform.clock.now(), note="Bitte mit Bild.")
    assert states(platform, waiting) == [DeliveryState.DRAFT]
    with platform.database.read() as session:
        post = session.get_one(Post, waiting.id)
        told = session.query(Notice).filter_by(user_id=company.charlie.user_id, kind="sent_back").one()
    assert post.status is PostStatus.DRAFT
    assert told.data["note"] == "Bitte mit Bild."


@pytest.mark.parametrize("state", [DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.UNKNOWN])
def test_a_yes_cannot_be_taken_back_while_it_is_being_sent(
    platform: Platform, company: Company, clock: FakeClock, waiting: Post, state: DeliveryState
) -> None:
    with platform.database.write() as session:
        approvals.approve(session, company.bob, waiting.id, now=platform.clock.now())
        session.query(Delivery).filter_by(post_id=waiting.id).one().state = state
    clock.advance(days=1)
    with platform.database.write() as session, pytest.raises(Conflict, match="frozen"):
        approvals.withdraw(session, company.bob, waiting.id, now=platform.clock.now())


def test_leads_are_told_once_what_waits_for_them(platform: Platform, company: Company, waiting: Post) -> None:
    with platform.database.write() as session:
        approvals.ask(session, company.charlie, waiting.id, now=platform.clock.now())
    with platform.database.read() as session:
        told = session.query(Notice.user_id).filter_by(kind="approval_asked").order_by(Notice.user_id).all()
    assert [row.user_id for row in told] == [company.alice.user_id, company.bob.user_id]


def test_what_waits_is_listed_the_most_urgent_first(platform: Platform, company: Company, waiting: Post) -> None:
    channel = make_channel(platform.database, company, platform.clock.now(), "facebook")
    sooner = make_post(platform, company.charlie, [channel], When(at=TOMORROW - timedelta(hours=3)))
    with platform.database.read() as session:
        assert [p.id for p in approvals.waiting(session, company.workspace.id)] == [sooner.id, waiting.id]


def test_a_late_yes_gives_a_queued_post_the_next_slot(platform: Platform, company: Company) -> None:
    channel = make_channel(platform.database, company, platform.clock.now(), "facebook", slots=[(0, "12:00")])
    post = make_post(platform, company.charlie, [channel], When(queue=True))
    platform.clock.advance(days=1)  # type: ignore[attr-defined]
    with platform.database.write() as session:
        approvals.approve(session, company.bob, post.id, now=platform.clock.now())
    with platform.database.read() as session:
        delivery = session.query(Delivery).filter_by(post_id=post.id).one()
    assert (delivery.state, delivery.publish_at) == (
        DeliveryState.SCHEDULED,
        datetime(2026, 3, 23, 11, 0, tzinfo=UTC),
    )
