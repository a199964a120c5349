"""The sandbox's X: API v2 posts, users and tokens. Shapes after the OpenAPI description of X API v2.159."""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote_plus

from . import twitter_polls as polls, twitter_reading as reading
from .accounts import Account, Token
from .faults import Fault
from .films import FILMS
from .forms import form_values
from .limits import Usage
from .service import Answer, Draft, Outcome, Route
from .store import Medium, Post, text_key
from .twitter_consent import TwitterConsent, oauth_error, unknown_app
from .twitter_dialogue import TwitterDialogue
from .twitter_media import EXPIRES_SECONDS
from .twitter_shapes import invalid, media_key, not_found, problem
from .weighted import LIMIT, length, shortened, t_co
from .wire import Request, Response, as_object, json_response

DUPLICATE_WINDOW = timedelta(hours=24)
ACCESS_SECONDS = 7200
_BODY_FIELDS = frozenset({
    "text", "media", "reply", "quote_tweet_id", "poll", "reply_settings", "community_id", "for_super_followers_only",
    "geo", "direct_message_deep_link", "nullcast", "card_uri", "edit_options", "made_with_ai", "paid_partnership",
    "share_with_followers",
})  # fmt: skip
_CASHTAG = re.compile(r"(?<!\w)\$[A-Za-z]{1,6}\b")


class Twitter(TwitterConsent, TwitterDialogue):
    """X under its own paths: ``/2/…``."""

    _usage: Sequence[Usage] = ()

    def routes(self) -> list[Route]:
        return [
            *self.consent_routes(),
            Route("POST", "/2/tweets", "publish", self.create),
            Route("DELETE", "/2/tweets/{}", "delete", self.delete),
            Route("GET", "/2/tweets", "metrics", self.lookup),
            *self.dialogue_routes(),
            Route("GET", "/2/tweets/{}", "metrics", self.lookup_one),
            Route("GET", "/2/users/me", "verify", self.me),
            Route("GET", "/2/users/{}", "verify", self.user),
            Route("GET", "/2/users/{}/tweets", "list", self.timeline),
            Route("POST", "/2/oauth2/token", "refresh", self.refresh),
            *self.media_routes(),
        ]

    def identify(self, request: Request, arguments: list[str]) -> Account | None:  # noqa: ARG002 - the token tells
        token = self.world.directory.token(self.key, request.bearer or "")
        return token.account if token else None

    def unknown_path(self, request: Request) -> Response:  # noqa: ARG002 - the same for every path
        return problem(404, "Not Found", "Not Found")

    # --- posts ---------------------------------------------------------------------------------------------

    def create(self, request: Request) -> Response:
        token = self.authorize(request, "tweet.write")
        self.spend("publish", token)
        body = self._body(request)
        media = self._attached(token, body)
        poll = polls.read(body)
        text = self._text(body, media)
        target = self.reply_target(token.account, body)
        self._refuse_duplicate(token.account, text, body)
        draft = self.draft(token.account, text, None, media, self.world.now())
        draft.meta |= target | ({"poll": poll} if poll else {})
        if "to" in target:
            draft.meta["shown"] = f"@{target['to']} {draft.meta['shown']}"
        post = self.accept(request, token.account, draft)
        data = {"id": post.id, "text": post.meta["shown"], "edit_history_tweet_ids": [post.id]}
        return json_response(201, {"data": data})

    def draft(self, account: Account, text: str, link: str | None, media: list[Medium], moment: datetime) -> Draft:
        text = f"{text} {link}".strip() if link else text
        post_id = str(self.world.store.snowflake(self.key, moment))
        shown, entities = shortened(text, post_id)
        first = next((str(entity["expanded_url"]) for entity in entities), None)
        if media:
            shown, entities = _with_media(shown, entities, post_id, account, media)
        return Draft(post_id, text, first, media, {"shown": shown, "urls": entities, "reply_to": None})

    def delete(self, request: Request, post_id: str) -> Response:
        token = self.authorize(request, "tweet.write")
        self.spend("delete", token)
        _require_id("id", post_id)
        post = self.world.store.find(self.key, post_id)
        if post and post.account is not token.account:
            raise Answer(problem(403, "Forbidden", "You are not authorized to delete this Tweet."))
        if post:
            self.world.store.delete(post, self.world.now())
        return json_response(200, {"data": {"deleted": True}})

    # --- reading -------------------------------------------------------------------------------------------

    def lookup(self, request: Request) -> Response:
        token = self.authorize(request, "tweet.read", app=True)
        self.spend("metrics", token)
        ids = reading.ids(request)
        return json_response(200, reading.lookup(self.world, token, request, ids))

    def lookup_one(self, request: Request, post_id: str) -> Response:
        token = self.authorize(request, "tweet.read", app=True)
        self.spend("metrics", token)
        _require_id("id", post_id)
        return json_response(200, reading.lookup_one(self.world, token, request, post_id))

    def timeline(self, request: Request, user_id: str) -> Response:
        token = self.authorize(request, "tweet.read", app=True)
        self.spend("list", token)
        _require_id("id", user_id)
        account = self._account(token, user_id)
        return json_response(200, reading.timeline(self.world, token, request, account, user_id))

    def me(self, request: Request) -> Response:
        token = self.authorize(request, "users.read")
        self.spend("verify", token)
        return json_response(200, {"data": reading.user(self.world, request, token.account)})

    def user(self, request: Request, user_id: str) -> Response:
        token = self.authorize(request, "users.read", app=True)
        account = self._account(token, user_id)
        if account is None:
            return json_response(200, {"errors": [not_found("user", "id", user_id)]})
        return json_response(200, {"data": reading.user(self.world, request, account)})

    # --- tokens --------------------------------------------------------------------------------------------

    def refresh(self, request: Request) -> Response:
        """The grant ``refresh_token``: a new pair; the old refresh token is spent and the old access token void."""
        form = form_values(request)
        if form.get("grant_type") == "authorization_code":
            return self.give_token(request, form)
        if form.get("grant_type") != "refresh_token":
            return oauth_error("unsupported_grant_type", "Only the grant type refresh_token is served.")
        if not (form.get("client_id") or _basic_user(request)):
            return oauth_error("invalid_request", "Missing required parameter [client_id].")
        old = self.world.directory.by_refresh(self.key, form.get("refresh_token", ""))
        if (old is None or old.client) and not self.knows_app(request):
            return unknown_app()
        if old is None:
            return oauth_error("invalid_request", "Value passed for the token was invalid.")
        expires = self.world.now() + timedelta(seconds=ACCESS_SECONDS)
        number = f"-{old.account.id}" if old.account.open else ""
        new = self.world.directory.rotate(
            old, secrets.token_urlsafe(32) + number, secrets.token_urlsafe(32) + number, expires
        )
        return json_response(200, {
            "token_type": "bearer", "expires_in": ACCESS_SECONDS, "access_token": new.value,
            "scope": " ".join(sorted(new.scopes)), "refresh_token": new.refresh,
        })  # fmt: skip

    # --- checks --------------------------------------------------------------------------------------------

    def authorize(self, request: Request, scope: str, *, app: bool = False) -> Token:
        """The caller's token. Answers 401 or 403 as X does where it is missing, expired or may not do this."""
        token = self.world.directory.token(self.key, request.bearer or "")
        if token is None or token.expired(self.world.now()):
            raise Answer(problem(401, "Unauthorized", "Unauthorized"))
        if token.kind == "app" and not app:
            raise Answer(_unsupported())
        if scope not in token.scopes:
            raise Answer(_missing_scope())
        return token

    def spend(self, operation: str, token: Token) -> None:
        """Count a call. Answers 429 where a limit is used up."""
        self._usage = usage = self.world.limits.spend(self.key, operation, token.account.id)
        if any(window.exceeded for window in usage):
            raise Answer(_too_many())

    def _account(self, token: Token, user_id: str) -> Account | None:
        """An account that may be read: the caller's own, or any other that X knows."""
        directory = self.world.directory
        return directory.reachable(token, user_id) or directory.find(self.key, user_id)

    def _body(self, request: Request) -> dict[str, Any]:
        body = request.json_object()
        if body is None:
            raise Answer(problem(400, "Invalid Request", "The request body is no JSON object.", "invalid-request"))
        for name in body:
            if name not in _BODY_FIELDS:
                reason = f"$.{name}: is not defined in the schema and the schema does not allow additional properties"
                raise invalid(f"$.{name}", name, reason)
        if "media" in body and ("poll" in body or "quote_tweet_id" in body):
            raise invalid("media", "media", "media is mutually exclusive with poll and quote_tweet_id")
        return body

    def _attached(self, token: Token, body: dict[str, Any]) -> list[Medium]:
        ids = as_object(body.get("media")).get("media_ids") if "media" in body else []
        if not isinstance(ids, list) or ("media" in body and not 1 <= len(ids) <= 4):
            raise invalid("media.media_ids", str(ids), "$.media.media_ids: must have 1 to 4 items")
        media = [self.world.store.find_medium(self.key, str(medium_id)) for medium_id in ids]
        found = [m for m in media if m and m.owner == token.account.id and self._usable(m)]
        if len(found) < len(ids):
            raise Answer(problem(400, "Bad Request", "Your media IDs are invalid."))
        moving = [medium for medium in found if medium.kind and medium.kind.moves]
        if moving and len(found) > 1:
            raise Answer(problem(400, "Bad Request", "Too many media IDs: 4 photos, 1 animated GIF or 1 video."))
        return found

    def _usable(self, medium: Medium) -> bool:
        """Processed, and not older than a day: so long an upload is kept that no post uses."""
        now = self.world.now()
        return medium.ready(now) and (now - medium.created_at).total_seconds() <= EXPIRES_SECONDS

    def _text(self, body: dict[str, Any], media: list[Medium]) -> str:
        text = body.get("text", "")
        if not isinstance(text, str) or (not text.strip() and not media):
            raise invalid("text", str(text), "A Tweet must have text or media.")
        if length(text) > LIMIT:
            raise Answer(problem(400, "Bad Request", "Your Tweet text is too long."))
        if len(_CASHTAG.findall(text)) > 1:
            raise Answer(problem(403, "Forbidden", "A post may have one cashtag at most."))
        return text

    def _refuse_duplicate(self, account: Account, text: str, body: dict[str, Any]) -> None:
        if not text.strip() or body.get("reply"):
            return
        link = shortened(text, "")[1]
        key = text_key(text, str(link[0]["expanded_url"]) if link else None)
        since = self.world.now() - DUPLICATE_WINDOW
        if self.world.store.twin(account, key, since, deleted_too=True):
            raise Answer(_duplicate())

    # --- faults --------------------------------------------------------------------------------------------

    def refusal(self, fault: Fault, post: Post | None) -> Response:  # noqa: ARG002 - X names no post
        simple: dict[str, Callable[[], Response]] = {
            "expired_token": lambda: problem(401, "Unauthorized", "Unauthorized"),
            "missing_permission": _missing_scope,
            "account_gone": lambda: json_response(403, {"errors": [{"code": 64, "message": "Account suspended"}]}),
            "duplicate": _duplicate,
            "version_retired": lambda: problem(410, "Gone", "This endpoint has been retired."),
            "rejected": lambda: problem(
                400, "Invalid Request", "The text of your post was refused: it breaks the rules for prize draws.",
                "invalid-request",
            ),
            "payment_required": lambda: problem(
                402, "CreditsDepleted", "Your enrolled account does not have any credits to fulfill this request.",
                "credits",
            ),
            "usage_capped": lambda: problem(
                429, "UsageCapExceeded", "Usage cap exceeded: Monthly product cap", "usage-capped",
                period="Monthly", scope="Product", account_id=1,
            ),
        }  # fmt: skip
        if fault.kind in simple:
            return simple[fault.kind]()
        if fault.kind == "throttled":
            return _throttled(fault, self.world.now())
        return problem(fault.status, "Service Unavailable", "Service Unavailable")

    def decorate(self, request: Request, outcome: Outcome) -> None:  # noqa: ARG002 - the same for every request
        # The limits stand on every answer of a counted endpoint, on a rejection too.
        usage, self._usage = self._usage, ()
        outcome.response.headers = _usage_headers(usage) | outcome.response.headers
        outcome.response.headers.setdefault("x-access-level", "read-write")
        outcome.response.headers.setdefault("api-version", "2.159")


def _with_media(
    shown: str, entities: list[dict[str, object]], post_id: str, account: Account, media: list[Medium]
) -> tuple[str, list[dict[str, object]]]:
    """The link to its media that X appends to the text of a post, one entity for each medium."""
    short = t_co(f"{post_id}/media")
    start = len(shown) + (1 if shown else 0)
    moving = media[0].kind and media[0].kind.mime in FILMS
    address = f"https://x.com/{account.handle}/status/{post_id}/{'video' if moving else 'photo'}/1"
    entity = {
        "start": start, "end": start + len(short), "url": short, "expanded_url": address,
        "display_url": f"pic.x.com/{short.rpartition('/')[2]}",
    }  # fmt: skip
    added = [{**entity, "media_key": media_key(medium)} for medium in media]
    return f"{shown} {short}".strip(), [*entities, *added]


def _usage_headers(usage: Sequence[Usage]) -> dict[str, str]:
    headers = {}
    for window in usage:
        prefix = "x-rate-limit" if window.window.seconds == 900 else f"x-{_scope(window)}-limit-24hour"
        headers[f"{prefix}-limit"] = str(window.window.limit)
        headers[f"{prefix}-remaining"] = str(window.remaining)
        headers[f"{prefix}-reset"] = str(window.reset)
    return headers


def _scope(usage: Usage) -> str:
    return "app" if usage.window.scope == "app" else "user"


def _throttled(fault: Fault, now: datetime) -> Response:
    response = fault.asking_to_wait(_too_many())
    if fault.reset_in is not None:
        reset = str(round(now.timestamp() + fault.reset_in))
        response.headers |= {"x-rate-limit-limit": "100", "x-rate-limit-remaining": "0", "x-rate-limit-reset": reset}
    return response


def _too_many() -> Response:
    return problem(429, "Too Many Requests", "Too Many Requests")


def _duplicate() -> Response:
    return problem(403, "Forbidden", "You are not allowed to create a Tweet with duplicate content.")


def _missing_scope() -> Response:
    return problem(403, "Forbidden", "Your client app is not configured with the appropriate oauth1 app permissions or "
                                     "oauth2 scopes for this endpoint.", "oauth1-permissions")  # fmt: skip


def _unsupported() -> Response:
    detail = (
        "Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint.  Supported authentication types"
        " are [OAuth 1.0a User Context, OAuth 2.0 User Context]."
    )
    return problem(403, "Unsupported Authentication", detail, "unsupported-authentication")


def _basic_user(request: Request) -> str:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    try:
        return unquote_plus(base64.b64decode(value).decode().partition(":")[0]) if scheme.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _require_id(name: str, value: str) -> None:
    if not re.fullmatch(r"[0-9]{1,19}", value):
        raise invalid(name, value, f"The `{name}` query parameter value [{value}] is not valid")
