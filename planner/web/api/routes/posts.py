"""Posts: write, plan, approve, take away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from planner.bootstrap import Platform
from planner.domain.roles import Permission
from planner.domain.week import day_bounds
from planner.models import Workspace
from planner.services import approvals, posts
from planner.services.actor import Actor
from planner.services.errors import Conflict
from planner.services.posts import (
    Content,
    MentionInput,
    PartInput,
    PollInput,
    VariantInput,
    When,
    naming,
    store as post_store,
)
from planner.services.posts.placing import MOVABLE
from planner.web.api import present
from planner.web.api.operations import Call, Router
from planner.web.api.shapes.common import Page, PlainText, Query, given
from planner.web.api.shapes.content import MentionIn, PartIn, PollIn
from planner.web.api.shapes.posts import (
    ApprovalIn,
    Post,
    PostCreate,
    PostItem,
    PostPatch,
    PostQuery,
    VariantIn,
)

router = Router("posts")

#: The API's name of a reference to the name of the content's attribute.
AS_GIVEN = ("text", "link", "note", "first_comment", "card", "card_title", "card_description")
REFERENCES = ("topic", "campaign", "goal", "audience", "category", "format", "owner")
TIMES = frozenset({"publish_at", "queue"})


class WithdrawQuery(Query):
    """Why a post is sent back."""

    note: PlainText = ""


@router.get("/posts")
def list_posts(call: Call, query: PostQuery) -> Page[PostItem]:
    """Posts, newest first."""
    wanted = posts.Filter(
        start=moment(call, query.from_, end=False),
        end=moment(call, query.to, end=True),
        status=tuple(query.status),
        channel_id=query.channel,
        topic_id=query.topic,
        campaign_id=query.campaign,
        q=query.q,
    )
    page = posts.page(call.session, call.workspace_id, wanted, after=query.cursor, size=query.limit)
    return present.post_page(call, page)


def named(platform: Platform, actor: Actor, *, body: PostCreate | PostPatch, **_path: int) -> tuple[MentionInput, ...]:
    """The accounts that the text names, looked up at their networks where only a short name is given."""
    values = given(body)
    wanted = _mentions(body.mentions) if "mentions" in values else ()
    return naming.resolved(platform, actor.workspace_id, wanted)


@router.post("/posts", Permission.EDIT, prepare=named)
def create_post(call: Call, body: PostCreate) -> Post:
    """Write a post, and plan it where a time or the queue is given."""
    post = posts.create(
        call.session,
        call.actor,
        _with_ids(call, changed(Content(), given(body))),
        When(at=body.publish_at, queue=body.queue),
        now=call.now,
        folder=call.platform.settings.media_folder,
        approve=body.approved,
    )
    return present.post(call, post.id)


@router.get("/posts/{post_id}")
def get_post(call: Call, post_id: int) -> Post:
    """One post."""
    return present.post(call, post_id)


@router.patch("/posts/{post_id}", Permission.EDIT, prepare=named)
def change_post(call: Call, post_id: int, body: PostPatch) -> Post:
    """Change what is named. A change of the content voids the approval, another time does not."""
    values = given(body)
    when = When(at=body.publish_at, queue=body.queue) if TIMES & values.keys() else None
    view = posts.view(call.session, call.workspace_id, post_id)
    if when is not None and view.deliveries and values.keys() <= TIMES | {"version"}:
        _move(call, post_id, when, body.version)
        return present.post(call, post_id)
    before = posts.content_of(view.post, posts.live_channels(view.deliveries))
    posts.edit(
        call.session,
        call.actor,
        post_id,
        _with_ids(call, changed(before, values)),
        when,
        now=call.now,
        folder=call.platform.settings.media_folder,
        version=body.version,
        approve=body.approved,
    )
    return present.post(call, post_id)


@router.delete("/posts/{post_id}", Permission.EDIT)
def delete_post(call: Call, post_id: int) -> None:
    """Delete a post and cancel what was planned. It can be restored."""
    posts.delete(call.session, call.actor, post_id, now=call.now)


@router.post("/posts/{post_id}/restoration", Permission.EDIT)
def restore_post(call: Call, post_id: int) -> Post:
    """Bring a deleted post back. Times that lie ahead are taken again."""
    posts.restore(call.session, call.actor, post_id, now=call.now)
    return present.post(call, post_id)


@router.post("/posts/{post_id}/approval", Permission.APPROVE, optional_body=True)
def approve_post(call: Call, post_id: int, body: ApprovalIn) -> Post:
    """Approve a post as it stands. What has a time is scheduled."""
    approvals.approve(call.session, call.actor, post_id, now=call.now, version=body.version)
    return present.post(call, post_id)


@router.delete("/posts/{post_id}/approval", Permission.APPROVE)
def withdraw_approval(call: Call, post_id: int, query: WithdrawQuery) -> Post:
    """Take an approval back, or refuse it. The post is a draft again, with a note to its author."""
    approvals.withdraw(call.session, call.actor, post_id, now=call.now, note=query.note)
    return present.post(call, post_id)


@router.post("/posts/{post_id}/approval-request", Permission.EDIT)
def ask_approval(call: Call, post_id: int) -> Post:
    """Ask the leads for their approval."""
    approvals.ask(call.session, call.actor, post_id, now=call.now)
    return present.post(call, post_id)


def changed(content: Content, values: Any) -> Content:
    """A content with the fields that a request named."""
    parts: dict[str, Any] = {name: values[name] for name in AS_GIVEN if name in values}
    parts |= {name: tuple(values[name]) for name in ("media", "channels", "tags", "languages") if name in values}
    parts |= {f"{name}_id": values[name] for name in REFERENCES if name in values}
    parts |= {name: take(values[name]) for name, take in TAKEN.items() if name in values}
    if "variants" in values:
        parts["variants"] = {int(key): _variant(value) for key, value in values["variants"].items()}
    return replace(content, **parts)


def moment(call: Call, value: datetime | date | None, *, end: bool) -> datetime | None:
    """The start (or end) of a range: a day is meant by the workspace's clock, and as a whole."""
    if value is None or isinstance(value, datetime):
        return value
    zone = call.session.scalar(select(Workspace.zone).where(Workspace.id == call.workspace_id))
    return day_bounds(value, zone or "UTC")[1 if end else 0]


def _variant(value: VariantIn) -> VariantInput:
    media = None if value.media is None else tuple(value.media)
    return VariantInput(value.text, media, value.title, value.first_comment)


def _poll(value: PollIn | None) -> PollInput | None:
    return None if value is None else PollInput(tuple(value.options), value.hours, value.question)


def _thread(parts: list[PartIn]) -> tuple[PartInput, ...]:
    return tuple(PartInput(part.text, tuple(part.media)) for part in parts)


def _mentions(given: list[MentionIn]) -> tuple[MentionInput, ...]:
    return tuple(MentionInput(one.name, one.network, one.id) for one in given)


def _with_ids(call: Call, content: Content) -> Content:
    return replace(content, mentions=call.prepared) if call.prepared else content


TAKEN: Mapping[str, Callable[[Any], Any]] = {"poll": _poll, "thread": _thread, "mentions": _mentions}


def _move(call: Call, post_id: int, when: When, version: int | None) -> None:
    post = post_store.load(call.session, call.actor, post_id)
    post_store.refuse_stale(call.session, post, version)
    deliveries = post_store.changeable(call.session, post_id, call.now)
    ids = [d.id for d in deliveries if d.state in MOVABLE]
    if not ids:
        raise Conflict("cannot_move", state=deliveries[0].state.value)
    posts.move(call.session, call.actor, ids, when, now=call.now, folder=call.platform.settings.media_folder)
