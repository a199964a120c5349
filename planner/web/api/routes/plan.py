"""The plan above the posts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from planner import models
from planner.domain.roles import Permission
from planner.services import plan
from planner.services.posts import When
from planner.services.publishing import pause
from planner.services.reports import goal_progress
from planner.web.api import present
from planner.web.api.operations import Call, Router
from planner.web.api.present import ref
from planner.web.api.routes import crud
from planner.web.api.routes.crud import Kind
from planner.web.api.shapes import plan as shapes
from planner.web.api.shapes.channels import PausePut
from planner.web.api.shapes.common import Page
from planner.web.api.shapes.posts import Post

router = Router("plan")

TOPIC_NAMES = {
    "owner": "owner_id",
    "audience": "audience_id",
    "campaign": "campaign_id",
    "category": "category_id",
    "format": "format_id",
    "channels": "channel_ids",
}


def show_topic(row: models.Topic) -> shapes.Topic:
    """The shape of a topic."""
    return shapes.Topic(
        id=str(row.id),
        title=row.title,
        brief=row.brief,
        stage=row.stage,
        owner=ref(row.owner_id),
        due_on=_day(row.due_on),
        audience=ref(row.audience_id),
        campaign=ref(row.campaign_id),
        category=ref(row.category_id),
        format=ref(row.format_id),
        channels=list(row.channel_ids),
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def show_campaign(row: models.Campaign) -> shapes.Campaign:
    """The shape of a campaign."""
    return shapes.Campaign(
        id=str(row.id),
        name=row.name,
        description=row.description,
        starts_on=_day(row.starts_on),
        ends_on=_day(row.ends_on),
        budget_cents=row.budget_cents,
        spent_cents=row.spent_cents,
        paused=present.pause(row),
    )


def show_goal(row: models.Goal) -> shapes.Goal:
    """The shape of a goal."""
    return shapes.Goal(
        id=str(row.id),
        name=row.name,
        metric=row.metric,
        target=row.target,
        starts_on=row.starts_on.isoformat(),
        ends_on=row.ends_on.isoformat(),
        network=row.network,
        campaign=ref(row.campaign_id),
    )


def show_audience(row: models.Audience) -> shapes.Audience:
    """The shape of an audience."""
    return shapes.Audience(id=str(row.id), name=row.name, description=row.description, networks=list(row.networks))


def show_category(row: models.Category) -> shapes.Category:
    """The shape of a category."""
    return shapes.Category(id=str(row.id), name=row.name, color=row.color)


def show_format(row: models.Format) -> shapes.Format:
    """The shape of a format."""
    return shapes.Format(
        id=str(row.id), name=row.name, description=row.description, rhythm=row.rhythm, category=ref(row.category_id)
    )


@router.get("/topics")
def list_topics(call: Call, query: shapes.TopicQuery) -> Page[shapes.Topic]:
    """The topic plan, oldest first."""
    columns = {"stage": models.Topic.stage, "owner": models.Topic.owner_id, "campaign": models.Topic.campaign_id}
    wanted = [column == value for name, column in columns.items() if (value := getattr(query, name)) is not None]
    listed = plan.topics.page(call.session, call.workspace_id, *wanted, after=query.cursor, size=query.limit)
    return Page[shapes.Topic](items=[show_topic(t) for t in listed.items], next=listed.next)


@router.post("/topics", Permission.EDIT)
def create_topic(call: Call, body: shapes.TopicCreate) -> shapes.Topic:
    """Add a topic to the plan."""
    topic = plan.topics.create(call.session, call.actor, plan.TopicInput(**_topic_values(body)), now=call.now)
    return show_topic(topic)


@router.get("/topics/{topic_id}")
def get_topic(call: Call, topic_id: int) -> shapes.Topic:
    """One topic."""
    return show_topic(plan.topics.get(call.session, call.workspace_id, topic_id))


@router.patch("/topics/{topic_id}", Permission.EDIT)
def change_topic(call: Call, topic_id: int, body: shapes.TopicPatch) -> shapes.Topic:
    """Change a topic, or put it on another stage. What is not named stays."""
    before = plan.topics.given_of(plan.topics.get(call.session, call.workspace_id, topic_id))
    changed = replace(before, **_topic_values(body))
    topic = plan.topics.edit_from(call.session, call.actor, topic_id, changed, now=call.now, version=body.version)
    return show_topic(topic)


@router.delete("/topics/{topic_id}", Permission.EDIT)
def delete_topic(call: Call, topic_id: int) -> None:
    """Take a topic out of the plan. Its posts stay."""
    plan.topics.delete(call.session, call.actor, topic_id, now=call.now)


@router.post("/topics/{topic_id}/posts", Permission.EDIT, optional_body=True, home="/posts")
def create_post_of_topic(call: Call, topic_id: int, body: shapes.TopicPost) -> Post:
    """A topic becomes a post. It begins with the topic's title; the brief becomes its note."""
    post = plan.topics.make_post(
        call.session,
        call.actor,
        topic_id,
        now=call.now,
        folder=call.platform.settings.media_folder,
        channel_ids=body.channels,
        when=When(at=body.publish_at, queue=body.queue),
    )
    return present.post(call, post.id)


@router.put("/campaigns/{campaign_id}/pause", Permission.PAUSE)
def pause_campaign(call: Call, campaign_id: int, body: PausePut) -> shapes.Campaign:
    """Hold back all deliveries of a campaign."""
    return show_campaign(pause.pause_campaign(call.session, call.actor, campaign_id, body.reason, now=call.now))


@router.delete("/campaigns/{campaign_id}/pause", Permission.RELEASE)
def release_campaign(call: Call, campaign_id: int) -> shapes.Campaign:
    """Let a campaign's deliveries go again. What is too late by now is missed."""
    return show_campaign(pause.release_campaign(call.session, call.actor, campaign_id, now=call.now))


@router.get("/goals/{goal_id}/progress")
def get_goal_progress(call: Call, goal_id: int) -> shapes.GoalProgress:
    """How far a goal has come."""
    goal = plan.goals.get(call.session, call.workspace_id, goal_id)
    found = goal_progress(call.session, goal, now=call.now)
    return shapes.GoalProgress(
        value=found.value,
        target=found.target,
        share=found.share,
        elapsed=found.elapsed,
        on_track=found.on_track,
        posts=found.posts,
        as_of_oldest=found.as_of_oldest,
        as_of_newest=found.as_of_newest,
    )


KINDS = (
    Kind(
        "campaign", "campaigns", plan.campaigns, shapes.CampaignCreate, shapes.CampaignPatch, shapes.Campaign,
        show_campaign, {},
    ),
    Kind(
        "goal", "goals", plan.goals, shapes.GoalCreate, shapes.GoalPatch, shapes.Goal, show_goal,
        {"campaign": "campaign_id"},
    ),
    Kind(
        "audience", "audiences", plan.audiences, shapes.AudienceCreate, shapes.AudiencePatch, shapes.Audience,
        show_audience, {},
    ),
    Kind(
        "category", "categories", plan.categories, shapes.CategoryCreate, shapes.CategoryPatch, shapes.Category,
        show_category, {},
    ),
    Kind(
        "format", "formats", plan.formats, shapes.FormatCreate, shapes.FormatPatch, shapes.Format, show_format,
        {"category": "category_id"},
    ),
)  # fmt: skip

for _kind in KINDS:
    crud.add(router, _kind)


def _topic_values(body: shapes.TopicPatch) -> dict[str, Any]:
    values = crud.attributes(TOPIC_NAMES, body)
    values.pop("version", None)
    if "channel_ids" in values:
        values["channel_ids"] = tuple(str(i) for i in values["channel_ids"])
    return values


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()
