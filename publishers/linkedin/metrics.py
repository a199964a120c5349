"""LinkedIn's figures on the common scale: one call for many posts of an organisation, five for one post of a member;
of a post with a video three more, one for each figure that there is of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from publishers import reading
from publishers.base import Figures, NetworkError, ReconnectNeeded, Rejected, Unsupported
from publishers.linkedin.client import LinkedInClient, encoded
from publishers.linkedin.errors import TITLE

URNS_AT_ONCE = 20  # a URN takes 40 characters of the address

_SHARE, _UGC = "urn:li:share:", "urn:li:ugcPost:"

# memberCreatorPostAnalytics gives one metric a call
_MEMBER_METRICS = ("IMPRESSION", "MEMBERS_REACHED", "REACTION", "COMMENT", "RESHARE")

# What videoAnalytics and memberCreatorVideoAnalytics call our figures; both give times in milliseconds.
_WATCHED = "watch_seconds"
_ORGANISATION_VIDEO = {"video_views": "VIDEO_VIEW", "video_viewers": "VIEWER", _WATCHED: "TIME_WATCHED"}
_MEMBER_VIDEO = {"video_views": "VIDEO_PLAY", "video_viewers": "VIDEO_VIEWER", _WATCHED: "VIDEO_WATCH_TIME"}


def organisation_figures(
    client: LinkedInClient, author: str, urns: Sequence[str], films: Collection[str] = ()
) -> dict[str, Figures]:
    """By organizationalEntityShareStatistics, which takes shares and ugcPosts apart, and nothing else; of videos by
    videoAnalytics, which knows them as ugcPosts alone."""
    shares = [u for u in urns if u.startswith(_SHARE)]
    others = [u for u in urns if u.startswith(_UGC)]
    found: dict[str, Figures] = {}
    for name, key, chosen in (("shares", "share", shares), ("ugcPosts", "ugcPost", others)):
        for start in range(0, len(chosen), URNS_AT_ONCE):
            wanted = ",".join(encoded(u) for u in chosen[start : start + URNS_AT_ONCE])
            path = (
                "/rest/organizationalEntityShareStatistics?q=organizationalEntity"
                f"&organizationalEntity={encoded(author)}&{name}=List({wanted})"
            )
            found.update(_statistics(_elements(client.rest("GET", path, action="FINDER").json()), key))
    for urn in (u for u in others if u in films and u in found):
        path = f"/rest/videoAnalytics?q=entity&entity={encoded(urn)}&aggregation=ALL&type="
        found[urn] = replace(found[urn], extra=_of_video(client, path, _ORGANISATION_VIDEO))
    return found


def member_figures(client: LinkedInClient, urns: Sequence[str], films: Collection[str] = ()) -> dict[str, Figures]:
    """By memberCreatorPostAnalytics and memberCreatorVideoAnalytics. Raises Unsupported where the app may not read
    them."""
    found: dict[str, Figures] = {}
    for urn in (u for u in urns if u.startswith((_SHARE, _UGC))):
        figures = _member_figures(client, urn)
        if figures is not None:
            found[urn] = figures
            if urn in films:
                path = f"/rest/memberCreatorVideoAnalytics?q=entity&entity={_entity(urn)}&aggregation=TOTAL&queryType="
                found[urn] = replace(figures, extra=_of_video(client, path, _MEMBER_VIDEO))
    return found


def _of_video(client: LinkedInClient, path: str, kinds: Mapping[str, str]) -> dict[str, int]:
    """The figures of one video by their names; without those that LinkedIn does not give, and without any where the
    connection may not read them: the post's own figures are there all the same."""
    found: dict[str, int] = {}
    for name, kind in kinds.items():
        try:
            elements = _elements(client.rest("GET", f"{path}{kind}", action="FINDER").json())
        except (Rejected, ReconnectNeeded) as error:
            if error.status == 401:
                raise
            break
        total = reading.total(*(reading.count(e, "value", "count") for e in elements))
        if total is not None:
            found[name] = total // 1000 if name == _WATCHED else total
    return found


def _member_figures(client: LinkedInClient, urn: str) -> Figures | None:
    figures: dict[str, int | None] = {}
    for metric in _MEMBER_METRICS:
        path = f"/rest/memberCreatorPostAnalytics?q=entity&entity={_entity(urn)}&queryType={metric}&aggregation=TOTAL"
        try:
            elements = _elements(client.rest("GET", path, action="FINDER").json())
        except Rejected as error:
            if error.status == 404:
                return None
            figures[metric] = None  # a metric that this version does not know
            continue
        figures[metric] = reading.total(*(reading.count(e, "count") for e in elements))
    return Figures(
        impressions=figures.get("IMPRESSION"),
        reach=figures.get("MEMBERS_REACHED"),
        reactions=figures.get("REACTION"),
        comments=figures.get("COMMENT"),
        shares=figures.get("RESHARE"),
    )


def _entity(urn: str) -> str:
    return f"({'share' if urn.startswith(_SHARE) else 'ugc'}:{encoded(urn)})"


def _statistics(elements: list[dict[str, Any]], key: str) -> dict[str, Figures]:
    found = {}
    for element in elements:
        urn = reading.identifier(element.get(key))
        if urn is not None:
            found[urn] = _organisation(element.get("totalShareStatistics"))
    return found


def _organisation(statistics: Any) -> Figures:
    return Figures(
        impressions=reading.count(statistics, "impressionCount"),
        reach=reading.count(statistics, "uniqueImpressionsCount"),
        reactions=reading.count(statistics, "likeCount"),
        comments=reading.count(statistics, "commentCount"),
        shares=reading.count(statistics, "shareCount"),
        clicks=reading.count(statistics, "clickCount"),
    )


def _elements(answer: Any) -> list[dict[str, Any]]:
    return reading.items(reading.as_list(reading.as_object(answer, TITLE).get("elements"), TITLE))


def unsupported_if_unreadable(error: ReconnectNeeded) -> NetworkError:
    """A self-serve app may post but not read: signing in again would not change it."""
    if error.status == 403:
        return Unsupported(f"{TITLE} does not let this app read posts or figures.", status=403, code=error.code)
    return error
