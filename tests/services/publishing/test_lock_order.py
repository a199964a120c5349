"""Two that need the same rows take them in the same order: on PostgreSQL, where they would wait in a circle else.

And whoever changes a channel asks once more, when it is theirs, whether it is still what they saw.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery, Notice, User
from planner.services import archiving, channels
from planner.services.errors import Conflict, NotFound
from planner.services.posts import Content, edit
from planner.services.publishing import decide, missed, resolutions
from planner.services.publishing.moves import Ref
from planner.services.publishing.reminding import remind_due
from planner.services.publishing.resolutions import Choice, Resolution
from planner.services.publishing.send import Step
from planner.services.publishing.status import lock_posts
from tests.services.publishing.stage import Stage, at_step, lost
from tests.services.publishing.test_races import PATIENCE, begin, right_before
from tests.support.factories import make_channel

S = DeliveryState


@pytest.fixture
def database_url(postgresql_url: str) -> str:
    return postgresql_url


class Beside:
    """Work in another thread that starts when it is called, and what it failed with."""

    def __init__(self, stage: Stage, work: Callable[[], object]) -> None:
        self._stage, self._work = stage, work
        self._threads: list[threading.Thread] = []
        self._failed: list[BaseException] = []

    def __call__(self) -> None:
        self._threads.append(begin(self._stage, self._try))

    def _try(self) -> None:
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001 - it is looked at in the other thread
            self._failed.append(error)

    def end(self) -> None:
        """Wait for its end; it must have gone well."""
        for thread in self._threads:
            thread.join(PATIENCE)
        assert (len(self._threads), self._failed) == (1, [])


# --- notices ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "decided"),
    [
        ([("charlie", (0, 1)), ("alice", (0, 1))], (0,)),
        ([("alice", (0, 1)), ("charlie", (0,))], (0,)),
        ([("charlie", (0, 2)), ("alice", (1,))], (0, 1)),
    ],
    ids=["the later person was told earlier", "one was told of nothing else", "two are decided about"],
)
def test_who_decides_about_what_was_missed_and_who_tells_of_more_do_not_wait_in_a_circle(
    stage: Stage, told: Sequence[tuple[str, tuple[int, ...]]], decided: tuple[int, ...]
) -> None:
    channel = stage.channel(missed_after_seconds=600)
    deliveries = [stage.due(channel, text=f"Beitrag {n}") for n in range(4)]
    stage.clock.advance(minutes=11)
    missed.sweep(stage.platform)
    with stage.platform.database.write() as session:
        session.execute(delete(Notice))
        for name, numbers in told:
            session.add(_told_of(stage, name, [deliveries[n].id for n in numbers]))
            session.flush()

    def decide() -> None:
        chosen = [Resolution(deliveries[n].id, Choice.DROP) for n in decided]
        with stage.platform.database.write() as session:
            resolutions.resolve(session, stage.company.bob, chosen, now=stage.clock.now())

    deciding = Beside(stage, decide)
    with (
        right_before(stage.platform, "FROM notice", deciding, passing=1),
        stage.platform.database.write() as session,
    ):
        missed.tell(session, [Ref.of(deliveries[3])], stage.clock.now())
    deciding.end()

    gone = {deliveries[n].id for n in decided}
    assert _unread(stage) == {
        getattr(stage.company, name).user_id: [deliveries[n].id for n in (*numbers, 3) if deliveries[n].id not in gone]
        for name, numbers in told
    }


def _told_of(stage: Stage, name: str, ids: list[int]) -> Notice:
    """As it is told: one alone as what it is, several together."""
    place = stage.company.workspace.id
    subject, subject_id = ("delivery", ids[0]) if len(ids) == 1 else ("workspace", place)
    return Notice(
        workspace_id=place,
        user_id=getattr(stage.company, name).user_id,
        kind="delivery_missed",
        at=stage.clock.now(),
        subject=subject,
        subject_id=subject_id,
        data={"deliveries": ids, "count": len(ids)},
    )


def _unread(stage: Stage) -> Mapping[int, list[int]]:
    """What everybody is still told of as missed."""
    query = select(Notice).where(Notice.kind == "delivery_missed", Notice.read_at.is_(None))
    with stage.platform.database.read() as session:
        return {notice.user_id: notice.data["deliveries"] for notice in session.scalars(query)}


# --- posts --------------------------------------------------------------------------------------------------


def _edit(stage: Stage, post_id: int, channels: Sequence[Channel], text: str = "Anders") -> None:
    content = Content(text=text, channels=tuple(channel.id for channel in channels))
    with stage.platform.database.write() as session:
        alice, folder = stage.company.alice, stage.platform.settings.media_folder
        edit(session, alice, post_id, content, now=stage.clock.now(), folder=folder, approve=True)


def test_what_a_dead_process_left_is_taken_back_in_the_order_of_the_posts(stage: Stage) -> None:
    """The first post went to another channel later, so that its delivery is the younger one."""
    one, two, three = stage.channel(), stage.channel(), stage.channel()
    soon = timedelta(minutes=1)
    first, second = (stage.planned(c, text=t, after=soon) for c, t in ((one, "Beitrag 1"), (two, "Beitrag 2")))
    _edit(stage, first.post_id, [three], "Beitrag 1")
    with stage.platform.database.read() as session:
        younger = session.scalars(select(Delivery).where(Delivery.channel_id == three.id)).one()
    assert (younger.post_id < second.post_id, younger.id > second.id) == (True, True)
    stage.clock.advance(soon)
    stage.change(younger, state=S.SCHEDULED, publish_at=stage.clock.now(), try_at=stage.clock.now())
    assert len(stage.claim("a-process-that-died")) == 2
    stage.clock.advance(seconds=stage.platform.settings.lease_seconds)

    def work() -> None:
        with stage.platform.database.write() as session:
            lock_posts(session, [first.post_id, second.post_id])

    working = Beside(stage, work)
    with right_before(stage.platform, "UPDATE delivery SET", working):
        assert stage.recover() == 2
    working.end()


def test_who_looks_for_what_is_in_doubt_and_who_changes_its_post_do_not_wait_in_a_circle(stage: Stage) -> None:
    """The look at the younger of the post's two deliveries is the earlier one."""
    one, two = stage.channel(), stage.channel()
    first = stage.due(one, two)
    second = stage.deliveries(first.post_id)[1]
    lost(stage, "linkedin", accepted=True, count=2)
    stage.run()
    stage.change(second, look_at=stage.clock.now())
    stage.change(first, look_at=stage.moment(seconds=1))
    stage.clock.advance(hours=1)
    assert (stage.state(first), stage.state(second)) == (S.UNKNOWN, S.UNKNOWN)

    def work() -> None:
        with pytest.raises(Conflict, match="frozen"):
            _edit(stage, first.post_id, [one, two])

    working = Beside(stage, work)
    with right_before(stage.platform, "UPDATE delivery SET", working, passing=1):
        assert stage.reconcile() == 2
    working.end()
    assert (stage.state(first), stage.state(second)) == (S.PUBLISHED, S.PUBLISHED)


def test_who_reminds_of_what_waits_for_a_hand_and_who_changes_its_post_do_not_wait_in_a_circle(stage: Stage) -> None:
    """The younger of the post's two deliveries comes earlier."""
    one, two = stage.by_hand(), stage.by_hand()
    with stage.platform.database.write() as session:
        session.get_one(User, stage.company.alice.user_id).remind_minutes = 60
    first = stage.planned(one, two, text="Von Hand", after=timedelta(minutes=40))
    second = stage.deliveries(first.post_id)[1]
    stage.change(second, publish_at=stage.moment(minutes=30))

    working = Beside(stage, lambda: _edit(stage, first.post_id, [one, two]))
    with right_before(stage.platform, "UPDATE delivery SET", working, passing=1):
        assert remind_due(stage.platform) == 2
    working.end()
    assert stage.post(first).text == "Anders"


def test_who_decides_about_what_is_overdue_and_who_reminds_of_it_do_not_wait_in_a_circle(stage: Stage) -> None:
    slots = [(day, "09:00") for day in range(7)]
    channel = make_channel(stage.platform.database, stage.company, stage.clock.now(), "xing", slots, credentials=None)
    delivery = stage.due(channel)
    stage.run()
    stage.clock.advance(hours=5)

    def put_off() -> None:
        with stage.platform.database.write() as session:
            decide.put_off(session, stage.company.alice, delivery.id, now=stage.clock.now())

    reminding = Beside(stage, lambda: remind_due(stage.platform))
    with right_before(stage.platform, "FOR NO KEY UPDATE", reminding):
        put_off()
    reminding.end()
    assert (stage.state(delivery), len(stage.told("delivery_overdue")) > 0) == (S.SCHEDULED, True)


# --- channels -----------------------------------------------------------------------------------------------


def _reconnect(stage: Stage, channel: Channel) -> None:
    given = {"author": channel.remote_account_id or "", "access_token": "what-the-person-gave"}
    with stage.platform.database.write() as session:
        alice, vault = stage.company.alice, stage.platform.vault
        channels.reconnect(session, alice, vault, channel.id, given, now=stage.clock.now())


def _archive(stage: Stage, channel: Channel) -> None:
    with stage.platform.database.write() as session:
        archiving.archive(session, stage.company.alice, channel.id, now=stage.clock.now())


def _by_hand(stage: Stage, channel: Channel) -> None:
    with stage.platform.database.write() as session:
        channels.switch_to_hand(session, stage.company.alice, channel.id, now=stage.clock.now())


@pytest.mark.parametrize("change", [_reconnect, _by_hand])
def test_a_channel_that_is_archived_meanwhile_is_not_changed_any_more(
    stage: Stage, change: Callable[[Stage, Channel], None]
) -> None:
    channel = stage.channel()

    with right_before(stage.platform, "FOR NO KEY UPDATE", lambda: _archive(stage, channel)), pytest.raises(NotFound):
        change(stage, channel)

    now = stage.channel_now(channel)
    assert (now.credentials, now.by_hand_since) == (None, None)


def test_credentials_that_come_while_a_channel_is_archived_are_erased_with_it(stage: Stage) -> None:
    channel = stage.channel()
    stage.change(channel, credentials=None)

    with right_before(stage.platform, "FOR NO KEY UPDATE", lambda: _reconnect(stage, channel)):
        _archive(stage, channel)

    now = stage.channel_now(channel)
    assert (now.credentials, now.credentials_version) == (None, channel.credentials_version + 2)


def test_what_is_refused_while_its_channel_goes_over_to_people_is_handed_to_them(stage: Stage) -> None:
    channel = stage.channel()
    delivery = stage.due(channel)
    stage.sandbox.faults.add("error", "linkedin", "publish", status=401, count=1)

    stage.run(at_step(Step.SENDING, lambda: _by_hand(stage, channel)))
    stage.run()

    assert (stage.state(delivery), stage.read(delivery).error_code) == (S.NEEDS_PERSON, "assisted")
    assert stage.told("delivery_assisted") == [stage.company.alice.user_id]
    assert stage.told("delivery_needs_person") == []
    assert [attempt.error_code for attempt in stage.attempts(delivery)] == ["reconnect"]
    assert stage.channel_now(channel).reconnect_since is not None, "whoever switches back knows"
