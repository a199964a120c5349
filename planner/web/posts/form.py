"""The composer's form as it was typed: kept word for word, so that an error loses nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from werkzeug.datastructures import MultiDict

from planner.models import Post
from planner.services.errors import FieldError, Invalid
from planner.services.posts import Content, PostView, VariantInput, When, content_of, live_channels
from planner.services.posts.placing import MOVABLE
from planner.web.posts import extras
from planner.web.posts.extras import Extras, lines

#: Selects of the form, by name; each stands for ``NAME_id`` of a content.
REFERENCES = ("topic", "campaign", "goal", "audience", "category", "owner")

KEEP, TIME, QUEUE, NOT_YET = "keep", "time", "queue", "none"
CHOICES = (KEEP, TIME, QUEUE, NOT_YET)


@dataclass(slots=True)
class TypedVariant:
    """A channel's version: what was typed stays even while "as the base" is chosen."""

    own_text: bool = False
    text: str = ""
    title: str = ""
    own_media: bool = False
    media: list[int] = field(default_factory=list)
    own_first_comment: bool = False
    first_comment: str = ""


@dataclass(slots=True)
class Typed:
    """All that the form holds. ``alt`` and ``title`` are by file, ``publish_at`` is a time on the workspace's clock
    as the browser sends it."""

    text: str = ""
    link: str = ""
    media: list[int] = field(default_factory=list)
    channels: list[int] = field(default_factory=list)
    variants: dict[int, TypedVariant] = field(default_factory=dict)
    alt: dict[int, str] = field(default_factory=dict)
    title: dict[int, str] = field(default_factory=dict)
    extras: Extras = field(default_factory=Extras)
    when: str = NOT_YET
    publish_at: str = ""
    references: dict[str, str] = field(default_factory=dict)
    format: str = ""
    tags: str = ""
    note: str = ""
    submission: str = ""
    version: int | None = None
    back: str = ""

    def variant(self, channel_id: int) -> TypedVariant:
        """The version of a channel; an empty one where nothing was typed."""
        return self.variants.get(channel_id) or TypedVariant()

    def media_lists(self) -> list[list[int]]:
        """Every list of files in the form."""
        return [self.media, *(v.media for v in self.variants.values()), *self.extras.media_lists()]


def read(form: MultiDict[str, str]) -> Typed:
    """What was sent."""
    channels = _ids(form.getlist("channels"))
    variants = {c: _read_variant(form, c) for c in _ids(form.getlist("variant"))}
    return Typed(
        text=lines(form.get("text", "")),
        link=form.get("link", "").strip(),
        media=_ids(form.getlist("media")),
        channels=channels,
        variants=variants,
        alt=_by_file(form, "alt."),
        title=_by_file(form, "title."),
        extras=extras.read(form),
        when=form.get("when", NOT_YET) if form.get("when") in CHOICES else NOT_YET,
        publish_at=form.get("publish_at", "").strip(),
        references={name: form.get(name, "") for name in REFERENCES},
        format=form.get("format", ""),
        tags=form.get("tags", ""),
        note=lines(form.get("note", "")),
        submission=form.get("submission", "")[:64],
        version=int(form["version"]) if form.get("version", "").isdecimal() else None,
        back=form.get("back", ""),
    )


def of_post(shown: PostView, zone_wall: str) -> Typed:
    """The form for a stored post; ``zone_wall`` is the common time of what can still be moved, or ""."""
    post = shown.post
    content = content_of(post, live_channels(shown.deliveries))
    timed = any(d.publish_at is not None and d.state in MOVABLE for d in shown.deliveries)
    return Typed(
        text=content.text,
        link=content.link or "",
        media=list(content.media),
        channels=list(content.channels),
        variants={c: _typed_variant(v) for c, v in content.variants.items()},
        alt={m.media_id: m.medium.alt for m in post.media},
        title={m.media_id: m.medium.title or "" for m in post.media},
        extras=extras.of_content(content),
        when=KEEP if timed else NOT_YET,
        publish_at=zone_wall,
        references=_references_of(post),
        format=str(post.format_id or ""),
        tags=", ".join(content.tags),
        note=content.note,
        version=post.version,
    )


def content(typed: Typed) -> Content:
    """The content that the form describes. Versions of channels that are not chosen stay out of it."""
    chosen = {c: typed.variants[c] for c in typed.channels if c in typed.variants}
    comments = extras.FIRST_COMMENT in typed.extras.chosen
    named: dict[str, Any] = {f"{name}_id": _id(typed.references.get(name, "")) for name in REFERENCES}
    return Content(
        text=typed.text,
        link=typed.link or None,
        media=tuple(typed.media),
        channels=tuple(typed.channels),
        variants={c: _variant_input(v, comments=comments) for c, v in chosen.items()},
        tags=tuple(tags(typed.tags)),
        note=typed.note,
        format_id=_id(typed.format),
        **extras.content_parts(typed.extras),
        **named,
    )


def when(typed: Typed) -> When | None:
    """When the form wants the post to go out; None: as it is planned already. Raises Invalid at ``publish_at``."""
    if typed.when == KEEP:
        return None
    if typed.when == QUEUE:
        return When(queue=True)
    if typed.when == NOT_YET:
        return When()
    if not typed.publish_at:
        raise Invalid(FieldError("publish_at", "time_missing"))
    wall = read_wall(typed.publish_at)
    if wall is None:
        raise Invalid(FieldError("publish_at", "time_unreadable"))
    return When(wall=wall)


def read_wall(given: str) -> datetime | None:
    """A time as ``<input type="datetime-local">`` sends it; None for anything else."""
    try:
        wall = datetime.fromisoformat(given)
    except ValueError:
        return None
    return None if wall.tzinfo or "T" not in given else wall.replace(second=0, microsecond=0)


def tags(given: str) -> list[str]:
    """``"Messe, #Fräsen"`` as tags, each once."""
    parts = (part.strip().lstrip("#").strip()[:60] for part in given.replace("\n", ",").split(","))
    return list(dict.fromkeys(part for part in parts if part))[:30]


def _by_file(form: MultiDict[str, str], start: str) -> dict[int, str]:
    found = {name.removeprefix(start): value for name, value in form.items() if name.startswith(start)}
    return {int(name): value for name, value in found.items() if name.isdecimal() and len(name) < 19}


def _read_variant(form: MultiDict[str, str], channel_id: int) -> TypedVariant:
    name = f"variants.{channel_id}"
    return TypedVariant(
        own_text=f"{name}.own_text" in form,
        text=lines(form.get(f"{name}.text", "")),
        title=" ".join(form.get(f"{name}.title", "").split()),
        own_media=f"{name}.own_media" in form,
        media=_ids(form.getlist(f"{name}.media")),
        own_first_comment=f"{name}.own_first_comment" in form,
        first_comment=lines(form.get(f"{name}.first_comment", "")),
    )


def _typed_variant(given: VariantInput) -> TypedVariant:
    return TypedVariant(
        own_text=given.text is not None,
        text=given.text or "",
        title=given.title or "",
        own_media=given.media is not None,
        media=list(given.media or ()),
        own_first_comment=given.first_comment is not None,
        first_comment=given.first_comment or "",
    )


def _variant_input(typed: TypedVariant, *, comments: bool) -> VariantInput:
    return VariantInput(
        text=typed.text if typed.own_text else None,
        media=tuple(typed.media) if typed.own_media else None,
        title=typed.title or None,
        first_comment=typed.first_comment if comments and typed.own_first_comment else None,
    )


def _references_of(post: Post) -> dict[str, str]:
    return {name: str(getattr(post, f"{name}_id") or "") for name in REFERENCES}


def _ids(given: Iterable[str]) -> list[int]:
    return list(dict.fromkeys(int(one) for one in given if one.isdecimal() and len(one) < 19))


def _id(given: str) -> int | None:
    return int(given) if given.isdecimal() and len(given) < 19 else None
