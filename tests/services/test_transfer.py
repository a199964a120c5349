"""A plan goes out as JSON and comes in elsewhere, once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from planner.bootstrap import Platform
from planner.models import Channel, Delivery, Post, Topic
from planner.services import plan, transfer
from planner.services.actor import Actor
from planner.services.posts import MentionInput, PartInput, VariantInput, When
from tests.support.clock import FakeClock
from tests.support.databases import on_one_kind
from tests.support.factories import Company, make_channel, make_post


@pytest.fixture
def filled(platform: Platform, company: Company) -> dict[str, Any]:
    """The plan of a company that has one of everything, as it is written to the file."""
    now = platform.clock.now()
    with platform.database.write() as session:
        actor = company.charlie
        category = plan.categories.create(session, actor, plan.CategoryInput("Menschen", "teal"), now=now)
        campaign = plan.campaigns.create(session, actor, plan.CampaignInput("Frühjahr", budget_cents=5), now=now)
        plan.audiences.create(session, actor, plan.AudienceInput("Einkauf", networks=("linkedin",)), now=now)
        plan.formats.create(session, actor, plan.FormatInput("Freitagsbild", category_id=category.id), now=now)
        goal = plan.GoalInput("Gesehen", "reach", 100, now.date(), now.date(), campaign_id=campaign.id)
        plan.goals.create(session, actor, goal, now=now)
    channel = make_channel(
        platform.database,
        company,
        now,
        slots=[(0, "10:00")],
        remote_account_id="urn:li:organization:1",
        credentials="x",
    )
    with platform.database.write() as session:
        topic = plan.TopicInput("Messe", "Was?", channel_ids=(str(channel.id),), owner_id=company.charlie.user_id)
        topic_id = plan.topics.create(session, company.charlie, topic, now=now).id
    content: dict[str, Any] = {
        "topic_id": topic_id,
        "campaign_id": campaign.id,
        "tags": ("a",),
        "variants": {channel.id: VariantInput("Nur hier", first_comment="Hier mehr")},
        "thread": (PartInput("Zwei"),),
        "first_comment": "Mehr dazu",
        "card_title": "Die Halle",
        "card_description": "Größer",
        "languages": ("de",),
        "mentions": (MentionInput("@Brandt", "linkedin", "urn:li:organization:1"),),
    }
    make_post(platform, company.alice, [channel], When(queue=True), text="Hallo", approve=True, **content)
    make_post(platform, company.charlie, [], text="Idee")
    return exported(platform, company.alice)


def exported(platform: Platform, actor: Actor) -> dict[str, Any]:
    with platform.database.read() as session:
        found: dict[str, Any] = json.loads(json.dumps(transfer.export(session, actor.workspace_id)))
    return found


def taken(platform: Platform, actor: Actor, given: Any) -> list[transfer.Taken]:
    with platform.database.write() as session:
        return transfer.import_plan(session, actor, given, now=platform.clock.now())


def outcomes(report: list[transfer.Taken]) -> set[str]:
    return {line.outcome for line in report}


def test_the_file_holds_the_plan_and_no_credentials(filled: dict[str, Any]) -> None:
    assert filled["sendeplan"] == 1
    assert [len(filled[kind]) for kind in ("topics", "campaigns", "goals", "channels", "posts")] == [1, 1, 1, 1, 2]
    assert filled["channels"][0] == {
        "name": "Linkedin von Brandt",
        "network": "linkedin",
        "account": "urn:li:organization:1",
        "rhythm_per_week": None,
        "missed_after_seconds": 7200,
        "slots": [{"weekday": 0, "time": "10:00", "category": None}],
    }
    assert filled["posts"][0]["publish_at"] == "2026-03-23T09:00:00Z"
    assert filled["posts"][0]["variants"] == {"linkedin:Linkedin von Brandt": "Nur hier"}
    assert filled["topics"][0]["owner"] == "charlie@example.com"


def test_a_plan_comes_in_elsewhere_as_it_was(platform: Platform, company: Company, filled: dict[str, Any]) -> None:
    report = taken(platform, company.oscar, filled)
    assert outcomes(report) == {"new"}
    again = exported(platform, company.oscar)
    for kind in ("audiences", "categories", "campaigns", "formats", "goals", "channels"):
        assert again[kind] == filled[kind], kind
    assert again["topics"] == [filled["topics"][0] | {"owner": None}], "a person who is not here owns nothing"
    assert again["posts"][0]["mark"] == filled["posts"][0]["mark"]
    assert again["posts"][0]["text"] == "Hallo"
    content = (
        "card_title",
        "card_description",
        "thread",
        "first_comment",
        "first_comments",
        "languages",
        "mentions",
        "poll",
        "variants",
    )
    assert [again["posts"][0][name] for name in content] == [filled["posts"][0][name] for name in content]
    assert filled["posts"][0]["first_comments"] == {"linkedin:Linkedin von Brandt": "Hier mehr"}


def test_nothing_that_comes_in_goes_out_by_itself(platform: Platform, company: Company, filled: dict[str, Any]) -> None:
    taken(platform, company.oscar, filled)
    with platform.database.read() as session:
        here = Delivery.workspace_id == company.oscar.workspace_id
        assert [(d.state, d.publish_at) for d in session.scalars(select(Delivery).where(here))] == [("draft", None)]
        post = session.scalars(select(Post).where(Post.workspace_id == company.oscar.workspace_id)).first()
        assert post is not None
        assert "2026-03-23 09:00" in post.note, "when it was planned for"
        channel = session.scalars(select(Channel).where(Channel.workspace_id == company.oscar.workspace_id)).one()
        assert (channel.credentials, channel.reconnect_reason) == (None, "imported")


def test_the_same_file_may_be_taken_in_twice_and_where_it_came_from(
    platform: Platform, company: Company, filled: dict[str, Any]
) -> None:
    taken(platform, company.oscar, filled)
    assert outcomes(taken(platform, company.oscar, filled)) == {"there"}
    assert outcomes(taken(platform, company.alice, filled)) == {"there"}
    assert exported(platform, company.alice) == filled


def test_what_cannot_be_taken_is_named_and_the_rest_is_in(
    platform: Platform, company: Company, filled: dict[str, Any]
) -> None:
    filled["campaigns"].append({"name": "Ohne Ende", "starts_on": "2026-05-01", "ends_on": "2026-04-01"})
    filled["topics"] += [{"title": "X", "campaign": "gibt es nicht"}, {"titel": "Tippfehler"}, "Unsinn"]
    filled["posts"].append({"mark": "transfer-" + "0" * 32, "text": "Hallo", "channels": ["myspace:Seite"]})
    report = taken(platform, company.oscar, filled)
    refused = [(line.kind, line.name, [e.field for e in line.errors]) for line in report if line.outcome == "refused"]
    assert refused == [
        ("campaigns", "Ohne Ende", ["ends_on"]),
        ("topics", "X", ["campaign"]),
        ("topics", "", ["title", "titel"]),
        ("topics", "", ["topics"]),
        ("posts", "Hallo", ["channels.0"]),
    ]
    with platform.database.read() as session:
        here = Topic.workspace_id == company.oscar.workspace_id
        assert session.scalars(select(Topic.title).where(here)).all() == ["Messe"]


@on_one_kind
@pytest.mark.parametrize("given", [None, [], {}, {"sendeplan": 2}, {"sendeplan": 1, "posts": {}}])
def test_what_is_no_plan_is_refused_whole(platform: Platform, company: Company, given: Any) -> None:
    with pytest.raises(transfer.NotAPlan):
        taken(platform, company.oscar, given)


def test_what_was_deleted_does_not_travel(
    platform: Platform, company: Company, filled: dict[str, Any], clock: FakeClock
) -> None:
    from planner.services import posts

    with platform.database.write() as session:
        first = session.scalars(select(Post.id).order_by(Post.id)).first()
        assert first is not None
        posts.delete(session, company.alice, first, now=clock.now())
    assert [p["text"] for p in exported(platform, company.alice)["posts"]] == ["Idee"]
