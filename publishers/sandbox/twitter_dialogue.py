"""X's replies and mentions: reading them, answering by the rules, hiding, liking."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from . import talk, twitter_reading as reading
from .accounts import Account
from .service import Answer, Route
from .store import Comment, Post
from .twitter_media import TwitterMedia
from .twitter_shapes import (
    POST_FIELDS,
    fields,
    invalid,
    post_object,
    problem,
    refuse_unknown,
    reply_object,
    user_object,
)
from .wire import Request, Response, as_object, json_response

SEARCHED = timedelta(days=7)
"""Recent search reaches back so far."""

LONGEST_QUERY = 512


class TwitterDialogue(TwitterMedia):
    """Mentions, recent search, hiding and likes. A reply itself is a post."""

    def dialogue_routes(self) -> list[Route]:
        return [
            Route("GET", "/2/tweets/search/recent", "comments", self.search),
            Route("PUT", "/2/tweets/{}/hidden", "moderate", self.hide),
            Route("GET", "/2/users/{}/mentions", "comments", self.mentions),
            Route("POST", "/2/users/{}/likes", "moderate", self.like),
            Route("DELETE", "/2/users/{}/likes/{}", "moderate", self.unlike),
        ]

    def mentions(self, request: Request, user_id: str) -> Response:
        """Posts that name the account, replies to it among them, newest first."""
        token = self.authorize(request, "tweet.read", app=True)
        self.spend("comments", token)
        refuse_unknown(request, reading.LISTING - {"exclude"})
        account = self.world.directory.reachable(token, user_id)
        return json_response(200, self._page(request, self._said_to(account) if account else []))

    def search(self, request: Request) -> Response:
        """Recent search for ``conversation_id:…``, several joined by OR, with ``-from:ID`` and ``-to:ID``."""
        token = self.authorize(request, "tweet.read", app=True)
        self.spend("comments", token)
        refuse_unknown(request, reading.LISTING | {"query", "next_token", "sort_order"})
        query = request.query.get("query", "")
        roots = re.findall(r"(?<!-)conversation_id:(\d+)", query)
        if not roots or len(query) > LONGEST_QUERY:
            raise invalid("query", query, f"conversation_id:… in at most {LONGEST_QUERY} characters is searched here")
        start = reading.moment(request, "start_time")
        if start is not None and start < self.world.now() - SEARCHED - timedelta(minutes=1):
            raise invalid("start_time", request.query["start_time"], "start_time must be within the last 7 days")
        said = [pair for root in roots for pair in self._in_conversation(root, query)]
        oldest = self.world.now() - SEARCHED
        return json_response(200, self._page(request, [pair for pair in said if pair[1].created_at >= oldest]))

    def hide(self, request: Request, reply_id: str) -> Response:
        token = self.authorize(request, "tweet.moderate.write")
        self.spend("moderate", token)
        body = request.json_object() or {}
        if not isinstance(body.get("hidden"), bool):
            raise invalid("hidden", str(body.get("hidden")), "hidden must be a boolean")
        found = talk.find(self.world, self.key, reply_id, token.account)
        if found is None:
            raise Answer(problem(403, "Forbidden", "You can only hide replies to your own conversations."))
        talk.set_flag(self.world, found[0].hidden, found[0], reply_id, on=body["hidden"])
        return json_response(200, {"data": {"hidden": body["hidden"]}})

    def like(self, request: Request, user_id: str) -> Response:
        body = request.json_object() or {}
        return self._like(request, user_id, str(body.get("tweet_id", "")), on=True)

    def unlike(self, request: Request, user_id: str, post_id: str) -> Response:
        return self._like(request, user_id, post_id, on=False)

    def _like(self, request: Request, user_id: str, post_id: str, *, on: bool) -> Response:
        token = self.authorize(request, "like.write")
        self.spend("moderate", token)
        if self.world.directory.reachable(token, user_id) is not token.account:
            raise Answer(problem(403, "Forbidden", "You are not permitted to perform this action."))
        found = talk.find(self.world, self.key, post_id)
        post = found[0] if found else self.world.store.find(self.key, post_id)
        if post is None:
            raise invalid("tweet_id", post_id, "The Tweet is deleted or not visible to you.")
        talk.set_flag(self.world, post.liked, post, post_id, on=on)
        return json_response(200, {"data": {"liked": on}})

    # --- the rules of replying -----------------------------------------------------------------------------

    def reply_target(self, account: Account, body: dict[str, Any]) -> dict[str, str]:
        """What a post keeps of the one it replies to: ``reply_to``, ``conversation``, ``to``. Answers 403 where that is
        gone, or where its author neither named nor quoted the account (X's rule for self-serve apps)."""
        wanted = as_object(body.get("reply")).get("in_reply_to_tweet_id")
        if wanted is None:
            return {}
        own = self.world.store.find(self.key, str(wanted))
        if own is not None and own.account is account:
            return {"reply_to": own.id, "conversation": own.meta.get("conversation") or own.id}
        if own is not None and own.meta.get("mentions") == account.id:
            return {"reply_to": own.id, "conversation": own.id, "to": own.account.handle}
        found = talk.find(self.world, self.key, str(wanted))
        if found is None:
            raise Answer(
                problem(403, "Forbidden", "You attempted to reply to a Tweet that is deleted or not visible to you.")
            )
        post, comment = found
        if post.account is not account or not self._addresses(post, comment):
            detail = "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author of the post you are replying to."  # noqa: E501 - X's own words
            raise Answer(problem(403, "Forbidden", detail))
        return {"reply_to": comment.id, "conversation": post.id, "to": reading.handle_of(comment.author)}

    # --- steps ---------------------------------------------------------------------------------------------

    def _said_to(self, account: Account) -> list[tuple[Post, Comment | None]]:
        posts = self.world.store.listing(account, self.world.now())
        roots = [post for post in posts if not post.meta.get("reply_to")]
        said: list[tuple[Post, Comment | None]] = [
            (post, c) for post in roots for c in self.world.comments(post) if self._addresses(post, c)
        ]
        return [*said, *((post, None) for post in talk.mentions(self, account))]

    def _in_conversation(self, root: str, query: str) -> list[tuple[Post, Comment]]:
        post = self.world.store.find(self.key, root)
        if post is None:
            return []
        said = self.world.comments(post)
        if f"-to:{post.account.id}" in query:
            said = [c for c in said if not self._addresses(post, c)]
        return [(post, c) for c in said if c.id not in post.hidden]

    def _addresses(self, post: Post, comment: Comment) -> bool:
        """Whether a reply is to the account itself: to its post, or to what it said in the conversation."""
        if comment.parent_id is None:
            return True
        parent = self.world.store.find(self.key, comment.parent_id)
        return parent is not None and parent.account is post.account

    def _page(self, request: Request, said: list[Any]) -> dict[str, Any]:
        wanted = fields(request, "tweet.fields", POST_FIELDS)
        said = [pair for pair in said if pair[1] is None or pair[1].id not in pair[0].hidden]
        said = [(p, c) for p, c in said if reading.in_window(request, (c or p).id, (c or p).created_at)]
        said.sort(key=lambda pair: int((pair[1] or pair[0]).id), reverse=True)
        chosen, meta = reading.page(request, [(c or p).id for p, c in said])
        shown = [(p, c) for p, c in said if (c or p).id in chosen]
        data = [self._object(p, c, wanted) for p, c in shown]
        if not data:
            return {"meta": meta}
        answer: dict[str, Any] = {"data": data, "meta": meta}
        if "author_id" in request.query.get("expansions", "").split(","):
            people = {account.id: account for account in (self._author(p, c) for p, c in shown)}
            answer["includes"] = {"users": [user_object(request, account, 0, 0) for account in people.values()]}
        return answer

    def _object(self, post: Post, comment: Comment | None, wanted: frozenset[str]) -> dict[str, Any]:
        if comment is None:
            return post_object(self.world, post, wanted)
        return reply_object(post, comment, wanted, to_us=self._addresses(post, comment))

    def _author(self, post: Post, comment: Comment | None) -> Account:
        if comment is None:
            return post.account
        return Account(self.key, comment.author_id, comment.author, reading.handle_of(comment.author), "user", 0)
