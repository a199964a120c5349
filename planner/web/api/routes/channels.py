"""Channels: connect, look at, change, pause, give slots."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from planner import models
from planner.bootstrap import Platform
from planner.domain import periods
from planner.domain.roles import Permission
from planner.services import archiving, channels, limits, metrics, rehearsing, reports, slots as slot_service, verifying
from planner.services.actor import Actor
from planner.services.errors import FieldError, Invalid
from planner.services.publishing import pause
from planner.services.slots import SlotInput
from planner.web.api import present
from planner.web.api.operations import Call, Router
from planner.web.api.shapes.channels import (
    Channel,
    ChannelCreate,
    ChannelFigures,
    ChannelPatch,
    ConnectionCheck,
    CredentialsPut,
    DaysQuery,
    FollowerCount,
    Followers,
    PausePut,
    SlotNote,
    Slots,
    SlotsPut,
)
from planner.web.api.shapes.common import Page, PageQuery, given
from publishers.base import Account

router = Router("channels")


@router.get("/channels")
def list_channels(call: Call, query: PageQuery) -> Page[Channel]:
    """The channels in use."""
    wanted = select(models.Channel).where(
        models.Channel.workspace_id == call.workspace_id, models.Channel.archived_at.is_(None)
    )
    if query.cursor:
        wanted = wanted.where(models.Channel.id > int(query.cursor))
    wanted = wanted.options(selectinload(models.Channel.slots)).order_by(models.Channel.id).limit(query.limit + 1)
    found = call.session.scalars(wanted).all()
    shown, apps = found[: query.limit], limits.app_limits(call.session, call.now)
    return Page[Channel](
        items=[present.channel(call, c, apps) for c in shown],
        next=str(shown[-1].id) if len(found) > query.limit else None,
    )


def ask_network(platform: Platform, actor: Actor, body: ChannelCreate) -> Account | None:
    """Ask whose account it is, before any transaction begins: a network may take its time."""
    actor.require(Permission.MANAGE)
    return channels.ask_network(platform.connections, body.network, body.credentials) if body.verify else None


@router.post("/channels", Permission.MANAGE, prepare=ask_network)
def create_channel(call: Call, body: ChannelCreate) -> Channel:
    """Connect an account. One account is one channel of a workspace."""
    found = channels.connect(
        call.session,
        call.actor,
        call.platform.vault,
        body.network,
        body.credentials,
        now=call.now,
        name=body.name,
        account=call.prepared,
        owner_id=body.owner,
        renews=call.platform.connections.can_renew(body.network, body.credentials),
        by_hand=body.by_hand,
        profile_url=body.profile_url,
    )
    return present.channel(call, found)


@router.get("/channels/{channel_id}")
def get_channel(call: Call, channel_id: int) -> Channel:
    """One channel."""
    return present.channel(call, channels.get(call.session, call.workspace_id, channel_id))


@router.patch("/channels/{channel_id}", Permission.MANAGE)
def change_channel(call: Call, channel_id: int, body: ChannelPatch) -> Channel:
    """Change settings of a channel."""
    values = dict(given(body))
    if "rhythm_per_week" in values:
        values["rhythm_per_week"] = values["rhythm_per_week"] or 0
    if "owner" in values:
        values["owner_id"] = values.pop("owner")
    found = channels.update(call.session, call.actor, channel_id, now=call.now, **values)
    return present.channel(call, found)


def ask_network_again(platform: Platform, actor: Actor, channel_id: int, body: CredentialsPut) -> Account | None:
    """As :func:`ask_network`, for the network of the stored channel."""
    actor.require(Permission.MANAGE)
    if not body.verify:
        return None
    with platform.database.read() as session:
        network = channels.get(session, actor.workspace_id, channel_id).network
    return channels.ask_network(platform.connections, network, body.credentials)


@router.put("/channels/{channel_id}/credentials", Permission.MANAGE, prepare=ask_network_again)
def reconnect_channel(call: Call, channel_id: int, body: CredentialsPut) -> Channel:
    """Give a channel new credentials of the same account. What waited for them goes out."""
    network = channels.get(call.session, call.workspace_id, channel_id).network
    found = channels.reconnect(
        call.session,
        call.actor,
        call.platform.vault,
        channel_id,
        body.credentials,
        now=call.now,
        account=call.prepared,
        renews=call.platform.connections.can_renew(network, body.credentials),
    )
    return present.channel(call, found)


def check_connection(platform: Platform, actor: Actor, channel_id: int) -> verifying.Checked:
    """Ask before the transaction begins, as :func:`ask_network`."""
    return verifying.check(platform, actor, channel_id)


@router.post("/channels/{channel_id}/check", Permission.MANAGE, prepare=check_connection, status=200)
def check_channel(call: Call, channel_id: int) -> ConnectionCheck:
    """Ask the network now whose account it is, whether the access works, and which permissions are missing.

    What it says clearly is kept; where it cannot be asked, nothing changes.
    """
    network = channels.get(call.session, call.workspace_id, channel_id).network
    return present.connection_check(network, call.prepared)


@router.put("/channels/{channel_id}/by-hand", Permission.MANAGE)
def publish_by_hand(call: Call, channel_id: int) -> Channel:
    """From now on people publish here. What waited for a connection is handed to them."""
    return present.channel(call, channels.switch_to_hand(call.session, call.actor, channel_id, now=call.now))


@router.delete("/channels/{channel_id}/by-hand", Permission.MANAGE)
def publish_by_connection(call: Call, channel_id: int) -> Channel:
    """Let posts go out by themselves again. What was handed to people stays with them."""
    return present.channel(call, channels.switch_back(call.session, call.actor, channel_id, now=call.now))


@router.get("/channels/{channel_id}/followers")
def list_followers(call: Call, channel_id: int) -> Followers:
    """How many followed the channel, day by day, for the last year; empty where the network does not say."""
    channels.get(call.session, call.workspace_id, channel_id)
    counted = metrics.history(call.session, channel_id, call.now - timedelta(days=366))
    return Followers(items=[FollowerCount(as_of=one.taken_at, followers=one.followers or 0) for one in counted])


@router.get("/channels/{channel_id}/figures")
def list_channel_figures(call: Call, channel_id: int, query: DaysQuery) -> ChannelFigures:
    """What the network counts of the whole channel, day by day, at most two years; what is missing, with the reason."""
    channel = channels.get(call.session, call.workspace_id, channel_id)
    last = query.to or call.now.date() - date.resolution
    first = query.from_ or last - timedelta(days=29)
    if not timedelta() <= last - first <= periods.LONGEST:
        raise Invalid(FieldError("to", "range_invalid", {"days": periods.LONGEST.days}))
    days = metrics.days(call.session, channel_id, first, last)
    return present.channel_figures(channel, days, reports.newest_answer(call.session, channel_id))


@router.put("/channels/{channel_id}/rehearsal", Permission.MANAGE)
def begin_rehearsal(call: Call, channel_id: int) -> Channel:
    """From now on its posts go to a played network, at their times."""
    settings = call.platform.settings
    found = rehearsing.begin(call.session, call.actor, channel_id, settings=settings, now=call.now)
    return present.channel(call, found)


@router.delete("/channels/{channel_id}/rehearsal", Permission.MANAGE)
def end_rehearsal(call: Call, channel_id: int) -> Channel:
    """Posts reach the network again. What was rehearsed stays rehearsed."""
    return present.channel(call, rehearsing.end(call.session, call.actor, channel_id, now=call.now))


@router.delete("/channels/{channel_id}", Permission.MANAGE)
def archive_channel(call: Call, channel_id: int) -> None:
    """Take a channel out of use. Its history stays, what was planned for it is cancelled."""
    archiving.archive(call.session, call.actor, channel_id, now=call.now)


@router.put("/channels/{channel_id}/pause", Permission.PAUSE)
def pause_channel(call: Call, channel_id: int, body: PausePut) -> Channel:
    """Hold back all deliveries of a channel."""
    found = pause.pause_channel(call.session, call.actor, channel_id, body.reason, now=call.now)
    return present.channel(call, found)


@router.delete("/channels/{channel_id}/pause", Permission.RELEASE)
def release_channel(call: Call, channel_id: int) -> Channel:
    """Let a channel's deliveries go again. What is too late by now is missed."""
    found = pause.release_channel(call.session, call.actor, channel_id, now=call.now)
    return present.channel(call, found)


@router.put("/channels/{channel_id}/slots", Permission.ARRANGE)
def set_slots(call: Call, channel_id: int, body: SlotsPut) -> Slots:
    """Set the weekly slots of a channel. The queue moves to the new ones."""
    channels.get(call.session, call.workspace_id, channel_id)
    wanted = [SlotInput(s.weekday, s.time, s.category) for s in body.slots]
    saved = slot_service.set_slots(call.session, call.actor, channel_id, wanted, now=call.now)
    return Slots(
        slots=present.slots(saved.slots),
        notes=[
            SlotNote(slot=str(n.slot_id), date=n.date.isoformat(), note=n.note, publish_at=n.publish_at)
            for n in saved.notes
        ],
        moved=[str(m.delivery_id) for m in saved.reflowed.moved],
        unplaced=[str(i) for i in saved.reflowed.unplaced],
    )
