"""A post's own page: what it says, where it stands on each channel, what came back, what happened to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template
from flask_login import login_required

from planner.domain.roles import Permission
from planner.domain.states import FROZEN, DeliveryState, PostStatus
from planner.models import Delivery, Post
from planner.services import live, posts, reports
from planner.services.posts import PostView
from planner.services.posts.history import history, names_of
from planner.services.posts.placing import MOVABLE
from planner.services.posts.steps import steps_of
from planner.services.posts.store import is_taken_early
from planner.services.publishing import decide
from planner.services.publishing.status import Holds
from planner.web import context, figure_words
from planner.web.messages import explain
from planner.web.posts import costs, growth, holding, story, trouble, wording, written
from planner.web.posts.blueprint import blueprint

S = DeliveryState


@blueprint.get("/posts/<int:post_id>")
@login_required
def show(post_id: int) -> str:
    """Everything about one post."""
    return draw(post_id)


@blueprint.get("/posts/<int:post_id>/deliveries")
@login_required
def standing_now(post_id: int) -> str:
    """Where it stands on each channel, for a page that is open meanwhile."""
    return draw(post_id, template="posts/_standing.html")


def draw(
    post_id: int,
    *,
    template: str = "posts/show.html",
    typed: Mapping[int, tuple[str, str]] | None = None,
    typed_texts: Mapping[int, tuple[str, str]] | None = None,
) -> str:
    """The page. ``typed`` holds, by delivery, an address that was not taken and why; ``typed_texts`` the same of a text
    for its network."""
    session, workspace_id = context.reading(), context.member().workspace_id
    shown = posts.view(session, workspace_id, post_id)
    deliveries = shown.deliveries
    following = [one for steps in shown.following.values() for one in steps]
    every = [*deliveries, *following]
    holds, steps = Holds.read(session, workspace_id, context.now()), steps_of(shown)
    figures = [f for f in reports.post_metrics(session, post_id) if f.as_of is not None]
    return render_template(
        template,
        post=shown.post,
        deliveries=[d for d in deliveries if d.state is not S.CANCELLED],
        cancelled=[d for d in deliveries if d.state is S.CANCELLED],
        versions=written.versions(shown),
        beyond=written.beyond(shown.post),
        holds=holding.holds_of(holds, every),
        hold_places=holding.places_of(holds, every),
        steps=steps,
        progress={d.id: wording.preparation(d) for d in every if d.progress},
        under_way=any(d.state in FROZEN or (d in following and d.state is S.SCHEDULED) for d in every),
        costs=costs.of_deliveries(deliveries, steps),
        by_hand_instead={d.id for d in deliveries if d.state is S.SCHEDULED and _can_hand_over(d)},
        troubles={d.id: found for d in every if (found := trouble.trouble_of(d))},
        candidates={d.id: trouble.candidates_of(d) for d in every},
        frozen=_is_frozen(every),
        outcome=trouble.outcome,
        warnings=[explain(w) for w in posts.warnings_for(session, shown.post, deliveries)],
        names=names_of(session, shown.post),
        figures=figures,
        further={f.delivery_id: figure_words.further(f.extra) for f in figures if f.extra},
        charts=growth.growth(reports.post_history(session, post_id)),
        figure_names=figure_words.labels(),
        story=story.lines(history(session, post_id, [d.id for d in every]), every),
        can=allowed(shown.post, deliveries, following),
        live=live_parts(shown, typed_texts or {}),
        typed=typed or {},
    )


def _can_hand_over(delivery: Delivery) -> bool:
    return decide.can_be_handed_over(context.reading(), delivery, context.now())


def allowed(post: Post, deliveries: Sequence[Delivery], following: Sequence[Delivery] = ()) -> dict[str, bool]:
    """Which buttons make sense for this person and this post; what may not be used is not shown."""
    actor = context.actor()
    edits, approves = actor.may(Permission.EDIT), actor.may(Permission.APPROVE)
    states = {d.state for d in deliveries if d.state is not S.CANCELLED}
    frozen = _is_frozen((*deliveries, *following))
    done = bool(states) and states == {S.PUBLISHED}
    waits = post.needs_approval and post.approved_at is None
    return {
        "edit": edits and not frozen and not done,
        "move": edits and not frozen and bool(states & MOVABLE),
        "unplan": edits and not frozen and any(d.publish_at for d in deliveries if d.state in MOVABLE),
        "copy": edits,
        "delete": edits and not frozen and S.PUBLISHED not in states,
        "ask": edits and waits and post.approval_asked_at is None and not approves and not done,
        "approve": approves and waits and not done and post.status is not PostStatus.CANCELLED,
        "send_back": approves and not frozen and bool(post.approved_at or post.approval_asked_at) and not done,
        "decide": edits,
    }


def _is_frozen(deliveries: Sequence[Delivery]) -> bool:
    return any(d.state in FROZEN and not is_taken_early(d, context.now()) for d in deliveries)


def live_parts(shown: PostView, typed: Mapping[int, tuple[str, str]]) -> dict[int, dict[str, Any]]:
    """What can be done with each delivery that is out, and with what stands under it: ``stands``, our ``text``, and
    what was typed with its error."""
    session, platform = context.reading(), context.platform()
    texts = {v.channel_id: v.text for v in shown.post.variants if v.text is not None}
    parts: dict[int, dict[str, Any]] = {}
    for delivery in (*shown.deliveries, *(one for steps in shown.following.values() for one in steps)):
        if delivery.state is S.PUBLISHED:
            stands = live.standing(session, platform, delivery)
            ours = stands.text if delivery.step else texts.get(delivery.channel_id, shown.post.text)
            text, error = typed.get(delivery.id, (ours, ""))
            parts[delivery.id] = {"stands": stands, "text": text, "error": error}
    return parts
