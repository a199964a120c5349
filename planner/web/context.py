"""What a route needs: the platform, the signed-in member as an actor, and a session to read with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import abort, current_app, g
from flask import session as cookie
from flask_login import UserMixin, current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

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
    """Flask-Login's loader: the user of a cookie, None where the session was ended."""
    user_id, _, epoch = identity.partition(".")
    if not user_id.isdigit():
        return None
    user = reading().get(User, int(user_id))
    if user is None or not user.active or str(user.session_epoch) != epoch:
        return None
    return SignedIn(user)


def user() -> User:
    """The signed-in user."""
    return cast(User, current_user.user)


def member() -> Member:
    """The signed-in user's place in the chosen workspace; 403 where there is none."""
    if "member" not in g:
        places = reading().scalars(select(Member).where(Member.user_id == user().id).order_by(Member.id)).all()
        chosen = [m for m in places if m.workspace_id == cookie.get("workspace")] or list(places)
        if not chosen:
            abort(403)
        g.member = chosen[0]
    return cast(Member, g.member)


def workspace() -> Workspace:
    """The chosen workspace."""
    if "workspace" not in g:
        g.workspace = reading().get_one(Workspace, member().workspace_id)
    return cast(Workspace, g.workspace)


def actor() -> Actor:
    """The signed-in member as an actor for services."""
    place = member()
    return Actor(place.workspace_id, place.role, place.user.name, place.user_id)
