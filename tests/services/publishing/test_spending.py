"""What posting and reading cost, by the networks' price lists."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState as S
from planner.models import Delivery
from planner.services import posts, spending
from planner.services.connections import ChannelAccess
from planner.services.limits import charges
from planner.services.posts import PartInput
from planner.services.posts.steps import steps_of
from planner.services.publishing.send import Step
from planner.services.spending import Spent
from publishers.costs import Charge, Cost
from publishers.outgoing import OutgoingPost, ThreadPart
from publishers.registry import network
from tests.services.publishing.stage import Stage, at_step, lost
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_channel


def spent(stage: Stage) -> dict[int, Spent]:
    with stage.platform.database.read() as session:
        return dict(spending.this_month(session, stage.company.workspace.id, now=stage.clock.now()))


def test_what_went_out_this_month_is_summed_up_and_what_did_not_is_not(stage: Stage) -> None:
    channel = stage.channel("twitter")
    stage.due(channel, text="Ohne Link")
    stage.run()
    stage.due(channel, text="Mit Link auf brandt.de")
    stage.run()
    stage.sandbox.faults.add("rejected", "twitter", count=1)
    refused = stage.due(channel, text="Was X nicht nimmt")
    stage.run()

    assert stage.state(refused) is S.FAILED
    assert spent(stage) == {channel.id: Spent(posts=2, post_micros=215_000)}
    stage.clock.set(datetime(2026, 4, 1, 0, 0, 1, tzinfo=UTC))
    assert spent(stage) == {}


def test_a_network_that_asks_nothing_costs_nothing(stage: Stage) -> None:
    delivery = stage.due(stage.channel("linkedin"), text="Mit Link auf brandt.de")
    stage.run()
    assert stage.state(delivery) is S.PUBLISHED
    assert spent(stage) == {}


def test_looking_for_an_unconfirmed_post_is_counted_as_reading(stage: Stage) -> None:
    channel = stage.channel("twitter")
    lost(stage, "twitter", accepted=True)
    delivery = stage.due(channel, text="Ist er angekommen?")
    stage.run()
    stage.settle()

    assert stage.state(delivery) is S.PUBLISHED
    (one,) = spent(stage).values()
    assert (one.posts, one.post_micros) == (1, 15_000)
    assert one.reads >= 1
    assert one.read_micros == one.reads * 5_000


def test_reading_is_added_up_within_its_month(platform: Platform, company: Company, clock: FakeClock) -> None:
    channel = make_channel(platform.database, company, clock.now(), "twitter", credentials="sealed")
    access = ChannelAccess.of(channel)
    for _ in range(2):
        charges.keep(platform, access, [Charge(100, 500_000), Charge(1, 1_000)])
    with platform.database.read() as session:
        assert spending.this_month(session, company.workspace.id, now=clock.now()) == {
            channel.id: Spent(reads=202, read_micros=1_002_000)
        }
        later = clock.now() + timedelta(days=31)
        assert spending.this_month(session, company.workspace.id, now=later) == {}


def test_what_follows_a_post_is_paid_for_as_well() -> None:
    post = OutgoingPost("Eins", thread=(ThreadPart("Zwei"), ThreadPart("Drei: brandt.de")))
    assert spending.cost_of(network("twitter"), post) == Cost(15_000 + 15_000 + 200_000, with_link=True)


def test_a_posts_cost_is_that_of_all_its_parts_before_and_after_they_are_out_and_of_none_that_failed(
    stage: Stage,
) -> None:
    channel = stage.channel("twitter")
    root = stage.due(channel, text="Eins", thread=(PartInput("Zwei"), PartInput("Drei: brandt.de")))
    costs = [whole_cost(stage, root)]
    stage.run(at_step(Step.NOTED, lambda: costs.append(whole_cost(stage, root))))
    costs.append(whole_cost(stage, root))
    assert costs == [230_000, 230_000, 230_000]
    assert spent(stage) == {channel.id: Spent(posts=3, post_micros=230_000)}

    refused = stage.due(channel, text="Vier", thread=(PartInput("Fünf"),))
    stage.run(at_step(Step.NOTED, lambda: stage.sandbox.faults.add("rejected", "twitter", count=1)))
    assert whole_cost(stage, refused) == 15_000
    assert spent(stage)[channel.id].post_micros == 245_000


def whole_cost(stage: Stage, delivery: Delivery) -> int | None:
    """What the post's page says of a delivery."""
    with stage.platform.database.read() as session:
        view = posts.view(session, stage.company.workspace.id, delivery.post_id)
        found = next(d for d in view.deliveries if d.id == delivery.id)
        return spending.cost_with_steps(found, steps_of(view).get(found.id, ()), stage.platform.settings.media_folder)
