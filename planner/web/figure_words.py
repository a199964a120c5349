"""What each figure is called and what it means, and where a network counts it otherwise. Pages, charts and forms take
their words from here alone.

Sources: Graph API, Insights; docs.x.com, Metrics; learn.microsoft.com, Organization Share Statistics, Video Analytics,
and Member Post and Video Statistics; dev.xing.com, activities. What is said of a network is what its adapter asks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from flask import Flask
from flask_babel import LazyString, lazy_gettext as _l

from planner.domain.figures import METRICS
from planner.web.looks import network_look


@dataclass(frozen=True, slots=True)
class FigureWords:
    """``networks`` says, by key, where one counts otherwise than ``meaning`` says, or does not give it."""

    label: LazyString
    meaning: LazyString
    networks: Mapping[str, LazyString] = field(default_factory=dict)

    def at(self, networks: Iterable[str]) -> list[tuple[str, LazyString]]:
        """What is said of these networks, each with its name, in the order of the table."""
        wanted = set(networks)
        return [(str(network_look(key).label), said) for key, said in self.networks.items() if key in wanted]


_NOT_GIVEN = _l("not given.")

FIGURES: dict[str, FigureWords] = {
    "interactions": FigureWords(
        _l("Interactions"),
        _l(
            "Reactions, comments and shares together: what people did in public. Clicks are not among them, because "
            "not every network gives them."
        ),
    ),
    "impressions": FigureWords(
        _l("Impressions"),
        _l("How often the post was shown. Whoever sees it twice counts twice."),
        {
            "facebook": _l(
                "media views instead: how often the post with its images or its video was shown or played. Only "
                "for Pages with 100 likes or more."
            ),
            "twitter": _l("the views that stand under the post there."),
            "linkedin": _l(
                "for organisations only of the last twelve months, for members only where the app may read their "
                "figures."
            ),
            "xing": _NOT_GIVEN,
        },
    ),
    "reach": FigureWords(
        _l("Reach"),
        _l("How many different people or accounts saw the post. Whoever sees it twice counts once."),
        {
            "facebook": _l(
                "people who saw the post with its images or its video at least once. Only for Pages with 100 likes "
                "or more."
            ),
            "twitter": _NOT_GIVEN,
            "linkedin": _l("for organisations the impressions without repetition, for members the members reached."),
            "xing": _NOT_GIVEN,
        },
    ),
    "reactions": FigureWords(
        _l("Reactions"),
        _l("Likes and whatever else the network offers to press."),
        {"twitter": _l("likes."), "xing": _l("likes.")},
    ),
    "comments": FigureWords(
        _l("Comments"),
        _l("Comments and answers under the post, your own first comment among them where the network counts it."),
        {"twitter": _l("replies. The further parts of a thread are replies too.")},
    ),
    "shares": FigureWords(
        _l("Shares"),
        _l("How often people passed the post on."),
        {"twitter": _l("reposts and quotes together."), "linkedin": _l("reposts.")},
    ),
    "clicks": FigureWords(
        _l("Clicks"),
        _l("Clicks on the post. What counts as one differs from network to network."),
        {
            "facebook": _l(
                "every click on the post, not only those on its link. Only for Pages with 100 likes or more."
            ),
            "twitter": _l(
                "clicks on its link. X tells them for the first 30 days only; what was counted by then stays."
            ),
            "linkedin": _l(
                "for organisations every click on the post, its link, the name and the logo; for members none."
            ),
            "xing": _NOT_GIVEN,
        },
    ),
    "engagement_rate": FigureWords(
        _l("Engagement rate"),
        _l(
            "Interactions divided by impressions. Only publications for which both are given count: 30 interactions at "
            "1,500 impressions are 2 percent."
        ),
        {
            "facebook": _l("divided by media views, which stand for the impressions there."),
            "xing": _l("no rate, since there are no impressions."),
        },
    ),
    "posts": FigureWords(
        _l("Posts"),
        _l(
            "Posts that went out in the period. One that went out on three channels is one post and three publications."
        ),
    ),
    "views": FigureWords(
        _l("Views"), _l("How often the video or the post was played or viewed, as the network shows it.")
    ),
    "saves": FigureWords(_l("Saves"), _l("How often people put the post aside to find it again.")),
    "watch_minutes": FigureWords(_l("Minutes watched"), _l("For how long the video was watched in all.")),
}

_WHILE_TOLD = _l("X tells it for the first 30 days only; what was counted by then stays.")
_OF_A_KIND = _l("Reactions of this kind. All kinds together are the reactions.")

#: What one network or another gives beyond that, by its name in a post's ``extra``.
FURTHER: dict[str, FigureWords] = {
    "video_views": FigureWords(
        _l("Video views"),
        _l("How often the video was played. How long it must run to count differs from network to network."),
        {
            "facebook": _l(
                "at least three seconds, or nearly all of a shorter video. Only for Pages with 100 likes or more."
            ),
            "twitter": _l("the views that stand at the video there."),
            "linkedin": _l(
                "at least three seconds of an organisation's video, told for six months; two of a member's, told for a "
                "year."
            ),
        },
    ),
    "video_viewers": FigureWords(_l("Video viewers"), _l("How many different people played the video.")),
    "watch_seconds": FigureWords(_l("Seconds watched"), _l("For how long the video was watched in all, in seconds.")),
    "playback_0_count": FigureWords(
        _l("Video started"), _l("How many people started the video."), {"twitter": _WHILE_TOLD}
    ),
    "playback_25_count": FigureWords(
        _l("A quarter watched"), _l("How many people watched a quarter of the video or more."), {"twitter": _WHILE_TOLD}
    ),
    "playback_50_count": FigureWords(
        _l("Half watched"), _l("How many people watched half of the video or more."), {"twitter": _WHILE_TOLD}
    ),
    "playback_75_count": FigureWords(
        _l("Three quarters watched"),
        _l("How many people watched three quarters of the video or more."),
        {"twitter": _WHILE_TOLD},
    ),
    "playback_100_count": FigureWords(
        _l("Watched to the end"), _l("How many people watched the whole video."), {"twitter": _WHILE_TOLD}
    ),
    "quote_count": FigureWords(_l("Quotes"), _l("Posts that quote this one. They are among the shares.")),
    "bookmark_count": FigureWords(_l("Bookmarks"), _l("How often people put the post among their bookmarks.")),
    "user_profile_clicks": FigureWords(
        _l("Profile clicks"),
        _l("How often people went from the post to the account's profile."),
        {"twitter": _WHILE_TOLD},
    ),
    "engagements": FigureWords(
        _l("Engagements"),
        _l("Everything that people did with the post, by the network's own count; clicks are among it."),
        {"twitter": _WHILE_TOLD},
    ),
    "reactions_like": FigureWords(_l("Like"), _OF_A_KIND),
    "reactions_love": FigureWords(_l("Love"), _OF_A_KIND),
    "reactions_haha": FigureWords(_l("Haha"), _OF_A_KIND),
    "reactions_wow": FigureWords(_l("Wow"), _OF_A_KIND),
    "reactions_sorry": FigureWords(_l("Sad"), _OF_A_KIND),
    "reactions_anger": FigureWords(_l("Angry"), _OF_A_KIND),
}

_ALL = {**FIGURES, **FURTHER}


@dataclass(frozen=True, slots=True)
class Further:
    """One figure beyond the common scale. ``explained``: whether there are words for it; else ``label`` is the name
    that the network gave it."""

    name: str
    label: str
    value: int
    explained: bool


def init_app(app: Flask) -> None:
    """Offer them to templates."""
    app.jinja_env.globals.update(figure_words=_ALL)


def further(extra: Mapping[str, int]) -> list[Further]:
    """What a network gave of a post beyond the common scale, in the order of the table; what the table does not know
    comes last, under the network's own name."""
    known = [Further(name, str(_ALL[name].label), extra[name], explained=True) for name in _ALL if name in extra]
    return known + [Further(name, name, extra[name], explained=False) for name in sorted(set(extra) - set(_ALL))]


def labels(names: Iterable[str] = METRICS) -> dict[str, LazyString]:
    """The words for these figures, in their order; what is not known is left out."""
    return {name: FIGURES[name].label for name in names if name in FIGURES}
