"""What the success page says: the verdict, what stands out, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import LazyString, format_percent, lazy_gettext as _l

from planner.domain.insights import Insight
from planner.web.formats import number
from planner.web.looks import network_look


@dataclass(frozen=True, slots=True)
class Said:
    """``finding`` is what the figures say, ``advice`` what to do about it ("" where nothing follows)."""

    finding: LazyString
    advice: LazyString | str = ""


SENTENCES: dict[str, Said] = {
    "nothing_published": Said(
        _l("Nothing was published in this period, so there is nothing to measure."),
        _l("Plan posts for the coming week, or choose another period."),
    ),
    "no_figures_yet": Said(
        _l("Posts went out, but the networks have not given any figures for them yet."),
        _l("Figures come back by themselves within hours; those of channels published by hand are entered there."),
    ),
    "goal_on_track": Said(_l("Yes: the goal “%(name)s” is on track."), _l("Keep the rhythm.")),
    "goals_on_track": Said(_l("Yes: %(good)s of %(all)s goals are on track."), _l("Keep the rhythm.")),
    "goals_mixed": Said(
        _l("Partly: %(good)s of %(all)s goals are on track."), _l("Give the ones that lag behind the next posts.")
    ),
    "goal_behind": Said(
        _l("Not yet: the goal “%(name)s” is behind its time."), _l("Plan posts that serve it in the coming week.")
    ),
    "goals_behind": Said(
        _l("Not yet: none of the %(all)s goals is on track."),
        _l("Choose the one that matters most and plan for it first."),
    ),
    "better": Said(
        _l("Interactions rose by %(change)s against the period before (posts: %(posts)s, before %(previous_posts)s)."),
        _l("Look at the best posts below and do more of that kind."),
    ),
    "worse": Said(
        _l("Interactions fell by %(change)s against the period before (posts: %(posts)s, before %(previous_posts)s)."),
        _l("Compare the best and the weakest posts below, and plan the coming week after the best."),
    ),
    "same": Said(
        _l("Interactions are about the same as in the period before (posts: %(posts)s, before %(previous_posts)s)."),
        _l("Try something new with one post a week and compare."),
    ),
    "per_post": Said(
        _l("On average a post brought %(now_each)s interactions; in the period before it was %(before_each)s.")
    ),
    "first_figures": Said(
        _l("%(interactions)s interactions came back; there is no earlier period to compare with yet."),
        _l("Set a goal, so that the next figures can be measured against it."),
    ),
    "goal_lags": Said(
        _l("“%(name)s” has reached %(share)s of its target, with %(elapsed_share)s of its time gone."),
        _l("Assign the coming posts to this goal, or set a target that can be reached."),
    ),
    "network_strong": Said(
        _l("%(name)s brought %(share)s of the interactions with %(post_share)s of the posts."),
        _l("Give %(name)s another slot next week."),
    ),
    "network_weak": Said(
        _l("%(name)s brought %(share)s of the interactions with %(post_share)s of the posts."),
        _l("Write variants of your own for %(name)s, or publish less there."),
    ),
    "topic_strong": Said(
        _l("The topic “%(name)s” brought %(share)s of the interactions with %(post_share)s of the posts."),
        _l("Plan a follow-up to it."),
    ),
    "weeks_without_posts": Said(
        _l("In %(count)s of %(all)s weeks nothing was published."),
        _l("Fill the queue ahead, so that each week has its posts."),
    ),
    "posts_without_goal": Said(
        _l("%(count)s of %(all)s posts serve no goal."), _l("Choose a goal when you write a post, so that it counts.")
    ),
}


def finding(insight: Insight) -> str:
    """What the figures say."""
    return str(SENTENCES[insight.code].finding) % _shown(insight)


def advice(insight: Insight) -> str:
    """What to do about it."""
    return str(SENTENCES[insight.code].advice) % _shown(insight)


def _shown(insight: Insight) -> dict[str, str]:
    shown = {name: _value(name, value) for name, value in insight.params.items()}
    if insight.code.startswith("network_"):
        shown["name"] = str(network_look(str(insight.params["name"])).label)
    return shown


def _value(name: str, value: str | int | float) -> str:
    if isinstance(value, str):
        return value
    return format_percent(value) if name.endswith("share") or name == "change" else number(value)
