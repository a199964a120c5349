"""What Graph's nodes have, by our own small extracts of Meta's specifications, and whether a query names nothing else.

A query nests: ``comments.limit(0).summary(true)``, ``from{id,name}``,
``insights.metric(post_clicks).period(lifetime)``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tests.publishers.contracts.expectation import one_of

#: Insights of a Page's post that are left since June 2026 (Graph API, Insights; changelog of v25.0).
METRICS = one_of(
    "post_activity_by_action_type",
    "post_clicks",
    "post_clicks_by_type",
    "post_media_view",
    "post_reactions_by_type_total",
    "post_total_media_view_unique",
    "post_video_view_time",
    "post_video_views",
)
#: Of a Page itself (the same, Page metrics).
PAGE_METRICS = one_of(
    "page_daily_follows_unique",
    "page_daily_unfollows_unique",
    "page_media_view",
    "page_post_engagements",
    "page_total_actions",
    "page_total_media_view_unique",
    "page_views_total",
)
PERIODS = "lifetime|day|week|days_28"
DAY = r"20\d\d-\d\d-\d\d"


def _node(plain: str, **nested: str) -> dict[str, str]:
    return {**dict.fromkeys(plain.split(), ""), **nested}


#: The fields of each node, and which node lies under a field that has any.
NODES: dict[str, dict[str, str]] = {
    "Profile": _node("id name link username"),
    "Business": _node("id name"),
    "PageOfBusiness": _node("id name link username access_token category followers_count"),
    "Application": _node("id name app_domains privacy_policy_url"),
    "Page": _node(
        "id name link username access_token tasks category about website followers_count fan_count", insights="Insight"
    ),
    "PagePost": _node(
        "id message message_tags created_time updated_time permalink_url full_picture status_type shares is_hidden "
        "is_published is_expired targeting parent_id",
        **{"from": "Profile"},
        attachments="Attachment",
        comments="Comment",
        reactions="Profile",
        likes="Profile",
        insights="Insight",
    ),
    "Comment": _node(
        "id message message_tags created_time permalink_url attachment comment_count like_count is_hidden is_private "
        "can_comment can_hide can_remove user_likes",
        **{"from": "Profile"},
        parent="Comment",
        comments="Comment",
    ),
    "Video": _node("id post_id status title description published length permalink_url created_time views"),
    "Attachment": _node(
        "media media_type title description target type url unshimmed_url", subattachments="Attachment"
    ),
    "Insight": _node("name period values title description id"),
}
_MODIFIERS = {
    "limit": r"\d{1,3}",
    "summary": "true",
    "filter": "stream|toplevel",
    "metric": f"{METRICS}|{PAGE_METRICS}",
    "period": PERIODS,
    "since": DAY,
    "until": DAY,
}
_FIELD = re.compile(r"(\w+)((?:\.\w+\([^()]*\))*)(?:\{(.*)\})?")


def fields(*nodes: str) -> Callable[[str], bool]:
    """Whether all that a value of ``fields`` names is of one of these nodes."""
    return lambda text: any(_all_known(text, node) for node in nodes)


def _all_known(text: str, node: str) -> bool:
    return all(_is_known(part, NODES[node]) for part in _parts(text))


def _is_known(part: str, node: dict[str, str]) -> bool:
    found = _FIELD.fullmatch(part)
    if found is None or found[1] not in node:
        return False
    modifiers = re.findall(r"\.(\w+)\(([^()]*)\)", found[2])
    if not all(name in _MODIFIERS and re.fullmatch(_MODIFIERS[name], value) for name, value in modifiers):
        return False
    return found[3] is None or (bool(node[found[1]]) and _all_known(found[3], node[found[1]]))


def _parts(text: str) -> Iterator[str]:
    """``text`` at its commas, but for those within brackets."""
    depth = begun = 0
    for at, sign in enumerate(text):
        depth += (sign in "({") - (sign in ")}")
        if sign == "," and depth == 0:
            yield text[begun:at]
            begun = at + 1
    yield text[begun:]
