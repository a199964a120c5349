"""The topic plan: a board by stage and a list, quick to add to, and one click from topic to post."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required

from planner.domain import walltime
from planner.domain.roles import Permission
from planner.domain.states import TopicStage
from planner.models import Topic
from planner.services import topic_board
from planner.services.errors import Conflict, FieldError, Invalid, Problems
from planner.services.plan import TopicInput, topics
from planner.services.topic_board import TopicFilter
from planner.web import answers, choices, context, inputs
from planner.web.access import requires
from planner.web.looks import look_of
from planner.web.notify import say

blueprint = Blueprint("topics", __name__, url_prefix="/topics")
answers.attach(blueprint)

VIEWS = ("board", "list")
FORM_FIELDS = ("title", "brief", "stage", "owner", "due_on", "audience", "campaign", "category", "format")


@blueprint.get("")
@login_required
def index() -> ResponseReturnValue:
    """The board, or the list."""
    return _index()


@blueprint.post("")
@requires(Permission.EDIT)
def add() -> ResponseReturnValue:
    """A topic of one line."""
    title = inputs.text("title")
    try:
        with context.platform().database.write() as session:
            given = TopicInput(title=title, owner_id=context.user().id)
            topic = topics.create(session, context.actor(), given, now=context.now())
            topic_id = topic.id
    except Invalid as error:
        return _index(errors=inputs.errors_of(error), typed_title=title), 422
    say(_("Noted as an idea."))
    view = request.form.get("view")
    return redirect(url_for("topics.index", view=view if view in VIEWS else None, _anchor=f"topic-{topic_id}"))


@blueprint.get("/new")
@requires(Permission.EDIT)
def new() -> ResponseReturnValue:
    """The whole form, empty."""
    stage = request.args.get("stage", "")
    start = TopicInput(title="", stage=_stage(stage) or TopicStage.IDEA, owner_id=context.user().id)
    return _form(None, _values(start), {})


@blueprint.post("/new")
@requires(Permission.EDIT)
def create() -> ResponseReturnValue:
    """Add a topic with everything about it."""
    try:
        given = _given()
        with context.platform().database.write() as session:
            topic_id = topics.create(session, context.actor(), given, now=context.now()).id
    except Invalid as error:
        return _form(None, _typed(), inputs.errors_of(error)), 422
    say(_("Saved."))
    return redirect(url_for("topics.edit", topic_id=topic_id))


@blueprint.get("/<int:topic_id>")
@login_required
def edit(topic_id: int) -> ResponseReturnValue:
    """One topic: brief and plan, and its posts."""
    topic = topics.get(context.reading(), context.workspace().id, topic_id)
    return _form(topic, _values(topics.given_of(topic)), {})


@blueprint.post("/<int:topic_id>")
@requires(Permission.EDIT)
def save(topic_id: int) -> ResponseReturnValue:
    """Store an edit; one that began from an older version is shown again, with nothing lost."""
    try:
        given = _given()
        with context.platform().database.write() as session:
            topics.edit_from(
                session, context.actor(), topic_id, given, now=context.now(), version=inputs.reference("version")
            )
    except (Invalid, Conflict) as error:
        topic = topics.get(context.reread(), context.workspace().id, topic_id)
        return _form(topic, _typed(), inputs.errors_of(error)), 409 if isinstance(error, Conflict) else 422
    say(_("Saved."))
    return redirect(url_for("topics.index"))


@blueprint.route("/<int:topic_id>/stage", methods=["POST", "PUT"])
@requires(Permission.EDIT)
def move(topic_id: int) -> ResponseReturnValue:
    """Another stage: by drag (JSON) or by menu."""
    body = request.get_json(silent=True) or request.form
    stage = _stage(str(body.get("stage", "")))
    if stage is None:
        raise Invalid(FieldError("stage", "choice_unknown"))
    with context.platform().database.write() as session:
        before = topics.get(session, context.workspace().id, topic_id).stage
        topic = topics.move(session, context.actor(), topic_id, stage, now=context.now())
        answer = {"id": str(topic.id), "stage": stage.value, "before": before.value}
    if answers.wants_json():
        return answer
    undo = url_for("topics.move_back", topic_id=topic_id, stage=before.value)
    say(_("Moved to “%(stage)s”.", stage=look_of(stage.value).label), undo=undo)
    return redirect(_back())


@blueprint.post("/<int:topic_id>/stage/<stage>")
@requires(Permission.EDIT)
def move_back(topic_id: int, stage: str) -> ResponseReturnValue:
    """Undo a move: the stage stands in the address."""
    with context.platform().database.write() as session:
        topics.move(session, context.actor(), topic_id, _stage(stage) or TopicStage.IDEA, now=context.now())
    say(_("Moved back."), kind="info")
    return redirect(url_for("topics.index"))


@blueprint.post("/<int:topic_id>/posts")
@requires(Permission.EDIT)
def make_post(topic_id: int) -> ResponseReturnValue:
    """The topic becomes a draft for its channels; the composer opens."""
    with context.platform().database.write() as session:
        post = topics.make_post(
            session,
            context.actor(),
            topic_id,
            now=context.now(),
            folder=context.platform().settings.media_folder,
        )
        post_id = post.id
    say(_("A draft is made of the topic. Write the text, choose a time."))
    return redirect(url_for("posts.edit", post_id=post_id))


@blueprint.post("/<int:topic_id>/removal")
@requires(Permission.EDIT)
def remove(topic_id: int) -> ResponseReturnValue:
    """Take a topic out of the plan, with an undo; its posts stay."""
    with context.platform().database.write() as session:
        topics.delete(session, context.actor(), topic_id, now=context.now())
    say(_("The topic is deleted. Its posts stay."), undo=url_for("topics.restore", topic_id=topic_id))
    return redirect(url_for("topics.index"))


@blueprint.post("/<int:topic_id>/restoration")
@requires(Permission.EDIT)
def restore(topic_id: int) -> ResponseReturnValue:
    """Undo a deletion."""
    with context.platform().database.write() as session:
        topics.restore(session, context.actor(), topic_id, now=context.now())
    say(_("The topic is back."))
    return redirect(url_for("topics.index"))


def _index(*, errors: dict[str, str] | None = None, typed_title: str = "") -> str:
    place = context.workspace()
    view = request.values.get("view", "board")
    wanted = _filter()
    cards = topic_board.cards(context.reading(), place.id, wanted, today=_today(), now=context.now())
    return render_template(
        "topics/index.html",
        view=view if view in VIEWS else "board",
        view_urls={name: _url_of(name) for name in VIEWS},
        stages=list(TopicStage),
        cards=cards,
        wanted=wanted,
        members=choices.members(),
        campaigns=choices.campaigns(),
        audiences=choices.audiences(),
        categories=choices.categories(),
        channels={str(c.id): c for c in choices.channels()},
        errors=errors or {},
        typed_title=typed_title,
    )


def _url_of(view: str) -> str:
    """The same filter, looked at in another way."""
    return "?" + urlencode({**request.args.to_dict(), "view": view})


def _filter() -> TopicFilter:
    def chosen(name: str) -> int | None:
        return request.args.get(name, type=int)

    return TopicFilter(
        chosen("owner"), chosen("campaign"), chosen("audience"), chosen("category"), request.args.get("q", "").strip()
    )


def _form(topic: Topic | None, values: Any, errors: dict[str, str]) -> str:
    session = context.reading()
    posts = topic_board.posts_of(session, [topic.id], now=context.now()).get(topic.id, []) if topic else []
    return render_template(
        "topics/edit.html",
        topic=topic,
        values=values,
        errors=errors,
        overdue=topic is not None and topic_board.is_overdue(topic, _today()),
        posts=posts,
        stages=[(stage.value, look_of(stage.value).label) for stage in TopicStage],
        members=choices.members(),
        audiences=choices.audiences(),
        campaigns=choices.campaigns(),
        categories=choices.categories(),
        formats=choices.formats(),
        channels=choices.channels(),
    )


def _given() -> TopicInput:
    problems = Problems()
    due = inputs.day("due_on", problems)
    stage = _stage(inputs.text("stage"))
    if stage is None:
        problems.add("stage", "choice_unknown")
    problems.raise_any()
    return TopicInput(
        title=inputs.text("title"),
        brief=request.form.get("brief", ""),
        stage=stage or TopicStage.IDEA,
        owner_id=inputs.reference("owner"),
        due_on=due,
        audience_id=inputs.reference("audience"),
        campaign_id=inputs.reference("campaign"),
        category_id=inputs.reference("category"),
        format_id=inputs.reference("format"),
        channel_ids=tuple(str(i) for i in inputs.references("channels")),
    )


def _values(given: TopicInput) -> dict[str, Any]:
    """Stored values under the names of the form."""
    return {
        "title": given.title,
        "brief": given.brief,
        "stage": given.stage.value,
        "owner": given.owner_id,
        "due_on": given.due_on.isoformat() if given.due_on else "",
        "audience": given.audience_id,
        "campaign": given.campaign_id,
        "category": given.category_id,
        "format": given.format_id,
        "channels": list(given.channel_ids),
    }


def _typed() -> dict[str, Any]:
    """What was sent, so that nothing typed is lost."""
    return {name: request.form.get(name, "") for name in FORM_FIELDS} | {"channels": request.form.getlist("channels")}


def _stage(value: str) -> TopicStage | None:
    return next((stage for stage in TopicStage if stage.value == value), None)


def _today() -> date:
    return walltime.to_wall(context.now(), context.workspace().zone).date()


def _back() -> str:
    view = request.form.get("view", "")
    return url_for("topics.index", view=view if view in VIEWS else None)
