"""A post that is out: looked at, edited, taken down, and noticed to be gone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState
from planner.models import Delivery, Event, Notice, Post
from planner.services import live
from planner.services.actor import Actor
from planner.services.errors import Conflict, Forbidden, Invalid, NotFound
from planner.services.live import Standing
from planner.services.metrics import pull_due
from publishers.sandbox import Sandbox
from tests.publishers.accounts import CREDENTIALS
from tests.services.metrics.published import ACCOUNT, connected, snapshots
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_channel, make_post

TEXT = "Neue Fräse im Werk Süd."


def out(platform: Platform, company: Company, sandbox: Sandbox, *keys: str) -> list[int]:
    """The deliveries of one post that went out on these networks with our text."""
    channels = [connected(platform, company, key) for key in keys]
    at = platform.clock.now()
    post = make_post(platform, company.bob, channels, approve=True, text=TEXT)
    with platform.database.write() as session:
        found = list(session.scalars(select(Delivery).filter_by(post_id=post.id).order_by(Delivery.id)))
        for delivery, key in zip(found, keys, strict=True):
            account = CREDENTIALS[key].get(ACCOUNT[key], "")
            delivery.state, delivery.published_at = DeliveryState.PUBLISHED, at
            delivery.remote_id = sandbox.backfill(key, account, TEXT, at)
            delivery.metrics_due_at = at
        return [d.id for d in found]


def read(platform: Platform, delivery_id: int) -> tuple[Delivery, Standing, Post]:
    with platform.database.read() as session:
        delivery = session.get_one(Delivery, delivery_id)
        post = session.get_one(Post, delivery.post_id)
        _ = post.variants
        return delivery, live.standing(session, platform, delivery), post


def remote(platform: Platform, delivery_id: int) -> str:
    return str(read(platform, delivery_id)[0].remote_id)


def events(platform: Platform, delivery_id: int) -> list[tuple[str, str, dict[str, Any]]]:
    with platform.database.read() as session:
        query = select(Event).where(Event.subject == "delivery", Event.subject_id == delivery_id).order_by(Event.id)
        return [(e.kind, e.actor, e.data) for e in session.scalars(query)]


@pytest.mark.parametrize("key", ["facebook", "twitter", "linkedin", "xing"])
def test_a_look_keeps_what_the_network_shows_and_tells_where_it_is_another_text(
    platform: Platform, company: Company, sandbox: Sandbox, key: str
) -> None:
    (delivery,) = out(platform, company, sandbox, key)

    assert live.look(platform, company.charlie, delivery)
    stands = read(platform, delivery)[1]
    assert (stands.shown, stands.differs, stands.looked_at) == (TEXT, False, platform.clock.now())
    assert stands.url or key == "xing"

    post = sandbox.world.store.find(key, remote(platform, delivery))
    assert post is not None
    post.text = post.meta["commentary"] = post.meta["shown"] = "Heute geschlossen."
    assert live.look(platform, company.charlie, delivery)
    stands = read(platform, delivery)[1]
    assert (stands.shown, stands.expected, stands.differs) == ("Heute geschlossen.", TEXT, True)

    live.take_over(platform, company.charlie, delivery)
    _, stands, ours = read(platform, delivery)
    assert (ours.text, stands.differs) == ("Heute geschlossen.", False)
    (kind, actor, data) = events(platform, delivery)[-1]
    assert (kind, actor, data) == ("text_taken_over", "Charlie", {"before": TEXT, "after": "Heute geschlossen."})
    with pytest.raises(Conflict, match="nothing_to_take_over"):
        live.take_over(platform, company.charlie, delivery)


@pytest.mark.parametrize("fault", [None, "error", "malformed"])
def test_an_edit_reaches_the_network_and_the_history_even_where_its_answer_is_lost(
    platform: Platform, company: Company, sandbox: Sandbox, fault: str | None
) -> None:
    facebook, linkedin = out(platform, company, sandbox, "facebook", "linkedin")
    if fault:
        sandbox.faults.add(fault, "facebook", "update", accepted=True, count=1)

    live.edit(platform, company.bob, facebook, "Neue Fräse im Werk Nord.")

    found, stands, post = read(platform, facebook)
    assert (stands.shown, stands.differs) == ("Neue Fräse im Werk Nord.", False)
    assert [(p["text"], p["id"]) for p in sandbox.posts("facebook")] == [("Neue Fräse im Werk Nord.", found.remote_id)]
    assert (post.text, [v.text for v in post.variants]) == (TEXT, ["Neue Fräse im Werk Nord."])
    assert not read(platform, linkedin)[1].differs
    (kind, actor, data) = events(platform, facebook)[-1]
    assert (kind, actor) == ("remote_edited", "Bob")
    assert data == {"before": TEXT, "after": "Neue Fräse im Werk Nord."}

    live.edit(platform, company.bob, facebook, "Neue Fräse im Werk Nord.")
    assert len(read(platform, facebook)[2].variants) == 1


def test_an_edit_whose_fate_is_unknown_says_so_and_changes_nothing_here(
    platform: Platform, company: Company, sandbox: Sandbox
) -> None:
    (delivery,) = out(platform, company, sandbox, "linkedin")
    sandbox.faults.add("error", "linkedin", "update", count=1)

    with pytest.raises(Conflict, match="edit_unconfirmed"):
        live.edit(platform, company.bob, delivery, "Anders.")
    assert read(platform, delivery)[2].text == TEXT
    assert events(platform, delivery)[-1][0] == "remote_edit_asked"

    live.edit(platform, company.bob, delivery, "Anders.")
    assert read(platform, delivery)[2].text == "Anders."


def test_who_may_edit_what_and_what_the_network_would_not_take(
    platform: Platform, company: Company, sandbox: Sandbox
) -> None:
    linkedin, twitter = out(platform, company, sandbox, "linkedin", "twitter")
    refused: tuple[tuple[Actor, int, str, type[Exception]], ...] = (
        (company.rita, linkedin, "Anders.", Forbidden),
        (company.charlie, linkedin, "Anders.", Forbidden),  # the post needs a lead's yes
        (company.oscar, linkedin, "Anders.", NotFound),
        (company.bob, linkedin, "x" * 3001, Invalid),
        (company.bob, linkedin, "  ", Invalid),
        (company.bob, twitter, "Anders.", Conflict),
    )
    for actor, delivery, text, error in refused:
        with pytest.raises(error):
            live.edit(platform, actor, delivery, text)
    assert {p["text"] for p in sandbox.posts()} == {TEXT}


@pytest.mark.parametrize("key", ["facebook", "twitter", "linkedin", "xing"])
@pytest.mark.parametrize("fault", [None, "error"])
def test_taking_down_keeps_figures_and_history_and_is_final(
    platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock, key: str, fault: str | None
) -> None:
    (delivery,) = out(platform, company, sandbox, key)
    pull_due(platform)
    if fault:
        sandbox.faults.add(fault, key, "delete", accepted=True, count=1)

    live.take_down(platform, company.charlie, delivery)

    found, stands, _ = read(platform, delivery)
    assert [p["deleted"] for p in sandbox.posts(key)] == [True]
    assert (found.state, found.removed_at, found.removed_by) == (DeliveryState.PUBLISHED, clock.now(), "Charlie")
    assert (stands.can_look, stands.can_edit, stands.can_remove) == (False, False, False)
    assert [kind for kind, _, _ in events(platform, delivery)][-2:] == ["removal_asked", "removed"]
    clock.advance(days=1)
    pull_due(platform, all_due=True)
    assert len(snapshots(platform, delivery)) == 1
    with pytest.raises(Conflict, match="removed_already"):
        live.take_down(platform, company.charlie, delivery)


def test_a_take_down_that_did_not_reach_the_network_is_told_and_may_be_repeated(
    platform: Platform, company: Company, sandbox: Sandbox
) -> None:
    (delivery,) = out(platform, company, sandbox, "facebook")
    sandbox.faults.add("error", "facebook", "delete", count=1)
    with pytest.raises(Conflict, match="removal_unconfirmed"):
        live.take_down(platform, company.charlie, delivery)
    assert read(platform, delivery)[0].removed_at is None

    sandbox.faults.add("missing_permission", "facebook", "delete", count=1)
    with pytest.raises(Conflict, match="network_refused"):
        live.take_down(platform, company.charlie, delivery)
    live.take_down(platform, company.charlie, delivery)
    assert read(platform, delivery)[0].removed_by == "Charlie"


def test_who_died_while_taking_down_is_known_when_the_post_is_missed(
    platform: Platform, company: Company, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    (delivery,) = out(platform, company, sandbox, "facebook")

    class Died(BaseException):
        """What a killed process leaves undone."""

    def die(*_: object) -> None:
        raise Died

    with monkeypatch.context() as killed:
        killed.setattr("planner.services.live.removing.mark_removed", die)
        with pytest.raises(Died):
            live.take_down(platform, company.charlie, delivery)
    assert [p["deleted"] for p in sandbox.posts("facebook")] == [True]

    pull_due(platform)
    found = read(platform, delivery)[0]
    assert (found.removed_by, found.removed_at) == ("Charlie", platform.clock.now())


def test_posts_that_somebody_took_down_at_the_network_are_told_of_once(
    platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock
) -> None:
    first = out(platform, company, sandbox, "facebook")[0]
    with platform.database.read() as session:
        channel = session.get_one(Delivery, first).channel
        at = platform.clock.now()
    more = []
    for number in range(3):
        post = make_post(platform, company.bob, [channel], approve=True, text=f"Beitrag {number}")
        with platform.database.write() as session:
            d = session.scalars(select(Delivery).filter_by(post_id=post.id)).one()
            d.state, d.published_at, d.metrics_due_at = DeliveryState.PUBLISHED, at, at
            d.remote_id = sandbox.backfill("facebook", CREDENTIALS["facebook"]["page_id"], f"Beitrag {number}", at)
            more.append(d.id)
    for delivery in (first, *more):
        sandbox.remove("facebook", remote(platform, delivery))

    assert not live.look(platform, company.charlie, first)
    pull_due(platform)
    clock.advance(timedelta(days=1))
    pull_due(platform, all_due=True)

    for delivery in (first, *more):
        found = read(platform, delivery)[0]
        assert (found.removed_by, found.state) == (None, DeliveryState.PUBLISHED)
        assert found.removed_at is not None
    with platform.database.read() as session:
        notices = session.scalars(select(Notice).where(Notice.kind == "posts_removed")).all()
        assert {n.user_id for n in notices} == {company.bob.user_id, company.charlie.user_id}
        assert [n.data["count"] for n in notices] == [4, 4]


def test_what_has_no_connection_or_is_not_out_cannot_be_asked_for(
    platform: Platform, company: Company, sandbox: Sandbox
) -> None:
    (delivery,) = out(platform, company, sandbox, "linkedin")
    by_hand = make_channel(platform.database, company, platform.clock.now(), "xing")
    post = make_post(platform, company.bob, [by_hand], approve=True)
    with platform.database.write() as session:
        hand = session.scalars(select(Delivery).filter_by(post_id=post.id)).one()
        hand.state = DeliveryState.PUBLISHED
        session.flush()
        hand_id = hand.id
    with pytest.raises(Conflict, match="no_connection"):
        live.look(platform, company.charlie, hand_id)
    with platform.database.write() as session:
        session.get_one(Delivery, delivery).state = DeliveryState.SCHEDULED
    with pytest.raises(Conflict, match="not_live"):
        live.take_down(platform, company.charlie, delivery)
