"""The objects and problems of X's API v2, as its OpenAPI description gives them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from .accounts import Account
from .engagement import Watched
from .films import FILMS
from .service import Answer, World
from .store import Comment, Medium, Post, rfc3339
from .wire import Request, Response, json_response

PROBLEMS = "https://api.twitter.com/2/problems/"

POST_FIELDS = frozenset({
    "article", "attachments", "author_id", "card_uri", "community_id", "context_annotations", "conversation_id",
    "created_at", "display_text_range", "edit_controls", "edit_history_tweet_ids", "entities", "geo", "id",
    "in_reply_to_user_id", "lang", "media_metadata", "non_public_metrics", "note_tweet", "organic_metrics",
    "possibly_sensitive", "promoted_metrics", "public_metrics", "referenced_tweets", "reply_settings", "scopes",
    "source", "suggested_source_links", "suggested_source_links_with_counts", "text", "withheld",
})  # fmt: skip
MEDIA_FIELDS = frozenset({
    "alt_text", "duration_ms", "height", "media_key", "non_public_metrics", "organic_metrics", "preview_image_url",
    "promoted_metrics", "public_metrics", "type", "url", "variants", "width",
})  # fmt: skip
PRIVATE_METRICS = frozenset({"non_public_metrics", "organic_metrics"})
_ALWAYS = frozenset({"id", "text", "edit_history_tweet_ids"})
_SHAPING = {"tweet.fields", "user.fields", "media.fields", "poll.fields", "place.fields", "expansions"}


def problem(status: int, title: str, detail: str, kind: str = "about:blank", **more: Any) -> Response:
    """An RFC 7807 problem as X writes it."""
    kind = kind if kind == "about:blank" else PROBLEMS + kind
    return json_response(status, {**more, "title": title, "detail": detail, "type": kind, "status": status})


def invalid(parameter: str, value: str, message: str) -> Answer:
    """X's answer to a parameter it does not take: 400 with the parameter, its value and why."""
    body = {
        "errors": [{"parameters": {parameter: [value]}, "message": message}],
        "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
        "type": PROBLEMS + "invalid-request",
    }
    return Answer(json_response(400, body))


def refuse_unknown(request: Request, known: set[str]) -> None:
    """Answer 400 to a query parameter that the endpoint does not have, as X does."""
    for name in request.query:
        if name not in known | _SHAPING:
            listed = ",".join(sorted(known | _SHAPING))
            raise invalid(name, request.query[name], f"The query parameter [{name}] is not one of [{listed}]")


def fields(request: Request, parameter: str, allowed: frozenset[str] | None) -> frozenset[str]:
    """The fields asked for in ``parameter``. Answers 400 to one that is not ``allowed`` (None: any)."""
    value = request.query.get(parameter, "")
    wanted = frozenset(name for name in value.split(",") if name)
    if allowed is not None and wanted - allowed:
        unknown, known = min(wanted - allowed), ",".join(sorted(allowed))
        raise invalid(parameter, value, f"The `{parameter}` query parameter value [{unknown}] is not one of [{known}]")
    return wanted


def not_found(kind: str, parameter: str, value: str) -> dict[str, Any]:
    """The entry of ``errors`` for something that is not there."""
    name = {"tweet": "tweet", "user": "user"}[kind]
    return {
        "value": value, "detail": f"Could not find {name} with {parameter}: [{value}].", "title": "Not Found Error",
        "resource_type": kind, "parameter": parameter, "resource_id": value, "type": PROBLEMS + "resource-not-found",
    }  # fmt: skip


def not_authorized(parameter: str, post_id: str, field: str, section: str = "data") -> dict[str, Any]:
    """The entry of ``errors`` for a private field of someone else's post, or of one that is too old; of its media
    (``section`` is includes) as well."""
    return {
        "resource_id": post_id, "parameter": parameter, "resource_type": "tweet", "section": section, "value": post_id,
        "title": "Field Authorization Error", "field": field, "type": PROBLEMS + "not-authorized-for-field",
        "detail": f"Sorry, you are not authorized to access '{field}' on the Tweet with {parameter} : [{post_id}].",
    }  # fmt: skip


def post_object(world: World, post: Post, wanted: frozenset[str]) -> dict[str, Any]:
    """A post with the fields ``wanted`` besides those that are always there."""
    everything: dict[str, Any] = {
        "id": post.id, "text": post.meta["shown"], "edit_history_tweet_ids": [post.id],
        "author_id": post.account.id, "created_at": rfc3339(post.created_at.replace(microsecond=0)),
        "conversation_id": post.meta.get("conversation") or post.id, "lang": "de", "possibly_sensitive": False,
        "reply_settings": "everyone", "display_text_range": [0, len(post.meta["shown"])],
    }  # fmt: skip
    if post.media:
        everything["attachments"] = {"media_keys": [media_key(medium) for medium in post.media]}
    if post.meta.get("poll"):
        everything["attachments"] = {"poll_ids": [poll_id(post)]}
    if post.meta["urls"]:
        everything["entities"] = {"urls": post.meta["urls"]}
    if post.meta.get("reply_to"):
        everything["referenced_tweets"] = [{"type": "replied_to", "id": post.meta["reply_to"]}]
    if wanted & {"public_metrics", "non_public_metrics", "organic_metrics"}:
        everything |= _metrics(world, post)
    return {name: value for name, value in everything.items() if name in wanted | _ALWAYS}


def reply_object(post: Post, reply: Comment, wanted: frozenset[str], *, to_us: bool) -> dict[str, Any]:
    """A comment as X knows it: a post of someone else that replies to ours (``to_us``), or to another reply."""
    to = post.account.handle if to_us else "jemand"
    everything: dict[str, Any] = {
        "id": reply.id, "text": f"@{to} {reply.text}", "edit_history_tweet_ids": [reply.id],
        "author_id": reply.author_id, "created_at": rfc3339(reply.created_at.replace(microsecond=0)), "lang": "de",
        "conversation_id": post.id, "in_reply_to_user_id": post.account.id if to_us else "9999",
        "referenced_tweets": [{"type": "replied_to", "id": reply.parent_id or post.id}],
    }  # fmt: skip
    return {name: value for name, value in everything.items() if name in wanted | _ALWAYS}


def media_object(world: World, post: Post, medium: Medium, wanted: frozenset[str]) -> dict[str, Any]:
    """A medium with the fields ``wanted`` besides its key and type. Videos alone have metrics."""
    mime = medium.kind.mime if medium.kind else ""
    kind = "video" if mime in FILMS else "animated_gif" if mime == "image/gif" else "photo"
    everything: dict[str, Any] = {"media_key": media_key(medium), "type": kind}
    if medium.kind:
        everything |= {"width": medium.kind.width, "height": medium.kind.height}
    if medium.alt:
        everything["alt_text"] = medium.alt
    if medium.kind and medium.kind.seconds:
        everything["duration_ms"] = round(medium.kind.seconds * 1000)
    if kind == "video":
        everything |= _metrics_of_video(world.watched(post, medium))
    if kind == "photo":
        everything["url"] = f"https://pbs.twimg.com/media/{medium.id}.jpg"
    return {name: value for name, value in everything.items() if name in wanted | {"media_key", "type"}}


def _metrics_of_video(watched: Watched) -> dict[str, Any]:
    played = {f"playback_{25 * part}_count": count for part, count in enumerate(watched.reached)}
    public = {"view_count": watched.views}
    return {"public_metrics": public, "non_public_metrics": played, "organic_metrics": {**public, **played}}


def media_key(medium: Medium) -> str:
    """A medium's key: what it is, and its id."""
    mime = medium.kind.mime if medium.kind else ""
    return f"{'7' if mime in FILMS else '16' if mime == 'image/gif' else '3'}_{medium.id}"


def poll_id(post: Post) -> str:
    return str(int(post.id) + 1)


def poll_object(world: World, post: Post, wanted: frozenset[str]) -> dict[str, Any]:
    """A post's poll with the fields ``wanted``. It is closed once its time is over; votes grow with the reactions."""
    poll = post.meta["poll"]
    ends = post.created_at + timedelta(minutes=poll["minutes"])
    shares = votes(len(poll["options"]), min(world.engagement(post).reactions, 10_000))
    options = [
        {"position": number, "label": label, "votes": shares[number - 1]}
        for number, label in enumerate(poll["options"], start=1)
    ]
    everything = {
        "id": poll_id(post), "options": options, "duration_minutes": poll["minutes"], "end_datetime": rfc3339(ends),
        "voting_status": "closed" if world.now() >= ends else "open",
    }  # fmt: skip
    return {name: value for name, value in everything.items() if name in wanted | {"id", "options"}}


def votes(options: int, total: int) -> list[int]:
    """So many votes over the options, more for the first ones."""
    weights = [options - number + 1 for number in range(options)]
    return [total * weight // sum(weights) for weight in weights]


def user_object(request: Request, account: Account, posts: int, followers: int) -> dict[str, Any]:
    """A user with the fields asked for besides id, name and username."""
    wanted = fields(request, "user.fields", None) | {"id", "name", "username"}
    everything: dict[str, Any] = {
        "id": account.id, "name": account.name, "username": account.handle, "protected": False, "verified": False,
        "verified_type": "none", "created_at": "2022-03-13T08:00:00.000Z", "location": "Chemnitz",
        "description": "Sondermaschinen und Greiftechnik", "url": "https://www.brandt-maschinenbau.example",
        "profile_image_url": "https://pbs.twimg.com/profile_images/0/normal.png", "subscription_type": "None",
        "public_metrics": {
            "followers_count": followers, "following_count": 214, "tweet_count": posts, "listed_count": followers // 90,
            "like_count": 380,
        },
    }  # fmt: skip
    return {name: value for name, value in everything.items() if name in wanted}


def _metrics(world: World, post: Post) -> dict[str, Any]:
    now = world.engagement(post)
    quotes = now.shares // 5
    public = {
        "retweet_count": now.shares - quotes, "reply_count": now.comments, "like_count": now.reactions,
        "quote_count": quotes, "bookmark_count": now.bookmarks, "impression_count": now.impressions,
    }  # fmt: skip
    private = {
        "impression_count": now.impressions, "url_link_clicks": now.clicks, "user_profile_clicks": now.profile_clicks,
        "engagements": now.reactions + now.comments + now.shares + now.clicks + now.profile_clicks,
    }  # fmt: skip
    organic = {name: public[name] for name in ("impression_count", "retweet_count", "reply_count", "like_count")}
    organic |= {"url_link_clicks": now.clicks, "user_profile_clicks": now.profile_clicks}
    return {"public_metrics": public, "non_public_metrics": private, "organic_metrics": organic}
