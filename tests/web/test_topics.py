"""The topic plan: quick to add to, moved between stages, turned into posts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from planner.bootstrap import Platform
from planner.domain.states import PostStatus, TopicStage
from planner.models import Channel, Delivery, Post, Topic
from planner.services.plan import TopicInput, topics
from tests.support.factories import Company
from tests.support.web import Browsing, ClientOf


@pytest.fixture
def charlie(client_of: ClientOf, company: Company) -> Browsing:
    client = client_of(company.charlie)
    client.send("/language", language="en")
    return client


def make_topic(platform: Platform, company: Company, title: str = "Lehrlinge im Porträt", **content: Any) -> Topic:
    with platform.database.write() as session:
        return topics.create(session, company.charlie, TopicInput(title, **content), now=platform.clock.now())


def stored(platform: Platform, topic: Topic) -> Topic:
    with platform.database.read() as session:
        return session.get_one(Topic, topic.id)


def test_everyone_sees_the_plan_and_only_those_who_write_change_it(
    client_of: ClientOf, platform: Platform, company: Company
) -> None:
    topic = make_topic(platform, company)
    rita, oscar = client_of(company.rita), client_of(company.oscar)
    assert topic.title in rita.get("/topics").text
    assert topic.title in rita.get(f"/topics/{topic.id}").text
    assert "quick-title" not in rita.get("/topics").text
    for path in ("", "/new", f"/{topic.id}", f"/{topic.id}/stage", f"/{topic.id}/posts", f"/{topic.id}/removal"):
        assert rita.send(f"/topics{path}", title="Neu", stage="done").status_code == 403
    assert topic.title not in oscar.get("/topics").text
    assert oscar.get(f"/topics/{topic.id}").status_code == 404
    assert oscar.send(f"/topics/{topic.id}/stage", stage="done").status_code == 404
    client_of(company.charlie).send(f"/topics/{topic.id}/removal")
    assert rita.send(f"/topics/{topic.id}/restoration").status_code == 403
    assert oscar.send(f"/topics/{topic.id}/restoration").status_code == 404


def test_an_idea_takes_one_line(charlie: Browsing, platform: Platform, company: Company) -> None:
    assert charlie.send("/topics", title="  Warum unsere Fräsen blau sind ").status_code == 302
    with platform.database.read() as session:
        topic = session.query(Topic).one()
    assert (topic.title, topic.stage, topic.owner_id) == (
        "Warum unsere Fräsen blau sind",
        TopicStage.IDEA,
        company.charlie.user_id,
    )


def test_an_empty_or_endless_idea_is_said_at_the_field_and_stays_typed(charlie: Browsing, platform: Platform) -> None:
    assert "Give it a name." in charlie.send("/topics", title=" ").text
    long = "x" * 201
    answer = charlie.send("/topics", title=long)
    assert answer.status_code == 422
    assert long in answer.text
    with platform.database.read() as session:
        assert session.query(Topic).count() == 0


def test_a_topic_holds_its_whole_plan(
    charlie: Browsing, platform: Platform, company: Company, linkedin: Channel
) -> None:
    fields = {"title": "Messe", "brief": "Stand 4.2", "stage": "planned", "due_on": "2026-04-01"}
    owner = str(company.bob.user_id)
    assert charlie.send("/topics/new", owner=owner, channels=[str(linkedin.id)], **fields).status_code == 302
    with platform.database.read() as session:
        topic = session.query(Topic).one()
    assert (topic.brief, topic.stage, topic.due_on, topic.owner_id, topic.channel_ids) == (
        "Stand 4.2",
        TopicStage.PLANNED,
        date(2026, 4, 1),
        company.bob.user_id,
        [str(linkedin.id)],
    )


def test_bad_input_is_said_at_its_field_and_nothing_typed_is_lost(charlie: Browsing) -> None:
    fields = {"title": "", "brief": "Lange geschrieben", "stage": "planned", "due_on": "someday", "owner": "9999"}
    answer = charlie.send("/topics/new", **fields)
    assert answer.status_code == 422
    assert 'id="field-due_on-error"' in answer.text
    assert "Lange geschrieben" in answer.text
    assert "There is no such member." in charlie.send("/topics/new", **(fields | {"due_on": "", "title": "T"})).text


def test_a_stale_edit_is_not_stored_and_keeps_what_was_typed(
    charlie: Browsing, platform: Platform, company: Company
) -> None:
    topic = make_topic(platform, company)
    with platform.database.write() as session:
        topics.move(session, company.bob, topic.id, TopicStage.READY, now=platform.clock.now())
    fields = {"title": "Mein Titel", "brief": "Mein Text", "stage": "idea", "version": "1"}
    answer = charlie.send(f"/topics/{topic.id}", **fields)
    assert answer.status_code == 409
    assert "Bob changed this topic in the meantime" in answer.text
    assert "Mein Text" in answer.text
    assert stored(platform, topic).title == "Lehrlinge im Porträt"
    assert charlie.send(f"/topics/{topic.id}", **(fields | {"version": "2"})).status_code == 302


def test_moving_by_menu_can_be_undone(charlie: Browsing, platform: Platform, company: Company) -> None:
    topic = make_topic(platform, company)
    page = charlie.send_and_follow(f"/topics/{topic.id}/stage", stage="in_work").text
    assert stored(platform, topic).stage is TopicStage.IN_WORK
    assert f"/topics/{topic.id}/stage/idea" in page
    assert charlie.send(f"/topics/{topic.id}/stage/idea").status_code == 302
    assert stored(platform, topic).stage is TopicStage.IDEA


def test_a_drag_answers_with_what_was_before(charlie: Browsing, platform: Platform, company: Company) -> None:
    topic = make_topic(platform, company)
    answer = charlie.ask(f"/topics/{topic.id}/stage", stage="ready")
    assert answer.json == {"id": str(topic.id), "stage": "ready", "before": "idea"}


def test_an_unknown_stage_is_refused_with_a_sentence(charlie: Browsing, platform: Platform, company: Company) -> None:
    topic = make_topic(platform, company)
    answer = charlie.ask(f"/topics/{topic.id}/stage", stage="paradise")
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")


def test_a_topic_becomes_a_draft_for_its_channels_in_one_click(
    charlie: Browsing, platform: Platform, company: Company, linkedin: Channel, twitter: Channel
) -> None:
    ids = (str(linkedin.id), str(twitter.id))
    topic = make_topic(platform, company, brief="Drei Fragen an Jule", channel_ids=ids)
    answer = charlie.send(f"/topics/{topic.id}/posts")
    with platform.database.read() as session:
        post = session.query(Post).one()
        channels = {d.channel_id for d in session.query(Delivery)}
    assert answer.location == f"/posts/{post.id}/edit"
    assert (post.status, post.topic_id, post.note) == (PostStatus.DRAFT, topic.id, "Drei Fragen an Jule")
    assert channels == {linkedin.id, twitter.id}
    assert stored(platform, topic).stage is TopicStage.IN_WORK
    assert f'href="/posts/{post.id}"' in charlie.get("/topics").text


def test_what_is_overdue_is_marked_in_both_views(charlie: Browsing, platform: Platform, company: Company) -> None:
    make_topic(platform, company, due_on=date(2026, 3, 15))
    make_topic(platform, company, "Erledigt", due_on=date(2026, 3, 15), stage=TopicStage.DONE)
    make_topic(platform, company, "Heute", due_on=date(2026, 3, 16))
    for view in ("board", "list"):
        assert charlie.get(f"/topics?view={view}").text.count(">overdue<") == 1


def test_the_plan_is_filtered_by_owner_and_words(charlie: Browsing, platform: Platform, company: Company) -> None:
    make_topic(platform, company, "Von Bob", owner_id=company.bob.user_id)
    make_topic(platform, company, "Von Charlie", owner_id=company.charlie.user_id)
    page = charlie.get(f"/topics?owner={company.bob.user_id}").text
    assert "Von Bob" in page
    assert "Von Charlie" not in page
    assert "Von Bob" not in charlie.get("/topics?q=charlie").text
    assert "No topic fits this filter." in charlie.get("/topics?q=nichts").text


def test_a_deleted_topic_leaves_its_posts(
    charlie: Browsing, platform: Platform, company: Company, linkedin: Channel
) -> None:
    topic = make_topic(platform, company, channel_ids=(str(linkedin.id),))
    charlie.send(f"/topics/{topic.id}/posts")
    charlie.send(f"/topics/{topic.id}/removal")
    with platform.database.read() as session:
        assert session.query(Topic).count() == 0
        assert session.query(Post).one().topic_id is None


@pytest.mark.parametrize("id_given_away", [False, True])
def test_a_deleted_topic_comes_back_as_it_was_with_its_posts_and_only_once(
    charlie: Browsing, platform: Platform, company: Company, linkedin: Channel, id_given_away: bool
) -> None:
    topic = make_topic(platform, company, channel_ids=(str(linkedin.id),), brief="Mit Bild", due_on=date(2026, 4, 1))
    charlie.send(f"/topics/{topic.id}/posts")
    answer = charlie.send_and_follow(f"/topics/{topic.id}/removal")
    assert f'action="/topics/{topic.id}/restoration"' in answer.text
    with platform.database.write() as session:
        if id_given_away:
            now = platform.clock.now()
            values = {"title": "Ein anderes", "created_at": now, "updated_at": now}
            session.add(Topic(id=topic.id, workspace_id=company.workspace.id, **values))
    assert charlie.send(f"/topics/{topic.id}/restoration").status_code == 302
    with platform.database.read() as session:
        back = session.query(Topic).filter_by(title=topic.title).one()
        assert (back.id == topic.id) is not id_given_away
        assert (back.brief, back.due_on, back.channel_ids) == ("Mit Bild", date(2026, 4, 1), [str(linkedin.id)])
        assert (back.owner_id, back.stage) == (topic.owner_id, TopicStage.IN_WORK)
        assert session.query(Post).one().topic_id == back.id
    assert charlie.send(f"/topics/{topic.id}/restoration").status_code == 404
