"""Writing a post: the composer, for a new one and for one that is there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.domain.roles import Permission
from planner.models import Media, Post
from planner.services import media, posts
from planner.services.channel_choices import channel_choices
from planner.services.errors import Conflict, Invalid, ServiceError
from planner.services.plan_choices import choices
from planner.services.posts import NOT_YET, PostView, naming
from planner.web import context
from planner.web.access import requires
from planner.web.auth import safe_target
from planner.web.inputs import errors_of
from planner.web.media import shown as shown_medium
from planner.web.notify import say
from planner.web.posts import extras_choices, form, link_cards, presets, uploads, wording
from planner.web.posts.blueprint import blueprint
from planner.web.posts.form import Typed
from planner.web.posts.rules import rules_of

#: The buttons of the form: without a time, as the form says, as the form says with a lead's yes.
DRAFT, SCHEDULE, APPROVE = "draft", "schedule", "approve"


@blueprint.get("/posts/new")
@requires(Permission.EDIT)
def new() -> str:
    """An empty form, or one filled by what was clicked."""
    return _page(presets.new())


@blueprint.post("/posts/new")
@requires(Permission.EDIT)
def create() -> ResponseReturnValue:
    """Make the post; the same form sent twice makes one."""
    return _save(form.read(request.form), None)


@blueprint.get("/posts/<int:post_id>/edit")
@requires(Permission.EDIT)
def edit(post_id: int) -> str:
    """The form with the post in it."""
    shown = posts.view(context.reading(), context.member().workspace_id, post_id)
    typed = form.of_post(shown, presets.common_time(shown))
    typed.back = request.args.get("back", "")
    return _page(typed, shown)


@blueprint.post("/posts/<int:post_id>/edit")
@requires(Permission.EDIT)
def update(post_id: int) -> ResponseReturnValue:
    """Change the post, unless somebody else did so since the form was opened."""
    return _save(form.read(request.form), post_id)


@blueprint.get("/posts/submissions/<submission>")
@login_required
def submission(submission: str) -> ResponseReturnValue:
    """Whether a form arrived: asked before what a browser kept of it is offered again."""
    query = select(Post.id).where(Post.workspace_id == context.member().workspace_id, Post.submission == submission)
    found = context.reading().scalar(query)
    return {"post": str(found) if found else None}


def _save(typed: Typed, post_id: int | None) -> ResponseReturnValue:
    errors = uploads.take_in(typed)
    button = request.form.get("button", "")
    if button == link_cards.READ:
        errors |= link_cards.fill(typed)
    elif button:
        uploads.press(typed, button)
    if errors or button:
        return _again(typed, post_id, errors, 422 if errors else 200)
    lacking = link_cards.take_picture(typed)
    try:
        post = _write(typed, post_id, request.form.get("action", SCHEDULE))
    except Invalid as error:
        return _again(typed, post_id, field_errors(error), 422)
    except Conflict as error:
        return _conflict(typed, post_id, error)
    context.platform().wake()
    return _done(typed, post, lacking)


def _write(typed: Typed, post_id: int | None, action: str) -> Post:
    platform, actor = context.platform(), context.actor()
    when = NOT_YET if action == DRAFT else form.when(typed)
    said: dict[str, Any] = {
        "now": context.now(),
        "folder": platform.settings.media_folder,
        "approve": action == APPROVE,
        "ask": action == SCHEDULE and _wants_asking(),
    }
    content = form.content(typed)
    context.close_reading()  # a network may be asked
    content = replace(content, mentions=naming.resolved(platform, actor.workspace_id, content.mentions))
    with platform.database.write() as session:
        _describe(session, typed)
        if post_id is None:
            return posts.create(session, actor, content, when or NOT_YET, submission=typed.submission or None, **said)
        return posts.edit(session, actor, post_id, content, when, version=typed.version, **said)


def _wants_asking() -> bool:
    return context.workspace().approval_required


def _describe(session: Session, typed: Typed) -> None:
    """Note what was typed about files, where it is new."""
    wanted = typed.alt.keys() | typed.title.keys()
    query = select(Media).where(Media.workspace_id == context.member().workspace_id, Media.id.in_(wanted))
    for one in session.scalars(query) if wanted else ():
        alt, title = typed.alt.get(one.id, one.alt), typed.title.get(one.id, one.title or "")
        if (alt.strip()[: media.MAX_ALT], title.strip()[: media.MAX_TITLE]) != (one.alt, one.title or ""):
            media.describe(session, context.actor(), one.id, alt, title)


def _done(typed: Typed, post: Post, lacking: str) -> ResponseReturnValue:
    shown = posts.view(context.reread(), context.member().workspace_id, post.id)
    say(wording.saved(shown))
    if lacking:
        say(lacking, kind="warning")
    target = url_for("posts.show", post_id=post.id)
    return redirect(safe_target(typed.back) if typed.back else target, 303)


def _conflict(typed: Typed, post_id: int | None, error: Conflict) -> ResponseReturnValue:
    """What was typed stays; after a stale edit the newer version stands beside it, and the next save replaces it."""
    if error.code != "stale_edit":
        return _again(typed, post_id, errors_of(error), 409)
    typed.version = int(error.params["version"])
    return _again(typed, post_id, errors_of(error), 409, stale=True)


def _again(typed: Typed, post_id: int | None, errors: dict[str, str], status: int, *, stale: bool = False) -> Any:
    context.reread()
    shown = posts.view(context.reading(), context.member().workspace_id, post_id) if post_id else None
    return _page(typed, shown, errors=errors, theirs=shown if stale else None, again=True), status


def field_errors(error: ServiceError) -> dict[str, str]:
    """Sentences by the names of the form's fields: an error at one of several channels or images stands at them all."""
    found: dict[str, str] = {}
    for name, text in errors_of(error).items():
        parts = name.split(".")
        while len(parts) > 1 and parts[-1].isdecimal() and parts[0] != "variants":
            parts.pop()
        if parts[0] == "variants":
            parts = parts[:3]
        if parts[0] == "mentions":
            parts = parts[:1]
        found.setdefault(".".join(parts), text)
    return found


def _page(
    typed: Typed,
    shown: PostView | None = None,
    *,
    errors: dict[str, str] | None = None,
    theirs: PostView | None = None,
    again: bool = False,
) -> str:
    workspace_id = context.member().workspace_id
    topic = typed.references.get("topic", "")
    offered = channel_choices(context.reading(), workspace_id, now=context.now())
    known = choices(context.reading(), workspace_id, topic_id=int(topic) if topic.isdecimal() else None)
    return render_template(
        "posts/composer.html",
        typed=typed,
        post=shown.post if shown else None,
        deliveries=shown.deliveries if shown else [],
        theirs=theirs,
        errors=errors or {},
        again=again,
        channels=offered,
        published=_published(shown),
        choices=known,
        media=_media(typed),
        rules=[rules_of(c) for c in offered],
        **extras_choices.helpers(),
        asks=context.workspace().approval_required and not (shown and not shown.post.needs_approval),
    )


def _published(shown: PostView | None) -> set[int]:
    return {d.channel_id for d in shown.deliveries if d.state == "published"} if shown else set()


def _media(typed: Typed) -> dict[int, dict[str, Any]]:
    """The files that the form names, by id; what was typed about them wins."""
    wanted = {i for ids in typed.media_lists() for i in ids}
    if not wanted:
        return {}
    query = select(Media).where(Media.workspace_id == context.member().workspace_id, Media.id.in_(wanted))
    found = {one.id: shown_medium(one) for one in context.reading().scalars(query)}
    for media_id, one in found.items():
        one["alt"] = typed.alt.get(media_id, one["alt"])
        one["title"] = typed.title.get(media_id, one["title"])
    return found
