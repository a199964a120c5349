"""What LinkedIn gives to read: posts, images, figures, comments, people, organisations; and its tokens."""

from __future__ import annotations

import re
import secrets
from abc import abstractmethod
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from .accounts import Account, Token
from .engagement import Watched
from .films import FILMS
from .forms import form_values
from .linkedin_shapes import ACCESS_LIFE, REFRESH_LIFE, denied, error, listed, not_found, paging, post_object
from .linkedin_statistics import LinkedInStatistics
from .service import Answer, Route
from .store import Medium, Post
from .wire import Request, Response, json_response

STATISTICS_DAYS = 365
"""Share statistics reach back twelve months."""

_STRING_METRIC_VERSION = "202605"
_METRIC_TYPE = "com.linkedin.adsexternalapi.memberanalytics.v1.CreatorPostAnalyticsMetricTypeV1"
_MEMBER_METRICS = {
    "IMPRESSION": "impressions", "MEMBERS_REACHED": "reach", "RESHARE": "shares", "REACTION": "reactions",
    "COMMENT": "comments",
}  # fmt: skip
_VIDEO: dict[str, Callable[[Watched], int]] = {
    "VIDEO_VIEW": lambda film: film.views, "VIEWER": lambda film: film.viewers,
    "TIME_WATCHED": lambda film: film.milliseconds, "TIME_WATCHED_FOR_VIDEO_VIEWS": lambda film: film.milliseconds,
}  # fmt: skip
_MEMBER_VIDEO: dict[str, Callable[[Watched], int]] = {
    "VIDEO_PLAY": lambda film: film.views, "VIDEO_VIEWER": lambda film: film.viewers,
    "VIDEO_WATCH_TIME": lambda film: film.milliseconds,
}  # fmt: skip
READ = ("r_organization_social", "r_member_social")


class LinkedInReading(LinkedInStatistics):
    """The reading endpoints of LinkedIn."""

    key = "linkedin"

    def reading_routes(self) -> list[Route]:
        return [
            *self.statistics_routes(),
            Route("GET", "/rest/posts", "list", self.posts),
            Route("GET", "/rest/posts/{}", "read", self.post),
            Route("GET", "/rest/organizationalEntityShareStatistics", "metrics", self.statistics),
            Route("GET", "/rest/memberCreatorPostAnalytics", "metrics", self.member_analytics),
            Route("GET", "/rest/videoAnalytics", "metrics", self.video_analytics),
            Route("GET", "/rest/memberCreatorVideoAnalytics", "metrics", self.member_video_analytics),
            Route("GET", "/rest/memberFollowersCount", "metrics", self.member_followers),
            Route("GET", "/rest/socialActions/{}", "metrics", self.social_actions),
            Route("GET", "/rest/organizations/{}", "verify", self.organization),
            Route("GET", "/rest/organizations", "lookup", self.organizations),
            Route("GET", "/rest/networkSizes/{}", "metrics", self.network_size),
            Route("GET", "/rest/organizationAcls", "verify", self.acls),
            Route("GET", "/rest/me", "verify", self.me),
            Route("GET", "/v2/me", "verify", self.me),
            Route("GET", "/v2/userinfo", "verify", self.userinfo),
            Route("POST", "/oauth/v2/introspectToken", "verify", self.introspect),
            Route("POST", "/oauth/v2/accessToken", "refresh", self.refresh),
        ]

    @abstractmethod
    def give_token(self, form: dict[str, str]) -> Response:
        """A token for a code."""

    # --- posts ---------------------------------------------------------------------------------------------

    def posts(self, request: Request) -> Response:
        """Posts of an author (``q=author``), or several by their ids."""
        token = self.authorize(request, *READ)
        if "ids" in request.query:
            return self._batch(token, listed(request.query["ids"]))
        urn = request.query.get("author", "")
        if request.query.get("q") != "author" or not urn:
            raise Answer(error(400, "ILLEGAL_ARGUMENT", "Only q=author with an author is served", 0))
        account = self._readable(token, urn)
        posts = self.world.store.listing(account, self.world.now())
        start, count, pages = paging(request, len(posts))
        elements = [post_object(post) for post in posts[start : start + count]]
        return json_response(200, {"paging": pages, "elements": elements})

    def post(self, request: Request, urn: str) -> Response:
        token = self.authorize(request, *READ)
        return json_response(200, post_object(self._post(token, urn)))

    def _batch(self, token: Token, urns: list[str]) -> Response:
        found = {urn: post for urn in urns if (post := self.world.store.find(self.key, urn))}
        for post in found.values():
            self._readable(token, post.account.id)
        answer = {
            "results": {urn: post_object(post) for urn, post in found.items()},
            "statuses": dict.fromkeys(found, 200),
            "errors": {urn: {"status": 404, "message": "Not found"} for urn in urns if urn not in found},
        }
        return json_response(200, answer)

    # --- figures -------------------------------------------------------------------------------------------

    def statistics(self, request: Request) -> Response:
        """Figures of an organisation's posts, or of all of them together without ``shares`` and ``ugcPosts``."""
        if "timeIntervals" in request.query:
            return self.post_statistics(request)
        token = self.authorize(request, "rw_organization_admin")
        urn = request.query.get("organizationalEntity", "")
        if request.query.get("q") != "organizationalEntity" or ":organization:" not in urn:
            message = "q=organizationalEntity and an organization URN are required"
            raise Answer(error(400, "ILLEGAL_ARGUMENT", message, 0))
        account = self._readable(token, urn)
        elements: list[dict[str, Any]] = []
        for name, key in (("shares", "share"), ("ugcPosts", "ugcPost")):
            for post_urn in listed(request.query.get(name, "")):
                elements += self._statistics_of(account, post_urn, key)
        if "shares" not in request.query and "ugcPosts" not in request.query:
            posts = self.world.store.listing(account, self.world.now())
            elements = [{"organizationalEntity": urn, "totalShareStatistics": self._total(posts)}]
        pages = {"start": 0, "count": max(10, len(elements)), "links": []}
        return json_response(200, {"paging": pages, "elements": elements})

    def _statistics_of(self, account: Account, urn: str, key: str) -> list[dict[str, Any]]:
        if f":{key}:" not in urn:
            raise Answer(error(400, "ILLEGAL_ARGUMENT", f"{urn} is no {key} URN", 0))
        post = self.world.store.find(self.key, urn)
        if post is None or post.account is not account or self.world.age(post) > timedelta(days=STATISTICS_DAYS):
            return []
        return [{"organizationalEntity": account.id, key: urn, "totalShareStatistics": self._total([post])}]

    def _total(self, posts: list[Post]) -> dict[str, Any]:
        now = [self.world.engagement(post) for post in posts]
        views = sum(figures.impressions for figures in now)
        acts = sum(f.clicks + f.reactions + f.comments + f.shares for f in now)
        return {
            "uniqueImpressionsCount": sum(f.reach for f in now), "shareCount": sum(f.shares for f in now),
            "engagement": acts / views if views else 0.0, "clickCount": sum(f.clicks for f in now),
            "likeCount": sum(f.reactions for f in now), "impressionCount": views,
            "commentCount": sum(f.comments for f in now),
        }  # fmt: skip

    def member_analytics(self, request: Request) -> Response:
        """One figure of one post of a member."""
        post, kind, entity = self._analysed(request, _MEMBER_METRICS, "memberCreatorPostAnalytics")
        newer = request.headers.get("linkedin-version", "")[:6] >= _STRING_METRIC_VERSION
        element = {
            "targetEntity": entity, "metricType": kind if newer else {_METRIC_TYPE: kind},
            "count": getattr(self.world.engagement(post), _MEMBER_METRICS[kind]),
        }  # fmt: skip
        return _elements(element)

    def member_video_analytics(self, request: Request) -> Response:
        """One figure of one post of a member that shows a video; none where it shows none."""
        post, kind, entity = self._analysed(request, _MEMBER_VIDEO, "memberCreatorVideoAnalytics")
        film = _film(post)
        if film is None:
            return _elements()
        count = _MEMBER_VIDEO[kind](self.world.watched(post, film))
        return _elements({"targetEntity": entity, "metricType": kind, "count": count})

    def video_analytics(self, request: Request) -> Response:
        """One figure of one video of an organisation, which is known as a ugcPost."""
        token = self.authorize(request, "r_organization_social")
        query = request.query
        urn, kind = query.get("entity", ""), query.get("type", "")
        known = set(query) <= {"q", "entity", "type", "aggregation", "timeRange.start", "timeRange.end"}
        fits = query.get("q") == "entity" and ":ugcPost:" in urn and kind in _VIDEO
        if not (known and fits and query.get("aggregation", "ALL") in ("ALL", "DAY", "WEEK")):
            raise Answer(error(400, "ILLEGAL_ARGUMENT", "q=entity, a ugcPost URN and a known type are required", 0))
        post = self._post(token, urn)
        film = _film(post)
        if film is None:
            return _elements()
        return _elements({"entity": urn, "type": kind, "value": _VIDEO[kind](self.world.watched(post, film))})

    def member_followers(self, request: Request) -> Response:
        """How many follow the member whose token it is."""
        token = self.authorize(request, "r_member_profileAnalytics")
        if dict(request.query) != {"q": "me"}:
            raise Answer(error(400, "ILLEGAL_ARGUMENT", "Only q=me is served", 0))
        return _elements({"memberFollowersCount": self.world.followers(token.account)})

    def _analysed(self, request: Request, kinds: Iterable[str], what: str) -> tuple[Post, str, dict[str, str]]:
        """The member's own post that a call asks about, which figure, and how the call named the post."""
        token = self.authorize(request, "r_member_postAnalytics")
        query = request.query
        kind = query.get("queryType", "")
        match = re.fullmatch(r"\((share|ugc):(.+)\)", query.get("entity", ""))
        known = set(query) <= {"q", "entity", "queryType", "aggregation", "dateRange"}
        total = query.get("aggregation", "TOTAL") in ("TOTAL", "DAILY")
        if query.get("q") != "entity" or not match or kind not in kinds or not (known and total):
            raise Answer(error(400, "ILLEGAL_ARGUMENT", "q=entity, entity and a known queryType are required", 0))
        post = self._post(token, match[2])
        if post.account is not token.account:
            raise Answer(denied(what))
        return post, kind, {match[1]: match[2]}

    def social_actions(self, request: Request, urn: str) -> Response:
        token = self.authorize(request, *READ)
        post = self._post(token, urn)
        now = self.world.engagement(post)
        comments = len(self.world.comments(post))
        return json_response(200, {
            "target": urn, "$URN": urn,
            "likesSummary": {"totalLikes": now.reactions, "aggregatedTotalLikes": now.reactions},
            "commentsSummary": {"totalFirstLevelComments": comments, "aggregatedTotalComments": comments},
        })  # fmt: skip

    # --- who -----------------------------------------------------------------------------------------------

    def network_size(self, request: Request, urn: str) -> Response:
        """How many follow an organisation."""
        token = self.authorize(request, "rw_organization_admin", "r_organization_social")
        account = self.world.directory.reachable(token, urn)
        if account is None or request.query.get("edgeType") != "COMPANY_FOLLOWED_BY_MEMBER":
            raise not_found(urn)
        return json_response(200, {"firstDegreeSize": self.world.followers(account)})

    def organization(self, request: Request, number: str) -> Response:
        token = self.authorize(request, "rw_organization_admin", "r_organization_social", "w_organization_social")
        account = self.world.directory.reachable(token, f"urn:li:organization:{number}")
        if account is None:
            raise not_found(number)
        localized = {"localized": {"de_DE": account.name}, "preferredLocale": {"country": "DE", "language": "de"}}
        return json_response(200, {
            "id": int(number) if number.isdigit() else number, "localizedName": account.name,
            "vanityName": account.handle,
            "name": localized, "localizedWebsite": "https://www.brandt-maschinenbau.example", "$URN": account.id,
            "organizationType": "PRIVATELY_HELD", "primaryOrganizationType": "NONE",
        })  # fmt: skip

    def organizations(self, request: Request) -> Response:
        """The finder ``vanityName``: any organisation; of others' fewer fields than of one's own."""
        self.authorize(request, "rw_organization_admin")
        if request.query.get("q") != "vanityName" or not request.query.get("vanityName"):
            raise Answer(error(400, "ILLEGAL_ARGUMENT", "q=vanityName with a vanityName is served here", 0))
        found = self.world.directory.named(self.key, request.query["vanityName"], "organization")
        elements = [] if found is None else [
            {
                "id": int(found.id.rpartition(":")[2]), "vanityName": found.handle, "localizedName": found.name,
                "name": {"localized": {"de_DE": found.name}, "preferredLocale": {"country": "DE", "language": "de"}},
                "primaryOrganizationType": "NONE", "locations": [],
            }
        ]  # fmt: skip
        return json_response(200, {"paging": {"start": 0, "count": 10, "links": []}, "elements": elements})

    def acls(self, request: Request) -> Response:
        """The organisations that the member administers."""
        token = self.authorize(request, "rw_organization_admin", "r_organization_social")
        elements = [
            {"role": "ADMINISTRATOR", "organization": urn, "roleAssignee": token.account.id, "state": "APPROVED"}
            for urn in token.account.administers if ":organization:" in urn
        ]  # fmt: skip
        elements += [
            {"role": "ANALYST", "organization": urn, "roleAssignee": token.account.id, "state": "APPROVED"}
            for urn in token.account.analyses
        ]  # fmt: skip
        return json_response(200, {"paging": {"start": 0, "count": 10, "links": []}, "elements": elements})

    def me(self, request: Request) -> Response:
        """OpenID's ``profile`` does not open it, but ``userinfo``."""
        versioned = request.path.startswith("/rest")
        token = self.authorize(request, "r_basicprofile", "r_liteprofile", versioned=versioned)
        first, _, last = token.account.name.partition(" ")
        return json_response(200, {
            "id": token.account.id.rpartition(":")[2], "localizedFirstName": first, "localizedLastName": last,
            "vanityName": token.account.handle, "localizedHeadline": "Marketing",
        })  # fmt: skip

    def userinfo(self, request: Request) -> Response:
        token = self.authorize(request, "openid", versioned=False)
        first, _, last = token.account.name.partition(" ")
        return json_response(200, {
            "sub": token.account.id.rpartition(":")[2], "name": token.account.name, "given_name": first,
            "family_name": last, "locale": {"country": "DE", "language": "de"},
            "email": f"{token.account.handle}@brandt-maschinenbau.example", "email_verified": True,
        })  # fmt: skip

    # --- tokens --------------------------------------------------------------------------------------------

    def introspect(self, request: Request) -> Response:
        form = form_values(request)
        if not form.get("client_id") or not form.get("client_secret"):
            return json_response(401, {"error": "invalid_client", "error_description": "Client authentication failed"})
        token = self.world.directory.token(self.key, form.get("token", ""))
        if token is None:
            return json_response(200, {"active": False})
        expires = int(token.expires_at.timestamp()) if token.expires_at else None
        active = not token.expired(self.world.now())
        return json_response(200, {
            "active": active, "client_id": form["client_id"], "expires_at": expires, "auth_type": "3L",
            "status": "active" if active else "expired", "scope": ",".join(sorted(token.scopes)),
        })  # fmt: skip

    def refresh(self, request: Request) -> Response:
        """The grant ``refresh_token``, which only approved partners have, and those that begin a connection."""
        form = form_values(request)
        if form.get("grant_type") in ("authorization_code", "client_credentials"):
            return self.give_token(form)
        old = self.world.directory.by_refresh(self.key, form.get("refresh_token", ""))
        now = self.world.now()
        if form.get("grant_type") != "refresh_token" or old is None or not old.renewable(now):
            description = "The provided authorization grant or refresh token is invalid, expired or revoked"
            return json_response(400, {"error": "invalid_grant", "error_description": description})
        ends = old.refresh_ends or now + REFRESH_LIFE
        number = f"-{old.account.id.rpartition(':')[2]}" if old.account.open else ""
        new = self.world.directory.rotate(
            old, f"AQX{secrets.token_urlsafe(40)}{number}", f"AQR{secrets.token_urlsafe(40)}{number}",
            now + ACCESS_LIFE, ends,
        )  # fmt: skip
        return json_response(200, {
            "access_token": new.value, "expires_in": int(ACCESS_LIFE.total_seconds()), "refresh_token": new.refresh,
            "refresh_token_expires_in": int((ends - now).total_seconds()), "scope": ",".join(sorted(new.scopes)),
        })  # fmt: skip

    # --- steps ---------------------------------------------------------------------------------------------

    def _readable(self, token: Token, urn: str) -> Account:
        account = self.world.directory.reachable(token, urn)
        scope = "r_organization_social" if ":organization:" in urn else "r_member_social"
        if account is None or scope not in token.scopes:
            raise Answer(denied("partnerApiPostsExternal.FINDER-author"))
        return account

    def _post(self, token: Token, urn: str) -> Post:
        post = self.world.store.find(self.key, urn)
        if post is None:
            raise not_found(urn)
        self._readable(token, post.account.id)
        return post


def _elements(*elements: dict[str, Any]) -> Response:
    return json_response(200, {"paging": {"start": 0, "count": 10, "links": []}, "elements": list(elements)})


def _film(post: Post) -> Medium | None:
    return next((medium for medium in post.media if medium.kind and medium.kind.mime in FILMS), None)
