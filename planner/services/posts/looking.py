"""Looking over a post while it is written: what would be refused, what is worth knowing, when it would go out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from planner.domain.slots import Occurrence
from planner.models import Channel, Delivery, Workspace
from planner.services import queue, spending
from planner.services.errors import FieldError, Problems
from planner.services.posts import mentions, placing, warnings
from planner.services.posts.checks import (
    Known,
    check_content,
    check_for_networks,
    check_when,
    left_out_on,
    merged,
)
from planner.services.posts.inputs import Content, When
from publishers.costs import Cost


@dataclass(slots=True)
class Findings:
    """``errors`` would be refused, ``warnings`` would not. ``placed`` is the fixed time; ``slots`` holds for each
    chosen channel the slot that a queued post would take, None where it has no free one; ``costs`` what it costs on
    each channel where it costs anything."""

    errors: list[FieldError] = field(default_factory=list)
    warnings: list[FieldError] = field(default_factory=list)
    placed: placing.Placed | None = None
    slots: dict[int, Occurrence | None] = field(default_factory=dict)
    costs: dict[int, Cost] = field(default_factory=dict)


def look_over(
    session: Session,
    workspace_id: int,
    content: Content,
    when: When,
    *,
    now: datetime,
    folder: Path,
    post_id: int | None = None,
    deliveries: Sequence[Delivery] = (),
) -> Findings:
    """What there is to say about a post that is being written; nothing is stored.

    ``deliveries`` are those of the stored post being edited: a queued one keeps the slot that it has.
    """
    workspace = session.get_one(Workspace, workspace_id)
    problems = Problems()
    content = replace(content, mentions=mentions.read(content.mentions))
    known = check_content(session, workspace_id, content, problems, looked_up=False)
    check_for_networks(content, known, folder, problems)
    placed = placing.fixed_time(when, workspace.zone)
    check_when(when, placed.utc if placed else None, now, problems)
    found = Findings(problems.errors, placed=placed)
    for channel in _channels(content, known):
        found.slots[channel.id] = queue.next_free_slot(session, channel, now=now, category_id=content.category_id)
        found.warnings += warnings.about_channel(channel) + warnings.about_link(channel, content.link)
        found.warnings += warnings.about_left_out(channel, left_out_on(content, channel, known))
        found.warnings += warnings.about_mentions(channel, merged(content, channel, known, folder))
        cost = spending.cost_on(channel, merged(content, channel, known, folder))
        if cost is not None:
            found.costs[channel.id] = cost
        moment = _moment(found, channel, when, deliveries)
        if moment is not None and _text(content, channel).strip():
            found.warnings += warnings.about_text(session, channel, _text(content, channel), moment, but_post=post_id)
    if when.wall is not None:
        found.warnings += warnings.about_wall_time(when.wall.strftime(placing.WALL_FORMAT), workspace.zone)
    found.warnings = warnings.once(found.warnings)
    return found


def _channels(content: Content, known: Known) -> list[Channel]:
    return [known.channels[i] for i in content.channels if i in known.channels]


def _text(content: Content, channel: Channel) -> str:
    variant = content.variants.get(channel.id)
    return variant.text if variant is not None and variant.text is not None else content.text


def _moment(found: Findings, channel: Channel, when: When, deliveries: Sequence[Delivery]) -> datetime | None:
    if found.placed is not None:
        return found.placed.utc
    slot = found.slots[channel.id]
    if when.queue and slot is not None:
        return slot.publish_at
    return next((d.publish_at for d in deliveries if d.channel_id == channel.id), None)
