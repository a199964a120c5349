"""One person's trips to the networks, step by step."""

from __future__ import annotations

from planner.bootstrap import Platform
from planner.models import BegunConnection, Channel
from planner.services import connecting
from planner.services.actor import Actor
from planner.services.connecting import Arrival

SESSION = "the-secret-of-one-session"
BACK = "http://127.0.0.1:8000/channels/connect/{}/back"


def begin(platform: Platform, actor: Actor, network: str, channel: Channel | None = None) -> str:
    return connecting.begin(
        platform, actor, network, session_secret=SESSION, redirect_uri=BACK.format(network),
        channel_id=channel.id if channel else None,
    )  # fmt: skip


def come_back(
    platform: Platform, actor: Actor, network: str, parameters: dict[str, str], session: str = SESSION
) -> Arrival:
    return connecting.come_back(platform, actor, network, session_secret=session, brought=parameters)


def choose(platform: Platform, actor: Actor, begun_id: int, *ids: str) -> connecting.Chosen:
    with platform.database.write() as session:
        return connecting.choose(session, platform, actor, begun_id, SESSION, ids)


def rows(platform: Platform) -> list[BegunConnection]:
    with platform.database.read() as session:
        return session.query(BegunConnection).all()


def all_channels(platform: Platform) -> list[Channel]:
    with platform.database.read() as session:
        return session.query(Channel).order_by(Channel.id).all()
