"""The sandbox's XING: the partner API, version 1, with OAuth 1.0a signed PLAINTEXT."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, unquote

from . import talk
from .accounts import Account, Token
from .faults import Fault
from .forms import form_values
from .service import Answer, Draft, Outcome, Route
from .store import Comment, Medium, Post, utc
from .wire import Request, Response, json_response
from .xing_consent import XingConsent

MAX_MESSAGE = 420
"""Characters of a status message; the figure is that of XING's own page, not of its API's documentation."""

MAX_COMMENT = 600
"""Characters of a comment; not documented either."""

_PARAMETER = re.compile(r'(oauth_\w+)="([^"]*)"')


def error(status: int, name: str, message: str, **more: Any) -> Response:
    return json_response(status, {"message": message, "error_name": name, **more})


def invalid_parameters(field: str, reason: str) -> Answer:
    errors = [{"field": field, "reason": reason}]
    return Answer(error(400, "INVALID_PARAMETERS", "Invalid parameters given. (Check the errors array)", errors=errors))


class Xing(XingConsent):
    """XING under its own paths: ``/v1/…``."""

    key = "xing"

    def routes(self) -> list[Route]:
        return [
            *self.consent_routes(),
            Route("POST", "/v1/users/{}/status_message", "publish", self.status_message),
            Route("POST", "/v1/users/{}/share/link", "publish", self.share_link),
            Route("GET", "/v1/users/{}/feed", "list", self.feed),
            Route("GET", "/v1/activities/{}", "metrics", self.activity),
            Route("DELETE", "/v1/activities/{}", "delete", self.delete),
            Route("GET", "/v1/activities/{}/comments", "comments", self.comments),
            Route("POST", "/v1/activities/{}/comments", "reply", self.comment),
            Route("DELETE", "/v1/activities/{}/comments/{}", "moderate", self.remove_comment),
            Route("GET", "/v1/activities/{}/likes", "metrics", self.likes),
            Route("GET", "/v1/users/{}", "verify", self.user),
        ]

    def identify(self, request: Request, arguments: list[str]) -> Account | None:  # noqa: ARG002 - the token tells
        token = self.world.directory.token(self.key, _oauth(request).get("oauth_token", ""))
        return token.account if token else None

    def unknown_path(self, request: Request) -> Response:
        return error(404, "RESOURCE_NOT_FOUND", f"Resource not found: {request.path}")

    # --- publishing ----------------------------------------------------------------------------------------

    def status_message(self, request: Request, user_id: str) -> Response:
        """Publish a message. XING says that it did, and not under which id."""
        account = self._publisher(request, user_id)
        message = (request.query | form_values(request)).get("message", "")
        if not message.strip():
            raise invalid_parameters("message", "FIELD_REQUIRED")
        if len(message) > MAX_MESSAGE:
            raise invalid_parameters("message", "TEXT_TOO_LONG")
        self._accept(request, account, message, None)
        return Response(201, b"Status update has been posted", {"Content-Type": "text/plain; charset=utf-8"})

    def share_link(self, request: Request, user_id: str) -> Response:
        account = self._publisher(request, user_id)
        form = request.query | form_values(request)
        uri, text = form.get("uri", ""), form.get("text", "")
        if not uri.startswith(("http://", "https://")):
            raise invalid_parameters("uri", "INVALID_URI" if uri else "FIELD_REQUIRED")
        if len(text) > MAX_MESSAGE:
            raise invalid_parameters("text", "TEXT_TOO_LONG")
        post = self._accept(request, account, text, uri)
        return json_response(201, {"ids": [post.id]})

    def delete(self, request: Request, activity_id: str) -> Response:
        post = self._own(request, activity_id)
        self.world.store.delete(post, self.world.now())
        return Response(204)

    # --- reading -------------------------------------------------------------------------------------------

    def feed(self, request: Request, user_id: str) -> Response:
        """The account's activities, newest first: 20, or as many as ``limit`` says, before ``until``."""
        account = self._publisher(request, user_id)
        until, since = _moment(request, "until"), _moment(request, "since")
        posts = [
            post for post in self.world.store.listing(account, self.world.now())
            if (until is None or post.created_at < until) and (since is None or post.created_at > since)
        ]  # fmt: skip
        limit = request.query.get("limit", "20")
        if not limit.isdigit() or not 1 <= int(limit) <= 50:
            raise invalid_parameters("limit", "INVALID_VALUE")
        return json_response(200, {"network_activities": [self._object(post) for post in posts[: int(limit)]]})

    def activity(self, request: Request, activity_id: str) -> Response:
        self.authorize(request)
        return json_response(200, {"network_activities": [self._object(self._post(activity_id))]})

    def comments(self, request: Request, activity_id: str) -> Response:
        self.authorize(request)
        comments = self.world.comments(self._post(activity_id))
        start = _number(request, "offset", 0)
        items = [_comment_object(comment) for comment in comments[start : start + _number(request, "limit", 10)]]
        return json_response(200, {"comments": {"total": len(comments), "items": items}})

    def comment(self, request: Request, activity_id: str) -> Response:
        token = self.authorize(request)
        post, account = self._post(activity_id), token.account
        text = (request.query | form_values(request)).get("text", "")
        if not text.strip():
            raise invalid_parameters("text", "FIELD_REQUIRED")
        if len(text) > MAX_COMMENT:
            raise invalid_parameters("text", "TEXT_TOO_LONG")
        comment = talk.answer(self.world, post, account, text, None, lag=request.lag)
        return json_response(201, {"comment": _comment_object(comment)})

    def remove_comment(self, request: Request, activity_id: str, comment_id: str) -> Response:
        token = self.authorize(request)
        post = self._post(activity_id)
        comment = next((c for c in self.world.comments(post) if c.id == comment_id), None)
        if comment is None:
            raise Answer(error(404, "COMMENT_NOT_FOUND", "Comment not found"))
        if comment.author_id != token.account.id:
            raise Answer(error(403, "ACCESS_DENIED", "Access denied: this is not your comment"))
        talk.set_flag(self.world, post.gone, post, comment_id, on=True)
        return Response(204)

    def likes(self, request: Request, activity_id: str) -> Response:
        self.authorize(request)
        now = self.world.engagement(self._post(activity_id))
        return json_response(200, {"likes": {"total": now.reactions, "items": []}})

    def user(self, request: Request, user_id: str) -> Response:
        token = self.authorize(request)
        account = self.world.directory.reachable(token, user_id)
        if account is None:
            raise Answer(error(404, "USER_NOT_FOUND", "User does not exist"))
        return json_response(200, {"users": [_person(account)]})

    # --- checks --------------------------------------------------------------------------------------------

    def authorize(self, request: Request) -> Token:
        """The caller's token. Answers 401 by name where the signature, the consumer or the token is wrong, and 403
        where the limit is used up."""
        given = self.signed(request, "oauth_token")
        token = self.world.directory.token(self.key, given["oauth_token"])
        if token is None or token.expired(self.world.now()):
            raise Answer(_invalid_token())
        self._check_signature(token, given)
        usage = self.world.limits.spend(self.key, "call", token.account.id)
        if any(window.exceeded for window in usage):
            refused = _limited()
            wait = max(u.reset for u in usage if u.exceeded) - self.world.now().timestamp()
            refused.headers["Retry-After"] = str(math.ceil(wait))
            raise Answer(refused)
        return token

    def signed(self, request: Request, *more: str) -> dict[str, str]:
        given = _oauth(request)
        for name in ("oauth_consumer_key", "oauth_signature_method", "oauth_signature", *more):
            if not given.get(name):
                raise self.refused("REQUIRED_PARAMETER_MISSING", f"Required parameter missing: {name}")
        if given["oauth_signature_method"] != "PLAINTEXT":
            raise self.refused("INVALID_OAUTH_SIGNATURE_METHOD", "Invalid signature method")
        self._check_time(given)
        return given

    def refused(self, name: str, message: str) -> Answer:
        return Answer(error(401, name, message))

    def _check_time(self, given: dict[str, str]) -> None:
        stamp = given.get("oauth_timestamp", "")
        if stamp and not stamp.isdigit():
            raise Answer(error(401, "INVALID_TIMESTAMP", "Invalid timestamp"))
        if given.get("oauth_version", "1.0") != "1.0":
            raise Answer(error(401, "INVALID_OAUTH_VERSION", "Invalid OAuth version"))

    def _check_signature(self, token: Token, given: dict[str, str]) -> None:
        """PLAINTEXT: the two secrets themselves, each percent-encoded, joined by an ampersand."""
        if not token.consumer_key and token.account.open:
            token.consumer_key = given["oauth_consumer_key"]
            consumer, _, secret = given["oauth_signature"].partition("&")
            token.consumer_secret, token.secret = unquote(consumer), unquote(secret)
        if given["oauth_consumer_key"] != token.consumer_key:
            raise Answer(error(401, "INVALID_OAUTH_CONSUMER", "Invalid consumer key"))
        consumer, joined, secret = given["oauth_signature"].partition("&")
        if not joined or (unquote(consumer), unquote(secret)) != (token.consumer_secret, token.secret):
            raise Answer(error(401, "INVALID_OAUTH_SIGNATURE", "Invalid OAuth signature"))

    def _publisher(self, request: Request, user_id: str) -> Account:
        token = self.authorize(request)
        account = self.world.directory.reachable(token, user_id)
        if account is None:
            raise Answer(error(403, "ACCESS_DENIED", "Access denied: this is not your account"))
        return account

    def _accept(self, request: Request, account: Account, text: str, link: str | None) -> Post:
        draft = self.draft(account, text, link, [], self.world.now())
        return self.accept(request, account, draft)

    def draft(self, account: Account, text: str, link: str | None, media: list[Medium], moment: datetime) -> Draft:  # noqa: ARG002 - XING's ids hold no time
        number = 26_000_000 + self.world.store.next_number()
        post_id = f"{number}_{_suffix(f'{number}{account.id}')}"
        return Draft(post_id, text, link, [], {"kind": "bookmark" if link else "status"})

    def _post(self, activity_id: str) -> Post:
        post = self.world.store.find(self.key, activity_id)
        if post is None:
            raise Answer(error(404, "ACTIVITY_NOT_FOUND", "Activity not found"))
        return post

    def _own(self, request: Request, activity_id: str) -> Post:
        token = self.authorize(request)
        post = self._post(activity_id)
        if self.world.directory.reachable(token, post.account.id) is not post.account:
            raise Answer(error(403, "ACCESS_DENIED", "Access denied: this is not your activity"))
        return post

    def _object(self, post: Post) -> dict[str, Any]:
        now, comments = self.world.engagement(post), self.world.comments(post)
        person = {"type": "user", **_person(post.account)}
        body: dict[str, Any] = {"type": post.meta["kind"], "id": post.id, "created_at": _seconds(post.created_at),
                                "creator": person, "content": post.text}  # fmt: skip
        if post.link:
            body |= {"url": post.link, "title": post.link, "description": ""}
        return {
            "ids": [post.id], "verb": "share" if post.link else "post", "created_at": _seconds(post.created_at),
            "actors": [person], "objects": [body],
            "likes": {"amount": now.reactions, "current_user_liked": False},
            "comments": {"amount": len(comments), "latest_comments": [_comment_object(c) for c in comments[-2:]]},
            "possible_actions": ["COMMENT", "LIKE", "SHARE", "DELETE"],
        }  # fmt: skip

    # --- faults --------------------------------------------------------------------------------------------

    def refusal(self, fault: Fault, post: Post | None) -> Response:  # noqa: ARG002 - XING names no post
        simple: dict[str, Callable[[], Response]] = {
            "expired_token": _invalid_token,
            "account_gone": _invalid_token,
            "missing_permission": lambda: error(403, "ACCESS_DENIED", "Access denied"),
            "duplicate": lambda: error(403, "DUPLICATE_MESSAGE", "This message has been posted already"),
            "version_retired": lambda: error(410, "GONE", "This call is no longer available"),
            "rejected": lambda: error(403, "ACCESS_DENIED", "You do not have permission for this action"),
            "payment_required": lambda: error(402, "PAYMENT_REQUIRED", "Payment required"),
        }  # fmt: skip
        if fault.kind in simple:
            return simple[fault.kind]()
        if fault.kind in ("throttled", "usage_capped"):
            return fault.asking_to_wait(_limited())
        return error(fault.status, "INTERNAL_ERROR", "An internal error occurred")

    def decorate(self, request: Request, outcome: Outcome) -> None:
        outcome.response.headers.setdefault("X-Request-Id", _suffix(repr(request.arrived_at)))


def _oauth(request: Request) -> dict[str, str]:
    """The OAuth parameters: from the header, else from the query, else from the body."""
    header = request.headers.get("authorization", "")
    if header[:6].lower() == "oauth ":
        return {name: unquote(value) for name, value in _PARAMETER.findall(header)}
    everything = dict(parse_qsl(request.target.partition("?")[2])) | form_values(request)
    return {name: value for name, value in everything.items() if name.startswith("oauth_")}


def _person(account: Account) -> dict[str, Any]:
    return {
        "id": account.id, "display_name": account.name, "permalink": f"https://www.xing.com/profile/{account.handle}",
        "page_name": account.handle,
    }  # fmt: skip


def _comment_object(comment: Comment) -> dict[str, Any]:
    creator = {"id": comment.author_id, "display_name": comment.author, "type": "user"}
    return {"id": comment.id, "content": comment.text, "created_at": _seconds(comment.created_at), "creator": creator}


def _seconds(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(request: Request, name: str) -> datetime | None:
    value = request.query.get(name)
    if not value:
        return None
    try:
        return utc(value.replace(" ", "+"))
    except ValueError:
        raise invalid_parameters(name, "INVALID_DATE_FORMAT") from None


def _number(request: Request, name: str, default: int) -> int:
    value = request.query.get(name, str(default))
    if not value.isdigit():
        raise invalid_parameters(name, "INVALID_VALUE")
    return int(value)


def _suffix(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:6]


def _invalid_token() -> Response:
    return error(401, "INVALID_OAUTH_TOKEN", "Invalid OAuth token")


def _limited() -> Response:
    return error(403, "RATE_LIMIT_EXCEEDED", "Rate limit exceeded")
