"""The sandbox's LinkedIn: the versioned Posts and Images APIs, with the older user endpoints beside them."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from . import littletext
from .accounts import Account, Token
from .faults import Fault
from .films import FILMS
from .linkedin_consent import LinkedInConsent
from .linkedin_content import poll_facts, read_poll, read_targets
from .linkedin_media import LinkedInMedia
from .linkedin_shapes import (
    denied,
    duplicate,
    error,
    expired,
    input_error,
    not_found,
    require_restli,
    require_version,
)
from .service import Answer, Draft, Outcome, Route
from .store import Medium, Post, text_key
from .wire import Request, Response, as_object

MAX_COMMENTARY = 3000
MAX_IMAGES = 20
DUPLICATE_WINDOW = timedelta(hours=24)
"""How long LinkedIn remembers a content, also of a deleted post: then it names a post that is no longer there."""

_FIELDS = frozenset({
    "author", "commentary", "visibility", "distribution", "lifecycleState", "isReshareDisabledByAuthor", "content",
    "adContext", "contentCallToActionLabel", "contentLandingPage", "reshareContext", "container",
})  # fmt: skip


class LinkedIn(LinkedInConsent, LinkedInMedia):
    """LinkedIn under its own paths: ``/rest/…``, ``/v2/…``, ``/oauth/v2/…``, and uploads at ``/dms-uploads/…``."""

    def routes(self) -> list[Route]:
        return [
            *self.consent_routes(),
            Route("POST", "/rest/posts", "publish", self.create),
            Route("POST", "/rest/posts/{}", "update", self.update),
            Route("DELETE", "/rest/posts/{}", "delete", self.delete),
            *self.media_routes(),
            *self.dialogue_routes(),
            *self.reading_routes(),
        ]

    def identify(self, request: Request, arguments: list[str]) -> Account | None:  # noqa: ARG002 - the token tells
        token = self.world.directory.token(self.key, request.bearer or "")
        author = (request.json_object() or {}).get("author") if request.path == "/rest/posts" and request.body else None
        author = author or request.query.get("author") or request.query.get("organizationalEntity")
        named = self.world.directory.find(self.key, str(author)) if author else None
        return named or (token.account if token else None)

    def unknown_path(self, request: Request) -> Response:
        return error(404, "RESOURCE_NOT_FOUND", f"No virtual resource found for {request.path}", 0)

    # --- posts ---------------------------------------------------------------------------------------------

    def create(self, request: Request) -> Response:
        token = self.authorize(request)
        body = self._body(request)
        account = self._author(token, body.get("author"), "partnerApiPostsExternal.CREATE")
        commentary = littletext.cut(self._commentary(body))
        content, media, link = self._content(account, body)
        text = littletext.plain(commentary)
        if not (text.strip() or content):
            raise input_error(400, "MISSING_FIELD", "commentary or content is required", "/commentary")
        twin = self._twin(account, text, link, media)
        if twin:
            raise Answer(duplicate(twin.id))
        draft = self._draft(content, commentary, link, media, self.world.now())
        draft.meta["targets"], draft.meta["languages"] = read_targets(account, body["distribution"])
        if "poll" in content:
            draft.meta["poll"] = poll_facts(content["poll"])
        post = self.accept(request, account, draft)
        place = f"/posts/{quote(post.id, safe='')}"
        return Response(201, b"", {"x-restli-id": post.id, "x-linkedin-id": post.id, "Location": place})

    def draft(self, account: Account, text: str, link: str | None, media: list[Medium], moment: datetime) -> Draft:  # noqa: ARG002 - the id does not name its author
        images = [{"id": medium.id, "altText": medium.alt} for medium in media]
        content: dict[str, Any] = {"article": {"source": link, "title": link}} if link else {}
        if images:
            content = {"media": images[0]} if len(images) == 1 else {"multiImage": {"images": images}}
        return self._draft(content, littletext.escaped(text), link, media, moment)

    def _draft(
        self, content: dict[str, Any], commentary: str, link: str | None, media: list[Medium], moment: datetime
    ) -> Draft:
        moving = any(medium.kind and medium.kind.mime in FILMS for medium in media)
        kind = "ugcPost" if len(media) > 1 or moving else "share"
        urn = f"urn:li:{kind}:{self.world.store.snowflake(self.key, moment)}"
        meta = {"commentary": commentary, "content": content}
        return Draft(urn, littletext.plain(commentary), link, media, meta)

    def update(self, request: Request, urn: str) -> Response:
        """A partial update of the commentary."""
        token = self.authorize(request)
        post = self.world.store.find(self.key, urn)
        if post is None:
            raise not_found(urn)
        self._author(token, post.account.id, "partnerApiPostsExternal.PARTIAL_UPDATE")
        changes = as_object(as_object(as_object(request.json_object()).get("patch")).get("$set"))
        if request.headers.get("x-restli-method", "").upper() != "PARTIAL_UPDATE" or "commentary" not in changes:
            raise input_error(400, "INVALID_PATCH", "patch.$set.commentary is required", "/patch")
        post.meta["commentary"] = littletext.cut(self._commentary(changes))
        post.meta["modified"] = int(self.world.now().timestamp() * 1000)
        post.text = littletext.plain(post.meta["commentary"])
        self.world.store.save(post)
        return Response(204)

    def delete(self, request: Request, urn: str) -> Response:
        """Taking down what is gone already is no error."""
        token = self.authorize(request)
        post = self.world.store.find(self.key, urn)
        if post:
            self._author(token, post.account.id, "partnerApiPostsExternal.DELETE")
            self.world.store.delete(post, self.world.now())
        return Response(204)

    # --- checks --------------------------------------------------------------------------------------------

    def authorize(self, request: Request, *scopes: str, versioned: bool = True) -> Token:
        """The caller's token. Answers 400, 401, 403, 426 or 429 where headers, token, scopes or limits are wrong."""
        if versioned:
            require_version(request, self.world.now().strftime("%Y%m"))
            require_restli(request)
        if not request.bearer:
            raise Answer(error(401, "UNAUTHORIZED", "Empty oauth2 access token", 65604))
        token = self.world.directory.token(self.key, request.bearer)
        if token is None:
            raise Answer(error(401, "INVALID_ACCESS_TOKEN", "Invalid access token", 65600))
        if token.expired(self.world.now()):
            raise Answer(expired())
        if scopes and not token.scopes.intersection(scopes):
            raise Answer(denied(f"{request.method} {request.path}"))
        usage = self.world.limits.spend(self.key, "call", token.account.id)
        exceeded = [u.window.scope for u in usage if u.exceeded]
        if exceeded:
            raise Answer(_daily_limit("APPLICATION" if "app" in exceeded else "APPLICATION_AND_MEMBER"))
        return token

    def _author(self, token: Token, urn: Any, what: str) -> Account:
        """The account that is to write; the token must administer it and have the scope for its kind."""
        if not isinstance(urn, str) or not urn.startswith(("urn:li:person:", "urn:li:organization:")):
            raise input_error(400, "INVALID_URN", "The author or owner must be a person or organization URN", "/author")
        account = self.world.directory.reachable(token, urn)
        scope = "w_organization_social" if ":organization:" in urn else "w_member_social"
        if account is None or scope not in token.scopes:
            raise Answer(denied(what))
        return account

    def _body(self, request: Request) -> dict[str, Any]:
        body = request.json_object()
        if body is None:
            raise Answer(error(400, "ILLEGAL_ARGUMENT", "Cannot parse request entity", 0))
        for name in body:
            if name not in _FIELDS:
                raise input_error(400, "UNRECOGNIZED_FIELD", f"/{name} :: unrecognized field found but not allowed",
                                  f"/{name}")  # fmt: skip
        if body.get("visibility") not in ("PUBLIC", "CONNECTIONS", "LOGGED_IN"):
            raise input_error(400, "MISSING_FIELD", "/visibility :: field is required but not found", "/visibility")
        if body.get("lifecycleState") != "PUBLISHED":
            raise input_error(400, "INVALID_STATE", "lifecycleState must be PUBLISHED", "/lifecycleState")
        if not isinstance(body.get("distribution"), dict):
            raise input_error(400, "MISSING_FIELD", "/distribution :: field is required but not found", "/distribution")
        return body

    def _commentary(self, body: dict[str, Any]) -> str:
        commentary = body.get("commentary", "")
        if not isinstance(commentary, str):
            raise input_error(400, "INVALID_FIELD", "/commentary must be a string", "/commentary")
        if len(littletext.plain(commentary)) > MAX_COMMENTARY:
            message = f"/commentary exceeds {MAX_COMMENTARY} characters"
            raise input_error(400, "FIELD_LENGTH_TOO_LONG", message, "/commentary")
        return commentary

    def _content(self, account: Account, body: dict[str, Any]) -> tuple[dict[str, Any], list[Medium], str | None]:
        """What is attached: as it was sent, its files, and its link."""
        content = body.get("content") or {}
        if not isinstance(content, dict) or len(content) > 1:
            message = "content takes one of media, multiImage, article, poll"
            raise input_error(400, "INVALID_CONTENT", message, "/content")
        if not content:
            return content, [], None
        if "article" in content:
            return content, [], self._article(account, content["article"])
        if "poll" in content:
            return {"poll": read_poll(content["poll"])}, [], None
        if "multiImage" in content:
            images = as_object(content["multiImage"]).get("images")
            if not isinstance(images, list) or not 2 <= len(images) <= MAX_IMAGES:
                message = f"multiImage takes 2 to {MAX_IMAGES} images"
                raise input_error(400, "INVALID_CONTENT", message, "/content/multiImage")
            return content, [self._medium(account, image, "image") for image in images], None
        if "media" in content:
            return content, [self._medium(account, content["media"])], None
        raise input_error(400, "UNRECOGNIZED_FIELD", "content holds what is not known", "/content")

    def _article(self, account: Account, article: Any) -> str:
        source = article.get("source") if isinstance(article, dict) else None
        if not isinstance(source, str) or not source.startswith(("http://", "https://")):
            raise input_error(400, "INVALID_URL", "article.source must be a URL", "/content/article/source")
        if not article.get("title"):
            raise input_error(400, "MISSING_FIELD", "article.title is required", "/content/article/title")
        if "thumbnail" in article:
            self._medium(account, {"id": article["thumbnail"]}, "image")
        return source

    def _medium(self, account: Account, wanted: Any, kind: str = "") -> Medium:
        """A file that was uploaded and processed, with the text that goes with it. A document must have a title."""
        wanted = as_object(wanted)
        urn = str(wanted.get("id"))
        medium = self.world.store.find_medium(self.key, urn)
        fits = f":{kind}:" in urn if kind else True
        if medium is None or not fits or medium.owner != account.id or not medium.ready(self.world.now()):
            raise input_error(400, "INVALID_MEDIA", f"{urn} is no uploaded file of this author", "/content/media/id")
        if ":document:" in urn and not str(wanted.get("title") or "").strip():
            raise input_error(400, "MISSING_FIELD", "A document must have a title", "/content/media/title")
        medium.alt, medium.meta["title"] = str(wanted.get("altText") or ""), str(wanted.get("title") or "")
        return medium

    def _twin(self, account: Account, text: str, link: str | None, media: list[Medium]) -> Post | None:
        since = self.world.now() - DUPLICATE_WINDOW
        twin = self.world.store.twin(account, text_key(text, link), since, deleted_too=True)
        return twin if twin and len(twin.media) == len(media) else None

    # --- faults --------------------------------------------------------------------------------------------

    def refusal(self, fault: Fault, post: Post | None) -> Response:
        simple: dict[str, Callable[[], Response]] = {
            "expired_token": expired,
            "missing_permission": lambda: denied("partnerApiPostsExternal.CREATE"),
            "account_gone": lambda: error(403, "ACCESS_DENIED", "The author is not active", 100),
            "duplicate": lambda: duplicate(post.id if post else "urn:li:share:7000000000000000001"),
            "version_retired": lambda: error(426, "NONEXISTENT_VERSION", "Requested version 20251101 is not active"),
            "rejected": lambda: error(400, "ILLEGAL_ARGUMENT", "The content is not allowed", 0),
            "payment_required": lambda: error(402, "PAYMENT_REQUIRED", "Payment required"),
        }  # fmt: skip
        if fault.kind in simple:
            return simple[fault.kind]()
        if fault.kind in ("throttled", "usage_capped"):
            return fault.asking_to_wait(_throttled())
        return error(fault.status, "INTERNAL_ERROR", "Internal Server Error", 0)

    def decorate(self, request: Request, outcome: Outcome) -> None:
        headers = outcome.response.headers
        headers.setdefault("x-restli-protocol-version", "2.0.0")
        headers.setdefault("x-li-uuid", base64.b64encode(secrets.token_bytes(15)).decode())
        if request.headers.get("linkedin-version"):
            headers.setdefault("linkedin-version", request.headers["linkedin-version"])


def _throttled() -> Response:
    return error(429, "TOO_MANY_REQUESTS", "Too many requests.", 101)


def _daily_limit(whose: str) -> Response:
    message = f"Resource level throttle {whose} DAY limit for calls to this resource is reached."
    return error(429, "TOO_MANY_REQUESTS", message, 101)
