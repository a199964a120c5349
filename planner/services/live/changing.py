"""Giving a live post another text at its network, and taking over the text that somebody gave it there."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from planner.domain.roles import Permission
from planner.domain.states import DeliveryState
from planner.models import Delivery, Post, Variant
from planner.security.vault import VaultError
from planner.services import events
from planner.services.actor import Actor
from planner.services.asking import ask
from planner.services.errors import Conflict, Problems
from planner.services.live import under
from planner.services.live.ground import Ground, ground, refusal, same_text
from planner.services.live.looking import as_json, look
from planner.services.posts import store
from planner.services.publishing.again import write_again
from publishers.base import FollowUp, NetworkError, RemotePost, Uncertain

if TYPE_CHECKING:
    from planner.bootstrap import Platform


def edit(platform: Platform, actor: Actor, delivery_id: int, text: str) -> None:
    """Give the post this text at its network, and then with us. ``text`` may be ours as it is: to set it again.

    Sending the same text twice does no harm; where an answer does not say whether it was taken, the network is looked
    at. Raises NotFound, Forbidden (a post that needs a lead's yes is edited by leads), Invalid at ``text``, Conflict
    (``cannot_edit``, ``edit_unconfirmed``, ``network_refused``, and those of a delivery that is not live).
    """
    live = ground(platform, actor, delivery_id)
    if not live.can.can_edit:
        raise Conflict("cannot_edit", channel=live.channel)
    if live.needs_approval:
        actor.require(Permission.APPROVE)
    text = text.strip()
    _check(live, text)
    now = platform.clock.now()
    write_again(platform.database, lambda session: _note_asked(session, live, actor, text, now))
    shown = _send(platform, live, text)
    now = platform.clock.now()
    write_again(platform.database, lambda session: _note(session, live, actor, text, shown, now))


def take_over(platform: Platform, actor: Actor, delivery_id: int) -> None:
    """The text that the network shows becomes ours. Raises NotFound, Forbidden, Conflict (``nothing_to_take_over``)."""
    if not look(platform, actor, delivery_id):
        raise Conflict("removed_already")
    live = ground(platform, actor, delivery_id)
    now = platform.clock.now()
    with platform.database.write() as session:
        shown = (session.get_one(Delivery, delivery_id).shown or {}).get("text", "")
        text = _ours_of(live, shown)
        if same_text(live.expected_of(text), live.expected):
            raise Conflict("nothing_to_take_over")
        before = live.post.text
        _set_text(session, actor, live, text, now)
        events.record(session, actor, now, "delivery", live.ref.id, "text_taken_over", before=before, after=text)


def _check(live: Ground, text: str) -> None:
    problems = Problems()
    post = replace(live.post, text=text)
    is_comment = post.under is not None and post.under.kind is FollowUp.COMMENT
    if is_comment:
        post = replace(post, first_comment=text)
    for problem in live.network.problems(post, assisted=False):
        of_a_post = problem.code == "text_too_long" and is_comment  # a comment may be as long as a comment may be
        if problem.field in ("text", "first_comment") and not of_a_post:
            problems.add("text", problem.code, **{**problem.params, "channel": live.channel})
    problems.raise_any()


def _note_asked(session: Session, live: Ground, actor: Actor, text: str, now: datetime) -> None:
    events.record(session, actor, now, "delivery", live.ref.id, "remote_edit_asked", after=text)


def _send(platform: Platform, live: Ground, text: str) -> RemotePost | None:
    """Change it there; what the network showed afterwards, where that was looked at."""
    post = replace(live.post, text=text)
    try:
        ask(platform, live.access, lambda publisher: publisher.edit(live.remote_id, post))
    except Uncertain as error:
        found = _look(platform, live)
        if found is None or not same_text(found.text, live.expected_of(text)):
            raise Conflict("edit_unconfirmed", channel=live.channel) from error
        return found
    except VaultError as error:
        raise Conflict("no_connection", channel=live.channel) from error
    except NetworkError as error:
        raise refusal(live.channel, error) from error
    return None


def _look(platform: Platform, live: Ground) -> RemotePost | None:
    if not live.can.can_look:
        return None
    try:
        return ask(platform, live.access, lambda publisher: publisher.look(live.remote_id))
    except (NetworkError, VaultError):
        return None


def _note(session: Session, live: Ground, actor: Actor, text: str, shown: RemotePost | None, now: datetime) -> None:
    before = live.post.text
    delivery = session.get_one(Delivery, live.ref.id)
    kept = dict(delivery.shown or {})
    delivery.shown = as_json(shown) if shown else {**kept, "text": live.expected_of(text)}
    delivery.shown_at = now
    if text != before:
        _set_text(session, actor, live, text, now)
    events.record(session, actor, now, "delivery", live.ref.id, "remote_edited", before=before, after=text)


def _set_text(session: Session, actor: Actor, live: Ground, text: str, now: datetime) -> None:
    """Our text on this channel: the post's own where it went nowhere else, else this channel's variant."""
    post = store.load(session, actor, live.ref.post_id)
    post.version += 1
    post.updated_at = now
    if live.post.under is not None:
        delivery = session.get_one(Delivery, live.ref.id)
        under.set_text(session, delivery, post, live.network, text, alone=_is_alone(session, post))
        return
    variant = next((v for v in post.variants if v.channel_id == live.ref.channel_id), None)
    if _is_alone(session, post) and (variant is None or variant.text is None):
        post.text = text
    elif variant is not None:
        variant.text = text
    else:
        post.variants.append(Variant(channel_id=live.ref.channel_id, text=text))


def _is_alone(session: Session, post: Post) -> bool:
    others = select(func.count(func.distinct(Delivery.channel_id))).where(
        Delivery.post_id == post.id, Delivery.state != DeliveryState.CANCELLED
    )
    return (session.scalar(others) or 0) <= 1


def _ours_of(live: Ground, shown: str) -> str:
    """The text that we would have to hold for the network to show this: without the link that it carries besides."""
    bare = shown.rstrip()
    for link in (live.post.link, *(live.post.link or "").rstrip("/").split()):
        if link and bare.endswith(link):
            candidate = bare.removesuffix(link).rstrip()
            if same_text(live.expected_of(candidate), shown):
                return candidate
    return shown
