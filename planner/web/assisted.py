"""Publishing by hand, made for a phone: copy, attach, open, and one click says that it is live."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString, gettext as _
from flask_login import login_required
from werkzeug.exceptions import NotFound as PageNotFound

from planner.domain.figures import METRICS
from planner.domain.roles import Permission
from planner.domain.states import DeliveryState
from planner.models import Delivery
from planner.services import assisted, metrics, posts, queue, taking
from planner.services.by_hand import CODE, is_by_hand
from planner.services.errors import Conflict, FieldError, Invalid
from planner.services.publishing import decide
from planner.services.publishing.decide import HELD_BY_PEOPLE
from planner.services.publishing.status import Holds
from planner.services.taking import Whose
from planner.web import answers, context, figure_words, inputs
from planner.web.access import requires
from planner.web.formats import clock, local, moment
from planner.web.messages import explain
from planner.web.notify import say
from planner.web.posts.extras_choices import language_names, poll_length
from planner.web.posts.trouble import HELD
from planner.web.posts.wording import with_zone

blueprint = Blueprint("assisted", __name__, url_prefix="/assisted")
answers.attach(blueprint)


@blueprint.get("")
@login_required
def index() -> ResponseReturnValue:
    """What is due, what comes, and whose figures are missing."""
    now = context.now()
    found = assisted.lists(context.reading(), context.workspace().id, now=now)
    holders = {d.id: taking.taken_by(context.reading(), d) for d in found.due}
    return render_template("assisted/index.html", lists=found, now=now, holders=holders, taken_words=taken_words)


@blueprint.get("/<int:delivery_id>")
@login_required
def show(delivery_id: int) -> ResponseReturnValue:
    """One publication: its text, files and link, and what to do with them."""
    return _page(_find(delivery_id))


@blueprint.get("/<int:delivery_id>/files.zip")
@login_required
def save_all(delivery_id: int) -> Response:
    """All its files in one."""
    delivery = _find(delivery_id)
    settings = context.platform().settings
    found = assisted.files(context.reading(), delivery.workspace_id, assisted.task(delivery, settings))
    try:
        packed = assisted.pack(found, settings.media_folder)
    except FileNotFoundError:
        raise PageNotFound from None
    name = f"sendeplan-{delivery.post_id}.zip"
    return send_file(packed, mimetype="application/zip", as_attachment=True, download_name=name)


@blueprint.post("/<int:delivery_id>/taking")
@requires(Permission.EDIT)
def take(delivery_id: int) -> ResponseReturnValue:
    """Take it on; with ``over`` also from a colleague. A colleague's name is the answer where one has it."""
    try:
        with context.platform().database.write() as session:
            taking.take(session, context.actor(), delivery_id, now=context.now(), over=inputs.checked("over"))
    except Conflict as error:
        if answers.wants_json():
            raise
        say(explain(error), kind="error")
    if answers.wants_json():
        return {"taken": taken_words(taking.taken_by(context.reread(), _find(delivery_id)))}
    return redirect(url_for("assisted.show", delivery_id=delivery_id))


@blueprint.post("/<int:delivery_id>/publication")
@requires(Permission.EDIT)
def publish(delivery_id: int) -> ResponseReturnValue:
    """A person says that it is live, and where. Whoever says so second hears what is known."""
    url = inputs.text("url")
    try:
        with context.platform().database.write() as session:
            noted = taking.published(session, context.actor(), delivery_id, url, now=context.now())
    except (Invalid, Conflict) as error:
        return _refused(delivery_id, error)
    if noted.first:
        say(_("Noted as published. You can enter its figures here in a few days."))
    else:
        say(_("That was known already: %(words)s", words=_published_words(noted.by)), kind="info")
    return redirect(url_for("assisted.show", delivery_id=delivery_id))


@blueprint.post("/<int:delivery_id>/later")
@requires(Permission.EDIT)
def put_off(delivery_id: int) -> ResponseReturnValue:
    """Not now: in the next free slot (``slot``), or at a time."""
    try:
        at = None if inputs.checked("slot") else _moment(inputs.text("at"))
        with context.platform().database.write() as session:
            moved = decide.put_off(session, context.actor(), delivery_id, now=context.now(), at=at)
            when = moved.publish_at or context.now()
    except (Invalid, Conflict) as error:
        return _refused(delivery_id, error)
    context.platform().wake()
    say(_("Moved to %(time)s.", time=with_zone(when)))
    return redirect(url_for("assisted.index"))


@blueprint.post("/<int:delivery_id>/cancellation")
@requires(Permission.EDIT)
def drop(delivery_id: int) -> ResponseReturnValue:
    """Not at all."""
    try:
        with context.platform().database.write() as session:
            decide.drop(session, context.actor(), delivery_id, now=context.now())
    except Conflict as error:
        return _refused(delivery_id, error)
    say(_("Dropped: it does not go out on this channel."))
    return redirect(url_for("assisted.index"))


@blueprint.post("/<int:delivery_id>/figures")
@requires(Permission.EDIT)
def enter_figures(delivery_id: int) -> ResponseReturnValue:
    """Figures read off the network by a person; an empty field stays missing."""
    given = {name: inputs.text(name) for name in _figure_names(_find(delivery_id))}
    try:
        with context.platform().database.write() as session:
            metrics.record_manual(session, context.actor(), delivery_id, given, now=context.now())
    except (Invalid, Conflict) as error:
        return _refused(delivery_id, error)
    say(_("The figures are saved."))
    return redirect(url_for("assisted.show", delivery_id=delivery_id))


def taken_words(holder: Whose | None) -> str:
    """``Jonas hat das um 9:02 übernommen.``; "" where nobody has."""
    if holder is None:
        return ""
    if holder.user_id == context.user().id:
        return _("You took this on %(when)s.", when=_when(holder.at))
    return _("%(name)s took this on %(when)s.", name=holder.name, when=_when(holder.at))


def _published_words(by: Whose | None) -> str:
    if by is None:
        return _("it is published.")
    return _("%(name)s noted it as published %(when)s.", name=by.name, when=_when(by.at))


def _when(at: datetime) -> str:
    """``um 9:02`` of what happened today, else with its day."""
    if local(at).date() == local(context.now()).date():
        return _("at %(time)s", time=clock(at))
    return _("on %(time)s", time=moment(at))


def _moment(given: str) -> datetime:
    found = inputs.moment(given)
    if found is None:
        raise Invalid(FieldError("at", "time_unreadable" if given else "time_missing"))
    return found


def _find(delivery_id: int) -> Delivery:
    return posts.delivery(context.reading(), context.workspace().id, delivery_id)


def _figure_names(delivery: Delivery) -> dict[str, LazyString]:
    return figure_words.labels((*METRICS, *metrics.further(delivery.channel.network)))


def _refused(delivery_id: int, error: Invalid | Conflict) -> ResponseReturnValue:
    """The page again, with what was typed, and why it was not taken at its field."""
    context.reread()
    return _page(_find(delivery_id), errors=inputs.errors_of(error), typed=request.form), 422


def _page(delivery: Delivery, *, errors: dict[str, str] | None = None, typed: Any = None) -> str:
    session, place, now = context.reading(), context.workspace(), context.now()
    task = assisted.task(delivery, context.platform().settings)
    snapshot = assisted.latest_figures(session, delivery.id)
    waits = delivery.state is DeliveryState.NEEDS_PERSON and delivery.error_code == CODE
    names = _figure_names(delivery)
    stored = {name: getattr(snapshot, name, snapshot.extra.get(name)) for name in names} if snapshot else {}
    hold = Holds.read(session, place.id, now).would_hold(delivery)
    slot = queue.next_free_slot(session, delivery.channel, now=now, category_id=delivery.post.category_id)
    return render_template(
        "assisted/show.html",
        delivery=delivery,
        task=task,
        files=assisted.files(session, place.id, task),
        poll_length=poll_length(task.poll.hours) if task.poll else "",
        languages=language_names(task.languages),
        waits=waits,
        now=now,
        hold=HELD[hold] if hold in HELD_BY_PEOPLE and waits else None,
        holder=taking.taken_by(session, delivery),
        taken_words=taken_words,
        published_by=taking.published_by(session, delivery) if delivery.state is DeliveryState.PUBLISHED else None,
        slot=slot.publish_at if slot and waits else None,
        by_hand=delivery.remote_id is None or is_by_hand(delivery.channel),
        figures=names,
        snapshot=snapshot,
        values=typed or {name: value for name, value in stored.items() if value is not None},
        errors=errors or {},
    )
