"""What all worlds of one operating-system process share: the networks, a database with two companies, the processes."""

from __future__ import annotations

import socket
import sqlite3
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from pathlib import Path
from time import sleep
from typing import Any

import psycopg
from sqlalchemy import URL, update
from sqlalchemy.orm import Session

from planner.bootstrap import Platform
from planner.config import NetworkSettings
from planner.counts import Counts
from planner.database import Database
from planner.domain.roles import Role
from planner.models import Campaign, Channel, Member, Slot, User, Workspace
from planner.security.vault import Vault
from planner.services import media
from planner.services.actor import Actor
from planner.services.connections import Connections
from publishers.sandbox import Sandbox
from publishers.sandbox.accounts import Directory, Token
from publishers.sandbox.faults import Faults
from tests.simulator.slate import Slate
from tests.support.clock import FakeClock
from tests.support.factories import PASSWORD_HASH, make_settings, picture

NETWORKS = ("linkedin", "facebook", "twitter", "xing")
#: Where both companies have a channel of one account.
SHARED = "linkedin"
#: Before any real clock's time: X's adapter counts its tokens' time by the real one, and so never finds them short.
LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)
LATER = LONG_AGO.replace(year=2025)
#: Slots of every channel: one lies in the hour that a clock change skips or repeats.
SLOT_TIMES = (time(2, 30), time(10, 15), time(16, 45))
#: Once a millisecond is looked whether a connection has ended.
ENDING_LOOKS = 5000


@dataclass(frozen=True, slots=True)
class Home:
    """One company: its people, channels, campaign and image."""

    workspace_id: int
    admin: Actor
    lead: Actor
    editor: Actor
    channel_ids: tuple[int, ...]
    campaign_id: int
    media_id: int


class Ground:
    """Made once; :meth:`reset` puts everything back for the next world. ``url`` is a database with the schema in it."""

    def __init__(self, folder: Path, url: str) -> None:
        self.clock = FakeClock(LONG_AGO)
        self.sandbox = Sandbox(clock=self.clock, limits={}, processing_seconds=0).start()
        self.closed_port = _closed_port()
        settings = make_settings(folder / "instance", url, lease_seconds=60.0, send_timeout_seconds=30.0)
        app = {"client_id": "the-app", "client_secret": "sandbox-app-secret"}
        self.settings = replace(
            settings, networks={key: NetworkSettings(self.sandbox.api_url(key), app) for key in NETWORKS}
        )
        refused = f"http://127.0.0.1:{self.closed_port.getsockname()[1]}"
        self._unreachable = replace(
            self.settings, networks={key: NetworkSettings(f"{refused}/{key}", app) for key in NETWORKS}
        )
        self.vault = Vault(settings.encryption_keys)
        self.database = Database(url, pool_size=2)
        self.is_sqlite = self.database.is_sqlite
        self._watching = _watch(self.database.url)
        self.credentials: dict[int, dict[str, str]] = {}
        self.networks: dict[int, str] = {}
        self.accounts: dict[int, str] = {}
        self.homes = [self._home("Brandt", "Europe/Berlin", approval=False), self._home("Keller", "America/New_York")]
        self._share_an_account()
        self._tokens = [(token, token.scopes, token.expires_at) for token in self._directory.tokens.values()]
        self._slate = Slate(self._watching)

    def close(self) -> None:
        self.sandbox.stop()
        self.database.dispose()
        self._watching.close()
        self.closed_port.close()

    @property
    def _directory(self) -> Directory:
        return self.sandbox.world.directory

    # --- processes -----------------------------------------------------------------------------------------

    def platform(self, clock: Any, database: Database) -> Platform:
        """A process's own wiring."""
        return Platform(self.settings, database, clock, self.vault, Connections(self.settings, self.vault, Counts()))

    def pass_time(self, seconds: float) -> None:
        """Somebody waits."""
        self.clock.advance(seconds=seconds)

    def cut(self, connection: Any) -> None:
        """End a connection to PostgreSQL at the server."""
        self._end([connection.info.backend_pid])

    def look(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Ask the database over a line that never breaks."""
        found: list[tuple[Any, ...]] = self._watching.execute(query, parameters).fetchall()
        return found

    def restart_database(self) -> None:
        """End every connection to PostgreSQL, whatever it is doing."""
        if not self.is_sqlite:
            others = "datname = current_database() AND pid <> pg_backend_pid()"
            self._end([pid for (pid,) in self.look(f"SELECT pid FROM pg_stat_activity WHERE {others}")])  # noqa: S608

    def _end(self, connections: list[int]) -> None:
        """End these and see them gone: the server, given a time to wait, looks only every 100 ms."""
        for pid in connections:
            self.look("SELECT pg_terminate_backend(%s)", pid)
        for _ in range(ENDING_LOOKS):
            if not self.look("SELECT FROM pg_stat_activity WHERE pid = ANY(%s)", connections):
                return
            sleep(0.001)
        raise RuntimeError("a connection to PostgreSQL did not end")

    def out_of_reach(self) -> Connections:
        """Connections of a process that reaches no network: every one is refused."""
        return Connections(self._unreachable, self.vault, Counts())

    # --- from world to world -------------------------------------------------------------------------------

    def reset(self) -> None:
        """Everything as at the beginning, at the networks and in the database."""
        self.sandbox.reset()
        self.sandbox.world.faults = self.sandbox.faults = Faults()
        self.sandbox.offset_seconds = 0.0
        self._directory.tokens.clear()
        self._directory.spent.clear()
        for token, scopes, expires_at in self._tokens:
            self._directory.grant(replace(token, scopes=scopes, expires_at=expires_at))
        self._slate.wipe()

    # --- the companies -------------------------------------------------------------------------------------

    def _home(self, name: str, zone: str, *, approval: bool = True) -> Home:
        number = len(self.accounts) // len(NETWORKS) + 1
        with self.database.write() as session:
            # Made later than all that happens: no weekly report is due in so short a life.
            workspace = Workspace(name=name, zone=zone, approval_required=approval, created_at=LATER)
            session.add(workspace)
            session.flush()
            people = {}
            for role in (Role.ADMIN, Role.APPROVER, Role.EDITOR):
                email = f"{role.value}@{name.lower()}.example"
                user = User(email=email, name=role.value.title(), password_hash=PASSWORD_HASH, created_at=LONG_AGO)
                session.add(user)
                session.flush()
                session.add(Member(workspace_id=workspace.id, user_id=user.id, role=role, created_at=LONG_AGO))
                people[role] = Actor(workspace.id, role, user.name, user.id)
            campaign = Campaign(workspace_id=workspace.id, name="Messe")
            session.add(campaign)
            owner = people[Role.EDITOR].user_id
            channels = [self._channel(session, workspace.id, key, number, owner) for key in NETWORKS]
            folder = self.settings.media_folder
            image = media.add(session, people[Role.EDITOR], picture(), "fraese.png", now=LONG_AGO, folder=folder)
            session.flush()
            return Home(
                workspace.id,
                people[Role.ADMIN],
                people[Role.APPROVER],
                people[Role.EDITOR],
                tuple(channels),
                campaign.id,
                image.id,
            )

    def _channel(self, session: Session, workspace_id: int, key: str, number: int, owner_id: int | None) -> int:
        given, account_id = _credentials(key, number)
        channel = Channel(
            workspace_id=workspace_id,
            network=key,
            name=f"{key.title()} {number}",
            credentials=self.vault.seal(given),
            remote_account_id=account_id,
            owner_id=owner_id,
            created_at=LONG_AGO,
        )
        channel.slots = [Slot(weekday=day, wall_time=at) for day in range(7) for at in SLOT_TIMES]
        session.add(channel)
        session.flush()
        self.sandbox.add_account(key, account_id, f"Konto {number}", **_at_the_network(key, given))
        self.credentials[channel.id], self.networks[channel.id] = given, key
        self.accounts[channel.id] = account_id
        return channel.id

    def _share_an_account(self) -> None:
        """The second company posts for an account of the first as well: a group's, of which both write."""
        ours, theirs = self.homes
        shared = next(number for number in ours.channel_ids if self.networks[number] == SHARED)
        with self.database.write() as session:
            original, owner = session.get_one(Channel, shared), theirs.editor.user_id
            copied = ("network", "credentials", "remote_account_id", "created_at")
            values = {name: getattr(original, name) for name in copied}
            channel = Channel(workspace_id=theirs.workspace_id, name="Konzern", owner_id=owner, **values)
            channel.slots = [Slot(weekday=day, wall_time=at) for day in range(7) for at in SLOT_TIMES]
            session.add(channel)
            session.flush()
            self.credentials[channel.id] = self.credentials[shared]
            self.networks[channel.id], self.accounts[channel.id] = self.networks[shared], self.accounts[shared]
        self.homes[1] = replace(theirs, channel_ids=(*theirs.channel_ids, channel.id))

    def siblings(self, channel_id: int) -> list[int]:
        """The channels of this one's account, the first of them first."""
        place = self.networks[channel_id], self.accounts[channel_id]
        return [number for number in self.networks if (self.networks[number], self.accounts[number]) == place]

    # --- what happens to access ----------------------------------------------------------------------------

    def tokens_of(self, channel_id: int) -> list[Token]:
        """The tokens that open the channel's account now."""
        network, account = self.networks[channel_id], self.accounts[channel_id]
        known = self._directory.tokens.values()
        return [
            token
            for token in known
            if token.account.network == network and account in (token.account.id, *token.account.administers)
        ]

    def revoke(self, channel_id: int) -> None:
        """The account's owner throws the app out."""
        for token in self.tokens_of(channel_id):
            self._directory.tokens.pop((token.account.network, token.value))
            self._directory.spent.update(filter(None, (token.value, token.refresh)))

    def end_token(self, channel_id: int, at: datetime) -> None:
        """The access token ends; where there is a refresh token, it stays good."""
        for token in self.tokens_of(channel_id):
            token.expires_at = at

    def know_end_of_token(self, channel_id: int, at: datetime) -> None:
        """The planner is told when the access ends."""
        with self.database.write() as session:
            session.execute(update(Channel).where(Channel.id == channel_id).values(token_expires_at=at))

    def take_permissions(self, channel_id: int) -> None:
        """The account's owner takes the app's permissions away."""
        for token in self.tokens_of(channel_id):
            token.scopes = frozenset()

    def grant_anew(self, channel_id: int, mark: str) -> dict[str, str]:
        """The account's owner lets the app in again: fresh credentials."""
        network, account_id = self.networks[channel_id], self.accounts[channel_id]
        given = dict(self.credentials[channel_id])
        for name in ("access_token", "refresh_token", "token"):
            if name in given:
                given[name] = f"{given[name]}-{mark}"
        self.sandbox.add_account(network, account_id, "", **_at_the_network(network, given))
        return given


def _credentials(network: str, number: int) -> tuple[dict[str, str], str]:
    """Credentials of an account of its own, and the account's id."""
    if network == "facebook":
        page = f"20487295160{number:04d}"
        return {"page_id": page, "access_token": f"EAABsimulated{number}"}, page
    if network == "twitter":
        user = f"150289374612{number:07d}"
        tokens = {"access_token": f"x-access-{number}", "refresh_token": f"x-refresh-{number}"}
        return {**tokens, "user_id": user}, user
    if network == "linkedin":
        author = f"urn:li:organization:55{number:05d}"
        return {"author": author, "access_token": f"linkedin-{number}"}, author
    user = f"{number:05d}_cafe99"
    consumer = {"consumer_key": f"key-{number}", "consumer_secret": f"consumer-secret-{number}"}
    return {**consumer, "token": f"xing-{number}", "token_secret": f"secret-{number}", "user_id": user}, user


def _at_the_network(network: str, given: dict[str, str]) -> dict[str, Any]:
    """The token as the sandbox networks take it."""
    if network != "xing":
        return {"token": given["access_token"], "refresh": given.get("refresh_token")}
    return {
        "token": given["token"],
        "secret": given["token_secret"],
        "consumer_key": given["consumer_key"],
        "consumer_secret": given["consumer_secret"],
    }


def _watch(url: URL) -> Any:
    if url.get_backend_name() == "sqlite":
        # Whoever stands still in a thread of its own lets the others act in that thread: one at a time, still.
        return sqlite3.connect(str(url.database), isolation_level=None, check_same_thread=False)
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True)


def _closed_port() -> socket.socket:
    """A port that stays taken and refuses every connection."""
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    return taken
