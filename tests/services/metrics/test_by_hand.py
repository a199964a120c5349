"""A person enters figures where a network gives none."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState
from planner.models import Delivery, Event, Snapshot
from planner.services.actor import Actor
from planner.services.errors import Conflict, Forbidden, Invalid, NotFound
from planner.services.metrics import record_manual
from publishers.sandbox import Sandbox
from tests.services.metrics.published import connected, published, snapshots
from tests.support.clock import FakeClock
from tests.support.databases import on_one_kind
from tests.support.factories import Company, make_channel


@pytest.fixture
def by_hand(platform: Platform, company: Company) -> int:
    """A delivery on an assisted channel."""
    channel = make_channel(platform.database, company, platform.clock.now(), "xing")
    return published(platform, company, channel, None)


def enter(platform: Platform, actor: Actor, delivery: int, **figures: Any) -> Snapshot:
    with platform.database.write() as session:
        return record_manual(session, actor, delivery, figures, now=platform.clock.now())


def test_a_person_enters_figures_and_leaves_out_what_is_unknown(
    platform: Platform, company: Company, by_hand: int
) -> None:
    enter(platform, company.charlie, by_hand, reactions="12", comments="", shares=None, impressions=1234)

    (snapshot,) = snapshots(platform, by_hand)
    assert (snapshot.reactions, snapshot.impressions) == (12, 1234)
    assert (snapshot.comments, snapshot.shares, snapshot.clicks, snapshot.reach) == (None, None, None, None)
    assert (snapshot.source, snapshot.entered_by_id, snapshot.latest) == ("manual", company.charlie.user_id, True)


def test_entering_again_adds_and_leaves_what_was_entered_before(
    platform: Platform, company: Company, by_hand: int, clock: FakeClock
) -> None:
    enter(platform, company.charlie, by_hand, reactions=3)
    clock.advance(days=1)
    enter(platform, company.bob, by_hand, reactions=9)

    assert [(s.reactions, s.latest) for s in snapshots(platform, by_hand)] == [(3, False), (9, True)]
    with platform.database.read() as session:
        entered = session.scalars(select(Event).where(Event.kind == "figures_entered").order_by(Event.id)).all()
    assert [(e.actor, e.data) for e in entered] == [("Charlie", {"reactions": 3}), ("Bob", {"reactions": 9})]


@on_one_kind
@pytest.mark.parametrize(("typed", "number"), [("1.234", 1234), ("12 345", 12345), (" 7 ", 7), ("1.234.567", 1234567)])
def test_numbers_may_be_typed_with_separators(
    platform: Platform, company: Company, by_hand: int, typed: str, number: int
) -> None:
    assert enter(platform, company.charlie, by_hand, impressions=typed).impressions == number


@on_one_kind
@pytest.mark.parametrize("typed", ["-1", -1, "1.5", "1,5", "viele", "1e3", "0x10", "²", "1.2345", True, ".5"])
def test_what_is_no_whole_number_is_refused_at_its_field(
    platform: Platform, company: Company, by_hand: int, typed: str | int
) -> None:
    with pytest.raises(Invalid) as error:
        enter(platform, company.charlie, by_hand, reactions=typed, clicks=3)

    assert [(e.field, e.code) for e in error.value.errors] == [("reactions", "figure_invalid")]
    assert snapshots(platform, by_hand) == []


def test_numbers_beyond_belief_unknown_names_and_nothing_at_all_are_refused(
    platform: Platform, company: Company, by_hand: int
) -> None:
    for figures, field, code in (
        ({"reach": "3000000000"}, "reach", "figure_too_large"),
        ({"likes": 3, "reach": 1}, "likes", "figure_unknown"),
        ({"reach": " ", "clicks": None}, "figures", "figures_missing"),
        ({}, "figures", "figures_missing"),
    ):
        with pytest.raises(Invalid) as error:
            enter(platform, company.charlie, by_hand, **figures)
        assert (field, code) in {(e.field, e.code) for e in error.value.errors}


def test_figures_are_entered_for_published_posts_on_channels_that_give_none(
    platform: Platform, company: Company, sandbox: Sandbox, by_hand: int
) -> None:
    given = published(platform, company, connected(platform, company), sandbox)
    with pytest.raises(Conflict, match="figures_come_from_network"):
        enter(platform, company.charlie, given, reactions=1)

    with platform.database.write() as session:
        session.get_one(Delivery, by_hand).state = DeliveryState.SCHEDULED
    with pytest.raises(Conflict, match="not_published"):
        enter(platform, company.charlie, by_hand, reactions=1)


def test_readers_and_outsiders_enter_no_figures(platform: Platform, company: Company, by_hand: int) -> None:
    for actor, refusal in ((company.rita, Forbidden), (company.oscar, NotFound)):
        with pytest.raises(refusal):
            enter(platform, actor, by_hand, reactions=1)
    assert snapshots(platform, by_hand) == []
