"""Which notices were not decided about, by mail or by push: what both ways out have in common.

``done`` is the column of :class:`Notice` that says since when one way is decided about: ``mail_done_at`` or
``push_done_at``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol, TypeVar

from sqlalchemy import select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from planner.models import Member, Notice, User

Done = InstrumentedAttribute[datetime | None]
Wishes = InstrumentedAttribute[dict[str, Any]]


class Undecided(NamedTuple):
    """A notice and its person's wishes; ``reaches``: the person still has a place here and has not read it."""

    notice: Notice
    wishes: Mapping[str, Any]
    reaches: bool


class Owned(Protocol):
    """What knows whose it is, and in which workspace."""

    @property
    def user_id(self) -> int: ...

    @property
    def workspace_id(self) -> int: ...


T = TypeVar("T", bound=Owned)


def is_any(session: Session, done: Done) -> bool:
    """Whether there is anything to decide about."""
    return session.scalar(select(Notice.id).where(done.is_(None)).limit(1)) is not None


def undecided(session: Session, done: Done, wishes: Wishes) -> list[Undecided]:
    """The notices that nothing was decided about. Rows that another process holds are left to it."""
    query = (
        select(Notice, wishes.label("wishes"), User.active, Member.id.label("place"))
        .join(User, User.id == Notice.user_id)
        .outerjoin(Member, (Member.user_id == Notice.user_id) & (Member.workspace_id == Notice.workspace_id))
        .where(done.is_(None))
        .order_by(Notice.id)
        .with_for_update(of=Notice, skip_locked=True)
    )
    return [
        Undecided(row.Notice, row.wishes or {}, row.active and row.place is not None and row.Notice.read_at is None)
        for row in session.execute(query)
    ]


def by_person(waiting: Iterable[T]) -> Iterable[Sequence[T]]:
    """What waits for one person in one workspace, together."""
    groups: dict[tuple[int, int], list[T]] = defaultdict(list)
    for one in waiting:
        groups[one.user_id, one.workspace_id].append(one)
    return groups.values()


def decide(session: Session, done: Done, ids: Sequence[int], now: datetime) -> None:
    """These are decided about."""
    if ids:
        statement = update(Notice).where(Notice.id.in_(ids), done.is_(None))
        session.execute(statement.values({done: now}), execution_options={"synchronize_session": False})
