"""What Graph gives to read: Pages, posts, insights, permissions."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any

from . import talk
from .accounts import Account, Token
from .engagement import Engagement, Watched
from .facebook_page_insights import LIKES_FOR_INSIGHTS, FacebookPageInsights
from .facebook_shapes import (
    comment_object,
    error,
    page_object,
    paged,
    parameter_error,
    post_object,
    split_fields,
    unknown_object,
)
from .service import Answer, Route
from .store import Medium, Post
from .wire import Request, Response, json_response

METRICS: dict[str, Callable[[Engagement], Any]] = {
    "post_media_view": lambda now: now.impressions,
    "post_total_media_view_unique": lambda now: now.reach,
    "post_clicks": lambda now: now.clicks,
    "post_clicks_by_type": lambda now: {"link clicks": now.clicks, "other clicks": now.profile_clicks},
    "post_reactions_like_total": lambda now: now.reactions_by_type()["like"],
    "post_reactions_love_total": lambda now: now.reactions_by_type()["love"],
    "post_reactions_by_type_total": lambda now: {k: v for k, v in now.reactions_by_type().items() if v},
    "post_activity_by_action_type": lambda now: {"like": now.reactions, "share": now.shares, "comment": now.comments},
}
METRICS_OF_FILMS: dict[str, Callable[[Watched], int]] = {
    "post_video_views": lambda film: film.views,
    "post_video_view_time": lambda film: film.milliseconds,
}


class FacebookReading(FacebookPageInsights):
    """The reading endpoints of Graph."""

    key = "facebook"

    def reading_routes(self) -> list[Route]:
        return [
            Route("GET", "/me/accounts", "verify", self.accounts),
            *self.access_routes(),
            Route("GET", "/oauth/access_token", "refresh", self.exchange),
            Route("GET", "/{}/published_posts", "list", self.posts),
            Route("GET", "/{}/posts", "list", self.posts),
            Route("GET", "/{}/feed", "list", self.posts),
            Route("GET", "/{}/insights", "metrics", self.insights),
            Route("GET", "/", "metrics", self.several),
            Route("GET", "/{}", "read", self.node),
        ]

    @abstractmethod
    def page_token(self, page: Account, asking: Token) -> Token:
        """The token of a Page that a consent opens."""

    @abstractmethod
    def authorize(self, request: Request, permission: str | None = None) -> Token:
        """The caller's token, if it has ``permission``."""

    @abstractmethod
    def parameters(self, request: Request) -> dict[str, str]:
        """Query and body together."""

    @abstractmethod
    def video_object(self, request: Request, medium: Medium) -> dict[str, Any]:
        """A video with the fields asked for."""

    # --- who -----------------------------------------------------------------------------------------------

    def accounts(self, request: Request) -> Response:
        """The Pages of a user, with a token for each."""
        token = self.authorize(request, "pages_show_list")
        ids = [*token.account.administers, *token.account.analyses]
        found = [self.world.directory.find(self.key, page_id) for page_id in ids]
        pages = [page for page in found if page and (token.shares is None or page.id in token.shares)]
        asked = request.query.get("fields", "access_token,category,name,id,tasks")
        names = [name for name, _ in split_fields(asked)]
        data = [page_object(page, names, self.token_of_page(page, token).value) for page in pages]
        for page, shown in zip(pages, data, strict=True):
            if "tasks" in shown and page.id in token.account.analyses:
                shown["tasks"] = ["ANALYZE"]
        return json_response(200, paged(request, "/me/accounts", data, [page.id for page in pages]))

    def exchange(self, request: Request) -> Response:
        """``fb_exchange_token``: a long-lived user token for a short one. Here both are the same."""
        query = request.query
        if query.get("grant_type") != "fb_exchange_token" or not query.get("client_id"):
            raise Answer(error(101, "Missing client_id parameter."))
        token = self.world.directory.token(self.key, query.get("fb_exchange_token", ""))
        if token is None:
            raise Answer(error(190, "Invalid OAuth access token."))
        return json_response(200, {"access_token": token.value, "token_type": "bearer", "expires_in": 5184000})

    # --- posts ---------------------------------------------------------------------------------------------

    def posts(self, request: Request, page_id: str) -> Response:
        token = self.authorize(request, "pages_read_engagement")
        page = self._page(token, page_id)
        wanted = split_fields(request.query.get("fields", ""))
        since, until = _seconds(request, "since"), _seconds(request, "until")
        posts = [
            post for post in self.world.store.listing(page, self.world.now())
            if since <= post.created_at.timestamp() and (not until or post.created_at.timestamp() < until)
        ]  # fmt: skip
        data = [post_object(self.world, request, post, wanted) for post in posts]
        return json_response(200, paged(request, f"/{page.id}/published_posts", data, [post.id for post in posts]))

    def node(self, request: Request, object_id: str) -> Response:
        """A Page, a user, a post, a photo or a comment by its id."""
        token = self.authorize(request)
        wanted = split_fields(request.query.get("fields", ""))
        post = self.world.store.find(self.key, object_id)
        if post and self.world.directory.reachable(token, post.account.id):
            nested = [self._nested(token, post, how) for name, how in wanted if name == "insights"]
            shown = post_object(self.world, request, post, wanted)
            return json_response(200, {**shown, "insights": nested[0]} if nested else shown)
        found = talk.find(self.world, self.key, object_id) if "_" in object_id else None
        if found:
            return json_response(200, comment_object(self.world, *found, wanted))
        if object_id == "me" or not self.world.store.find_medium(self.key, object_id):
            return self._profile(token, object_id, wanted)
        medium = self.world.store.media[self.key, object_id]
        return json_response(
            200, self.video_object(request, medium) if medium.meta.get("edge") == "videos" else {"id": object_id}
        )

    def several(self, request: Request) -> Response:
        """``?ids=…``: several objects by id; one that is not there fails the whole call."""
        token = self.authorize(request)
        wanted = split_fields(request.query.get("fields", ""))
        ids = [part for part in request.query.get("ids", "").split(",") if part]
        if not 1 <= len(ids) <= 50:
            raise parameter_error("The parameter ids takes 1 to 50 ids")
        posts = {post_id: self._post(token, post_id) for post_id in ids}
        return json_response(200, {key: post_object(self.world, request, post, wanted) for key, post in posts.items()})

    # --- figures -------------------------------------------------------------------------------------------

    def insights(self, request: Request, object_id: str) -> Response:
        """Lifetime figures of a post, or a Page's by days; one metric that does not exist fails the whole call."""
        token = self.authorize(request, "read_insights")
        page = self.world.directory.reachable(token, object_id) if "_" not in object_id else None
        if page is not None and page.kind == "page":
            how = {name: value for name, value in request.query.items() if name not in ("access_token", *_SIGNED)}
            return json_response(200, self.page_insights(token, page, how))
        post = self._post(token, object_id)
        asked = request.query.get("metric", "")
        if not asked:
            raise parameter_error("No metric was specified to be fetched. Please specify one or more metrics to be "
                                  "fetched and try again.")  # fmt: skip
        return json_response(200, self._insights(post, asked))

    def _nested(self, token: Token, post: Post, how: dict[str, str]) -> dict[str, Any]:
        """``insights.metric(…).period(lifetime)`` within a post's fields: what is wrong with it fails the whole."""
        if "read_insights" not in token.scopes:
            raise Answer(error(10, "(#10) This endpoint requires the 'read_insights' permission"))
        if not how.get("metric"):
            raise parameter_error("For field 'insights': The parameter metric is required")
        if how.keys() - {"metric", "period"} or how.get("period", "lifetime") != "lifetime":
            raise parameter_error("For field 'insights': The value must be a valid insights period")
        return self._insights(post, how["metric"])

    def _insights(self, post: Post, asked: str) -> dict[str, Any]:
        names = [name for name in asked.split(",") if name]
        if not METRICS.keys() | METRICS_OF_FILMS.keys() >= set(names):
            raise parameter_error("The value must be a valid insights metric")
        known = names if post.account.followers >= LIKES_FOR_INSIGHTS else []
        return {"data": [_insight(post, name, self._value(post, name)) for name in known]}

    def _value(self, post: Post, name: str) -> Any:
        if name in METRICS:
            return METRICS[name](self.world.engagement(post))
        films = [medium for medium in post.media if medium.meta.get("edge") == "videos"]
        return METRICS_OF_FILMS[name](self.world.watched(post, films[0])) if films else 0

    # --- steps ---------------------------------------------------------------------------------------------

    def _page(self, token: Token, page_id: str) -> Account:
        page = self.world.directory.reachable(token, page_id)
        if page is None:
            raise unknown_object(page_id)
        return page

    def _post(self, token: Token, post_id: str) -> Post:
        post = self.world.store.find(self.key, post_id)
        if post is None or self.world.directory.reachable(token, _page_of(post)) is None:
            raise unknown_object(post_id)
        return post

    def _profile(self, token: Token, object_id: str, wanted: list[tuple[str, dict[str, str]]]) -> Response:
        names = [name for name, _ in wanted]
        account = self.world.directory.reachable(token, object_id)
        if account is None:
            return self._by_username(token, object_id, names)
        if account.kind == "app":
            return self.application(names)
        if account.kind == "page":
            own = self.token_of_page(account, token).value
            return json_response(200, self.page_with_insights(token, account, wanted, own))
        return json_response(200, {"id": account.id, "name": account.name})

    def _by_username(self, token: Token, name: str, names: list[str]) -> Response:
        """A Page of one's own by its username; those of others only for an app that was reviewed for that."""
        if name.isdigit() or "_" in name:
            raise unknown_object(name)
        page = self.world.directory.named(self.key, name, "page")
        if page is None:
            person = self.world.directory.named(self.key, name, "user")
            unknown = f"Some of the aliases you requested do not exist: {name}"
            raise Answer(error(803, f"(#803) {'Cannot query users by their username' if person else unknown}"))
        if self.world.directory.reachable(token, page.id) is None and not self.world.public_pages:
            raise Answer(error(10, _NOT_REVIEWED))
        return json_response(200, page_object(page, names or ["name"], ""))

    def token_of_page(self, page: Account, asking: Token) -> Token:
        """The Page's own token; made on first asking. Each consent has one of its own."""
        if asking.client:
            return self.page_token(page, asking)
        for token in self.world.directory.tokens.values():
            if token.account is page and token.kind == "page":
                return token
        return self.world.directory.grant(Token(f"EAAB{page.id}Page", page, asking.scopes, "page"))


_SIGNED = ("appsecret_proof", "method")
_NOT_REVIEWED = (
    "(#10) This endpoint requires the 'pages_read_engagement' permission or the 'Page Public Content Access' feature "
    "or the 'Page Public Metadata Access' feature. Refer to "
    "https://developers.facebook.com/docs/apps/review/login-permissions#manage-pages for details."
)


def _page_of(post: Post) -> str:
    """Who may see it with a Page's token: the Page that posted it, or that it names."""
    return str(post.meta.get("mentions", post.account.id))


def _insight(post: Post, name: str, value: Any) -> dict[str, Any]:
    title = name.removeprefix("post_").replace("_", " ").title()
    return {
        "name": name, "period": "lifetime", "values": [{"value": value}], "title": f"Lifetime Post {title}",
        "description": f"Lifetime: {title}", "id": f"{post.id}/insights/{name}/lifetime",
    }  # fmt: skip


def _seconds(request: Request, name: str) -> float:
    value = request.query.get(name, "0")
    try:
        return float(value)
    except ValueError:
        raise parameter_error(f"Invalid parameter: {name} is no Unix timestamp") from None
