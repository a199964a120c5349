"""Which figures Graph has of a Page as a whole (Graph API, Insights: Page metrics, as they are since June 2026)."""

from __future__ import annotations

FOLLOWS, UNFOLLOWS = "page_daily_follows_unique", "page_daily_unfollows_unique"
#: Graph's metrics and our names for them.
NAMES = {
    "page_media_view": "impressions",
    "page_views_total": "page_views",
    "page_post_engagements": "engagements",
    "page_total_actions": "page_clicks",
    FOLLOWS: "follows",
    UNFOLLOWS: "unfollows",
}
#: What a Page has. Of its visitors Graph has no count.
GIVEN = ("impressions", "page_views", "engagements", "page_clicks", "follower_gain")
