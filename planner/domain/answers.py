"""The states of an answer, and which moves between them are allowed. An answer is visible: it goes out exactly once."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum


class AnswerState(StrEnum):
    """Where one answer stands. The values are the words of the API."""

    ASKED = "asked"
    WAITING = "waiting"
    SENDING = "sending"
    ANSWERED = "answered"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NEEDS_PERSON = "needs_person"
    WITHDRAWN = "withdrawn"


A = AnswerState

#: ``asked`` waits for a lead's yes. A network's late "yes" is true whatever was believed by then.
ANSWER_MOVES: dict[AnswerState, frozenset[AnswerState]] = {
    A.ASKED: frozenset({A.WAITING, A.WITHDRAWN}),
    A.WAITING: frozenset({A.SENDING, A.WITHDRAWN, A.ANSWERED, A.FAILED}),
    A.SENDING: frozenset({A.ANSWERED, A.FAILED, A.WAITING, A.UNKNOWN, A.NEEDS_PERSON}),
    A.UNKNOWN: frozenset({A.ANSWERED, A.WAITING, A.NEEDS_PERSON, A.FAILED}),
    A.NEEDS_PERSON: frozenset({A.ANSWERED, A.WAITING, A.WITHDRAWN}),
    A.FAILED: frozenset({A.WAITING, A.WITHDRAWN, A.ANSWERED}),
    A.WITHDRAWN: frozenset({A.ANSWERED}),
    A.ANSWERED: frozenset(),
}

#: May still be taken back or changed: surely nothing is visible.
OPEN_ANSWERS = frozenset({A.ASKED, A.WAITING, A.FAILED})


def may_move(old: AnswerState, new: AnswerState) -> bool:
    """Whether the state machine has an edge from ``old`` to ``new``."""
    return new in ANSWER_MOVES[old]


#: Up to this age of a post, what is said under it is asked for this often; then no more.
SCHEDULE: tuple[tuple[timedelta, timedelta], ...] = (
    (timedelta(hours=2), timedelta(minutes=10)),
    (timedelta(days=1), timedelta(minutes=30)),
    (timedelta(days=7), timedelta(hours=3)),
    (timedelta(days=30), timedelta(days=1)),
    (timedelta(days=90), timedelta(days=7)),
)
#: How often a channel's mentions are asked for.
MENTIONS_EVERY = timedelta(minutes=15)


def next_hearing(published_at: datetime, now: datetime) -> datetime | None:
    """When remarks under a post are asked for after ``now``. None: never again by themselves."""
    age = now - published_at
    return next((now + interval for limit, interval in SCHEDULE if age < limit), None)
