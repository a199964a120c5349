"""What a post is, read off its deliveries."""

from __future__ import annotations

import pytest

from planner.domain.states import FROZEN, SETTLED, TRANSITIONS, DeliveryState, PostStatus, may_move, post_status

S = DeliveryState
P = PostStatus


@pytest.mark.parametrize(
    ("states", "awaits", "status"),
    [
        ([], False, P.DRAFT),
        ([], True, P.IN_APPROVAL),
        ([S.CANCELLED, S.CANCELLED], False, P.CANCELLED),
        ([S.DRAFT, S.CANCELLED], False, P.DRAFT),
        ([S.DRAFT], True, P.IN_APPROVAL),
        ([S.DRAFT, S.SCHEDULED], False, P.SCHEDULED),
        ([S.SCHEDULED, S.SENDING], False, P.PUBLISHING),
        ([S.PUBLISHED, S.UNKNOWN], False, P.PUBLISHING),
        ([S.PUBLISHED, S.CANCELLED], False, P.PUBLISHED),
        ([S.PUBLISHED, S.SCHEDULED], False, P.PARTLY_PUBLISHED),
        ([S.PUBLISHED, S.FAILED], False, P.PARTLY_PUBLISHED),
        ([S.SCHEDULED, S.FAILED], False, P.FAILED),
        ([S.FAILED, S.NEEDS_PERSON], False, P.NEEDS_PERSON),
        ([S.PUBLISHED, S.MISSED], False, P.NEEDS_PERSON),
    ],
)
def test_a_posts_status_is_read_off_its_deliveries(states: list[S], awaits: bool, status: P) -> None:
    assert post_status(states, awaits_approval=awaits) is status


def test_every_state_says_how_it_is_left() -> None:
    assert set(TRANSITIONS) == set(S)


def test_what_is_published_stays_published() -> None:
    assert not any(may_move(S.PUBLISHED, other) for other in S)


def test_what_is_frozen_is_not_settled() -> None:
    assert not FROZEN & SETTLED


def test_an_unconfirmed_delivery_is_never_sent_again_directly() -> None:
    assert not may_move(S.UNKNOWN, S.SENDING)
    assert not may_move(S.UNKNOWN, S.CLAIMED)
