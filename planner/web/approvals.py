"""What waits for a lead's yes: the most urgent first, made for a phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _, ngettext
from flask_login import login_required

from planner.domain.roles import Permission
from planner.domain.states import DeliveryState
from planner.models import Delivery, Media, Post
from planner.services import approvals, posts
from planner.services.errors import ServiceError
from planner.services.posts import PostView
from planner.web import choices, context, inputs
from planner.web.access import requires
from planner.web.messages import explain
from planner.web.notify import say
from planner.web.posts import written

blueprint = Blueprint("approvals", __name__, url_prefix="/approvals")

NOTE_LENGTH = 2000
#: How much of a text names a post in a list of results.
EXCERPT = 80


@dataclass(slots=True)
class Version:
    """What some channels get: those that get the same stand together."""

    text: str
    media: list[Media]
    first_comment: str = ""
    deliveries: list[Delivery] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Card:
    """A post that waits. ``due`` is its earliest time; ``late`` says that this has passed; ``beyond`` is what goes
    beyond text and files, as :func:`planner.web.posts.written.beyond` gives it."""

    post: Post
    versions: list[Version]
    beyond: dict[str, Any]
    due: datetime | None
    late: bool
    author: str
    warnings: list[str]


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one post of a bulk action; ``problem`` is empty where it went well."""

    post_id: int
    excerpt: str
    problem: str


@blueprint.get("")
@login_required
def index() -> ResponseReturnValue:
    """All that waits."""
    return _page()


@blueprint.post("/<int:post_id>")
@requires(Permission.APPROVE)
def approve(post_id: int) -> ResponseReturnValue:
    """Say yes to the post as it was shown."""
    result = _approve(post_id, inputs.reference("version"))
    if result.problem:
        say(result.problem, kind="error")
    else:
        context.platform().wake()
        say(_("Approved."), undo=url_for("approvals.take_back", post_id=post_id))
    return redirect(url_for("approvals.index"))


@blueprint.post("/<int:post_id>/undo")
@requires(Permission.APPROVE)
def take_back(post_id: int) -> ResponseReturnValue:
    """Undo a yes."""
    with context.platform().database.write() as session:
        approvals.take_back(session, context.actor(), post_id, now=context.now())
    context.platform().wake()
    say(_("The approval is taken back."), kind="info")
    return redirect(url_for("approvals.index"))


@blueprint.post("/<int:post_id>/return")
@requires(Permission.APPROVE)
def send_back(post_id: int) -> ResponseReturnValue:
    """Say no, with a word of why."""
    note = inputs.text("note")[:NOTE_LENGTH]
    if not note:
        errors = {"note": str(_("Say in a word what should change, so that the author knows what to do."))}
        return _page(errors=errors, failed_id=post_id), 422
    with context.platform().database.write() as session:
        approvals.withdraw(session, context.actor(), post_id, now=context.now(), note=note)
    say(_("Sent back. The author sees your note."))
    return redirect(url_for("approvals.index"))


@blueprint.post("/bulk")
@requires(Permission.APPROVE)
def approve_many() -> ResponseReturnValue:
    """Say yes to several; each counts for itself, and each result is shown."""
    results = [_approve(*_pair(given)) for given in request.form.getlist("chosen")]
    done = [r for r in results if not r.problem]
    if not results:
        say(_("Choose at least one post."), kind="warning")
    elif done:
        items = ",".join(str(r.post_id) for r in done)
        undo = url_for("posts.bulk_undo", change="approve", items=items, back=url_for("approvals.index"))
        say(ngettext("%(num)s post approved.", "%(num)s posts approved.", len(done)), undo=undo)
    context.platform().wake()
    if len(done) == len(results):
        return redirect(url_for("approvals.index"))
    context.reread()
    return _page(results=results)


def _pair(given: str) -> tuple[int, int | None]:
    """``12:3`` is post 12 as of version 3."""
    post_id, _colon, version = given.partition(":")
    return int(post_id) if post_id.isdecimal() else 0, int(version) if version.isdecimal() else None


def _approve(post_id: int, version: int | None) -> Result:
    excerpt = ""
    try:
        with context.platform().database.write() as session:
            post = approvals.approve(session, context.actor(), post_id, now=context.now(), version=version)
            excerpt = post.text[:EXCERPT]
    except ServiceError as error:
        return Result(post_id, excerpt or _excerpt(post_id), " ".join(inputs.errors_of(error).values()))
    return Result(post_id, excerpt, "")


def _excerpt(post_id: int) -> str:
    post = context.reread().get(Post, post_id)
    inside = post is not None and post.workspace_id == context.workspace().id
    return post.text[:EXCERPT] if post is not None and inside else f"#{post_id}"


def _page(*, errors: dict[str, str] | None = None, failed_id: int | None = None, results: Sequence[Result] = ()) -> str:
    session, now = context.reading(), context.now()
    views = posts.views(session, approvals.waiting(session, context.workspace().id))
    people = choices.names(choices.members())
    cards = [_card(view, people, now) for view in views]
    return render_template(
        "approvals/index.html",
        cards=cards,
        late=sum(card.late for card in cards),
        campaigns=choices.names(choices.campaigns()),
        errors=errors or {},
        failed_id=failed_id,
        results=results,
    )


def _card(view: PostView, people: dict[int, str], now: datetime) -> Card:
    live = [d for d in view.deliveries if d.state is not DeliveryState.CANCELLED]
    times = sorted(d.publish_at for d in live if d.publish_at is not None)
    due = times[0] if times else None
    return Card(
        post=view.post,
        versions=versions_of(view.post, live),
        beyond=written.beyond(view.post),
        due=due,
        late=due is not None and due < now,
        author=people.get(view.post.owner_id or view.post.created_by_id or 0, ""),
        warnings=[explain(w) for w in posts.warnings_for(context.reading(), view.post, live)],
    )


def versions_of(post: Post, deliveries: Sequence[Delivery]) -> list[Version]:
    """The base and its variants as the channels get them; the same for several channels is one version."""
    found: dict[tuple[str, str, tuple[int, ...]], Version] = {}
    for delivery in deliveries:
        variant = next((v for v in post.variants if v.channel_id == delivery.channel_id), None)
        own = delivery.channel_id if variant is not None and variant.own_media else None
        media = written.media(post, own)
        text = variant.text if variant is not None and variant.text is not None else post.text
        comment = (variant.first_comment if variant is not None else None) or ""
        key = (text, comment, tuple(m.id for m in media))
        found.setdefault(key, Version(text, media, comment)).deliveries.append(delivery)
    return list(found.values()) or [Version(post.text, written.media(post, None))]
