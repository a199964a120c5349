"""A small company to test with: two workspaces, people in every role, channels of every network."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any

from PIL import Image
from sqlalchemy.orm import Session

from planner.bootstrap import Platform, bootstrap
from planner.config import NetworkSettings, Settings
from planner.database import Database
from planner.domain.roles import Role
from planner.models import Answer, Channel, Conversation, Member, Message, Post, Slot, User, Workspace
from planner.services import media, posts
from planner.services.actor import Actor
from planner.services.posts import NOT_YET, Content, When
from tests.support.clock import FakeClock

SECRET_KEY = "only-for-tests"
#: What everyone in the company signs in with, and its hash.
PASSWORD = "wochenplan am montag"
PASSWORD_HASH = "$argon2id$v=19$m=19456,t=2,p=1$D+qbOmIH86LIxxHf7nvkQg$LOXmPC0q1hfefBhQwjE/8E6Ktt8xd/ScZWJgvY9Zo28"
ENCRYPTION_KEY = "PpQnLKhHl4u2MR9bvz7ZVsd0yB5y6VYyUAJf2dQ3GqM="

#: Credentials of the right shape, for channels that no test talks to.
CREDENTIALS = {
    "facebook": {"page_id": "1001", "access_token": "page-token"},
    "twitter": {"access_token": "user-token", "user_id": "2002"},
    "linkedin": {"author": "urn:li:organization:3003", "access_token": "member-token"},
    "xing": {},
}


@dataclass
class Company:
    """A workspace with alice (admin), bob (approver), charlie (editor), rita (reader); oscar is from elsewhere."""

    workspace: Workspace
    alice: Actor
    bob: Actor
    charlie: Actor
    rita: Actor
    oscar: Actor


def make_settings(folder: Path, database_url: str, **changes: Any) -> Settings:
    """Settings for an instance in ``folder``; ``networks`` may be given as ``{key: api_url}``, ``apps`` as ``{key:
    options}``."""
    urls: dict[str, str] = changes.pop("networks", {})
    apps: dict[str, dict[str, str]] = changes.pop("apps", {})
    return Settings(
        instance=folder,
        database_url=database_url,
        secret_key=SECRET_KEY,
        encryption_keys=(ENCRYPTION_KEY,),
        # Small, so that too much is soon there; and FFmpeg only where a test brings its own.
        **{"max_upload_bytes": 20_000_000, "ffmpeg": "", **changes},
        networks={key: NetworkSettings(urls.get(key), dict(apps.get(key, {}))) for key in {**urls, **apps}},
    )


def make_platform(folder: Path, database_url: str, clock: FakeClock, **changes: Any) -> Platform:
    """The real wiring, on a test's database, folder and clock."""
    return bootstrap(make_settings(folder, database_url, **changes), clock=clock)


def make_company(database: Database, now: datetime, **workspace: Any) -> Company:
    """The company and an outsider's; ``workspace`` changes the first one's attributes."""
    with database.write() as session:
        home = Workspace(name="Brandt Maschinenbau", created_at=now, **workspace)
        other = Workspace(name="Anderswo GmbH", created_at=now)
        session.add_all([home, other])
        session.flush()
        people = {
            name: _member(session, home, name, role, now)
            for name, role in {
                "alice": Role.ADMIN,
                "bob": Role.APPROVER,
                "charlie": Role.EDITOR,
                "rita": Role.READER,
            }.items()
        }
        oscar = _member(session, other, "oscar", Role.ADMIN, now)
    return Company(workspace=home, oscar=oscar, **people)


def make_channel(
    database: Database,
    company: Company,
    now: datetime,
    network: str = "linkedin",
    slots: Sequence[tuple[int, str]] = (),
    **attributes: Any,
) -> Channel:
    """A channel with slots given as ``(weekday, "HH:MM")``. ``sealed`` may hold encrypted credentials."""
    attributes.setdefault("name", f"{network.title()} von Brandt")
    attributes.setdefault("owner_id", company.charlie.user_id)
    with database.write() as session:
        channel = Channel(workspace_id=company.workspace.id, network=network, created_at=now, **attributes)
        channel.slots = [Slot(weekday=day, wall_time=time.fromisoformat(at)) for day, at in slots]
        session.add(channel)
    return channel


def make_post(
    platform: Platform,
    actor: Actor,
    channels: Sequence[Channel],
    when: When = NOT_YET,
    *,
    text: str = "Neue Fräse im Werk Süd.",
    approve: bool = False,
    **content: Any,
) -> Post:
    """A post made by the real service."""
    with platform.database.write() as session:
        return posts.create(
            session,
            actor,
            Content(text=text, channels=tuple(c.id for c in channels), **content),
            when,
            now=platform.clock.now(),
            folder=platform.settings.media_folder,
            approve=approve,
        )


def make_answer(database: Database, channel: Channel, now: datetime, **values: Any) -> Answer:
    """An answer that waits to be sent to the first comment under some post of the channel."""
    common = {"workspace_id": channel.workspace_id, "channel_id": channel.id}
    said = {**common, "remote_id": "c1", "author": "Eva", "text": "Gibt es ein Datenblatt?", "said_at": now}
    with database.write() as session:
        talk = Conversation(**said, last_at=now, post_remote_id="p1")
        session.add(talk)
        session.flush()
        message = Message(**said, conversation_id=talk.id, parent_remote_id="p1", seen_at=now)
        session.add(message)
        session.flush()
        sent = {"text": "Ja, gern.", "created_by": "Bob", "created_at": now, "try_at": now, **values}
        answer = Answer(**common, conversation_id=talk.id, message_id=message.id, **sent)
        session.add(answer)
    return answer


def picture(kind: str = "PNG", size: tuple[int, int] = (64, 48), color: str = "steelblue") -> bytes:
    """The bytes of a small real image."""
    buffer = io.BytesIO()
    Image.new("RGB", size, color).save(buffer, kind)
    return buffer.getvalue()


def make_media(platform: Platform, actor: Actor, data: bytes | None = None, name: str = "fraese.png") -> int:
    """An uploaded image; returns its id."""
    with platform.database.write() as session:
        return media.add(
            session,
            actor,
            data if data is not None else picture(),
            name,
            now=platform.clock.now(),
            folder=platform.settings.media_folder,
        ).id


def _member(session: Session, workspace: Workspace, name: str, role: Role, now: datetime) -> Actor:
    user = User(email=f"{name}@example.com", name=name.title(), password_hash=PASSWORD_HASH, created_at=now)
    session.add(user)
    session.flush()
    session.add(Member(workspace_id=workspace.id, user_id=user.id, role=role, created_at=now))
    session.flush()
    return Actor(workspace.id, role, user.name, user.id)
