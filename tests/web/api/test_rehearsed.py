"""What was only rehearsed, planned for real by the API."""

from __future__ import annotations

from sqlalchemy import update

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState
from planner.models import Delivery, Post
from planner.services.posts import When
from tests.support.api import Script, fields, made, problem
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_channel, make_post


def test_rehearsed_deliveries_are_listed_with_their_times_planned_together_and_taken_back(
    admin: Script, platform: Platform, company: Company, clock: FakeClock
) -> None:
    slots = [(2, "09:00"), (4, "09:00")]
    channel = make_channel(platform.database, company, clock.now(), "twitter", slots)
    at = clock.now().replace(day=18, hour=8, minute=0)  # Wednesday, 9:00 in Berlin: the moment of a slot
    one, two = (
        make_post(platform, company.bob, [channel], When(at=at), text=text, approve=True) for text in ("Eins", "Zwei")
    )
    clock.set(at)
    with platform.database.write() as session:
        played = {"state": DeliveryState.PUBLISHED, "rehearsed": True, "published_at": at}
        session.execute(update(Delivery).values(played))

    listed = made(admin.get("/deliveries/rehearsed"))
    assert [(d["post"], d["next_slot"], d["same_time"]) for d in listed["items"]] == [
        (str(one.id), "2026-03-20T08:00:00Z", "2026-03-25T08:00:00Z"),
        (str(two.id), "2026-03-25T08:00:00Z", "2026-03-25T08:00:00Z"),
    ]
    assert listed["count"] == 2
    first, second = (d["id"] for d in listed["items"])
    twice = [{"delivery": first, "when": "slot"}, {"delivery": first, "when": "same"}]
    assert fields(problem(admin.post("/deliveries/plans", {"plans": twice}), 422)) == {
        "plans.1.delivery": "delivery_twice"
    }
    wanted = [{"delivery": second, "when": "slot"}, {"delivery": first, "when": "same"}]
    plan = made(admin.post("/deliveries/plans", {"plans": wanted}))
    assert [(d["status"], d["publish_at"]) for d in plan["items"]] == [
        ("scheduled", "2026-03-20T08:00:00Z"),
        ("scheduled", "2026-03-25T08:00:00Z"),
    ]
    assert made(admin.get("/deliveries/rehearsed"))["items"] == []
    again = problem(admin.post("/deliveries/plans", {"plans": wanted}), 409)
    assert again["code"] == "planned_anew_already"

    assert made(admin.delete(f"/deliveries/plans/{plan['id']}")) == {"taken": 2, "left": 0}
    assert [d["id"] for d in made(admin.get("/deliveries/rehearsed"))["items"]] == [first, second]
    with platform.database.read() as session:
        kept = session.query(Post).filter(Post.deleted_at.is_(None)).order_by(Post.id)
        assert [post.id for post in kept] == [one.id, two.id]
