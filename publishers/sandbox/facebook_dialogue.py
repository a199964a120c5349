"""Graph's comments and mentions: reading, answering, hiding, liking, deleting."""

from __future__ import annotations

from . import talk
from .accounts import Account, Token
from .facebook_reading import FacebookReading
from .facebook_shapes import comment_object, error, paged, parameter_error, post_object, split_fields, unknown_object
from .service import Answer, Route
from .store import Comment, Post
from .wire import Request, Response, json_response

MAX_COMMENT = 8000


class FacebookDialogue(FacebookReading):
    """The edges ``comments``, ``likes`` and ``tagged``."""

    def dialogue_routes(self) -> list[Route]:
        return [
            Route("GET", "/{}/tagged", "comments", self.tagged),
            Route("GET", "/{}/comments", "comments", self.comments),
            Route("POST", "/{}/comments", "reply", self.reply),
            Route("POST", "/{}/likes", "moderate", self.like),
            Route("DELETE", "/{}/likes", "moderate", self.unlike),
        ]

    def tagged(self, request: Request, page_id: str) -> Response:
        """Public posts of others that tag the Page, newest first."""
        token = self.authorize(request, "pages_read_user_content")
        page = self._page(token, page_id)
        wanted = split_fields(request.query.get("fields", ""))
        posts = talk.mentions(self, page)
        data = [post_object(self.world, request, post, wanted) for post in posts]
        return json_response(200, paged(request, f"/{page.id}/tagged", data, [post.id for post in posts]))

    def comments(self, request: Request, object_id: str) -> Response:
        """Of a post: those right under it, or (``filter=stream``) the answers to them as well; of a comment: its
        answers."""
        token = self.authorize(request, "pages_read_engagement")
        wanted = split_fields(request.query.get("fields", ""))
        post, comment = self._under(token, object_id)
        found = self.world.comments(post)
        if comment is not None:
            found = [c for c in found if c.parent_id == comment.id]
        elif request.query.get("filter", "toplevel") != "stream":
            found = [c for c in found if c.parent_id is None]
        if request.query.get("order") == "reverse_chronological":
            found.reverse()
        data = [comment_object(self.world, post, one, wanted) for one in found]
        answer = paged(request, f"/{object_id}/comments", data, [one.id for one in found])
        if request.query.get("summary") in ("true", "1"):
            answer["summary"] = {"order": "chronological", "total_count": len(found), "can_comment": True}
        return json_response(200, answer)

    def reply(self, request: Request, object_id: str) -> Response:
        """Write a comment under a post, or an answer to a comment; answers stand one level deep."""
        token = self.authorize(request, "pages_manage_engagement")
        post, comment = self._under(token, object_id)
        message = self._message(request)
        parent = None if comment is None else comment.parent_id or comment.id
        said = talk.answer(self.world, post, self._speaker(token, post), message, parent, lag=request.lag)
        return json_response(200, {"id": said.id})

    def edit_comment(self, request: Request, comment_id: str) -> Response:
        """Only one's own."""
        token = self.authorize(request, "pages_manage_engagement")
        post, comment = self._comment(token, comment_id)
        if not comment.own:
            raise Answer(error(200, "(#200) Permissions error", status=403))
        comment.text = self._message(request)
        self.world.store.save(post)
        return json_response(200, {"success": True})

    def like(self, request: Request, object_id: str) -> Response:
        return self._like(request, object_id, on=True)

    def unlike(self, request: Request, object_id: str) -> Response:
        return self._like(request, object_id, on=False)

    def hide(self, request: Request, comment_id: str) -> Response:
        token = self.authorize(request, "pages_manage_engagement")
        post, comment = self._comment(token, comment_id)
        wish = self.parameters(request).get("is_hidden")
        if wish not in ("true", "false", "1", "0"):
            raise unknown_object(comment_id)
        if comment.own:
            raise Answer(error(200, "(#200) You cannot hide your own comment", status=403))
        talk.set_flag(self.world, post.hidden, post, comment_id, on=wish in ("true", "1"))
        return json_response(200, {"success": True})

    def remove_comment(self, request: Request, comment_id: str) -> Response:
        token = self.authorize(request, "pages_manage_engagement")
        post, _ = self._comment(token, comment_id)
        talk.set_flag(self.world, post.gone, post, comment_id, on=True)
        return json_response(200, {"success": True})

    def _like(self, request: Request, object_id: str, *, on: bool) -> Response:
        token = self.authorize(request, "pages_manage_engagement")
        post, comment = self._under(token, object_id)
        talk.set_flag(self.world, post.liked, post, comment.id if comment else post.id, on=on)
        return json_response(200, {"success": True})

    def _message(self, request: Request) -> str:
        message = self.parameters(request).get("message", "")
        if not message.strip():
            raise parameter_error("Missing message or attachment")
        if len(message) > MAX_COMMENT:
            raise parameter_error(f"The parameter message is longer than {MAX_COMMENT} characters")
        return message

    def _under(self, token: Token, object_id: str) -> tuple[Post, Comment | None]:
        """A post that the token may see, or a comment on one. Answers 100 with subcode 33."""
        if self.world.store.find(self.key, object_id) is not None:
            return self._post(token, object_id), None
        return self._comment(token, object_id)

    def _comment(self, token: Token, comment_id: str) -> tuple[Post, Comment]:
        found = talk.find(self.world, self.key, comment_id)
        if found is None:
            raise unknown_object(comment_id)
        self._post(token, found[0].id)
        return found

    def _speaker(self, token: Token, post: Post) -> Account:
        named = self.world.directory.find(self.key, str(post.meta.get("mentions", "")))
        return named or (post.account if token.kind != "page" else token.account)
