"""The states of the things we plan and publish, and which moves between them are allowed."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class DeliveryState(StrEnum):
    """Where one delivery stands. The values are the words of the API."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    CLAIMED = "claimed"
    SENDING = "sending"
    PUBLISHED = "published"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NEEDS_PERSON = "needs_person"
    MISSED = "missed"
    CANCELLED = "cancelled"


S = DeliveryState

TRANSITIONS: dict[DeliveryState, frozenset[DeliveryState]] = {
    S.DRAFT: frozenset({S.SCHEDULED, S.CANCELLED, S.PUBLISHED}),
    S.SCHEDULED: frozenset({S.CLAIMED, S.MISSED, S.DRAFT, S.CANCELLED, S.NEEDS_PERSON, S.PUBLISHED, S.UNKNOWN}),
    S.CLAIMED: frozenset({S.SENDING, S.SCHEDULED, S.MISSED, S.FAILED, S.NEEDS_PERSON, S.PUBLISHED, S.UNKNOWN}),
    S.SENDING: frozenset({S.PUBLISHED, S.FAILED, S.SCHEDULED, S.UNKNOWN, S.NEEDS_PERSON}),
    S.UNKNOWN: frozenset({S.PUBLISHED, S.SCHEDULED, S.NEEDS_PERSON, S.FAILED}),
    S.NEEDS_PERSON: frozenset({S.PUBLISHED, S.SCHEDULED, S.CANCELLED}),
    # From here on: a network's late "yes" is true whatever we believed by then (of a draft, too).
    S.MISSED: frozenset({S.SCHEDULED, S.CANCELLED, S.PUBLISHED, S.DRAFT}),
    S.FAILED: frozenset({S.SCHEDULED, S.CANCELLED, S.PUBLISHED, S.DRAFT}),
    S.CANCELLED: frozenset({S.PUBLISHED, S.DRAFT, S.MISSED}),
    S.PUBLISHED: frozenset(),
}

#: The payload is frozen: no edit, no deletion, no withdrawal of the approval.
FROZEN = frozenset({S.CLAIMED, S.SENDING, S.UNKNOWN})

#: Nothing more happens by itself and nobody is asked.
SETTLED = frozenset({S.PUBLISHED, S.CANCELLED})


def may_move(old: DeliveryState, new: DeliveryState) -> bool:
    """Whether the state machine has an edge from ``old`` to ``new``."""
    return new in TRANSITIONS[old]


class PostStatus(StrEnum):
    """What a post is, read off its deliveries; never set by hand."""

    DRAFT = "draft"
    IN_APPROVAL = "in_approval"
    SCHEDULED = "scheduled"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    PARTLY_PUBLISHED = "partly_published"
    FAILED = "failed"
    NEEDS_PERSON = "needs_person"
    CANCELLED = "cancelled"


def post_status(
    states: Iterable[DeliveryState], *, following: Iterable[DeliveryState] = (), awaits_approval: bool
) -> PostStatus:
    """The status of a post with deliveries in ``states``, and ``following`` of what goes out under them: that is under
    way as soon as it is there.

    ``awaits_approval`` says that a lead was asked for a yes that has not been given yet.
    """
    under_way = [S.CLAIMED if state is S.SCHEDULED else state for state in following]
    every = [*states, *under_way]
    kinds = set(every) - {S.CANCELLED}
    unplaced = PostStatus.IN_APPROVAL if awaits_approval else PostStatus.DRAFT
    if not kinds:
        return PostStatus.CANCELLED if every else unplaced
    # The first that holds: what asks for a person comes before what is under way, and that before what is done.
    ordered = (
        (bool(kinds & {S.NEEDS_PERSON, S.MISSED}), PostStatus.NEEDS_PERSON),
        (bool(kinds & {S.CLAIMED, S.SENDING, S.UNKNOWN}), PostStatus.PUBLISHING),
        (kinds == {S.PUBLISHED}, PostStatus.PUBLISHED),
        (kinds >= {S.FAILED, S.PUBLISHED}, PostStatus.PARTLY_PUBLISHED),
        (S.FAILED in kinds, PostStatus.FAILED),
        (awaits_approval, PostStatus.IN_APPROVAL),
        (S.PUBLISHED in kinds, PostStatus.PARTLY_PUBLISHED),
        (S.SCHEDULED in kinds, PostStatus.SCHEDULED),
    )
    return next((status for holds, status in ordered if holds), PostStatus.DRAFT)


class TopicStage(StrEnum):
    """How far a topic of the topic plan has come."""

    IDEA = "idea"
    PLANNED = "planned"
    IN_WORK = "in_work"
    READY = "ready"
    DONE = "done"


class Outcome(StrEnum):
    """How one attempt ended."""

    PUBLISHED = "published"
    REFUSED = "refused"
    REJECTED = "rejected"
    RECONNECT = "reconnect"
    DUPLICATE = "duplicate"
    UNCERTAIN = "uncertain"


class ChannelHealth(StrEnum):
    """What a channel's badge says."""

    OK = "ok"
    EXPIRING = "expiring"
    RECONNECT = "reconnect"
    PAUSED = "paused"
    ASSISTED = "assisted"
