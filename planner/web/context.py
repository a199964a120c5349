"""What a route needs: the platform, the signed-in member as an actor, and a session to read with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import abort, current_app, g, session as cookie
from flask_login import UserMixin, current_user
from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session, contains_eager

from planner import logs
from planner.bootstrap import Platform
from planner.models import Member, User, Workspace
from planner.services.actor import Actor


@dataclass
class SignedIn(UserMixin):  # type: ignore[misc]
    """The signed-in person, as Flask-Login keeps them. The id carries the session epoch, so that a changed
    password ends all other sessions."""

    user: User

    def get_id(self) -> str:
        """What the cookie holds."""
        return f"{self.user.id}.{self.user.session_epoch}"


def platform() -> Platform:
    """The wired application."""
    return cast(Platform, current_app.extensions["sendeplan"])


def now() -> datetime:
    """The present moment by the platform's clock."""
    return platform().clock.now()


def reading() -> Session:
    """This request's session to read with: opened at first use, closed when the request ends."""
    if "reading" not in g:
        g.reading_context = platform().database.read()
        g.reading = g.reading_context.__enter__()
    return cast(Session, g.reading)


def reread() -> Session:
    """A fresh read session, after this request has written."""
    close_reading()
    return reading()


def close_reading(_error: BaseException | None = None) -> None:
    """End the request's read session."""
    context = g.pop("reading_context", None)
    g.pop("reading", None)
    if context is not None:
        context.__exit__(None, None, None)


def load_user(identity: str) -> SignedIn | None:
    """Flask-Login's loader: the user of a cookie, None where the session was ended.

    One query for each request: it brings the person's places and their workspaces along.
    """
    user_id, _, epoch = identity.partition(".")
    if not user_id.isdigit():
        return None
    rows = reading().execute(_people().where(User.id == int(user_id))).all()
    user = rows[0][0] if rows else None
    if user is None or not user.active or str(user.session_epoch) != epoch:
        return None
    _remember_places(rows)
    logs.about_request(user=user.id)
    return SignedIn(user)


def user() -> User:
    """The signed-in user."""
    return cast(User, current_user.user)


def member() -> Member:
    """The signed-in user's place in the chosen workspace; 403 where there is none."""
    if "member" not in g:
        _remember_places(reading().execute(_people().where(User.id == user().id)).all())
    if g.get("member") is None:
        abort(403)
    return cast(Member, g.member)


def workspace() -> Workspace:
    """The chosen workspace."""
    member()
    return cast(Workspace, g.workspace)


def actor() -> Actor:
    """The signed-in member as an actor for services."""
    place = member()
    return Actor(place.workspace_id, place.role, place.user.name, place.user_id)


def _people() -> Select[User, Member, Workspace]:
    return (
        select(User, Member, Workspace)
        .outerjoin(Member, Member.user_id == User.id)
        .outerjoin(Workspace, Workspace.id == Member.workspace_id)
        .options(contains_eager(Member.user))
        .order_by(Member.id)
    )


def _remember_places(rows: Sequence[Row[User, Member, Workspace]]) -> None:
    """The place in the workspace that the cookie names, else the first. Who has none has a row without one."""
    places = [(member, workspace) for _user, member, workspace in rows if cast(Member | None, member) is not None]
    chosen = [p for p in places if p[0].workspace_id == cookie.get("workspace")] or places
    g.member, g.workspace = chosen[0] if chosen else (None, None)
