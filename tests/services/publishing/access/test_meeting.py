"""Access that ends and access that comes, at the same moment: on PostgreSQL, which lets two write at once."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from planner.domain.states import DeliveryState
from planner.models import Channel, Event
from planner.services import channels
from planner.services.connections import ChannelAccess
from planner.services.publishing import channel_effects
from planner.services.publishing.status import lock_posts
from tests.services.publishing.stage import Stage
from tests.services.publishing.test_races import PATIENCE, begin, until_it_ends_or_waits

S = DeliveryState


@pytest.fixture
def database_url(postgresql_url: str) -> str:
    return postgresql_url


def refuse(stage: Stage, access: ChannelAccess) -> None:
    """A network's word that this access has ended is noted."""
    with stage.platform.database.write() as session:
        channel_effects.ask_to_reconnect(session, access, stage.clock.now(), "Zugang abgelaufen.")


def reconnect(stage: Stage, channel: Channel) -> None:
    given = {"author": channel.remote_account_id or "", "access_token": "what-the-person-gave"}
    with stage.platform.database.write() as session:
        alice, vault = stage.company.alice, stage.platform.vault
        channels.reconnect(session, alice, vault, channel.id, given, now=stage.clock.now())


def test_a_late_refusal_of_the_old_access_does_not_end_the_one_that_a_person_is_just_giving(stage: Stage) -> None:
    channel = stage.channel()
    access = ChannelAccess.of(channel)

    with stage.platform.database.write() as session:
        session.get_one(Channel, channel.id).credentials_version += 1
        session.flush()
        refusing = begin(stage, lambda: refuse(stage, access))
    refusing.join()

    assert stage.channel_now(channel).reconnect_since is None


def test_of_two_who_learn_at_once_that_access_has_ended_one_asks_for_the_reconnection(stage: Stage) -> None:
    channel = stage.channel()
    access = ChannelAccess.of(channel)

    with stage.platform.database.write() as session:
        channel_effects.ask_to_reconnect(session, access, stage.clock.now(), "Zugang abgelaufen.")
        session.flush()
        second = begin(stage, lambda: refuse(stage, access))
    second.join()

    with stage.platform.database.read() as session:
        asked = select(func.count()).select_from(Event).where(Event.kind == "reconnect_needed")
        assert session.scalar(asked) == 1


def test_what_comes_to_wait_while_a_person_reconnects_makes_nobody_wait_in_a_circle(stage: Stage) -> None:
    """It waits for the access since a moment; somebody works on its post, and then on the channel."""
    channel = stage.channel()
    delivery = stage.due(channel)
    there, go_on, works, failed = threading.Event(), threading.Event(), list[threading.Thread](), list[Exception]()

    def work() -> None:
        try:
            with stage.platform.database.write() as session:
                lock_posts(session, [delivery.post_id])
                there.set()
                assert go_on.wait(PATIENCE)
                session.execute(select(Channel.id).where(Channel.id == channel.id).with_for_update(read=True)).all()
        except OperationalError as error:
            failed.append(error)

    def listen(_connection: object, _cursor: object, sent: str, *_rest: object) -> None:
        if not works and (sent.startswith("UPDATE channel") or ("FROM channel" in sent and "FOR NO KEY" in sent)):
            stage.change(delivery, state=S.NEEDS_PERSON, error_code="reconnect")
            works.append(threading.Thread(target=work))
            works[0].start()
            assert there.wait(PATIENCE)
        elif there.is_set() and not go_on.is_set() and "FROM post" in sent and "FOR NO KEY" in sent:
            go_on.set()
            until_it_ends_or_waits(stage, works[0])

    event.listen(stage.platform.database.engine, "before_cursor_execute", listen)
    reconnect(stage, channel)
    event.remove(stage.platform.database.engine, "before_cursor_execute", listen)
    works[0].join(PATIENCE)

    assert failed == []
    assert go_on.is_set()
    assert stage.state(delivery) is S.SCHEDULED
