"""Reports sum up what posts brought, and never make a zero of what nobody knows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState
from planner.models import Campaign, Channel, Delivery, Goal, Post, Snapshot, Topic
from planner.services import reports
from planner.services.reports import Progress, Ranking, Row, Summary
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_channel, make_post

# March 2026 in Berlin: the clock is put forward on the 29th.
START = datetime(2026, 2, 28, 23, 0, tzinfo=UTC)
END = datetime(2026, 3, 31, 22, 0, tzinfo=UTC)
MID = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
NOW = datetime(2026, 4, 10, 8, 0, tzinfo=UTC)


class Desk:
    """Makes published posts with figures, and reads the reports."""

    def __init__(self, platform: Platform, company: Company) -> None:
        self.platform, self.company = platform, company
        self.linkedin = make_channel(platform.database, company, platform.clock.now(), "linkedin", name="LinkedIn")
        self.xing = make_channel(platform.database, company, platform.clock.now(), "xing", name="Xing")

    def published(
        self,
        *given: tuple[Channel, dict[str, int] | None],
        at: datetime = MID,
        text: str = "Neue Fräse.",
        taken_at: datetime = NOW,
        **post: Any,
    ) -> int:
        """A post that went out on each channel, with its figures there (None: never measured)."""
        given_by_id = [(channel.id, figures) for channel, figures in given]
        made = make_post(self.platform, self.company.bob, [channel for channel, _ in given], text=text, approve=True)
        with self.platform.database.write() as session:
            for name, value in post.items():
                setattr(session.get_one(Post, made.id), name, value)
            for delivery in session.scalars(select(Delivery).filter_by(post_id=made.id)):
                delivery.state = DeliveryState.PUBLISHED
                delivery.publish_at = delivery.published_at = at
                figures = dict(given_by_id)[delivery.channel_id]
                if figures is not None:
                    session.add(Snapshot(delivery_id=delivery.id, taken_at=taken_at, **figures))
        return made.id

    def add(self, *things: Any) -> None:
        with self.platform.database.write() as session:
            session.add_all(things)

    def summary(self, group: str = "network", start: datetime = START, end: datetime = END) -> Summary:
        with self.platform.database.read() as session:
            return reports.summary(session, self.company.workspace.id, start, end, group)

    def row(self, key: str | None, group: str = "network") -> Row:
        return next(row for row in self.summary(group).rows if row.key == key)

    def ranking(self, now: datetime = NOW, **options: Any) -> Ranking:
        with self.platform.database.read() as session:
            return reports.best_and_weakest(session, self.company.workspace.id, START, END, now=now, **options)

    def progress(self, now: datetime = NOW, **goal: Any) -> Progress:
        made = self.goal(**goal)
        with self.platform.database.read() as session:
            return reports.goal_progress(session, made, now=now)

    def goal(self, **attributes: Any) -> Goal:
        usual = {
            "name": "Reichweite",
            "metric": "impressions",
            "target": 1000,
            "starts_on": date(2026, 3, 1),
            "ends_on": date(2026, 3, 31),
        }
        goal = Goal(workspace_id=self.company.workspace.id, **{**usual, **attributes})
        self.add(goal)
        return goal


@pytest.fixture
def desk(platform: Platform, company: Company) -> Desk:
    return Desk(platform, company)


# --- summaries -------------------------------------------------------------------------------------------


def test_figures_are_summed_by_network(desk: Desk) -> None:
    desk.published((desk.linkedin, {"impressions": 100, "reactions": 4}), (desk.xing, {"reactions": 2}))
    desk.published((desk.linkedin, {"impressions": 300, "reactions": 6, "comments": 2}))

    linkedin, xing = desk.row("linkedin"), desk.row("xing")
    assert (linkedin.posts, linkedin.deliveries) == (2, 2)
    assert (linkedin.sums.value("impressions"), linkedin.sums.value("interactions")) == (400, 12)
    assert linkedin.sums.engagement_rate == 0.03
    assert (xing.posts, xing.sums.value("reactions")) == (1, 2)


def test_what_no_post_gives_is_missing_and_what_some_give_says_how_many(desk: Desk) -> None:
    desk.published((desk.linkedin, {"impressions": 100}), (desk.xing, {"reactions": 2}))
    desk.published((desk.xing, {"reactions": 0}))

    xing = desk.row("xing").sums
    assert (xing.value("impressions"), xing.given("impressions"), xing.engagement_rate) == (None, 0, None)
    assert (xing.value("reactions"), xing.given("reactions")) == (2, 2)
    total = desk.summary().total.sums
    assert (total.value("impressions"), total.given("impressions")) == (100, 1)


def test_posts_that_were_never_measured_are_counted_without_figures(desk: Desk) -> None:
    desk.published((desk.linkedin, None))

    row = desk.row("linkedin")
    assert (row.posts, row.deliveries) == (1, 1)
    assert (row.sums.value("reactions"), row.as_of_oldest, row.as_of_newest) == (None, None, None)


def test_the_total_counts_a_post_on_two_networks_once(desk: Desk) -> None:
    desk.published((desk.linkedin, {"reactions": 1}), (desk.xing, {"reactions": 2}))

    total = desk.summary().total
    assert (total.posts, total.deliveries, total.sums.value("reactions")) == (1, 2, 3)


def test_only_the_newest_figures_count_and_their_age_is_told(desk: Desk) -> None:
    post = desk.published((desk.linkedin, {"reactions": 9}), taken_at=NOW)
    with desk.platform.database.read() as session:
        delivery = session.scalars(select(Delivery.id).filter_by(post_id=post)).one()
    desk.add(Snapshot(delivery_id=delivery, taken_at=MID, reactions=5, latest=False))
    desk.published((desk.linkedin, {"reactions": 1}), taken_at=NOW - timedelta(days=2))

    row = desk.row("linkedin")
    assert row.sums.value("reactions") == 10
    assert (row.as_of_oldest, row.as_of_newest) == (NOW - timedelta(days=2), NOW)


@pytest.mark.parametrize(
    ("at", "counts"),
    [
        (START - timedelta(seconds=1), 0),
        (START, 1),
        (END - timedelta(seconds=1), 1),
        (END, 0),
    ],
)
def test_a_period_begins_at_its_first_moment_and_ends_before_its_last(desk: Desk, at: datetime, counts: int) -> None:
    desk.published((desk.linkedin, {"reactions": 1}), at=at)

    assert desk.summary().total.posts == counts


def test_what_is_not_published_and_what_belongs_to_others_does_not_count(desk: Desk) -> None:
    post = desk.published((desk.linkedin, {"reactions": 1}))
    with desk.platform.database.read() as session:
        outside = reports.summary(session, desk.company.oscar.workspace_id, START, END, "network")
    with desk.platform.database.write() as session:
        session.scalars(select(Delivery).filter_by(post_id=post)).one().state = DeliveryState.UNKNOWN

    assert (outside.rows, outside.total.posts) == ((), 0)
    assert desk.summary().rows == ()


def test_groups_carry_the_names_of_what_they_group_by(desk: Desk) -> None:
    workspace, now = desk.company.workspace.id, desk.platform.clock.now()
    topic = Topic(workspace_id=workspace, title="Messe", created_at=now, updated_at=now)
    campaign, goal = Campaign(workspace_id=workspace, name="Herbst"), desk.goal(name="Ansehen")
    desk.add(topic, campaign)
    desk.published((desk.linkedin, {"reactions": 5}), topic_id=topic.id, campaign_id=campaign.id, goal_id=goal.id)
    desk.published((desk.xing, {"reactions": 1}))

    for group, thing, name in (("topic", topic, "Messe"), ("campaign", campaign, "Herbst"), ("goal", goal, "Ansehen")):
        assert [(row.key, row.label) for row in desk.summary(group).rows] == [(str(thing.id), name), (None, None)]
    assert [(row.key, row.label) for row in desk.summary("channel").rows] == [
        (str(desk.linkedin.id), "LinkedIn"),
        (str(desk.xing.id), "Xing"),
    ]


def test_the_group_with_the_most_interactions_comes_first_and_those_without_figures_last(desk: Desk) -> None:
    third = make_channel(desk.platform.database, desk.company, desk.platform.clock.now(), "facebook")
    desk.published((desk.linkedin, {"reactions": 1}))
    desk.published((desk.xing, {"reactions": 2, "comments": 2}))
    desk.published((third, None))

    assert [row.key for row in desk.summary().rows] == ["xing", "linkedin", "facebook"]


def test_weeks_come_in_order_without_a_hole_and_end_on_sunday_night_in_berlin(desk: Desk) -> None:
    sunday_night = datetime(2026, 3, 29, 22, 0, tzinfo=UTC)  # the clock was put forward that morning
    desk.published((desk.linkedin, {"reactions": 1}), at=sunday_night - timedelta(seconds=1))
    desk.published((desk.linkedin, {"reactions": 2}), at=sunday_night)

    rows = desk.summary("week").rows
    assert [row.key for row in rows] == [f"2026-W{n:02d}" for n in range(9, 15)]
    assert [row.sums.value("reactions") for row in rows] == [None, None, None, None, 1, 2]
    assert [row.posts for row in rows] == [0, 0, 0, 0, 1, 1]


def test_the_period_before_is_as_long_by_the_calendar_and_summed_up_too(desk: Desk) -> None:
    desk.published((desk.linkedin, {"reactions": 8}))
    desk.published((desk.linkedin, {"reactions": 4}), at=MID - timedelta(days=31))
    desk.published((desk.linkedin, {"reactions": 1}), at=MID - timedelta(days=62))

    found = desk.summary()
    assert found.previous_start == datetime(2026, 1, 28, 23, 0, tzinfo=UTC)
    assert (found.total.sums.value("reactions"), found.previous.sums.value("reactions")) == (8, 4)


def test_an_unknown_group_is_refused(desk: Desk) -> None:
    with pytest.raises(ValueError, match="colour"):
        desk.summary("colour")


def test_a_summary_takes_a_handful_of_queries_however_much_there_is(desk: Desk) -> None:
    for _ in range(5):
        desk.published((desk.linkedin, {"reactions": 1}), (desk.xing, {"reactions": 2}))
    statements: list[str] = []

    @event.listens_for(desk.platform.database.engine, "before_cursor_execute")
    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    for group in ("network", "channel", "week"):
        statements.clear()
        desk.summary(group)
        assert len([s for s in statements if s.startswith("SELECT")]) <= 5


# --- best and weakest ------------------------------------------------------------------------------------


def test_posts_are_ranked_by_what_they_brought_on_all_channels_together(desk: Desk) -> None:
    one = desk.published((desk.linkedin, {"reactions": 3}), (desk.xing, {"reactions": 4}), text="Eins")
    two = desk.published((desk.linkedin, {"reactions": 5}))
    three = desk.published((desk.linkedin, {"reactions": 1}))

    found = desk.ranking(n=1)
    assert [(s.post_id, s.value, s.text) for s in found.best] == [(one, 7, "Eins")]
    assert found.best[0].networks == ("linkedin", "xing")
    assert [s.post_id for s in found.weakest] == [three]
    assert [s.post_id for s in desk.ranking(n=2).best] == [one, two]


def test_a_post_is_never_among_the_best_and_the_weakest(desk: Desk) -> None:
    one, two = (desk.published((desk.linkedin, {"reactions": n})) for n in (9, 1))

    found = desk.ranking(n=3)
    assert [s.post_id for s in found.best] == [one, two]
    assert found.weakest == ()


def test_a_post_without_the_figure_is_in_neither_list(desk: Desk) -> None:
    desk.published((desk.xing, {"reactions": 9}))
    desk.published((desk.linkedin, None))
    measured = desk.published((desk.linkedin, {"impressions": 0}))

    assert [s.post_id for s in desk.ranking(metric="impressions").best] == [measured]


def test_a_post_of_yesterday_may_be_the_best_but_is_not_called_weak(desk: Desk) -> None:
    ids = [desk.published((desk.linkedin, {"reactions": n}), at=MID) for n in (9, 5, 4)]
    young = desk.published((desk.linkedin, {"reactions": 0}), at=MID + timedelta(days=1))

    early = desk.ranking(now=MID + timedelta(days=2), n=1)
    later = desk.ranking(now=MID + timedelta(days=3), n=1)
    assert [s.post_id for s in early.weakest] == [ids[2]]
    assert [s.post_id for s in later.weakest] == [young]


def test_ranking_by_no_figure_is_refused(desk: Desk) -> None:
    with pytest.raises(ValueError, match="posts"):
        desk.ranking(metric="posts")


# --- goals -----------------------------------------------------------------------------------------------


def test_a_goal_counts_its_posts_within_its_period(desk: Desk) -> None:
    goal = desk.goal(target=1000)
    desk.published((desk.linkedin, {"impressions": 300}), goal_id=goal.id)
    desk.published((desk.linkedin, {"impressions": 200}), goal_id=goal.id)
    desk.published((desk.linkedin, {"impressions": 9000}), goal_id=goal.id, at=END)
    desk.published((desk.linkedin, {"impressions": 9000}))
    with desk.platform.database.read() as session:
        found = reports.goal_progress(session, goal, now=NOW)

    assert (found.value, found.share, found.posts, found.given) == (500, 0.5, 2, 2)
    assert (found.elapsed, found.on_track) == (1.0, False)


def test_a_goal_of_a_campaign_counts_the_posts_of_the_campaign_that_serve_no_other_goal(desk: Desk) -> None:
    campaign = Campaign(workspace_id=desk.company.workspace.id, name="Herbst")
    desk.add(campaign)
    other = desk.goal()
    desk.published((desk.linkedin, {"impressions": 10}), campaign_id=campaign.id)
    desk.published((desk.linkedin, {"impressions": 100}), campaign_id=campaign.id, goal_id=other.id)

    assert desk.progress(campaign_id=campaign.id).value == 10


def test_a_goal_without_a_campaign_does_not_count_posts_without_one(desk: Desk) -> None:
    desk.published((desk.linkedin, {"impressions": 10}))

    found = desk.progress()
    assert (found.value, found.posts, found.share, found.on_track) == (None, 0, None, None)


def test_a_goal_for_one_network_counts_only_that_one(desk: Desk) -> None:
    goal = desk.goal(network="xing", metric="interactions")
    desk.published((desk.linkedin, {"reactions": 10}), (desk.xing, {"reactions": 2, "shares": 1}), goal_id=goal.id)
    with desk.platform.database.read() as session:
        assert reports.goal_progress(session, goal, now=NOW).value == 3


def test_a_goal_may_count_posts_themselves(desk: Desk) -> None:
    goal = desk.goal(metric="posts", target=4)
    for _ in range(2):
        desk.published((desk.linkedin, None), (desk.xing, None), goal_id=goal.id)
    with desk.platform.database.read() as session:
        found = reports.goal_progress(session, goal, now=NOW)

    assert (found.value, found.share) == (2, 0.5)


def test_a_goal_is_on_track_when_it_is_as_far_as_its_time(desk: Desk) -> None:
    goal = desk.goal(target=100)
    desk.published((desk.linkedin, {"impressions": 50}), goal_id=goal.id)
    with desk.platform.database.read() as session:
        before, early, late = (
            reports.goal_progress(session, goal, now=datetime(2026, month, day, 12, 0, tzinfo=UTC))
            for month, day in ((2, 20), (3, 15), (3, 20))
        )

    assert (before.elapsed, before.on_track) == (0.0, None)
    assert (early.elapsed < 0.5, early.on_track) == (True, True)
    assert (late.elapsed > 0.5, late.on_track) == (True, False)


# --- one post --------------------------------------------------------------------------------------------


def test_a_posts_figures_are_told_for_each_channel_also_where_there_are_none(desk: Desk) -> None:
    post = desk.published((desk.linkedin, {"impressions": 100, "reactions": 4, "shares": 1}), (desk.xing, None))
    with desk.platform.database.read() as session:
        linkedin, xing = reports.post_metrics(session, post)

    assert linkedin.figures == {
        "impressions": 100,
        "reach": None,
        "reactions": 4,
        "comments": None,
        "shares": 1,
        "clicks": None,
        "interactions": 5,
    }
    assert (linkedin.channel_name, linkedin.network, linkedin.as_of, linkedin.source) == (
        "LinkedIn",
        "linkedin",
        NOW,
        "network",
    )
    assert set(xing.figures.values()) == {None}
    assert (xing.as_of, xing.source) == (None, None)


def test_a_posts_history_runs_from_the_first_figures_to_the_newest(desk: Desk, clock: FakeClock) -> None:
    post = desk.published((desk.linkedin, {"reactions": 9}), (desk.xing, None))
    with desk.platform.database.read() as session:
        delivery = session.scalars(select(Delivery.id).filter_by(post_id=post, channel_id=desk.linkedin.id)).one()
    desk.add(Snapshot(delivery_id=delivery, taken_at=MID, reactions=5, latest=False))

    with desk.platform.database.read() as session:
        (history,) = reports.post_history(session, post)
    assert history.network == "linkedin"
    assert [(p.taken_at, p.figures["reactions"], p.figures["clicks"]) for p in history.points] == [
        (MID, 5, None),
        (NOW, 9, None),
    ]
