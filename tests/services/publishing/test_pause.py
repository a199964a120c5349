"""The crisis switch and the smaller pauses."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from planner.models import Campaign
from planner.services.actor import Actor
from planner.services.errors import Conflict, Forbidden, Invalid, NotFound
from planner.services.publishing import pause
from planner.services.publishing.status import Holds, held
from tests.services.publishing.stage import Stage

Act = Callable[[Session, Actor], object]


@pytest.fixture(params=["workspace", "campaign", "channel"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def switch(stage: Stage, kind: str) -> tuple[Act, Act]:
    """How this kind is paused and released."""
    now = stage.clock.now()
    if kind == "workspace":
        return (
            lambda session, actor: pause.pause_workspace(session, actor, "Störfall im Werk", now=now),
            lambda session, actor: pause.release_workspace(session, actor, now=now),
        )
    if kind == "channel":
        channel = stage.channel()
        return (
            lambda session, actor: pause.pause_channel(session, actor, channel.id, "Umbau", now=now),
            lambda session, actor: pause.release_channel(session, actor, channel.id, now=now),
        )
    campaign = Campaign(workspace_id=stage.company.workspace.id, name="Messe")
    with stage.platform.database.write() as session:
        session.add(campaign)
    return (
        lambda session, actor: pause.pause_campaign(session, actor, campaign.id, "Budget", now=now),
        lambda session, actor: pause.release_campaign(session, actor, campaign.id, now=now),
    )


def test_an_editor_may_pause_but_only_a_lead_may_release(stage: Stage, switch: tuple[Act, Act]) -> None:
    pause_it, release_it = switch
    people, database = stage.company, stage.platform.database

    with database.write() as session, pytest.raises(Forbidden):
        pause_it(session, people.rita)
    with database.write() as session:
        pause_it(session, people.charlie)
    with database.write() as session, pytest.raises(Forbidden):
        release_it(session, people.charlie)
    with database.write() as session:
        release_it(session, people.bob)
    with database.write() as session, pytest.raises(Conflict, match="not_paused"):
        release_it(session, people.bob)


def test_an_outsider_pauses_nothing_here(stage: Stage, switch: tuple[Act, Act], kind: str) -> None:
    database = stage.platform.database
    if kind == "workspace":
        with database.write() as session:
            switch[0](session, stage.company.oscar)
        assert stage.workspace().paused_at is None
    else:
        with database.write() as session, pytest.raises(NotFound):
            switch[0](session, stage.company.oscar)


def test_a_pause_needs_a_reason(stage: Stage) -> None:
    with stage.platform.database.write() as session, pytest.raises(Invalid) as refused:
        pause.pause_workspace(session, stage.company.charlie, "  ", now=stage.clock.now())

    assert [(e.field, e.code) for e in refused.value.errors] == [("reason", "reason_missing")]


def test_a_paused_delivery_shows_that_it_is_held_and_why(stage: Stage) -> None:
    delivery = stage.due(stage.channel())
    with stage.platform.database.read() as session:
        assert held(session, stage.read(delivery), stage.clock.now()) is None
    with stage.platform.database.write() as session:
        pause.pause_workspace(session, stage.company.charlie, "Störfall im Werk", now=stage.clock.now())

    with stage.platform.database.read() as session:
        assert held(session, stage.read(delivery), stage.clock.now()) == "workspace_paused"


def test_what_is_done_is_not_held(stage: Stage) -> None:
    delivery = stage.due(stage.channel())
    stage.run()
    with stage.platform.database.write() as session:
        pause.pause_workspace(session, stage.company.charlie, "Störfall im Werk", now=stage.clock.now())

    with stage.platform.database.read() as session:
        holds = Holds.read(session, stage.company.workspace.id, stage.clock.now())
    assert holds.reason(stage.read(delivery)) is None
