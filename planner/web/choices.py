"""What selects offer: members, categories and the other words of the workspace, as (id, name)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from planner.models import Audience, Campaign, Category, Channel, Format, Goal, Member, User
from planner.services import channels as channel_service
from planner.web import context

Choice = tuple[int, str]


def members() -> list[Choice]:
    """The workspace's people, by name."""
    query = (
        select(User.id, User.name)
        .join(Member, Member.user_id == User.id)
        .where(Member.workspace_id == context.workspace().id)
        .order_by(User.name)
    )
    return [(user_id, name) for user_id, name in context.reading().execute(query)]


def categories() -> list[Choice]:
    """The categories."""
    return _named(Category)


def campaigns() -> list[Choice]:
    """The campaigns."""
    return _named(Campaign)


def audiences() -> list[Choice]:
    """The target groups."""
    return _named(Audience)


def goals() -> list[Choice]:
    """The goals."""
    return _named(Goal)


def formats() -> list[Choice]:
    """The recurring formats."""
    return _named(Format)


def channels() -> list[Channel]:
    """The channels in use."""
    return channel_service.all_of(context.reading(), context.workspace().id)


def names(pairs: Iterable[Choice]) -> dict[int, str]:
    """The names by id."""
    return dict(pairs)


def _named(model: Any) -> list[Choice]:
    query = select(model.id, model.name).where(model.workspace_id == context.workspace().id).order_by(model.name)
    return [(one_id, name) for one_id, name in context.reading().execute(query)]
