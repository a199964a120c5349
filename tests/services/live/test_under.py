"""What stands under a live post: looked at, changed and taken down by itself, and what becomes of it with its post."""

from __future__ import annotations

import pytest

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState as S, PostStatus
from planner.models import Delivery
from planner.services import live, posts
from planner.services.errors import Conflict, Invalid
from planner.services.live import Standing
from planner.services.posts import PartInput
from planner.services.posts.steps import steps_of
from planner.services.publishing.send import Step
from publishers.sandbox import Sandbox
from tests.services.publishing.stage import Stage, at_step
from tests.services.publishing.test_following import comments, states, steps
from tests.support.clock import FakeClock
from tests.support.factories import Company

COMMENT = "Mehr dazu mit Feler."


@pytest.fixture
def stage(platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock) -> Stage:
    return Stage(platform, company, sandbox, clock)


def stands(stage: Stage, delivery: Delivery) -> Standing:
    with stage.platform.database.read() as session:
        return live.standing(session, stage.platform, session.get_one(Delivery, delivery.id))


def shown_steps(stage: Stage, delivery: Delivery) -> list[str]:
    """What the page says follows it."""
    with stage.platform.database.read() as session:
        view = posts.view(session, stage.company.workspace.id, stage.read(delivery).post_id)
        return [step.text for step in steps_of(view)[delivery.id]]


def down(stage: Stage, *deliveries: Delivery) -> list[bool]:
    return [stage.read(delivery).removed_at is not None for delivery in deliveries]


def thread(stage: Stage) -> tuple[Delivery, Delivery, Delivery]:
    """A thread of three parts that is live on X."""
    root = stage.due(stage.channel("twitter"), text="Eins", thread=(PartInput("Zwei"), PartInput("Drei")))
    stage.run()
    second, third = steps(stage, root)
    return root, second, third


@pytest.mark.parametrize("key", ["facebook", "linkedin", "xing"])
def test_a_first_comment_is_looked_at_changed_where_the_network_lets_it_and_taken_down(stage: Stage, key: str) -> None:
    alice, better = stage.company.alice, "Mehr dazu ohne Fehler."
    root = stage.due(stage.channel(key), first_comment=COMMENT)
    stage.run()
    (comment,) = steps(stage, root)

    assert live.look(stage.platform, alice, comment.id)
    seen = stands(stage, comment)
    assert (seen.shown, seen.text, seen.differs, seen.can_edit) == (COMMENT, COMMENT, False, key != "xing")
    if seen.can_edit:
        live.edit(stage.platform, alice, comment.id, better)
        assert (comments(stage, root), shown_steps(stage, root)) == ([better], [better])
        assert (stage.post(root).first_comment, stage.post(root).text) == (better, "Neue Fräse im Werk Süd.")
        assert live.look(stage.platform, alice, comment.id)
        assert not stands(stage, comment).differs
        with pytest.raises(Invalid) as refused:
            live.edit(stage.platform, alice, comment.id, "x" * 8001)
        assert [(e.field, e.code) for e in refused.value.errors] == [("text", "first_comment_too_long")]
    else:
        with pytest.raises(Conflict, match="cannot_edit"):
            live.edit(stage.platform, alice, comment.id, better)

    live.take_down(stage.platform, alice, comment.id)
    assert (comments(stage, root), down(stage, root, comment)) == ([], [False, True])
    assert stands(stage, root).can_remove


def test_a_changed_comment_is_changed_on_its_channel_alone(stage: Stage) -> None:
    page, organisation = stage.channel("facebook"), stage.channel("linkedin")
    root = stage.due(page, organisation, first_comment=COMMENT)
    stage.run()
    live.edit(stage.platform, stage.company.alice, steps(stage, root)[0].id, "Auf der Seite anders.")
    with stage.platform.database.read() as session:
        post = posts.view(session, stage.company.workspace.id, root.post_id).post
        assert post.first_comment == COMMENT
        assert [(v.channel_id, v.text, v.first_comment) for v in post.variants] == [
            (page.id, None, "Auf der Seite anders.")
        ]


@pytest.mark.parametrize("key", ["facebook", "linkedin", "xing"])
@pytest.mark.parametrize("by_us", [True, False])
def test_a_first_comment_goes_with_its_post_and_a_waiting_one_does_not_go_out(
    stage: Stage, key: str, by_us: bool
) -> None:
    alice = stage.company.alice
    root = stage.due(stage.channel(key), first_comment=COMMENT)
    stage.run()
    (comment,) = steps(stage, root)
    assert (stands(stage, root).goes, stands(stage, root).stays) == (1, 0)
    if by_us:
        live.take_down(stage.platform, alice, root.id)
    else:
        stage.sandbox.remove(key, str(stage.read(root).remote_id))
        assert not live.look(stage.platform, alice, root.id)
    assert down(stage, root, comment) == [True, True]
    assert stage.read(comment).removed_by == (stage.company.alice.label if by_us else None)
    assert stage.events(comment)[-1] == "removed_with_post"

    stuck = stage.due(stage.channel(key), text="Noch eine", first_comment=COMMENT)
    stage.run(at_step(Step.NOTED, lambda: stage.sandbox.faults.add("rejected", key, "reply", count=1)))
    assert (states(stage, stuck)[0] in (S.FAILED, S.NEEDS_PERSON), stands(stage, stuck).waits) == (True, 1)
    live.take_down(stage.platform, alice, stuck.id)
    assert (states(stage, stuck), stage.post(stuck).status) == ([S.CANCELLED], PostStatus.PUBLISHED)


def test_the_parts_of_a_thread_stay_when_its_post_alone_is_taken_down(stage: Stage) -> None:
    root, second, third = thread(stage)
    assert [(stands(stage, one).goes, stands(stage, one).stays) for one in (root, second, third)] == [
        (0, 2), (0, 1), (0, 0)
    ]  # fmt: skip
    live.take_down(stage.platform, stage.company.alice, root.id)
    assert down(stage, root, second, third) == [True, False, False]
    assert [p["deleted"] for p in stage.live()] == [True, False, False]
    live.take_down(stage.platform, stage.company.alice, second.id)
    assert down(stage, second, third) == [True, False]


def test_a_thread_is_taken_down_from_its_end_and_each_part_has_its_own_result(stage: Stage) -> None:
    alice = stage.company.alice
    root, second, third = thread(stage)
    stage.sandbox.faults.add("error", "twitter", "delete", count=1)

    done = live.take_down_all(stage.platform, alice, root.id)
    told = [(one.delivery_id, one.step, one.problem.code if one.problem else None) for one in done]
    assert told == [(third.id, 2, "removal_unconfirmed"), (second.id, 1, None), (root.id, 0, None)]
    assert down(stage, root, second, third) == [True, True, False], "nothing is claimed that did not happen"
    assert [p["deleted"] for p in stage.live()] == [True, True, False]

    with pytest.raises(Conflict, match="removed_already"):
        live.take_down_all(stage.platform, alice, root.id)
    live.take_down(stage.platform, alice, third.id)
    assert down(stage, third) == [True]


def test_what_somebody_changed_of_a_part_at_the_network_is_taken_over(stage: Stage) -> None:
    alice = stage.company.alice
    root, second, _ = thread(stage)
    stored = stage.sandbox.world.store.find("twitter", str(second.remote_id))
    assert stored is not None
    stored.text = stored.meta["shown"] = "Zwei, berichtigt"
    assert live.look(stage.platform, alice, second.id)
    assert stands(stage, second).differs
    live.take_over(stage.platform, alice, second.id)
    assert not stands(stage, second).differs
    assert shown_steps(stage, root) == ["Zwei, berichtigt", "Drei"]
    assert (stage.post(root).thread, stage.post(root).text) == (["Zwei, berichtigt", "Drei"], "Eins")
