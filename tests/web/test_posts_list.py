"""The list of posts, changes to many, and the queue."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState, PostStatus
from planner.models import Channel, Delivery, Post
from planner.services import queue
from planner.services.posts import When
from tests.support.factories import Company, make_post
from tests.support.web import Browsing, ClientOf


def test_the_list_is_narrowed_by_status_figures_of_channels_and_time(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel, twitter: Channel
) -> None:
    make_post(platform, company.charlie, [linkedin], When(queue=True), text="Fräse")
    make_post(platform, company.charlie, [twitter], text="Ausbildung")
    rita = client_of(company.rita)
    assert words(rita.get("/posts").text) == ["Ausbildung", "Fräse"]
    assert words(rita.get("/posts?status=draft").text) == ["Ausbildung"]
    assert words(rita.get(f"/posts?channel={linkedin.id}").text) == ["Fräse"]
    assert words(rita.get("/posts?q=fräse").text) == ["Fräse"]
    assert words(rita.get("/posts?time=week").text) == ["Fräse"]
    assert words(rita.get("/posts?time=past").text) == []
    assert words(rita.get("/posts?status=nonsense&channel=x&time=y").text) == ["Ausbildung", "Fräse"]


def test_the_list_goes_on_where_the_page_ended(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel
) -> None:
    for number in range(52):
        make_post(platform, company.charlie, [linkedin], text=f"Beitrag {number}")
    rita = client_of(company.rita)
    first = rita.get("/posts").text
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = rita.get(following[1].replace("&amp;", "&")).text
    assert len(words(first)) == 50
    assert words(second) == ["Beitrag 1", "Beitrag 0"]


def test_readers_choose_nothing_and_outsiders_see_their_own(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel
) -> None:
    make_post(platform, company.charlie, [linkedin], text="Nur für uns")
    assert 'name="ids"' in client_of(company.charlie).get("/posts").text
    assert 'name="ids"' not in client_of(company.rita).get("/posts").text
    assert "Nur für uns" not in client_of(company.oscar).get("/posts").text


def test_many_are_changed_after_a_question_and_each_has_its_result(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel, twitter: Channel
) -> None:
    good = make_post(platform, company.charlie, [linkedin], text="Geht")
    bad = make_post(platform, company.charlie, [twitter], text="Ohne Sendeplatz")
    charlie = client_of(company.charlie)
    charlie.get("/posts")
    asked = charlie.send("/posts/bulk", change="slot", ids=[good.id, bad.id])
    assert "2" in re.findall(r"<h1>([^<]+)</h1>", asked.text)[0]
    assert delivery(platform, good.id).publish_at is None, "nothing happens before the answer"
    done = charlie.send("/posts/bulk", change="slot", ids=[good.id, bad.id], confirmed="yes")
    assert re.findall(r'data-done="(yes|no)"', done.text) == ["yes", "no"]
    assert "@brandt" in done.text, "the reason names the channel"
    assert delivery(platform, good.id).queued
    assert delivery(platform, bad.id).publish_at is None


def test_many_are_deleted_and_brought_back(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel
) -> None:
    ids = [make_post(platform, company.charlie, [linkedin], text=f"Nr. {n}").id for n in range(3)]
    charlie = client_of(company.charlie)
    charlie.get("/posts")
    done = charlie.send("/posts/bulk", change="delete", ids=ids, confirmed="yes")
    assert words(charlie.get("/posts").text) == []
    take_back(charlie, done.text)
    assert len(words(charlie.get("/posts").text)) == 3


def test_many_that_moved_go_back_to_where_they_stood(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel
) -> None:
    at = platform.clock.now() + timedelta(days=20)
    timed = make_post(platform, company.bob, [linkedin], When(at=at), approve=True)
    loose = make_post(platform, company.charlie, [linkedin])
    charlie = client_of(company.charlie)
    charlie.get("/posts")
    done = charlie.send("/posts/bulk", change="slot", ids=[timed.id, loose.id], confirmed="yes")
    assert delivery(platform, timed.id).publish_at != at
    take_back(charlie, done.text)
    assert [delivery(platform, p.id).publish_at for p in (timed, loose)] == [at, None]


def test_what_cannot_be_taken_back_is_said(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel
) -> None:
    ids = [make_post(platform, company.charlie, [linkedin], When(queue=True)).id for _n in range(2)]
    bob = client_of(company.bob)
    bob.get("/posts")
    done = bob.send("/posts/bulk", change="approve", ids=ids, confirmed="yes")
    assert client_of(company.charlie).send("/posts/bulk/undo", change="approve", items=str(ids[0])).status_code == 403
    with platform.database.write() as session:
        session.query(Delivery).filter_by(post_id=ids[0]).one().state = DeliveryState.SENDING
    take_back(bob, done.text)
    assert [delivery(platform, i).state for i in ids] == [DeliveryState.SENDING, DeliveryState.DRAFT]
    said = bob.get("/posts").text
    assert 'data-kind="error"' in said
    assert "wird gerade gesendet" in said


def test_only_a_lead_approves_many(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel
) -> None:
    ids = [make_post(platform, company.charlie, [linkedin], When(queue=True)).id for _n in range(2)]
    charlie, bob = client_of(company.charlie), client_of(company.bob)
    charlie.get("/posts")
    assert charlie.send("/posts/bulk", change="approve", ids=ids, confirmed="yes").status_code == 403
    bob.get("/posts")
    bob.send("/posts/bulk", change="approve", ids=ids, confirmed="yes")
    assert [delivery(platform, i).state for i in ids] == [DeliveryState.SCHEDULED] * 2


@pytest.mark.parametrize("fields", [{}, {"change": "slot"}, {"change": "burn", "ids": "1"}])
def test_a_change_of_nothing_only_says_so(client_of: ClientOf, company: Company, fields: dict[str, Any]) -> None:
    charlie = client_of(company.charlie)
    charlie.get("/posts")
    assert charlie.send("/posts/bulk", **fields).location == "/posts"


def test_posts_of_another_company_are_left_out_of_a_change(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel
) -> None:
    post = make_post(platform, company.charlie, [linkedin])
    oscar = client_of(company.oscar)
    oscar.get("/posts")
    done = oscar.send("/posts/bulk", change="delete", ids=[post.id], confirmed="yes")
    assert post.text not in done.text
    with platform.database.read() as session:
        assert session.get_one(Post, post.id).status is PostStatus.DRAFT


def test_the_queue_is_shown_in_its_order_and_reordered_by_buttons(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel
) -> None:
    first, second = (make_post(platform, company.bob, [linkedin], When(queue=True), text=t) for t in ("A", "B"))
    charlie = client_of(company.charlie)
    page = charlie.get("/queue").text
    assert re.findall(r'class="queue-words"[^>]*>([^<]+)<', page) == ["A", "B"]
    charlie.send(f"/queue/{linkedin.id}/order", up=delivery(platform, second.id).id)
    assert [d.post_id for d in queued(platform, linkedin)] == [second.id, first.id]


def test_a_new_order_says_the_new_times(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel
) -> None:
    posts = [make_post(platform, company.bob, [linkedin], When(queue=True), text=t) for t in ("A", "B")]
    ids = [delivery(platform, p.id).id for p in posts]
    charlie = client_of(company.charlie)
    charlie.get("/queue")
    answer = charlie.ask(f"/queue/{linkedin.id}/order", order=f"{ids[1]},{ids[0]}").json
    assert answer is not None
    assert [(t["id"], t["at"]) for t in answer["times"]] == [
        (str(ids[1]), "2026-03-17T08:00:00Z"),
        (str(ids[0]), "2026-03-19T09:00:00Z"),
    ]


def test_an_order_that_is_not_the_queue_any_more_is_refused(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel
) -> None:
    make_post(platform, company.bob, [linkedin], When(queue=True))
    charlie = client_of(company.charlie)
    charlie.get("/queue")
    answer = charlie.ask(f"/queue/{linkedin.id}/order", order="999")
    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["title"] == "queue_changed"


def test_who_may_change_the_queue(client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel) -> None:
    make_post(platform, company.bob, [linkedin], When(queue=True))
    assert "data-queue-move" not in client_of(company.rita).get("/queue").text
    assert client_of(company.rita).send(f"/queue/{linkedin.id}/order", up="1").status_code == 403
    assert client_of(company.oscar).send(f"/queue/{linkedin.id}/order", up="1").status_code == 404


def words(page: str) -> list[str]:
    return re.findall(r'class="post-row-link" href="[^"]+">([^<]+)<', page)


def delivery(platform: Platform, post_id: int) -> Delivery:
    with platform.database.read() as session:
        found = session.scalars(select(Delivery).where(Delivery.post_id == post_id)).one()
        session.expunge_all()
        return found


def queued(platform: Platform, channel: Channel) -> list[Delivery]:
    with platform.database.read() as session:
        return queue.queue_of(session, channel.id, now=platform.clock.now())


def take_back(person: Browsing, page: str) -> None:
    """Press "undo" on the page of results."""
    form = page.partition('action="/posts/bulk/undo"')[2].partition("</form>")[0]
    fields = dict(re.findall(r'name="(change|items)" value="([^"]*)"', form))
    assert person.send("/posts/bulk/undo", **fields).status_code == 303
