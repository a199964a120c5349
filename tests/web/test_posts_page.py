"""A post's page: what it says about each delivery, and what its buttons do."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState, Outcome, PostStatus
from planner.models import Attempt, Channel, Delivery, Post, Snapshot, Workspace
from planner.services.posts import When
from planner.services.publishing.status import refresh_status
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_post
from tests.support.web import ClientOf


@pytest.fixture
def post(platform: Platform, company: Company, linkedin: Channel) -> Post:
    """A post on LinkedIn, approved, in the queue."""
    return make_post(platform, company.bob, [linkedin], When(queue=True), approve=True)


def test_everyone_of_the_company_sees_it_and_outsiders_do_not(
    client_of: ClientOf, company: Company, post: Post
) -> None:
    for name in ("alice", "bob", "charlie", "rita"):
        assert client_of(getattr(company, name)).get(f"/posts/{post.id}").status_code == 200
    assert client_of(company.oscar).get(f"/posts/{post.id}").status_code == 404
    assert client_of(None).get(f"/posts/{post.id}").status_code == 302


def test_buttons_that_a_role_may_not_use_are_absent(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel
) -> None:
    waiting = make_post(platform, company.charlie, [linkedin], When(queue=True))
    pages = {name: client_of(getattr(company, name)).get(f"/posts/{waiting.id}").text for name in PEOPLE}
    buttons = {"edit": "/edit", "delete": "/deletion", "approve": '/approval"', "send back": "/approval/withdrawal"}
    seen = {name: {b for b, address in buttons.items() if address in page} for name, page in pages.items()}
    assert seen == {"bob": set(buttons), "charlie": {"edit", "delete"}, "rita": set()}


def test_what_a_role_may_not_do_is_refused_and_outsiders_find_nothing(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel
) -> None:
    waiting = make_post(platform, company.charlie, [linkedin], When(queue=True))
    addresses = ["times", "copies", "deletion", "approval-request", "approval", "approval/withdrawal"]
    for name, status in (("rita", 403), ("oscar", 404)):
        person = client_of(getattr(company, name))
        for address in addresses:
            assert person.send(f"/posts/{waiting.id}/{address}", none="yes").status_code == status, (name, address)
    charlie = client_of(company.charlie)
    assert charlie.send(f"/posts/{waiting.id}/approval").status_code == 403
    assert status_of(platform, waiting.id) is PostStatus.IN_APPROVAL


def test_a_lead_approves_what_was_seen(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel
) -> None:
    waiting = make_post(platform, company.charlie, [linkedin], When(queue=True))
    bob = client_of(company.bob)
    assert bob.send(f"/posts/{waiting.id}/approval", version=7).status_code == 409, "another version was shown"
    bob.send(f"/posts/{waiting.id}/approval", version=1)
    assert status_of(platform, waiting.id) is PostStatus.SCHEDULED


def test_a_post_is_sent_back_with_a_note(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel
) -> None:
    waiting = make_post(platform, company.charlie, [linkedin], When(queue=True))
    client_of(company.bob).send(f"/posts/{waiting.id}/approval/withdrawal", note="Bitte ohne Preise.")
    page = client_of(company.charlie).get(f"/posts/{waiting.id}").text
    assert "Bitte ohne Preise." in page
    assert status_of(platform, waiting.id) is PostStatus.DRAFT


def test_moving_says_where_to_and_can_be_taken_back(
    client_of: ClientOf, company: Company, platform: Platform, post: Post
) -> None:
    charlie = client_of(company.charlie)
    charlie.get(f"/posts/{post.id}")
    before = delivery_of(platform, post.id).publish_at
    moved = charlie.ask(f"/posts/{post.id}/times", publish_at="2026-03-20T15:00").json
    assert moved is not None
    assert "15:00" in moved["message"]
    assert delivery_of(platform, post.id).wall_time == "2026-03-20T15:00"
    charlie.ask(moved["undo"])
    delivery = delivery_of(platform, post.id)
    assert (delivery.publish_at, delivery.queued) == (before, True)


@pytest.mark.parametrize(
    ("sent", "code"),
    [({}, "time_missing"), ({"publish_at": "bald"}, "time_unreadable"), ({"at": "2020-01-01T10:00:00Z"}, "time_past")],
)
def test_a_time_that_cannot_be_is_refused_with_the_reason(
    client_of: ClientOf, company: Company, platform: Platform, post: Post, sent: dict[str, Any], code: str
) -> None:
    charlie = client_of(company.charlie)
    charlie.get(f"/posts/{post.id}")
    before = delivery_of(platform, post.id).publish_at
    answer = charlie.ask(f"/posts/{post.id}/times", **sent)
    assert answer.status_code == 422
    assert answer.json is not None
    assert [e["code"] for e in answer.json["errors"]] == [code]
    assert answer.json["detail"] == answer.json["errors"][0]["message"]
    assert delivery_of(platform, post.id).publish_at == before


def test_what_is_being_sent_cannot_be_moved_or_deleted(
    client_of: ClientOf, company: Company, platform: Platform, post: Post
) -> None:
    set_state(platform, post.id, DeliveryState.SENDING)
    charlie = client_of(company.charlie)
    page = charlie.get(f"/posts/{post.id}").text
    assert "/edit" not in page
    assert "/deletion" not in page
    ids = str(delivery_of(platform, post.id).id)
    assert charlie.ask(f"/posts/{post.id}/times", deliveries=ids, queue="yes").status_code == 409
    assert charlie.ask(f"/posts/{post.id}/deletion").status_code == 409


def test_deleting_can_be_taken_back(client_of: ClientOf, company: Company, platform: Platform, post: Post) -> None:
    charlie = client_of(company.charlie)
    charlie.get(f"/posts/{post.id}")
    deleted = charlie.ask(f"/posts/{post.id}/deletion").json
    assert deleted is not None
    assert charlie.get(f"/posts/{post.id}").status_code == 404
    charlie.ask(deleted["undo"])
    assert charlie.get(f"/posts/{post.id}").status_code == 200
    assert delivery_of(platform, post.id).state is DeliveryState.SCHEDULED


def test_a_copy_is_a_new_draft(client_of: ClientOf, company: Company, platform: Platform, post: Post) -> None:
    charlie = client_of(company.charlie)
    charlie.get(f"/posts/{post.id}")
    answer = charlie.send(f"/posts/{post.id}/copies")
    copy_id = int(re.findall(r"/posts/(\d+)/edit", answer.location)[0])
    assert copy_id != post.id
    assert status_of(platform, copy_id) is PostStatus.DRAFT
    assert post.text in charlie.get(answer.location).text


TROUBLES = {
    DeliveryState.FAILED: ("rejected", ["/retry", "/cancellation", "/edit"]),
    DeliveryState.MISSED: ("missed", ["/retry", "/cancellation"]),
    DeliveryState.UNKNOWN: ("unconfirmed", ["https://linkedin.example/brandt"]),
    DeliveryState.NEEDS_PERSON: ("cannot_list", ["/resolution", "/cancellation", "https://linkedin.example/brandt"]),
}


@pytest.mark.parametrize("state", TROUBLES)
def test_each_trouble_says_what_happened_and_offers_what_helps(
    client_of: ClientOf, company: Company, platform: Platform, post: Post, linkedin: Channel, state: DeliveryState
) -> None:
    code, wanted = TROUBLES[state]
    set_state(platform, post.id, state, error_code=code, network_message="Das Netzwerk sagte etwas")
    with platform.database.write() as session:
        session.get_one(Channel, linkedin.id).profile_url = "https://linkedin.example/brandt"
    page = client_of(company.charlie).get(f"/posts/{post.id}").text
    assert "Das Netzwerk sagte etwas" in page
    trouble = page.partition('class="note trouble"')[2]
    for address in wanted:
        assert address in trouble, address
    reader = client_of(company.rita).get(f"/posts/{post.id}").text
    assert "Das Netzwerk sagte etwas" in reader
    assert "/retry" not in reader
    assert "/resolution" not in reader


def test_it_is_live_takes_the_address(client_of: ClientOf, company: Company, platform: Platform, post: Post) -> None:
    set_state(platform, post.id, DeliveryState.NEEDS_PERSON, error_code="cannot_list")
    delivery = delivery_of(platform, post.id)
    charlie = client_of(company.charlie)
    charlie.get(f"/posts/{post.id}")
    for address in ("", "irgendwo"):
        refused = charlie.send(f"/deliveries/{delivery.id}/resolution", live="yes", url=address)
        assert refused.status_code == 422
        assert f'id="live-url-{delivery.id}-error"' in refused.text
    assert 'value="irgendwo"' in refused.text
    charlie.send(f"/deliveries/{delivery.id}/resolution", live="yes", url="https://linkedin.example/p/1")
    delivery = delivery_of(platform, post.id)
    assert (delivery.state, delivery.remote_url) == (DeliveryState.PUBLISHED, "https://linkedin.example/p/1")


def test_it_is_not_live_sends_it_again(client_of: ClientOf, company: Company, platform: Platform, post: Post) -> None:
    set_state(platform, post.id, DeliveryState.NEEDS_PERSON, error_code="cannot_list")
    charlie = client_of(company.charlie)
    charlie.get(f"/posts/{post.id}")
    charlie.send(f"/deliveries/{delivery_of(platform, post.id).id}/resolution", live="no")
    assert delivery_of(platform, post.id).state is DeliveryState.SCHEDULED


@pytest.mark.parametrize(
    ("address", "fields", "state"),
    [
        ("retry", {}, DeliveryState.SCHEDULED),
        ("retry", {"slot": "yes"}, DeliveryState.SCHEDULED),
        ("cancellation", {}, DeliveryState.CANCELLED),
    ],
)
def test_a_missed_one_goes_now_or_later_or_not_at_all(
    client_of: ClientOf,
    company: Company,
    platform: Platform,
    post: Post,
    address: str,
    fields: dict[str, Any],
    state: DeliveryState,
) -> None:
    set_state(platform, post.id, DeliveryState.MISSED, error_code="missed")
    charlie = client_of(company.charlie)
    charlie.get(f"/posts/{post.id}")
    charlie.send(f"/deliveries/{delivery_of(platform, post.id).id}/{address}", **fields)
    assert delivery_of(platform, post.id).state is state


def test_nobody_but_members_decides(client_of: ClientOf, company: Company, platform: Platform, post: Post) -> None:
    set_state(platform, post.id, DeliveryState.MISSED, error_code="missed")
    delivery_id = delivery_of(platform, post.id).id
    for name, status in (("rita", 403), ("oscar", 404)):
        person = client_of(getattr(company, name))
        for address in ("retry", "cancellation", "resolution"):
            assert person.send(f"/deliveries/{delivery_id}/{address}", live="no").status_code == status
    assert delivery_of(platform, post.id).state is DeliveryState.MISSED


def test_a_held_one_says_why(client_of: ClientOf, company: Company, platform: Platform, post: Post) -> None:
    with platform.database.write() as session:
        session.get_one(Workspace, company.workspace.id).paused_at = platform.clock.now()
    page = client_of(company.rita).get(f"/posts/{post.id}").text
    assert 'class="delivery-hold"' in page
    assert 'data-status="scheduled"' in page


def test_attempts_figures_and_history_are_shown(
    client_of: ClientOf, company: Company, platform: Platform, post: Post, clock: FakeClock
) -> None:
    set_state(platform, post.id, DeliveryState.PUBLISHED, published_at=clock.now(), remote_url="https://l.example/1")
    delivery = delivery_of(platform, post.id)
    with platform.database.write() as session:
        session.add(attempt(delivery, clock))
        for hours, impressions in ((1, 120), (3, 1234)):
            taken = clock.now() + timedelta(hours=hours)
            figures = {"impressions": impressions, "latest": hours == 3, "extra": {"quote_count": hours, "new_one": 7}}
            session.add(Snapshot(delivery_id=delivery.id, taken_at=taken, **figures))
    page = client_of(company.rita).get(f"/posts/{post.id}").text
    assert 'href="https://l.example/1"' in page
    assert "Zu viele Anfragen" in page
    assert "1.234" in page
    assert "data-chart" in page
    further = page.partition("further-figures")[2].partition("term-meaning")[0]
    assert "Zitate</button></dt><dd>3</dd>" in further
    assert "<code>new_one</code></dt><dd>7</dd>" in further
    assert 'id="means-quote_count"' in page
    assert "–</td>" in page, "a figure that the network does not give is a dash"
    assert "Bob" in page.partition('id="history-title"')[2]


PEOPLE = ("bob", "charlie", "rita")


def attempt(delivery: Delivery, clock: FakeClock) -> Attempt:
    return Attempt(
        delivery_id=delivery.id,
        number=1,
        epoch=1,
        owner="w",
        fingerprint="f",
        started_at=clock.now(),
        deadline_at=clock.now(),
        finished_at=clock.now(),
        outcome=Outcome.REFUSED,
        status=429,
        message="Zu viele Anfragen",
    )


def test_of_several_posts_that_could_be_it_a_person_chooses_one(
    client_of: ClientOf, company: Company, platform: Platform, post: Post
) -> None:
    found = [
        {"remote_id": f"urn:{n}", "url": f"https://linkedin.example/{n}", "created_at": "2026-03-16T08:59:00+00:00"}
        for n in (1, 2)
    ]
    asked = {"error_code": "ambiguous", "error_params": {"candidates": found}}
    set_state(platform, post.id, DeliveryState.NEEDS_PERSON, **asked)
    charlie = client_of(company.charlie)
    page = charlie.get(f"/posts/{post.id}").text
    assert page.count("Dieser ist es</span>") == 2
    assert page.count("dort veröffentlicht am Mo., 16. März 2026, 09:59") == 2
    assert 'name="url" value="https://linkedin.example/2"' in page
    charlie.send(f"/deliveries/{delivery_of(platform, post.id).id}/resolution", live="yes", url=found[1]["url"])
    assert delivery_of(platform, post.id).remote_id == "urn:2"
    late = charlie.send_and_follow(f"/deliveries/{delivery_of(platform, post.id).id}/resolution", live="no")
    assert (late.status_code, late.request.path) == (200, f"/posts/{post.id}")
    assert "Das wurde schon entschieden" in late.text


def test_it_says_when_the_next_try_is_and_when_it_goes_out_nowhere_any_more(
    client_of: ClientOf, company: Company, platform: Platform, post: Post, clock: FakeClock
) -> None:
    tried = {"error_code": "refused", "attempt_count": 2, "try_at": clock.now() + timedelta(minutes=2)}
    set_state(platform, post.id, DeliveryState.SCHEDULED, **tried)
    charlie = client_of(company.charlie)
    assert "Nächster Versuch: Mo., 16. März 2026, 10:02." in charlie.get(f"/posts/{post.id}").text
    set_state(platform, post.id, DeliveryState.SENDING)
    assert "Am Beitrag lässt sich nichts ändern" in charlie.get(f"/posts/{post.id}").text
    set_state(platform, post.id, DeliveryState.CANCELLED)
    page = charlie.get(f"/posts/{post.id}").text
    assert "Der Beitrag geht nirgends mehr hinaus." in page
    assert "Noch ist kein Kanal gewählt" not in page


def test_what_was_only_rehearsed_is_nowhere_called_published(
    client_of: ClientOf, company: Company, platform: Platform, post: Post, clock: FakeClock
) -> None:
    played = {"rehearsed": True, "remote_id": "1", "published_at": clock.now(), "publish_at": clock.now()}
    set_state(platform, post.id, DeliveryState.PUBLISHED, **played)
    charlie = client_of(company.charlie)
    for path in (f"/posts/{post.id}", f"/calendar/entries/{post.id}", "/posts"):
        page = charlie.get(path).text
        assert 'data-status="rehearsed"' in page, path
        assert 'data-status="published"' not in page, path
    assert "Zahlen kommen innerhalb von Stunden" not in charlie.get(f"/posts/{post.id}").text
    told = charlie.get("/calendar/events?start=2026-03-16T00:00:00Z&end=2026-03-23T00:00:00Z").json
    assert told is not None
    assert [entry["status"] for entry in told["entries"]] == ["rehearsed"]


def delivery_of(platform: Platform, post_id: int) -> Delivery:
    with platform.database.read() as session:
        found = session.scalars(select(Delivery).where(Delivery.post_id == post_id)).one()
        session.expunge_all()
        return found


def set_state(platform: Platform, post_id: int, state: DeliveryState, **values: Any) -> None:
    with platform.database.write() as session:
        delivery = session.scalars(select(Delivery).where(Delivery.post_id == post_id)).one()
        delivery.state = state
        for name, value in values.items():
            setattr(delivery, name, value)
        refresh_status(session, post_id)


def status_of(platform: Platform, post_id: int) -> PostStatus:
    with platform.database.read() as session:
        return session.get_one(Post, post_id).status


def test_a_limit_of_the_network_is_said_with_the_time_when_it_goes_on(
    client_of: ClientOf, company: Company, platform: Platform, post: Post
) -> None:
    delivery = delivery_of(platform, post.id)
    with platform.database.write() as session:
        channel = session.get_one(Channel, delivery.channel_id)
        channel.throttled_until, channel.throttle_reason = platform.clock.now() + timedelta(days=3), "limit"
    page = client_of(company.rita).get(f"/posts/{post.id}").text
    assert "Die Grenze des Netzwerks für dieses Konto ist erreicht." in page
    assert "Do., 19. März 2026, 10:00" in page
    assert "Do., 19. März 2026, 10:00" in client_of(company.rita).get(f"/channels/{delivery.channel_id}").text
