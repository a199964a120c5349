"""X's figures on the common scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from publishers import reading
from publishers.base import Figures


@dataclass(frozen=True, slots=True)
class Wanted:
    """The metrics to ask for: ``of_posts``, and ``of_media`` where a post shows a video (OpenAPI, Video)."""

    of_posts: tuple[str, ...]
    of_media: tuple[str, ...]

    def parameters(self, *, film: bool) -> dict[str, list[str]]:
        if not film:
            return {"tweet_fields": list(self.of_posts)}
        return {
            "tweet_fields": ["attachments", *self.of_posts],
            "expansions": ["attachments.media_keys"],
            "media_fields": list(self.of_media),
        }


PUBLIC = Wanted(("public_metrics",), ("public_metrics",))
PRIVATE = Wanted(("public_metrics", "non_public_metrics", "organic_metrics"), ("public_metrics", "non_public_metrics"))
PRIVATE_AGE = timedelta(days=30)
"""X gives the private figures to the post's own account for 30 days (docs.x.com, "Metrics")."""

_FIRST_MILLISECOND = 1_288_834_974_657  # of X's ids: the upper bits of an id are milliseconds since then


def split_by_age(ids: Sequence[str], now: datetime) -> tuple[list[str], list[str]]:
    """Ids young enough for private figures, and the others. An id that tells no time counts as young."""
    oldest = now - PRIVATE_AGE
    old = [i for i in ids if (made := _made_at(i)) is not None and made < oldest]
    return [i for i in ids if i not in set(old)], old


def figures_of(tweet: dict[str, Any], media: Sequence[dict[str, Any]] = ()) -> Figures:
    """Newer answers say ``repost_count``, older ones ``retweet_count``; the first that is there counts. ``media`` are
    those of all posts in the answer."""
    public, private = tweet.get("public_metrics"), tweet.get("non_public_metrics")
    organic = tweet.get("organic_metrics")
    reposts = reading.count(public, "repost_count", "retweet_count")
    quotes = reading.count(public, "quote_count")
    impressions = reading.count(public, "impression_count")
    if impressions is None:
        impressions = reading.count(private, "impression_count")
    extra = {**reading.counts(private), **reading.counts(public), **_of_video(tweet, media)}
    return Figures(
        impressions=impressions,
        reactions=reading.count(public, "like_count"),
        comments=reading.count(public, "reply_count"),
        shares=reading.total(reposts, quotes),
        clicks=_first(reading.count(private, "url_link_clicks"), reading.count(organic, "url_link_clicks")),
        extra={name: extra[name] for name in sorted(extra) if name not in _ON_THE_SCALE},
    )


_ON_THE_SCALE = frozenset(
    ("impression_count", "like_count", "reply_count", "repost_count", "retweet_count", "url_link_clicks")
)


def _of_video(tweet: dict[str, Any], media: Sequence[dict[str, Any]]) -> dict[str, int]:
    """How often the post's video was viewed, and how many made it how far. A post has one video at most."""
    keys = reading.child(tweet, "attachments", "media_keys")
    own = [m for m in media if isinstance(keys, list) and m.get("media_key") in keys and m.get("type") == "video"]
    if not own:
        return {}
    played = {n: c for n, c in reading.counts(own[0].get("non_public_metrics")).items() if n.startswith("playback_")}
    views = reading.count(own[0].get("public_metrics"), "view_count")
    return played if views is None else {"video_views": views, **played}


def _first(*figures: int | None) -> int | None:
    return next((f for f in figures if f is not None), None)


def _made_at(tweet_id: str) -> datetime | None:
    if not tweet_id.isdigit() or len(tweet_id) > 19:
        return None
    milliseconds = (int(tweet_id) >> 22) + _FIRST_MILLISECOND
    # Ids before 2010 counted up by one, and so tell no time.
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if int(tweet_id) > 30_000_000_000 else None
