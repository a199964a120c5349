"""The page a person opens: the networks' feeds, rendered on the server, in German or English."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader

from .feeds_text import TEXTS
from .films import FILMS
from .service import World
from .store import Comment, Medium, Post
from .twitter_shapes import votes
from .wire import Request, Response

PAGES = Path(__file__).parent / "pages"
SHOWN = 25
"""Posts shown of each network."""

MENTIONS_SHOWN = 10

ZONE = ZoneInfo("Europe/Berlin")
NETWORKS = (("facebook", "Facebook"), ("twitter", "X (Twitter)"), ("linkedin", "LinkedIn"), ("xing", "XING"))
_SECURITY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_ASSETS = {
    "/feeds.css": ("feeds.css", "text/css; charset=utf-8"),
    "/consent.css": ("consent.css", "text/css; charset=utf-8"),
    "/feeds.js": ("feeds.js", "text/javascript; charset=utf-8"),
}


class Feeds:
    """Answers what is no network's: the page at ``/``, its assets and the files of the posts."""

    def __init__(self, world: World) -> None:
        self._world = world

    def handle(self, request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            return _text(405, "Method not allowed")
        if request.path == "/":
            return self._page(request)
        if request.path in _ASSETS:
            name, kind = _ASSETS[request.path]
            return Response(200, (PAGES / name).read_bytes(), {"Content-Type": kind, **_SECURITY})
        if request.path == "/favicon.ico":
            return Response(204)
        return self._file(request.path)

    def _page(self, request: Request) -> Response:
        language = language_of(request.headers.get("accept-language", ""))
        with self._world.store.lock:
            feeds = [self._feed(key, title, language) for key, title in NETWORKS]
        html = _template().render(language=language, t=TEXTS[language], feeds=feeds)
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Language": language, "Vary": "Accept-Language"}
        return Response(200, html.encode(), {**headers, "Cache-Control": "no-store", **_SECURITY})

    def _feed(self, key: str, title: str, language: str) -> dict[str, Any]:
        posts = [post for post in self._world.store.accepted(key) if post.deleted_at is None]
        posts.sort(key=lambda post: (post.created_at, post.sequence), reverse=True)
        named = [m for a in dict.fromkeys(p.account for p in posts) for m in self._world.store.mentions_of(a)]
        return {
            "key": key, "title": title, "count": len(posts),
            "posts": [self._entry(post, language, _thread(post, posts)) for post in _roots(posts)[:SHOWN]],
            "mentions": [self._entry(post, language) for post in named[:MENTIONS_SHOWN]],
        }  # fmt: skip

    def _entry(self, post: Post, language: str, thread: Sequence[Post] = ()) -> dict[str, Any]:
        now = self._world.engagement(post)
        names = ("impressions", "reach", "reactions", "comments", "shares", "clicks")
        return {
            "id": post.id, "account": post.account.name, "handle": post.account.handle, "text": post.text,
            "link": post.link if post.link and post.link not in post.text else None,
            "iso": post.created_at.isoformat(), "time": shown_time(post.created_at, language),
            "figures": [(name, _number(getattr(now, name), language)) for name in names],
            "files": [_file_of(post, medium) for medium in post.media], "poll": _poll(post, now.reactions),
            "languages": ", ".join(post.meta.get("languages", [])),
            "thread": [{"text": p.text, "files": [_file_of(p, medium) for medium in p.media]} for p in thread],
            "comments": [_comment(post, comment) for comment in self._world.comments(post)],
        }  # fmt: skip

    def _file(self, path: str) -> Response:
        _, area, network, medium_id = ["", *path.lstrip("/").split("/", 2), "", ""][:4]
        with self._world.store.lock:
            medium = self._world.store.find_medium(network, medium_id) if area == "media" else None
        if medium is None or medium.kind is None:
            return _text(404, "Not found")
        return Response(200, medium.content, {"Content-Type": medium.kind.mime, **_SECURITY})


def _roots(posts: Sequence[Post]) -> list[Post]:
    """The posts without those that go on another one here."""
    there = {post.id for post in posts}
    return [post for post in posts if post.meta.get("conversation") not in there]


def _thread(root: Post, posts: Sequence[Post]) -> list[Post]:
    """What its account went on with under a post, earliest first. ``posts`` are newest first."""
    return [post for post in reversed(posts) if post.meta.get("conversation") == root.id]


def _file_of(post: Post, medium: Medium) -> dict[str, Any]:
    kind = medium.kind
    shown = "document" if kind and kind.is_document else "film" if kind and kind.mime in FILMS else "picture"
    return {
        "src": f"/media/{post.network}/{medium.id}", "alt": medium.alt, "kind": kind, "shown": shown,
        "title": medium.meta.get("title") or "",
    }  # fmt: skip


def _poll(post: Post, voters: int) -> dict[str, Any] | None:
    """A poll with how many of a hundred voted for each option, as the network would show it."""
    poll = post.meta.get("poll")
    if not poll:
        return None
    shares = votes(len(poll["options"]), 100 if voters else 0)
    return {"question": poll["question"], "options": list(zip(poll["options"], shares, strict=True))}


def _comment(post: Post, comment: Comment) -> dict[str, Any]:
    return {
        "author": comment.author, "text": comment.text, "own": comment.own, "answer": comment.parent_id is not None,
        "hidden": comment.id in post.hidden, "liked": comment.id in post.liked,
    }  # fmt: skip


def language_of(accepted: str) -> str:
    """``de`` or ``en``: the one that comes first in an Accept-Language header; German without either."""
    for part in accepted.lower().split(","):
        tag = part.partition(";")[0].strip()[:2]
        if tag in TEXTS:
            return tag
    return "de"


def shown_time(moment: datetime, language: str) -> str:
    """A time in Berlin: ``24.11.2026, 18:44 Uhr`` or ``24 Nov 2026, 18:44``."""
    local = moment.astimezone(ZONE)
    if language == "de":
        return local.strftime("%d.%m.%Y, %H:%M Uhr")
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    return f"{local.day} {months[local.month - 1]} {local:%Y, %H:%M}"


def _number(value: int, language: str) -> str:
    return f"{value:,}".replace(",", "." if language == "de" else ",")


def _text(status: int, text: str) -> Response:
    return Response(status, text.encode(), {"Content-Type": "text/plain; charset=utf-8", **_SECURITY})


@cache
def _template() -> Any:
    environment = Environment(loader=FileSystemLoader(PAGES), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template("feeds.html")
