"""What a post can hold beyond text, link and files, as it was typed: a poll, a thread, a first comment, the card of
its link, languages, mentions. Each is switched on by itself (``with``); what was typed stays in the form while
it is off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from planner.services.posts import Content, MentionInput, PartInput, PollInput

POLL, THREAD, FIRST_COMMENT, LANGUAGES, MENTIONS = "poll", "thread", "first_comment", "languages", "mentions"
CARD = "card"
KINDS = (POLL, THREAD, FIRST_COMMENT, CARD, LANGUAGES, MENTIONS)

USUAL_HOURS = 72
_MOST = 50


@dataclass(slots=True)
class TypedPart:
    """A part of a thread. ``key`` names its fields, whatever its place."""

    key: str
    text: str = ""
    media: list[int] = field(default_factory=list)


@dataclass(slots=True)
class TypedMention:
    """An account that the text names."""

    name: str = ""
    network: str = ""
    remote_id: str = ""


@dataclass(slots=True)
class Extras:
    """All of it. ``chosen`` are those of :data:`KINDS` that are switched on. ``page_picture`` is the address of the
    page's own picture, which is taken for the card when the post is saved."""

    chosen: list[str] = field(default_factory=list)
    question: str = ""
    options: list[str] = field(default_factory=lambda: ["", ""])
    hours: int = USUAL_HOURS
    parts: list[TypedPart] = field(default_factory=lambda: [TypedPart("1")])
    first_comment: str = ""
    languages: list[str] = field(default_factory=list)
    mentions: list[TypedMention] = field(default_factory=lambda: [TypedMention()])
    card: list[int] = field(default_factory=list)
    card_title: str = ""
    card_description: str = ""
    page_picture: str = ""

    def media_lists(self) -> list[list[int]]:
        """Every list of files in the parts, and that of the card."""
        return [*(part.media for part in self.parts), self.card]


def read(form: MultiDict[str, str]) -> Extras:
    """What was sent."""
    hours = form.get("poll.hours", "")
    given = Extras(
        chosen=[kind for kind in KINDS if kind in form.getlist("with")],
        question=form.get("poll.question", "").strip(),
        options=[option.strip() for option in form.getlist("poll.option")][:_MOST],
        hours=int(hours) if hours.isdecimal() and len(hours) < 6 else USUAL_HOURS,
        parts=[_read_part(form, key) for key in dict.fromkeys(form.getlist("part")) if key.isalnum()][:_MOST],
        first_comment=lines(form.get("first_comment", "")),
        languages=list(dict.fromkeys(form.getlist("languages")))[:_MOST],
        mentions=[TypedMention(*one) for one in _mentions(form)][:_MOST],
        card=_ids(form.getlist(CARD))[-1:],
        card_title=" ".join(form.get("card_title", "").split()),
        card_description=lines(form.get("card_description", "")).strip(),
        page_picture=form.get("page_picture", "").strip(),
    )
    return _with_a_first_row(given)


def of_content(content: Content) -> Extras:
    """The fields for a stored content."""
    poll = content.poll
    found = Extras(
        question=poll.question if poll else "",
        options=list(poll.options) if poll else [],
        hours=poll.hours if poll else USUAL_HOURS,
        parts=[TypedPart(str(n), part.text, list(part.media)) for n, part in enumerate(content.thread, start=1)],
        first_comment=content.first_comment,
        languages=list(content.languages),
        mentions=[TypedMention(one.name, one.network, one.remote_id) for one in content.mentions],
        card=[] if content.card is None else [content.card],
        card_title=content.card_title,
        card_description=content.card_description,
    )
    there = {
        POLL: poll is not None,
        THREAD: bool(content.thread),
        FIRST_COMMENT: bool(content.first_comment) or any(v.first_comment for v in content.variants.values()),
        CARD: content.card is not None or bool(content.card_title or content.card_description),
        LANGUAGES: bool(content.languages),
        MENTIONS: bool(content.mentions),
    }
    found.chosen = [kind for kind in KINDS if there[kind]]
    return _with_a_first_row(found)


def content_parts(typed: Extras) -> dict[str, Any]:
    """As the fields of a :class:`Content`: only what is switched on, without rows at the end that were left empty."""
    on = typed.chosen
    poll = PollInput(tuple(option for option in typed.options if option), typed.hours, typed.question)
    return {
        "poll": poll if POLL in on else None,
        "thread": _thread(typed.parts) if THREAD in on else (),
        "first_comment": typed.first_comment if FIRST_COMMENT in on else "",
        "card": typed.card[-1] if CARD in on and typed.card else None,
        "card_title": typed.card_title if CARD in on else "",
        "card_description": typed.card_description if CARD in on else "",
        "languages": tuple(typed.languages) if LANGUAGES in on else (),
        "mentions": tuple(_mention(one) for one in typed.mentions if one.name or one.remote_id)
        if MENTIONS in on
        else (),
    }


def press(typed: Extras, action: str, where: str, number: str) -> None:
    """A button of the form without JavaScript: ``add`` or ``remove`` a row of ``option``, ``part`` or ``mention``."""
    rows: dict[str, list[Any]] = {"option": typed.options, "part": typed.parts, "mention": typed.mentions}
    if where not in rows:
        return
    if action == "add":
        keys = [int(part.key) for part in typed.parts if part.key.isdecimal()]
        new = {"option": "", "part": TypedPart(str(max(keys, default=0) + 1)), "mention": TypedMention()}
        rows[where].append(new[where])
    elif action == "remove" and number.isdecimal() and int(number) < len(rows[where]):
        rows[where].pop(int(number))
        _with_a_first_row(typed)


def lines(given: str) -> str:
    """Browsers send line ends as CR LF; a text has plain ones."""
    return given.replace("\r\n", "\n").replace("\r", "\n")


def _with_a_first_row(typed: Extras) -> Extras:
    """There is always a row to type into."""
    typed.options += [""] * (2 - len(typed.options))
    typed.parts = typed.parts or [TypedPart("1")]
    typed.mentions = typed.mentions or [TypedMention()]
    return typed


def _read_part(form: MultiDict[str, str], key: str) -> TypedPart:
    ids = form.getlist(f"part.{key}.media")
    return TypedPart(key[:20], lines(form.get(f"part.{key}.text", "")), _ids(ids))


def _mentions(form: MultiDict[str, str]) -> Iterable[tuple[str, str, str]]:
    names, networks, ids = (form.getlist(f"mention.{part}") for part in ("name", "network", "id"))
    return ((n.strip(), net, i.strip()) for n, net, i in zip(names, networks, ids, strict=False))


def _thread(typed: list[TypedPart]) -> tuple[PartInput, ...]:
    """An empty part between others is kept, so that it can be named where it stands."""
    filled = [number for number, part in enumerate(typed, start=1) if part.text.strip() or part.media]
    return tuple(PartInput(part.text, tuple(part.media)) for part in typed[: max(filled, default=0)])


def _mention(typed: TypedMention) -> MentionInput:
    return MentionInput(typed.name.strip(), typed.network, typed.remote_id)


def _ids(given: Iterable[str]) -> list[int]:
    return list(dict.fromkeys(int(one) for one in given if one.isdecimal() and len(one) < 19))
