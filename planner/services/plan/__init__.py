"""The plan above the posts: ``topics``, ``campaigns``, ``goals``, ``audiences``, ``categories``, ``formats``.

Each is a :class:`~planner.services.plan.collection.Collection`: ``get``, ``page``, ``all_of``, ``create``, ``edit``,
``delete`` and ``given_of``; topics can do more.
"""

from planner.services.plan.collection import Collection, Listed
from planner.services.plan.kinds import (
    COLORS,
    METRICS,
    AudienceInput,
    CampaignInput,
    CategoryInput,
    FormatInput,
    GoalInput,
    audiences,
    campaigns,
    categories,
    formats,
    goals,
)
from planner.services.plan.topics import TopicInput, topics

__all__ = [
    "COLORS",
    "METRICS",
    "AudienceInput",
    "CampaignInput",
    "CategoryInput",
    "Collection",
    "FormatInput",
    "GoalInput",
    "Listed",
    "TopicInput",
    "audiences",
    "campaigns",
    "categories",
    "formats",
    "goals",
    "topics",
]
