"""From rows to shapes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from planner import models
from planner.bootstrap import Platform
from planner.domain.channel_days import CHANNEL_METRICS
from planner.models.posts import CARD
from planner.security.vault import VaultError
from planner.services import channels, limits, posts, reports
from planner.services.connections import ChannelAccess
from planner.services.posts.steps import Step, steps_of
from planner.services.publishing.guards import AGAINST_THE_PLAN
from planner.services.publishing.status import Holds
from planner.services.spending import MICROS
from planner.services.verifying import Checked
from planner.web.api.operations import Call
from planner.web.api.problems import field_errors
from planner.web.api.shapes import channels as channel_shapes, content, posts as shapes
from planner.web.api.shapes.common import FieldProblem, Page
from planner.web.messages import sentence, verifying
from planner.web.messages.advice import advice
from planner.web.messages.connecting import prevents
from planner.web.posts import trouble
from publishers import registry
from publishers.base import Network, NetworkError


def ref(key: int | None) -> str | None:
    """An id that may be missing."""
    return None if key is None else str(key)


# --- posts -----------------------------------------------------------------------------------------------


def post_page(call: Call, page: posts.Page) -> Page[shapes.PostItem]:
    """A page of posts."""
    holds = Holds.read(call.session, call.workspace_id, call.now)
    return Page[shapes.PostItem](items=[_post_item(view, holds) for view in page.items], next=page.next)


def post(call: Call, post_id: int) -> shapes.Post:
    """One post, read anew, with its warnings."""
    call.session.flush()
    call.session.expire_all()
    view = posts.view(call.session, call.workspace_id, post_id)
    item = _post_item(view, Holds.read(call.session, call.workspace_id, call.now))
    warnings = field_errors(posts.warnings_for(call.session, view.post, view.deliveries))
    return shapes.Post(**dict(item), warnings=[FieldProblem(**w) for w in warnings])


def delivery(call: Call, delivery_id: int) -> shapes.DeliveryDetail:
    """One delivery, read anew, with its attempts."""
    call.session.flush()
    call.session.expire_all()
    found = posts.delivery(call.session, call.workspace_id, delivery_id)
    holds = Holds.read(call.session, call.workspace_id, call.now)
    base = _with_steps(found, holds, steps_of(posts.view(call.session, call.workspace_id, found.post_id)))
    return shapes.DeliveryDetail(**dict(base), attempts=[_attempt(a) for a in found.attempts])


def deliveries(call: Call, found: Iterable[models.Delivery]) -> list[shapes.Delivery]:
    """Several deliveries, with their posts and channels loaded."""
    holds = Holds.read(call.session, call.workspace_id, call.now)
    return [_delivery(one, holds) for one in found]


def _post_item(view: posts.PostView, holds: Holds) -> shapes.PostItem:
    post, steps = view.post, steps_of(view)
    return shapes.PostItem(
        id=str(post.id),
        status=post.status,
        text=post.text,
        link=post.link,
        media=_media(post, None),
        poll=content.Poll(**post.poll) if post.poll else None,
        thread=[content.Part(text=text, media=_media(post, None, n)) for n, text in enumerate(post.thread, start=1)],
        first_comment=post.first_comment,
        languages=post.languages,
        mentions=[content.Mention(name=m["name"], network=m["network"], id=m["remote_id"]) for m in post.mentions],
        card=next(iter(_media(post, None, CARD)), None),
        card_title=post.card_title,
        card_description=post.card_description,
        channels=[str(i) for i in posts.live_channels(view.deliveries)],
        variants={
            str(v.channel_id): shapes.Variant(
                text=v.text,
                media=_media(post, v.channel_id) if v.own_media else None,
                title=v.title,
                first_comment=v.first_comment,
            )
            for v in post.variants
        },
        deliveries=[_with_steps(d, holds, steps) for d in view.deliveries],
        tags=post.tags,
        note=post.note,
        topic=ref(post.topic_id),
        campaign=ref(post.campaign_id),
        goal=ref(post.goal_id),
        audience=ref(post.audience_id),
        category=ref(post.category_id),
        format=ref(post.format_id),
        owner=ref(post.owner_id),
        approval=shapes.Approval(
            needed=post.needs_approval, asked_at=post.approval_asked_at, approved_at=post.approved_at
        ),
        version=post.version,
        created_at=post.created_at,
        updated_at=post.updated_at,
    )


def _media(post: models.Post, channel_id: int | None, part: int = 0) -> list[str]:
    return [str(m.media_id) for m in post.media if m.channel_id == channel_id and m.part == part]


def _delivery(delivery: models.Delivery, holds: Holds) -> shapes.Delivery:
    reason = holds.reason(delivery)
    return shapes.Delivery(
        id=str(delivery.id),
        post=str(delivery.post_id),
        channel=str(delivery.channel_id),
        network=delivery.channel.network,
        status=delivery.state,
        held=reason in AGAINST_THE_PLAN,
        waits_for=reason,
        hold_reason=(holds.words(delivery, reason) or None) if reason else None,
        held_until=holds.goes_on_at(delivery, reason) if reason else None,
        publish_at=delivery.publish_at,
        queued=delivery.queued,
        published_at=delivery.published_at,
        remote_id=delivery.remote_id,
        remote_url=delivery.remote_url,
        removed_at=delivery.removed_at,
        error=_error(delivery),
        attempts_made=delivery.attempt_count,
        parent=ref(delivery.parent_id),
        progress=shapes.Progress(**delivery.progress) if delivery.progress else None,
        rehearsed=delivery.rehearsed,
        cost_usd=None if delivery.cost_micros is None else delivery.cost_micros / MICROS,
        taken_by=ref(delivery.taken_by_id),
        taken_at=delivery.taken_at,
    )


def _with_steps(delivery: models.Delivery, holds: Holds, steps: Mapping[int, list[Step]]) -> shapes.DeliveryWithSteps:
    follows = [_step(step, holds) for step in steps.get(delivery.id, [])]
    return shapes.DeliveryWithSteps(**dict(_delivery(delivery, holds)), steps=follows)


def _step(step: Step, holds: Holds) -> shapes.Step:
    said: dict[str, Any] = {"number": step.number, "kind": step.kind, "text": step.text}
    if step.delivery is None:
        return shapes.Step(**said, **_NOT_YET)
    shown = dict(_delivery(step.delivery, holds))
    return shapes.Step(**said, **{name: shown[name] for name in _NOT_YET})


_NOT_YET: Mapping[str, Any] = {
    "id": None,
    "status": None,
    "held": False,
    "waits_for": None,
    "published_at": None,
    "remote_id": None,
    "remote_url": None,
    "removed_at": None,
    "error": None,
    "attempts_made": 0,
    "cost_usd": None,
}


def _error(delivery: models.Delivery) -> shapes.DeliveryError | None:
    if delivery.error_code is None:
        return None
    message = trouble.why(delivery) or sentence(delivery.error_code, delivery.error_params)
    return shapes.DeliveryError(
        code=delivery.error_code, message=message, network_message=delivery.network_message or None
    )


def _attempt(attempt: models.Attempt) -> shapes.Attempt:
    return shapes.Attempt(
        number=attempt.number,
        started_at=attempt.started_at,
        deadline_at=attempt.deadline_at,
        finished_at=attempt.finished_at,
        outcome=attempt.outcome,
        status=attempt.status,
        error_code=attempt.error_code,
        message=attempt.message,
        remote_id=attempt.remote_id,
    )


# --- channels --------------------------------------------------------------------------------------------


def channel(
    call: Call, found: models.Channel, apps: Mapping[str, limits.AppLimit] | None = None
) -> channel_shapes.Channel:
    """One channel; never its credentials. ``apps``: what is known of their limits, for a list read once."""
    known = limits.app_limits(call.session, call.now) if apps is None else apps
    return channel_shapes.Channel(
        id=str(found.id),
        network=found.network,
        name=found.name,
        account=found.remote_account_id,
        profile_url=found.profile_url,
        health=channels.health(found, call.now),
        limited_until=limits.channel_held_until(found, known, call.now),
        by_hand_since=found.by_hand_since,
        rehearsing_since=found.rehearsing_since,
        reconnect_reason=found.reconnect_reason,
        paused=pause(found),
        capabilities=_capabilities(call.platform, found),
        slots=slots(found.slots),
        rhythm_per_week=found.rhythm_per_week,
        missed_after_seconds=found.missed_after_seconds,
        owner=ref(found.owner_id),
        token_expires_at=found.token_expires_at,
        verified_at=found.verified_at,
        missing_permissions=found.missing,
        created_at=found.created_at,
    )


def channel_figures(
    channel: models.Channel, days: Sequence[models.ChannelDay], newest: models.ChannelSnapshot | None
) -> channel_shapes.ChannelFigures:
    """A channel's days, and what none of them has."""
    absent = [name for name in CHANNEL_METRICS if all(getattr(one, name) is None for one in days)]
    followers = {} if newest is None or newest.followers is None else {"followers": newest.followers}
    return channel_shapes.ChannelFigures(
        items=[
            channel_shapes.ChannelDay(
                day=one.day.isoformat(),
                as_of=one.taken_at,
                parts=one.extra,
                **{name: getattr(one, name) for name in CHANNEL_METRICS},
            )
            for one in days
        ],
        missing=[
            channel_shapes.LackingFigure(figure=name, reason=lack.reason, permissions=list(lack.permissions))
            for name, lack in reports.lacks_of(channel, newest, absent).items()
        ],
        totals={**followers, **(newest.extra if newest else {})},
        totals_as_of=newest.taken_at if newest else None,
    )


def connection_check(network_key: str, checked: Checked) -> channel_shapes.ConnectionCheck:
    """What a check of a channel's connection came to."""
    network = registry.network(network_key)
    return channel_shapes.ConnectionCheck(
        outcome=checked.outcome,
        checked_at=checked.at,
        account=checked.account or None,
        said=checked.said or None,
        title=verifying.title(checked),
        detail=verifying.text(checked, network.title),
        permissions_known=checked.permissions_known,
        missing=[_missing(network, name) for name in checked.missing],
        holds=checked.holds,
        resumed=checked.resumed,
    )


def _missing(network: Network, name: str) -> channel_shapes.MissingPermission:
    vital = name in channels.vital(network, [name])
    said = prevents(network.consent.permission(name)) if network.consent else ""
    return channel_shapes.MissingPermission(name=name, vital=vital, prevents=said)


def slots(found: Iterable[models.Slot]) -> list[channel_shapes.Slot]:
    """Slots, in the order of the week."""
    ordered: Sequence[models.Slot] = sorted(found, key=lambda s: (s.weekday, s.wall_time))
    return [
        channel_shapes.Slot(id=str(s.id), weekday=s.weekday, time=f"{s.wall_time:%H:%M}", category=ref(s.category_id))
        for s in ordered
    ]


def pause(found: models.Workspace | models.Campaign | models.Channel) -> channel_shapes.Pause | None:
    """A pause, None where there is none."""
    if found.paused_at is None:
        return None
    told = advice(found.pause_advice, found.network) if isinstance(found, models.Channel) else ""
    return channel_shapes.Pause(since=found.paused_at, reason=told or found.pause_reason, by=found.paused_by)


def _capabilities(platform: Platform, found: models.Channel) -> channel_shapes.Capabilities | None:
    """None where the network is not installed any more, or the credentials cannot be read."""
    try:
        known = platform.connections.capabilities(ChannelAccess.of(found))
    except (NetworkError, VaultError):
        return None
    return channel_shapes.Capabilities(
        can_list=known.can_list,
        can_delete=known.can_delete,
        has_metrics=known.has_metrics,
        assisted_only=known.assisted_only or found.by_hand_since is not None,
        idempotency_key=known.idempotency_key,
        rejects_duplicates=known.rejects_duplicates,
        two_phase=known.two_phase,
    )
