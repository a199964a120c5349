"""LinkedIn's comments and reactions (Comments API, Reactions API)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from . import talk
from .accounts import Account, Token
from .linkedin_reading import READ, LinkedInReading
from .linkedin_shapes import denied, error, input_error, listed, milliseconds, not_found, paging
from .service import Answer, Route
from .store import Comment, Post
from .wire import Request, Response, as_object, json_response

MAX_COMMENT = 1250
_COMMENT = re.compile(r"urn:li:comment:\((urn:li:\w+:\d+),(\d+)\)")
_REACTION = re.compile(r"\(actor:(.+?),entity:(.+)\)")
NOTIFICATION_DAYS = 60
"""How long a notification is kept."""

_ACTIONS = frozenset({"LIKE", "COMMENT", "SHARE", "SHARE_MENTION", "ADMIN_COMMENT", "COMMENT_EDIT", "COMMENT_DELETE"})
_WRITE = ("w_organization_social", "w_member_social")


class LinkedInDialogue(LinkedInReading):
    """Comments under posts and under comments, and likes of them."""

    def dialogue_routes(self) -> list[Route]:
        return [
            Route("GET", "/rest/organizationalEntityNotifications", "comments", self.notifications),
            Route("GET", "/rest/socialActions/{}/comments", "comments", self.comments),
            Route("POST", "/rest/socialActions/{}/comments", "reply", self.comment),
            Route("POST", "/rest/socialActions/{}/comments/{}", "update", self.edit_comment),
            Route("DELETE", "/rest/socialActions/{}/comments/{}", "moderate", self.remove_comment),
            Route("POST", "/rest/reactions", "moderate", self.react),
            Route("DELETE", "/rest/reactions/{}", "moderate", self.unreact),
        ]

    def notifications(self, request: Request) -> Response:
        """What happened to an organisation in the last 60 days; here, who named it."""
        token = self.authorize(request, "rw_organization_admin")
        unknown = set(request.query) - {"q", "actions", "organizationalEntity", "start", "count"}
        actions = listed(request.query.get("actions", ""))
        urn = request.query.get("organizationalEntity", "")
        wanted = request.query.get("q") == "criteria" and ":organization:" in urn
        if not wanted or unknown or not actions or set(actions) - _ACTIONS:
            message = "q=criteria, an organization URN and a List of known actions are required"
            raise Answer(error(400, "ILLEGAL_ARGUMENT", message, 0))
        account = self.world.directory.reachable(token, urn)
        if account is None:
            raise Answer(denied("organizationalEntityNotifications.FINDER-criteria"))
        oldest = self.world.now() - timedelta(days=NOTIFICATION_DAYS)
        named = talk.mentions(self, account) if "SHARE_MENTION" in actions else []
        kept = [post for post in named if post.created_at >= oldest]
        start, count, pages = paging(request, len(kept))
        elements = [_notification(account, post) for post in kept[start : start + count]]
        return json_response(200, {"paging": pages, "elements": elements})

    def comments(self, request: Request, urn: str) -> Response:
        """First-level comments of a post, or the answers to a comment."""
        token = self.authorize(request, *READ)
        post, comment = self._target(token, urn)
        wanted = None if comment is None else comment.id
        found = [c for c in self.world.comments(post) if c.parent_id == wanted]
        start, count, pages = paging(request, len(found))
        elements = [self._object(post, one) for one in found[start : start + count]]
        return json_response(200, {"paging": pages, "elements": elements})

    def comment(self, request: Request, urn: str) -> Response:
        token = self.authorize(request, *_WRITE)
        post, comment = self._target(token, urn, writing=True)
        body = request.json_object() or {}
        text = _text(as_object(body.get("message")))
        actor = self._actor(token, body.get("actor"))
        if comment is not None and body.get("parentComment") != _urn(post, comment):
            raise input_error(400, "INVALID_FIELD", "parentComment must be the comment answered", "/parentComment")
        parent = None if comment is None else comment.parent_id or comment.id
        said = talk.answer(self.world, post, actor, text, parent, lag=request.lag)
        return json_response(201, self._object(post, said), {"x-restli-id": said.id})

    def edit_comment(self, request: Request, urn: str, number: str) -> Response:
        """A partial update of the message; only of one's own."""
        token = self.authorize(request, *_WRITE)
        post, comment = self._own(token, request, urn, number, "PARTIAL_UPDATE")
        message = as_object(as_object(as_object(request.json_object()).get("patch")).get("message"))
        if request.headers.get("x-restli-method", "").upper() != "PARTIAL_UPDATE" or "$set" not in message:
            raise input_error(400, "INVALID_PATCH", "patch.message.$set is required", "/patch")
        comment.text = _text(as_object(message["$set"]))
        self.world.store.save(post)
        return Response(204)

    def remove_comment(self, request: Request, urn: str, number: str) -> Response:
        """Only one's own; the network answers 404 to one that is not there."""
        token = self.authorize(request, *_WRITE)
        post, _ = self._own(token, request, urn, number, "DELETE")
        talk.set_flag(self.world, post.gone, post, number, on=True)
        return Response(204)

    def react(self, request: Request) -> Response:
        token = self.authorize(request, *_WRITE)
        self._actor(token, request.query.get("actor"))
        body = request.json_object() or {}
        if body.get("reactionType") not in ("LIKE", "PRAISE", "EMPATHY", "INTEREST", "APPRECIATION", "ENTERTAINMENT"):
            raise input_error(400, "INVALID_FIELD", "/reactionType is none of the reactions", "/reactionType")
        post, comment = self._target(token, str(body.get("root", "")), writing=True)
        talk.set_flag(self.world, post.liked, post, comment.id if comment else post.id, on=True)
        return json_response(201, {"root": body["root"], "reactionType": body["reactionType"]})

    def unreact(self, request: Request, key: str) -> Response:
        token = self.authorize(request, *_WRITE)
        match = _REACTION.fullmatch(key)
        if match is None:
            raise Answer(error(400, "ILLEGAL_ARGUMENT", "The key is (actor:…,entity:…)", 0))
        self._actor(token, match[1])
        post, comment = self._target(token, match[2], writing=True)
        talk.set_flag(self.world, post.liked, post, comment.id if comment else post.id, on=False)
        return Response(204)

    def _target(self, token: Token, urn: str, *, writing: bool = False) -> tuple[Post, Comment | None]:
        """A post, by its own URN or its activity's, or a comment on one. Answers 404.

        The permissions to read cover an account's own posts; ``writing``, it may comment on and like those of others.
        """
        match = _COMMENT.fullmatch(urn)
        post = self._by_any_urn(token, match[1] if match else urn, others=writing)
        if match is None:
            return post, None
        comment = next((c for c in self.world.comments(post) if c.id == match[2]), None)
        if comment is None:
            raise not_found(urn)
        return post, comment

    def _own(self, token: Token, request: Request, urn: str, number: str, method: str) -> tuple[Post, Comment]:
        post, _ = self._target(token, urn, writing=True)
        actor = self._actor(token, request.query.get("actor"))
        comment = next((c for c in self.world.comments(post) if c.id == number), None)
        if comment is None:
            raise not_found(number)
        if comment.author_id != actor.id:
            raise Answer(denied(f"partnerApiSocialActionsComments.{method}"))
        return post, comment

    def _by_any_urn(self, token: Token, urn: str, *, others: bool) -> Post:
        number = urn.rpartition(":")[2]
        kinds = ("share", "ugcPost") if ":activity:" in urn else ()
        names = [urn, *(f"urn:li:{kind}:{number}" for kind in kinds)]
        found = next((name for name in names if self.world.store.find(self.key, name)), urn)
        post = self.world.store.find(self.key, found)
        return post if others and post is not None and "mentions" in post.meta else self._post(token, found)

    def _actor(self, token: Token, urn: Any) -> Account:
        actor = self.world.directory.reachable(token, str(urn or ""))
        if actor is None:
            raise Answer(denied("socialActions.CREATE"))
        return actor

    def _object(self, post: Post, comment: Comment) -> dict[str, Any]:
        moment = int(comment.created_at.timestamp() * 1000)
        actor = comment.author_id if comment.author_id.startswith("urn:") else f"urn:li:person:{comment.author_id}"
        below = sum(c.parent_id == comment.id for c in self.world.comments(post))
        liked = comment.id in post.liked
        shown = {
            "id": comment.id, "actor": actor, "object": _activity(post),
            "message": {"attributes": [], "text": comment.text},
            "created": {"actor": actor, "time": moment}, "lastModified": {"actor": actor, "time": moment},
            "commentUrn": _urn(post, comment), "$URN": _urn(post, comment),
            "likesSummary": {"totalLikes": int(liked), "likedByCurrentUser": liked},
            "commentsSummary": {"totalFirstLevelComments": below, "aggregatedTotalComments": below},
        }  # fmt: skip
        parent = next((c for c in self.world.comments(post) if c.id == comment.parent_id), None)
        return {**shown, "parentComment": _urn(post, parent)} if parent else shown


def _notification(account: Account, post: Post) -> dict[str, Any]:
    share = {"owner": post.account.id, "mediaCategory": "NONE", "text": post.text, "entity": post.id}
    return {
        "notificationId": int(post.id.rpartition(":")[2]) % 10**10, "organizationalEntity": account.id,
        "action": "SHARE_MENTION", "generatedActivity": post.id, "decoratedGeneratedActivity": {"share": share},
        "lastModifiedAt": milliseconds(post),
    }  # fmt: skip


def _text(message: dict[str, Any]) -> str:
    text = message.get("text")
    if not isinstance(text, str) or not 1 <= len(text) <= MAX_COMMENT:
        detail = f"message.text must have 1 to {MAX_COMMENT} characters"
        raise input_error(400, "INVALID_FIELD", detail, "/message/text")
    return text


def _activity(post: Post) -> str:
    return f"urn:li:activity:{post.id.rpartition(':')[2]}"


def _urn(post: Post, comment: Comment) -> str:
    return f"urn:li:comment:({_activity(post)},{comment.id})"
