"""The Graph API's objects and errors, and its field language."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from .accounts import Account
from .service import Answer, World
from .store import Comment, Post
from .wire import Request, Response, json_response

_CALL = re.compile(r"\.([a-z_]+)\(([^)]*)\)")


def error(
    code: int, message: str, *, status: int = 400, kind: str = "OAuthException", subcode: int | None = None, **more: Any
) -> Response:
    """An error as Graph writes it; ``fbtrace_id`` differs each time."""
    body: dict[str, Any] = {"message": message, "type": kind, "code": code, **more}
    if subcode is not None:
        body["error_subcode"] = subcode
    body["fbtrace_id"] = "A" + secrets.token_urlsafe(16)[:22]
    return json_response(status, {"error": body}, kind="application/json; charset=UTF-8")


def parameter_error(message: str) -> Answer:
    return Answer(error(100, f"(#100) {message}"))


def unknown_object(name: str) -> Answer:
    """What Graph says about an id that is not there, or that the token may not see: it does not tell which."""
    return Answer(
        error(
            100, f"Unsupported get request. Object with ID '{name}' does not exist, cannot be loaded due to missing "
            "permissions, or does not support this operation. Please read the Graph API documentation at "
            "https://developers.facebook.com/docs/graph-api", kind="GraphMethodException", subcode=33,
        )
    )  # fmt: skip


def graph_time(moment: datetime) -> str:
    """``2026-01-31T09:00:00+0000``"""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def split_fields(text: str) -> list[tuple[str, dict[str, str]]]:
    """``id,comments.limit(0).summary(true){id}`` as names with their modifiers; what is in braces is under ``{}``."""
    found = []
    for part in _outside_braces(text):
        head, _, inner = part.partition("{")
        name, _, _ = head.partition(".")
        modifiers = dict(_CALL.findall(head))
        if inner:
            modifiers["{}"] = inner.rstrip("}")
        if name.strip():
            found.append((name.strip(), modifiers))
    return found


def page_object(account: Account, wanted: list[str], token: str) -> dict[str, Any]:
    """A Page with the fields ``wanted``; ``id`` is always there."""
    everything: dict[str, Any] = {
        "id": account.id, "name": account.name, "username": account.handle, "category": "Maschinenbau",
        "link": f"https://www.facebook.com/{account.handle}", "fan_count": account.followers,
        "followers_count": account.followers, "can_post": True, "is_published": True, "access_token": token,
        "about": "Sondermaschinen und Greiftechnik aus Chemnitz", "website": "https://www.brandt-maschinenbau.example",
        "verification_status": "not_verified", "tasks": TASKS,
    }  # fmt: skip
    _refuse_unknown(wanted, everything, "Page")
    return {"id": account.id} | {name: everything[name] for name in wanted}


TASKS = ["ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "MANAGE"]

POST_FIELDS = frozenset({
    "id", "message", "created_time", "updated_time", "permalink_url", "full_picture", "picture", "from", "is_published",
    "is_hidden", "is_expired", "is_popular", "status_type", "story", "shares", "comments", "reactions", "likes",
    "attachments", "child_attachments", "parent_id", "promotable_id", "properties", "message_tags", "actions",
    "place", "privacy", "icon", "targeting", "subscribed", "scheduled_publish_time", "insights",
})  # fmt: skip


def post_object(world: World, request: Request, post: Post, wanted: list[tuple[str, dict[str, str]]]) -> dict[str, Any]:
    """A Page post with the fields ``wanted``; without any, those Graph gives by itself."""
    wanted = wanted or [("id", {}), ("message", {}), ("created_time", {})]
    _refuse_unknown([name for name, _ in wanted], dict.fromkeys(POST_FIELDS), "Post")
    plain = _plain_fields(request, post)
    shown: dict[str, Any] = {"id": post.id}
    for name, modifiers in wanted:
        if name in ("comments", "reactions", "likes", "shares"):
            shown |= _counted(world, post, name, modifiers)
        elif name == "attachments":
            shown |= _attachments(request, post)
        elif plain.get(name) is not None:
            shown[name] = plain[name]
    return shown


def comment_object(
    world: World, post: Post, comment: Comment, wanted: list[tuple[str, dict[str, str]]]
) -> dict[str, Any]:
    """A comment with the fields ``wanted``; without any, those Graph gives by itself."""
    names = [name for name, _ in wanted] or ["created_time", "from", "message"]
    below = sum(c.parent_id == comment.id for c in world.comments(post)) if "comment_count" in names else 0
    everything: dict[str, Any] = {
        "id": comment.id, "created_time": graph_time(comment.created_at), "message": comment.text,
        "from": {"name": comment.author, "id": comment.author_id}, "is_hidden": comment.id in post.hidden,
        "can_hide": not comment.own, "can_remove": True, "can_comment": comment.parent_id is None,
        "like_count": int(comment.id in post.liked), "comment_count": below,
        "permalink_url": f"https://www.facebook.com/{post.id}?comment_id={comment.id.rpartition('_')[2]}",
        "user_likes": comment.id in post.liked,
        "parent": {"id": comment.parent_id} if comment.parent_id else None,
        "is_private": False, "object": None, "attachment": None, "message_tags": None,
    }  # fmt: skip
    _refuse_unknown(names, everything, "Comment")
    return {"id": comment.id} | {name: everything[name] for name in names if everything[name] is not None}


def paged(request: Request, path: str, items: list[Any], keys: list[str], default: int = 25) -> dict[str, Any]:
    """A page of ``items`` by cursor; ``keys`` are their ids. ``paging.next`` is a full address without the token."""
    limit = request.query.get("limit", str(default))
    if not limit.isdigit() or int(limit) > 100:
        raise parameter_error("The parameter limit must be a number from 0 to 100")
    after = request.query.get("after")
    start = keys.index(after) + 1 if after in keys else 0
    page = items[start : start + int(limit)]
    if not page:
        return {"data": []}
    last = keys[start + len(page) - 1]
    paging: dict[str, Any] = {"cursors": {"before": keys[start], "after": last}}
    if start + len(page) < len(items):
        query = {k: v for k, v in request.query.items() if k not in ("after", "access_token")} | {"after": last}
        paging["next"] = f"{request.base_url}{path}?{urlencode(query)}"
    return {"data": page, "paging": paging}


def _plain_fields(request: Request, post: Post) -> dict[str, Any]:
    picture = f"{request.base_url.removesuffix('/facebook')}/media/facebook/{post.media[0].id}" if post.media else None
    return {
        "message": post.text or None, "created_time": graph_time(post.created_at),
        "updated_time": graph_time(post.created_at), "from": {"name": post.account.name, "id": post.account.id},
        "permalink_url": f"https://www.facebook.com/{post.account.id}/posts/{post.id.partition('_')[2]}",
        "full_picture": picture, "picture": picture, "is_published": True, "is_hidden": False, "is_expired": False,
        "is_popular": False, "promotable_id": post.id, "subscribed": False,
        "status_type": "added_photos" if post.media else "shared_story" if post.link else "mobile_status_update",
        "message_tags": post.meta.get("tags") or None, "targeting": post.meta.get("targeting"),
        "privacy": {"value": "EVERYONE", "description": "Public", "friends": "", "allow": "", "deny": ""},
    }  # fmt: skip


def _counted(world: World, post: Post, name: str, modifiers: dict[str, str]) -> dict[str, Any]:
    now = world.engagement(post)
    if name == "shares":
        return {"shares": {"count": now.shares}} if now.shares else {}
    comments = [c for c in world.comments(post) if c.id not in post.hidden] if name == "comments" else []
    limit = int(modifiers.get("limit", "25"))
    value: dict[str, Any] = {"data": [comment_object(world, post, comment, []) for comment in comments[:limit]]}
    if modifiers.get("summary") in ("true", "1"):
        total = len(comments) if name == "comments" else now.reactions
        extra = {"order": "ranked", "can_comment": True} if name == "comments" else {"viewer_reaction": "NONE"}
        value["summary"] = {"total_count": total, **extra}
    return {name: value}


def _attachments(request: Request, post: Post) -> dict[str, Any]:
    pictures = [_photo_attachment(request, post, medium.id) for medium in post.media]
    if len(pictures) > 1:
        album = {"type": "album", "media_type": "album", "title": post.account.name, "media": pictures[0]["media"]}
        return {"attachments": {"data": [{**album, "subattachments": {"data": pictures}}]}}
    if post.link and not pictures:
        link = {"type": "share", "media_type": "link", "title": post.link, "unshimmed_url": post.link, "url": post.link}
        return {"attachments": {"data": [link]}}
    return {"attachments": {"data": pictures}} if pictures else {}


def _photo_attachment(request: Request, post: Post, medium_id: str) -> dict[str, Any]:
    medium = next(medium for medium in post.media if medium.id == medium_id)
    width, height = (medium.kind.width, medium.kind.height) if medium.kind else (0, 0)
    source = f"{request.base_url.removesuffix('/facebook')}/media/facebook/{medium.id}"
    address = f"https://www.facebook.com/photo.php?fbid={medium.id}"
    if medium.meta.get("edge") == "videos":
        moving = "animated_image_video" if medium.kind and medium.kind.mime == "image/gif" else "video_inline"
        page = f"https://www.facebook.com/{post.account.id}/videos/{medium.id}/"
        return {
            "type": moving, "media_type": "video", "target": {"id": medium.id, "url": page}, "url": page,
            "media": {"image": {"src": source, "width": width, "height": height}, "source": source},
            "title": medium.meta.get("title") or "",
        }  # fmt: skip
    return {
        "type": "photo", "media_type": "photo", "target": {"id": medium.id, "url": address}, "url": address,
        "media": {"image": {"src": source, "width": width, "height": height}}, "description": medium.alt,
    }  # fmt: skip


def _refuse_unknown(names: list[str], known: dict[str, Any], kind: str) -> None:
    for name in names:
        if name not in known:
            raise parameter_error(f"Tried accessing nonexisting field ({name}) on node type ({kind})")


def _outside_braces(text: str) -> list[str]:
    """``text`` cut at the commas that stand in no braces or brackets."""
    parts, depth = [""], 0
    for character in text:
        depth += (character in "({") - (character in ")}")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts
