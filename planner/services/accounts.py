"""People and how they sign in, and what they prefer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.domain.outbox import WISHES
from planner.models import User
from planner.security import passwords
from planner.services.errors import NotFound, Problems

LANGUAGES = ("de", "en")
THEMES = ("system", "light", "dark")
NAME_LENGTH = 200
#: Minutes before the time of a post that is published by hand.
REMINDERS = (0, 5, 10, 15, 30, 60, 120, 24 * 60)


def sign_in(session: Session, email: str, password: str, *, now: datetime) -> User | None:
    """The person with this address and password; None where either is wrong or the account is closed.

    It takes as long for an address that nobody has. Needs a session to write with: it notes the visit, and renews a
    hash that was made with weaker parameters.
    """
    user = session.scalar(select(User).where(User.email == email.strip().lower()))
    fits = passwords.verify(password, user.password_hash if user else None)
    if user is None or not fits or not user.active:
        return None
    if passwords.is_outdated(user.password_hash):
        user.password_hash = passwords.hash_password(password)
    user.last_seen_at = now
    return user


def change_password(session: Session, user_id: int, old: str, new: str) -> User:
    """Set a new password, which ends all other sessions. Raises Invalid at ``old`` or ``new``, NotFound."""
    user = _load(session, user_id)
    problems = Problems()
    if not passwords.verify(old, user.password_hash):
        problems.add("old", "password_wrong")
    check_password(problems, new, email=user.email)
    problems.raise_any()
    user.password_hash = passwords.hash_password(new)
    user.session_epoch += 1
    return user


def rename(session: Session, user_id: int, name: str) -> User:
    """Change the name others see. Raises Invalid at ``name``, NotFound."""
    user = _load(session, user_id)
    problems = Problems()
    if not name.strip():
        problems.add("name", "name_missing")
    elif len(name.strip()) > NAME_LENGTH:
        problems.add("name", "too_long", limit=NAME_LENGTH)
    problems.raise_any()
    user.name = name.strip()
    return user


def check_password(problems: Problems, password: str, *, email: str, field: str = "new") -> None:
    """Note what is wrong with a password that someone chooses: only its length, and that it is not the address."""
    if len(password) < passwords.MINIMUM_LENGTH:
        problems.add(field, "password_short", minimum=passwords.MINIMUM_LENGTH)
    elif len(password) > 200:
        problems.add(field, "password_long", maximum=200)
    elif password.strip().lower() == email:
        problems.add(field, "password_is_email")


def set_language(session: Session, user_id: int, language: str) -> None:
    """Remember the language, de or en. Raises Invalid, NotFound."""
    _choose(language, LANGUAGES, "language")
    _load(session, user_id).language = language


def set_theme(session: Session, user_id: int, theme: str) -> None:
    """Remember the colours: system, light or dark. Raises Invalid, NotFound."""
    _choose(theme, THEMES, "theme")
    _load(session, user_id).theme = theme


def set_mail_wishes(session: Session, user_id: int, wishes: Mapping[str, str]) -> None:
    """Remember how soon mail is wanted, by kind of news; kinds that are not named stay as they are.

    Raises Invalid at the kind, NotFound.
    """
    problems = Problems()
    for kind, pace in wishes.items():
        if kind not in WISHES or pace not in WISHES[kind].paces:
            problems.add(kind, "choice_unknown")
    problems.raise_any()
    user = _load(session, user_id)
    user.mail_wishes = {**(user.mail_wishes or {}), **wishes}


def set_reminder(session: Session, user_id: int, minutes: int | None) -> None:
    """Remember how long before its time the person hears of what they publish by hand (0: at the time itself).

    Raises Invalid at ``remind_minutes``, NotFound.
    """
    problems = Problems()
    if minutes not in REMINDERS:
        problems.add("remind_minutes", "choice_unknown")
    problems.raise_any()
    _load(session, user_id).remind_minutes = minutes or 0


def _choose(value: str, known: tuple[str, ...], field: str) -> None:
    problems = Problems()
    if value not in known:
        problems.add(field, "choice_unknown")
    problems.raise_any()


def _load(session: Session, user_id: int) -> User:
    user = session.get(User, user_id)
    if user is None:
        raise NotFound("not_found")
    return user
