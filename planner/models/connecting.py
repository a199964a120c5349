"""Connections that a person has begun at a network and not finished yet."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from planner.models.base import Base, Id, references


class BegunConnection(Base):
    """One trip of a browser to a network and back, and what it brought: for one person, in one session, once.

    Of ``state`` only the SHA-256 is kept; ``session_digest`` is that of a secret in the person's session cookie.
    ``sealed`` is encrypted: first the secrets that belong to the trip, then the accounts that the network offers, with
    their credentials. ``returned_at`` is when the browser came back, ``person`` who signed in at the network.
    ``channel_id`` is the channel that is reconnected (None: new ones). A ``trial`` makes no channel: what it leaves are
    the points that it tried out, no credentials. After ``expires_at`` it is worth nothing.
    """

    __tablename__ = "begun_connection"

    id: Mapped[Id]
    workspace_id: Mapped[int] = references("workspace.id")
    user_id: Mapped[int] = references("user.id")
    network: Mapped[str] = mapped_column(String(32))
    channel_id: Mapped[int | None] = references("channel.id")
    state_digest: Mapped[str] = mapped_column(String(64), unique=True)
    session_digest: Mapped[str] = mapped_column(String(64))
    redirect_uri: Mapped[str] = mapped_column(String(2000))
    sealed: Mapped[str] = mapped_column(Text)
    trial: Mapped[bool] = mapped_column(default=False, server_default=false())
    person: Mapped[str | None] = mapped_column(String(200))
    returned_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
