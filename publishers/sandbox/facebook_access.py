"""What Graph says about access: business portfolios and their Pages, permissions, what a token may do, and the app."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from .accounts import ALL_SCOPES, Account, Token
from .apps import APPS, HOSTS
from .facebook_shapes import error, page_object, paged, parameter_error, split_fields, unknown_object
from .service import Answer, Route, Service
from .wire import Request, Response, json_response

_PAGE_FIELDS = frozenset({"id", "name", "username", "link", "access_token", "category", "followers_count"})
"""What is asked for here. ``tasks`` are told at ``/me/accounts`` alone."""


class FacebookAccess(Service):
    """``/me/businesses`` and its edges, ``/me/permissions``, ``/debug_token``, and the app by its own token."""

    key = "facebook"

    def access_routes(self) -> list[Route]:
        return [
            Route("GET", "/me/businesses", "portfolios", self.businesses),
            Route("GET", "/{}/owned_pages", "portfolios", self.owned_pages),
            Route("GET", "/{}/client_pages", "portfolios", self.client_pages),
            Route("GET", "/me/permissions", "verify", self.permissions),
            Route("GET", "/debug_token", "verify", self.debug_token),
        ]

    @abstractmethod
    def authorize(self, request: Request, permission: str | None = None) -> Token:
        """The caller's token, if it has ``permission``."""

    @abstractmethod
    def token_of_page(self, page: Account, asking: Token) -> Token:
        """The Page's own token."""

    # --- portfolios ----------------------------------------------------------------------------------------

    def businesses(self, request: Request) -> Response:
        portfolios = self.authorize(request, "business_management").account.portfolios
        data = [{"id": one.id, "name": one.name} for one in portfolios]
        return json_response(200, paged(request, "/me/businesses", data, [one.id for one in portfolios]))

    def owned_pages(self, request: Request, business: str) -> Response:
        return self._pages_of(request, business, "owned_pages")

    def client_pages(self, request: Request, business: str) -> Response:
        return self._pages_of(request, business, "client_pages")

    def _pages_of(self, request: Request, business: str, edge: str) -> Response:
        """The Pages of a portfolio, as far as they were shared; with a token where one is assigned to the person."""
        token = self.authorize(request, "business_management")
        portfolio = next((one for one in token.account.portfolios if one.id == business), None)
        if portfolio is None:
            raise unknown_object(business)
        names = [name for name, _ in split_fields(request.query.get("fields", "name,access_token,id"))]
        if unknown := [name for name in names if name not in _PAGE_FIELDS]:
            raise parameter_error(f"Tried accessing nonexisting field ({unknown[0]}) on node type (Page)")
        ids = portfolio.owned if edge == "owned_pages" else portfolio.client
        shared = [page_id for page_id in ids if token.shares is None or page_id in token.shares]
        data = [self._page_of_portfolio(token, page_id, names) for page_id in shared]
        return json_response(200, paged(request, f"/{business}/{edge}", data, shared))

    def _page_of_portfolio(self, token: Token, page_id: str, names: list[str]) -> dict[str, Any]:
        page = self.world.directory.accounts[self.key, page_id]
        if page_id not in (*token.account.assigned, *token.account.administers):
            return page_object(page, [name for name in names if name != "access_token"], "")
        return page_object(page, names, self.token_of_page(page, token).value)

    # --- permissions ---------------------------------------------------------------------------------------

    def permissions(self, request: Request) -> Response:
        """The permissions of a user token; a Page token has no such edge."""
        token = self.authorize(request)
        if token.kind == "page" or token.account.kind == "page":
            raise parameter_error("Tried accessing nonexisting field (permissions) on node type (Page)")
        names = sorted(ALL_SCOPES[self.key] | token.scopes)
        status = {True: "granted", False: "declined"}
        return json_response(
            200, {"data": [{"permission": name, "status": status[name in token.scopes]} for name in names]}
        )

    def debug_token(self, request: Request) -> Response:
        """What a token may do. A Page's token may not ask."""
        asking = self.authorize(request)
        if asking.kind == "page" and not asking.account.open:
            message = (
                "You must provide an app access token, or a user access token that is an owner or developer of the app"
            )
            raise parameter_error(message)
        token = self.world.directory.token(self.key, request.query.get("input_token", ""))
        if token is None:
            return json_response(200, {"data": {"error": {"code": 190, "message": "Invalid OAuth access token."},
                                                "is_valid": False, "scopes": []}})  # fmt: skip
        expires = int(token.expires_at.timestamp()) if token.expires_at else 0
        data: dict[str, Any] = {
            "app_id": APPS[self.key].id, "type": token.kind.upper(), "application": "Sendeplan", "expires_at": expires,
            "is_valid": not token.expired(self.world.now()), "scopes": sorted(token.scopes),
            "data_access_expires_at": 0, "user_id": token.account.id,
        }  # fmt: skip
        if token.kind == "page" and not token.account.open:
            about = [scope for scope in data["scopes"] if scope.startswith(("pages_", "read_"))]
            data["profile_id"] = token.account.id
            data["granular_scopes"] = [{"scope": scope, "target_ids": [token.account.id]} for scope in about]
        return json_response(200, {"data": data})

    # --- the app -------------------------------------------------------------------------------------------

    def application(self, names: list[str]) -> Response:
        """The developer app as its operator set it up."""
        everything = {
            "id": APPS[self.key].id, "name": "Sendeplan (Sandbox)", "app_domains": list(HOSTS),
            "privacy_policy_url": "https://www.brandt-maschinenbau.example/datenschutz",
        }  # fmt: skip
        unknown = [name for name in names if name not in everything]
        if unknown:
            raise Answer(
                error(100, f"(#100) Tried accessing nonexisting field ({unknown[0]}) on node type (Application)")
            )
        return json_response(200, {"id": everything["id"]} | {name: everything[name] for name in names})
