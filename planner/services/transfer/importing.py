"""Taking a plan in, entry by entry: what is there stays, what cannot be taken is named, the rest is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.models import Channel, Post
from planner.services import plan, posts
from planner.services.actor import Actor
from planner.services.errors import FieldError, Invalid
from planner.services.posts import Content, MentionInput, PartInput, PollInput, VariantInput
from planner.services.slots import SlotInput, set_slots
from planner.services.transfer import shapes
from planner.services.transfer.names import Names, mark
from publishers import registry

NEW, THERE, REFUSED = "new", "there", "refused"
IMPORTED = "imported"


class NotAPlan(Exception):
    """The file is no plan of ours, or one of a newer version."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one entry: ``new``, ``there`` (already), or ``refused`` with what is wrong at its fields."""

    outcome: str
    kind: str
    name: str
    errors: tuple[FieldError, ...] = ()


def import_plan(session: Session, actor: Actor, given: Any, *, now: datetime) -> list[Taken]:
    """Take the plan in, in one transaction. Posts come as drafts without a time, channels without a connection.

    Raises NotAPlan, Forbidden.
    """
    if not isinstance(given, dict) or given.get("sendeplan") != shapes.FORMAT:
        raise NotAPlan
    taking = _Taking(session, actor, now, Names(session, actor.workspace_id), _marks(session, actor.workspace_id))
    report: list[Taken] = []
    for kind, shape in shapes.KINDS.items():
        entries = given.get(kind, [])
        if not isinstance(entries, list):
            raise NotAPlan
        report += [_one(taking, kind, shape, entry) for entry in entries]
    return report


@dataclass(frozen=True, slots=True)
class _Taking:
    session: Session
    actor: Actor
    now: datetime
    names: Names
    marks: set[str]


def _one(taking: _Taking, kind: str, shape: type[shapes.Entry], given: Any) -> Taken:
    name = _name_of(given)
    try:
        entry = shape.model_validate(given)
        with taking.session.begin_nested():
            made = TAKERS[kind](taking, entry)
            taking.session.flush()
    except ValidationError as error:
        fields = tuple(FieldError(".".join(map(str, e["loc"])) or kind, "value_invalid") for e in error.errors())
        return Taken(REFUSED, kind, name, fields)
    except Invalid as invalid:
        return Taken(REFUSED, kind, name, tuple(invalid.errors))
    return Taken(NEW if made else THERE, kind, name)


def _name_of(given: Any) -> str:
    if not isinstance(given, dict):
        return ""
    text = str(given.get("name") or given.get("title") or given.get("text") or "")
    return " ".join(text.split())[:60]


def _named(kind: str, collection: Any, shape: Callable[[_Taking, Any], Any]) -> Callable[[_Taking, Any], bool]:
    """A taker for entries that are recognised by their name."""

    def take(taking: _Taking, entry: Any) -> bool:
        name = entry.title if kind == "topic" else entry.name
        if taking.names.key(kind, name) is not None:
            return False
        row = collection.create(taking.session, taking.actor, shape(taking, entry), now=taking.now)
        taking.names.add(kind, row.id, name)
        return True

    return take


def _references(taking: _Taking, entry: Any, *fields: str) -> dict[str, Any]:
    """Names to ids. Raises Invalid for a name that nothing has; an unknown person is left out."""
    found: dict[str, Any] = {}
    wrong = []
    for field in fields:
        name = getattr(entry, field)
        found[field + "_id"] = taking.names.key(field, name)
        if name is not None and found[field + "_id"] is None and field != "owner":
            wrong.append(FieldError(field, field + "_unknown", {"id": name}))
    if wrong:
        raise Invalid(*wrong)
    return found


def _channel_ids(taking: _Taking, entry: Any) -> list[int]:
    ids = [taking.names.key("channel", name) for name in entry.channels]
    wrong = [
        FieldError(f"channels.{n}", "channel_unknown", {"id": entry.channels[n]})
        for n, i in enumerate(ids)
        if i is None
    ]
    if wrong:
        raise Invalid(*wrong)
    return [i for i in ids if i is not None]


def _take_channel(taking: _Taking, entry: shapes.ChannelEntry) -> bool:
    session, name = taking.session, f"{entry.network}:{entry.name}"
    if taking.names.key("channel", name) is not None or _is_connected(taking, entry):
        return False
    if entry.network not in registry.networks():
        known = ", ".join(registry.networks())
        raise Invalid(FieldError("network", "network_unknown", {"network": entry.network, "known": known}))
    by_hand = entry.account is None and registry.network(entry.network).capabilities_of({}).assisted_only
    channel = Channel(
        workspace_id=taking.actor.workspace_id,
        network=entry.network,
        name=entry.name,
        remote_account_id=entry.account,
        rhythm_per_week=entry.rhythm_per_week,
        missed_after_seconds=entry.missed_after_seconds,
        reconnect_since=None if by_hand else taking.now,
        reconnect_reason=None if by_hand else IMPORTED,
        created_at=taking.now,
    )
    session.add(channel)
    session.flush()
    slots = [SlotInput(s.weekday, time.fromisoformat(s.time), _category(taking, s)) for s in entry.slots]
    set_slots(session, taking.actor, channel.id, slots, now=taking.now)
    taking.names.add("channel", channel.id, name)
    return True


def _category(taking: _Taking, slot: shapes.SlotEntry) -> int | None:
    key: int | None = _references(taking, slot, "category")["category_id"]
    return key


def _is_connected(taking: _Taking, entry: shapes.ChannelEntry) -> bool:
    query = select(Channel.id).where(
        Channel.workspace_id == taking.actor.workspace_id,
        Channel.network == entry.network,
        Channel.remote_account_id == entry.account,
        Channel.archived_at.is_(None),
    )
    return entry.account is not None and taking.session.scalar(query) is not None


def _take_post(taking: _Taking, entry: shapes.PostEntry) -> bool:
    if entry.mark in taking.marks:
        return False
    references = _references(taking, entry, "topic", "campaign", "goal", "audience", "category", "format", "owner")
    variants = {
        i: VariantInput(
            entry.variants.get(name), title=entry.titles.get(name), first_comment=entry.first_comments.get(name)
        )
        for name in dict.fromkeys([*entry.variants, *entry.titles, *entry.first_comments])
        if (i := taking.names.key("channel", name))
    }
    content = Content(
        text=entry.text,
        link=entry.link,
        tags=tuple(entry.tags),
        note=_note(entry),
        channels=tuple(_channel_ids(taking, entry)),
        variants=variants,
        poll=PollInput(tuple(entry.poll.options), entry.poll.hours, entry.poll.question) if entry.poll else None,
        thread=tuple(PartInput(text) for text in entry.thread),
        first_comment=entry.first_comment,
        card_title=entry.card_title,
        card_description=entry.card_description,
        languages=tuple(entry.languages),
        mentions=tuple(MentionInput(m.name, m.network, m.remote_id) for m in entry.mentions),
        **references,
    )
    # A draft without images reads no file, so the folder does not matter.
    posts.create(taking.session, taking.actor, content, now=taking.now, folder=Path(), submission=entry.mark)
    taking.marks.add(entry.mark)
    return True


def _note(entry: shapes.PostEntry) -> str:
    if entry.publish_at is None:
        return entry.note
    return f"{entry.note}\n\n{entry.publish_at:%Y-%m-%d %H:%M %Z}".strip()


def _marks(session: Session, workspace_id: int) -> set[str]:
    return {mark(post) for post in session.scalars(select(Post).where(Post.workspace_id == workspace_id))}


def _plain(given: Any, *references: str) -> Callable[[_Taking, Any], Any]:
    """From a file's entry to what the plan takes, for kinds whose fields have the same names."""

    def convert(taking: _Taking, entry: Any) -> Any:
        values = {name: getattr(entry, name) for name in type(entry).model_fields if name not in references}
        tidy = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
        return given(**tidy, **_references(taking, entry, *references))

    return convert


def _topic(taking: _Taking, entry: shapes.TopicEntry) -> plan.TopicInput:
    return plan.TopicInput(
        title=entry.title,
        brief=entry.brief,
        stage=entry.stage,
        due_on=entry.due_on,
        channel_ids=tuple(str(i) for i in _channel_ids(taking, entry)),
        **_references(taking, entry, "owner", "audience", "campaign", "category", "format"),
    )


TAKERS: Mapping[str, Callable[[_Taking, Any], bool]] = {
    "audiences": _named("audience", plan.audiences, _plain(plan.AudienceInput)),
    "categories": _named("category", plan.categories, _plain(plan.CategoryInput)),
    "campaigns": _named("campaign", plan.campaigns, _plain(plan.CampaignInput)),
    "formats": _named("format", plan.formats, _plain(plan.FormatInput, "category")),
    "goals": _named("goal", plan.goals, _plain(plan.GoalInput, "campaign")),
    "channels": _take_channel,
    "topics": _named("topic", plan.topics, _topic),
    "posts": _take_post,
}
