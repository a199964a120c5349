"""The sandbox's OAuth 2 of LinkedIn: the consent page, and codes for tokens of 60 days."""

from __future__ import annotations

import secrets
from datetime import timedelta

from .accounts import ALL_SCOPES, Token
from .apps import APPS, may_return_to
from .codes import Code, new_code
from .consent import Asked, asking_page, decision_of, error_page, sent_back
from .linkedin_shapes import ACCESS_LIFE
from .service import Answer, Route, Service
from .wire import Request, Response, json_response

CODE_LIFE = timedelta(minutes=30)
_NOT_FOUND = (
    "Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code. Or "
    "authorization code expired. Or external member binding exists"
)


class LinkedInConsent(Service):
    """``/oauth/v2/authorization``, and the grants of ``/oauth/v2/accessToken`` that begin a connection."""

    key = "linkedin"

    def consent_routes(self) -> list[Route]:
        return [
            Route("GET", "/oauth/v2/authorization", "consent", self.ask),
            Route("POST", "/oauth/v2/authorization", "consent", self.decide),
        ]

    def ask(self, request: Request) -> Response:
        asked = self._asked(request)
        return asking_page(self.world, request, asked, request.query["redirect_uri"])

    def decide(self, request: Request) -> Response:
        asked, query = self._asked(request), request.query
        decision = decision_of(self.world, request, asked)
        state = {"state": query["state"]} if query.get("state") else {}
        if decision.account is None:
            said = "The user cancelled the authorization"
            return sent_back(query["redirect_uri"], error="user_cancelled_authorize", error_description=said, **state)
        expires = self.world.now() + CODE_LIFE
        code = self.world.codes.give(Code(new_code("AQT"), self.key, query["redirect_uri"], decision, expires))
        return sent_back(query["redirect_uri"], code=code, **state)

    def give_token(self, form: dict[str, str]) -> Response:
        """The grants ``authorization_code`` and ``client_credentials``; the latter is for approved apps alone."""
        app = APPS[self.key]
        if (form.get("client_id"), form.get("client_secret")) != (app.id, app.secret):
            return _error(401, "invalid_client", "Client authentication failed")
        if form.get("grant_type") == "client_credentials":
            return _error(400, "access_denied", "This application is not allowed to create application tokens")
        code = self.world.codes.find(self.key, form.get("code", ""))
        late = code is None or code.used or self.world.now() >= code.expires_at
        if late or code is None or code.decision.account is None or code.redirect_uri != form.get("redirect_uri"):
            return _error(400, "invalid_request", _NOT_FOUND)
        code.used = True
        decision = code.decision
        assert decision.account is not None  # noqa: S101 - asked above
        token = Token(
            f"AQX{secrets.token_urlsafe(64)}", decision.account, decision.scopes, "user",
            self.world.now() + ACCESS_LIFE, client=app.id,
        )  # fmt: skip
        self.world.directory.issue(token)
        return json_response(200, {
            "access_token": token.value, "expires_in": int(ACCESS_LIFE.total_seconds()),
            "scope": ",".join(sorted(decision.scopes)), "token_type": "Bearer",
        })  # fmt: skip

    def _asked(self, request: Request) -> Asked:
        query = request.query
        if query.get("client_id") != APPS[self.key].id:
            raise Answer(error_page(request, self.key, "The application is disabled or its client_id does not exist."))
        back = query.get("redirect_uri", "")
        if not may_return_to(back):
            raise Answer(error_page(request, self.key, "The redirect_uri does not match the registered value"))
        scopes = tuple(query.get("scope", "").replace(",", " ").split())
        unknown = [s for s in scopes if s not in ALL_SCOPES[self.key]]
        if unknown or query.get("response_type") != "code":
            said = f'Scope "{unknown[0]}" is not authorized for your application' if unknown else "response_type"
            error = "unauthorized_scope_error" if unknown else "invalid_request"
            raise Answer(sent_back(back, error=error, error_description=said, state=query.get("state", "")))
        return Asked(self.key, scopes)


def _error(status: int, error: str, description: str) -> Response:
    return json_response(status, {"error": error, "error_description": description})
