"""The people of a workspace and their roles."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from planner.domain.roles import Permission, Role
from planner.models import Member, User
from planner.security.passwords import hash_password
from planner.services import events
from planner.services.accounts import check_password
from planner.services.actor import Actor
from planner.services.errors import Conflict, NotFound, Problems

NAME_LENGTH = 200
EMAIL_LENGTH = 254
# One @, something before it, a domain after it. Whether mail arrives there only mail can tell.
_EMAIL = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+\.[^@\s\x00-\x1f.]+")


def create(
    session: Session, actor: Actor, email: str, role: Role, *, password: str, name: str = "", now: datetime
) -> Member:
    """Give a person a place in the workspace, and an account where they have none, or only a closed one.

    ``name`` is read off the address where it is empty. A person who has an account (of another workspace) keeps
    their password, and ``password`` is not looked at. Raises Forbidden, Invalid (``email``, ``name``, ``password``),
    Conflict ``member_already``.
    """
    actor.require(Permission.MANAGE)
    email = email.strip().lower()
    user = session.scalar(select(User).where(User.email == email))
    _check(email, name, None if user and user.active else password)
    if user is not None and _place(session, actor.workspace_id, user.id) is not None:
        raise Conflict("member_already", email=email)
    if user is None or not user.active:
        user = _open_account(session, user, email, name, password=password, now=now)
    member = Member(workspace_id=actor.workspace_id, user=user, role=role, created_at=now)
    session.add(member)
    session.flush()
    events.record(session, actor, now, "member", member.id, "added", role=role.value)
    return member


def change_role(session: Session, actor: Actor, member_id: int, role: Role, *, now: datetime) -> Member:
    """Give a member another role. Raises Forbidden, NotFound, Conflict ``last_admin``."""
    actor.require(Permission.MANAGE)
    member = get(session, actor.workspace_id, member_id)
    if member.role is Role.ADMIN and role is not Role.ADMIN:
        _refuse_last_admin(session, member)
    events.record(session, actor, now, "member", member.id, "role_changed", before=member.role.value, after=role.value)
    member.role = role
    return member


def remove(session: Session, actor: Actor, member_id: int, *, now: datetime) -> None:
    """Take a member's place away; what they made stays. Their account closes with their last place.

    Raises Forbidden, NotFound, Conflict ``last_admin``.
    """
    actor.require(Permission.MANAGE)
    member = get(session, actor.workspace_id, member_id)
    if member.role is Role.ADMIN:
        _refuse_last_admin(session, member)
    events.record(session, actor, now, "member", member.id, "removed", name=member.user.name)
    user = member.user
    session.delete(member)
    session.flush()
    if session.scalar(select(func.count(Member.id)).where(Member.user_id == user.id)) == 0:
        user.active = False
        user.session_epoch += 1


def get(session: Session, workspace_id: int, member_id: int) -> Member:
    """A member, with the user. Raises NotFound."""
    member = session.scalar(select(Member).where(Member.id == member_id, Member.workspace_id == workspace_id))
    if member is None:
        raise NotFound("not_found")
    return member


def all_of(session: Session, workspace_id: int) -> list[Member]:
    """The members, by name."""
    query = select(Member).join(User).where(Member.workspace_id == workspace_id).order_by(User.name, User.id)
    return list(session.scalars(query))


def name_from(email: str) -> str:
    """``anna.becker@…`` becomes ``Anna Becker``."""
    return email.partition("@")[0].replace(".", " ").replace("_", " ").title()[:NAME_LENGTH]


def _check(email: str, name: str, password: str | None) -> None:
    problems = Problems()
    if len(email) > EMAIL_LENGTH or not _EMAIL.fullmatch(email):
        problems.add("email", "email_invalid")
    if len(name.strip()) > NAME_LENGTH:
        problems.add("name", "too_long", limit=NAME_LENGTH)
    if password is not None:
        check_password(problems, password, email=email, field="password")
    problems.raise_any()


def _open_account(session: Session, user: User | None, email: str, name: str, *, password: str, now: datetime) -> User:
    user = user or User(email=email, name="", created_at=now)
    user.name = name.strip() or user.name or name_from(email)
    user.password_hash = hash_password(password)
    user.active = True
    session.add(user)
    session.flush()
    return user


def _place(session: Session, workspace_id: int, user_id: int) -> Member | None:
    return session.scalar(select(Member).where(Member.workspace_id == workspace_id, Member.user_id == user_id))


def _refuse_last_admin(session: Session, member: Member) -> None:
    # All admins are locked, so that two who remove each other at once do not both find one left.
    query = (
        select(Member.id)
        .where(Member.workspace_id == member.workspace_id, Member.role == Role.ADMIN)
        .order_by(Member.id)
        .with_for_update(of=Member)
    )
    if len(session.scalars(query).all()) < 2:
        raise Conflict("last_admin")
