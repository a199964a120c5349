"""What X gives to read: posts with their metrics, timelines, replies, users."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from .accounts import Account, Token
from .service import World
from .store import Post, utc
from .twitter_shapes import (
    MEDIA_FIELDS,
    POST_FIELDS,
    PRIVATE_METRICS,
    fields,
    invalid,
    media_object,
    not_authorized,
    not_found,
    poll_object,
    post_object,
    refuse_unknown,
    user_object,
)
from .wire import Request

PRIVATE_DAYS = 30
"""Private and organic metrics are given for posts up to this age."""

LISTING = {"since_id", "until_id", "max_results", "pagination_token", "start_time", "end_time", "exclude"}


def ids(request: Request) -> list[str]:
    """The ids that a lookup asks for, 1 to 100 of them."""
    value = request.query.get("ids", "")
    found = [part for part in value.split(",") if part]
    if not 1 <= len(found) <= 100:
        raise invalid("ids", value, f"size must be between 1 and 100 but is {len(found)}")
    for post_id in found:
        if not re.fullmatch(r"[0-9]{1,19}", post_id):
            raise invalid("ids", post_id, f"The `ids` query parameter value [{post_id}] is not valid")
    return found


def lookup(world: World, token: Token, request: Request, wanted: Iterable[str]) -> dict[str, Any]:
    """Several posts; those that are gone or keep a field private are named in ``errors``."""
    refuse_unknown(request, {"ids"})
    return _lookup(world, token, request, list(wanted), "ids")


def lookup_one(world: World, token: Token, request: Request, post_id: str) -> dict[str, Any]:
    """One post, as an object instead of a list."""
    refuse_unknown(request, set())
    answer = _lookup(world, token, request, [post_id], "id")
    if "data" in answer:
        answer["data"] = answer["data"][0]
    return answer


def timeline(world: World, token: Token, request: Request, account: Account | None, user_id: str) -> dict[str, Any]:
    """A page of an account's posts, newest first."""
    refuse_unknown(request, LISTING)
    if account is None:
        return {"errors": [not_found("user", "id", user_id)]}
    posts = [post for post in world.store.listing(account, world.now()) if _visible_in(request, post)]
    chosen, meta = page(request, [post.id for post in posts])
    shown = [post for post in posts if post.id in chosen]
    data = [_visible(world, token, request, post)[0] for post in shown]
    answer: dict[str, Any] = {"meta": meta}
    if data:
        answer["data"] = data
    return answer | _includes(world, token, request, shown)[0]


def user(world: World, request: Request, account: Account) -> dict[str, Any]:
    """A user object with the fields asked for."""
    refuse_unknown(request, set())
    posts = len(world.store.listing(account, world.now()))
    return user_object(request, account, posts, world.followers(account))


def _lookup(world: World, token: Token, request: Request, wanted: list[str], parameter: str) -> dict[str, Any]:
    posts, data, errors = [], [], []
    for post_id in wanted:
        post = world.store.find("twitter", post_id)
        if post is None:
            errors.append(not_found("tweet", parameter, post_id))
            continue
        shown, missing = _visible(world, token, request, post)
        posts.append(post)
        data.append(shown)
        errors += [not_authorized(parameter, post_id, name) for name in missing]
    answer: dict[str, Any] = {}
    includes, private = _includes(world, token, request, posts)
    errors += [not_authorized(parameter, post_id, name, "includes") for post_id, name in private]
    if data:
        answer["data"] = data
    if errors:
        answer["errors"] = errors
    return answer | includes


def _visible(world: World, token: Token, request: Request, post: Post) -> tuple[dict[str, Any], list[str]]:
    """A post with the fields asked for, and the private fields that the caller may not see."""
    wanted = fields(request, "tweet.fields", POST_FIELDS)
    private = _private(world, token, post, wanted)
    return post_object(world, post, wanted - private), sorted(private)


def _private(world: World, token: Token, post: Post, wanted: frozenset[str]) -> frozenset[str]:
    """Those of the fields that the caller may not see: of somebody else's post, or of one that is too old."""
    own = token.kind == "user" and post.account is token.account
    return frozenset() if own and world.age(post) <= timedelta(days=PRIVATE_DAYS) else wanted & PRIVATE_METRICS


def _visible_in(request: Request, post: Post) -> bool:
    replies = "replies" in request.query.get("exclude", "") and post.meta.get("reply_to")
    return in_window(request, post.id, post.created_at) and not replies


def in_window(request: Request, post_id: str, made: datetime) -> bool:
    """Whether a post is among those that ids and times of the request ask for."""
    query = request.query
    since, until = moment(request, "start_time"), moment(request, "end_time")
    return (
        (since is None or "since_id" in query or made >= since)
        and (until is None or "until_id" in query or made < until)
        and int(post_id) > int(query.get("since_id", "0"))
        and int(post_id) < int(query.get("until_id", "9" * 20))
    )


def moment(request: Request, name: str) -> datetime | None:
    """A time of the query, None where it has none. Answers 400."""
    value = request.query.get(name)
    if value is None:
        return None
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z", value):
        raise invalid(name, value, f"invalid {name}: expected a date-time such as 2026-01-31T09:00:00Z")
    try:
        return utc(re.sub(r"\.\d+Z", "Z", value))
    except ValueError:
        raise invalid(name, value, f"invalid {name}: no such date") from None


def page(request: Request, post_ids: list[str]) -> tuple[set[str], dict[str, Any]]:
    """Which of the ids, newest first, are on the page asked for, and the page's ``meta``."""
    size = _size(request)
    token = request.query.get("pagination_token") or request.query.get("next_token")
    start = 0
    if token is not None:
        if token.removeprefix("b26") not in post_ids:
            raise invalid("pagination_token", token, f"[{token}] is no token of this timeline")
        start = post_ids.index(token.removeprefix("b26")) + 1
    page = post_ids[start : start + size]
    meta: dict[str, Any] = {"result_count": len(page)}
    if page:
        meta |= {"newest_id": page[0], "oldest_id": page[-1]}
        if start + size < len(post_ids):
            meta["next_token"] = f"b26{page[-1]}"
    return set(page), meta


def _size(request: Request) -> int:
    value = request.query.get("max_results", "10")
    if not value.isdigit() or not 5 <= int(value) <= 100:
        reason = f"The `max_results` query parameter value [{value}] is not between 5 and 100"
        raise invalid("max_results", value, reason)
    return int(value)


def _includes(
    world: World, token: Token, request: Request, posts: list[Post]
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The media and polls of ``posts``, where the expansions are asked for; and which private fields of which posts'
    media the caller may not see."""
    asked = request.query.get("expansions", "").split(",")
    includes: dict[str, Any] = {}
    hidden: list[tuple[str, str]] = []
    if "attachments.media_keys" in asked:
        wanted = fields(request, "media.fields", MEDIA_FIELDS)
        includes["media"] = []
        for post in (post for post in posts if post.media):
            private = _private(world, token, post, wanted)
            hidden += [(post.id, name) for name in sorted(private)]
            includes["media"] += [media_object(world, post, medium, wanted - private) for medium in post.media]
    if "attachments.poll_ids" in asked:
        wanted = fields(request, "poll.fields", None)
        includes["polls"] = [poll_object(world, post, wanted) for post in posts if post.meta.get("poll")]
    includes = {name: found for name, found in includes.items() if found}
    return {"includes": includes} if includes else {}, hidden


def handle_of(name: str) -> str:
    """A stranger's user name."""
    return "".join(c for c in name if c.isascii() and c.isalnum())[:15]
